//! The programs of `ad-runtime/src/series/programs.rs`: how the series of a function is made, from the table of rules.

use crate::rules::{Rule, TABLE, is_curved};
use expect_test::expect_file;
use quote::ToTokens;
use std::collections::HashMap;
use std::fmt::Write;

/// Curved rows without a program: products, of which the part that is not linear is a function of its own; powers, whose
/// partials are powers with other exponents, without end; partials that users state.
const BY_HAND: &[&str] = &["*", "/", "mul_add", "powi", "powf", "given", "stated"];

/// Those that no function has in its body: `sin_cos` is two of them.
const PRODUCED: &[&str] = &["sin_cos", "zero_safe", "powi_slope", "powi_curve"];

#[test]
fn programs_are_those_of_the_table() {
    let mut text = String::from(
        "//! How the series of each function is made, from the table of rules of `ad-macros`, by its test `programs`. Not to be edited.\n\n\
         use super::orders::{Curve, Whole, functions, whole};\n\
         use crate::Differentiable;\n\
         use crate::rt::real;\n\
         use crate::wide::Lanes;\n\
         use num_traits::Float;\n",
    );
    let mut list = String::new();
    let programs = TABLE.iter().filter(|row| {
        let all: Vec<bool> = row.partials.iter().map(|p| *p != "-").collect();
        is_curved(row, &all) && !BY_HAND.contains(&row.name) && !PRODUCED.contains(&row.name)
    });
    for row in programs {
        let mut program = Building::default();
        let operands = (0..row.partials.len()).map(|k| program.node(Node::Operand(k)));
        let operands: Vec<usize> = operands.collect();
        let result = program.function(row, &operands);
        program.write(row, result, &mut text);
        let operands: Vec<String> = ["a", "b"][..row.partials.len()]
            .iter()
            .map(|o| format!("{o} {o}_tail"))
            .collect();
        writeln!(
            list,
            "    {} {} ({});",
            row.series,
            camel(row.name),
            operands.join(", ")
        )
        .unwrap();
    }
    write!(text, "\nfunctions! {{\n{list}}}\n").unwrap();
    expect_file!["../../../ad-runtime/src/series/programs.rs"].assert_eq(&text);
}

#[test]
fn curved_is_what_bends() {
    let curved = |name: &str, active: &[bool]| is_curved(crate::rules::row(name), active);
    assert!(!curved("*", &[true, false]) && curved("*", &[true, true]));
    assert!(!curved("/", &[true, false]) && curved("/", &[false, true]));
    assert!(!curved("mul_add", &[true, false, true]) && curved("mul_add", &[true, true, false]));
    assert!(curved("powi", &[true, false]) && curved("log", &[false, true]));
    for piecewise in [
        "%",
        "rem_euclid",
        "max",
        "min",
        "copysign",
        "abs_sub",
        "midpoint",
    ] {
        assert!(!curved(piecewise, &[true, true]), "{piecewise}");
    }
    assert!(!curved("clamp", &[true; 3]) && !curved("abs", &[true]) && !curved("fract", &[true]));
}

/// `exp_m1` as the name of a type.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|part| part[..1].to_uppercase() + &part[1..])
        .collect()
}

/// A value that a derivative is made of. Numbers are those of nodes.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Operand(usize),
    Constant(String),
    Neg(usize),
    Binary(char, usize, usize),
    /// The third or the fourth, by whether the head of the first is larger in magnitude than that of the second.
    Larger(usize, usize, usize, usize),
    /// A function of nodes.
    Function(&'static str, Vec<usize>),
}

/// What a function changes by with an argument.
struct Partial {
    argument: usize,
    slope: usize,
    /// A coefficient of the argument that is zero contributes nothing.
    safe: bool,
}

#[derive(Default)]
struct Building {
    nodes: Vec<Node>,
    known: HashMap<Node, usize>,
    /// Of functions, by their number.
    partials: HashMap<usize, Vec<Partial>>,
}

impl Building {
    fn node(&mut self, node: Node) -> usize {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        self.nodes.push(node.clone());
        self.known.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn number(&mut self, text: &str) -> usize {
        self.node(Node::Constant(text.to_string()))
    }

    fn is_constant(&self, node: usize) -> bool {
        matches!(self.nodes[node], Node::Constant(_))
    }

    /// A function of nodes. Its partials may be made of itself.
    fn function(&mut self, row: &'static Rule, args: &[usize]) -> usize {
        let node = Node::Function(row.name, args.to_vec());
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let result = self.node(node);
        let scope = Scope { args, result };
        let mut partials = Vec::new();
        for (formula, argument) in row.partials.iter().zip(args) {
            if matches!(*formula, "0" | "-") || self.is_constant(*argument) {
                continue;
            }
            let e = syn::parse_str(formula).expect("formulas are expressions");
            let slope = self.slope(&e, &scope);
            partials.push(Partial {
                argument: *argument,
                safe: slope.safe,
                slope: self.signed(slope),
            });
        }
        self.partials.insert(result, partials);
        result
    }

    /// What a formula multiplies `d` by.
    fn slope(&mut self, e: &syn::Expr, scope: &Scope) -> Slope {
        match e {
            syn::Expr::Paren(p) => self.slope(&p.expr, scope),
            syn::Expr::Path(_) => Slope::default(),
            syn::Expr::Unary(u) => {
                let inner = self.slope(&u.expr, scope);
                Slope {
                    negative: !inner.negative,
                    ..inner
                }
            }
            syn::Expr::Binary(b) => {
                let left = self.slope(&b.left, scope);
                let factor = self.value(&b.right, scope);
                match b.op {
                    syn::BinOp::Mul(_) => self.times(left, factor),
                    syn::BinOp::Div(_) => {
                        let above = self.unsigned(&left);
                        let node = Some(self.node(Node::Binary('/', above, factor)));
                        Slope { node, ..left }
                    }
                    _ => panic!("a tangent is only scaled"),
                }
            }
            syn::Expr::Call(c) => {
                let slope = self.slope(&c.args[0], scope);
                let factor = self.value(&c.args[1], scope);
                Slope {
                    safe: true,
                    ..self.times(slope, factor)
                }
            }
            syn::Expr::If(i) => {
                let cond = i.cond.to_token_stream().to_string();
                assert_eq!(
                    cond, "abs (a) > abs (b)",
                    "the only choice that programs know"
                );
                let Some((_, els)) = &i.else_branch else {
                    panic!("a formula has both branches");
                };
                let syn::Expr::Block(els) = &**els else {
                    panic!("a formula has two branches");
                };
                let branches = [&i.then_branch, &els.block].map(|block| {
                    let Some(syn::Stmt::Expr(e, None)) = block.stmts.last() else {
                        panic!("a branch is an expression");
                    };
                    let slope = self.slope(e, scope);
                    assert!(slope.safe, "in both branches zero stays zero");
                    self.signed(slope)
                });
                let ([a, b], [then, els]) = ([scope.args[0], scope.args[1]], branches);
                let node = Some(self.node(Node::Larger(a, b, then, els)));
                Slope {
                    node,
                    negative: false,
                    safe: true,
                }
            }
            _ => panic!("no such formula"),
        }
    }

    fn times(&mut self, slope: Slope, factor: usize) -> Slope {
        let node = slope.node.map(|s| self.node(Node::Binary('*', s, factor)));
        Slope {
            node: node.or(Some(factor)),
            ..slope
        }
    }

    fn unsigned(&mut self, slope: &Slope) -> usize {
        slope.node.unwrap_or_else(|| self.number("1.0"))
    }

    fn signed(&mut self, slope: Slope) -> usize {
        let node = self.unsigned(&slope);
        match slope.negative {
            true => self.node(Node::Neg(node)),
            false => node,
        }
    }

    fn value(&mut self, e: &syn::Expr, scope: &Scope) -> usize {
        match e {
            syn::Expr::Paren(p) => self.value(&p.expr, scope),
            syn::Expr::Lit(l) => self.number(&l.to_token_stream().to_string()),
            syn::Expr::Unary(u) => {
                let inner = self.value(&u.expr, scope);
                self.node(Node::Neg(inner))
            }
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().expect("a name").to_string();
                match name.as_str() {
                    "r" => scope.result,
                    "a" => scope.args[0],
                    "b" => scope.args[1],
                    "LN_2" | "LOG2_E" | "LOG10_E" => {
                        self.number(&format!("std::f64::consts::{name}"))
                    }
                    _ => panic!("no such name: {name}"),
                }
            }
            syn::Expr::Binary(b) => {
                let (l, r) = (self.value(&b.left, scope), self.value(&b.right, scope));
                let op = match b.op {
                    syn::BinOp::Add(_) => '+',
                    syn::BinOp::Sub(_) => '-',
                    syn::BinOp::Mul(_) => '*',
                    _ => '/',
                };
                self.node(Node::Binary(op, l, r))
            }
            syn::Expr::Call(c) => {
                let name = c.func.to_token_stream().to_string();
                let args: Vec<usize> = c.args.iter().map(|a| self.value(a, scope)).collect();
                self.function(crate::rules::row(&name), &args)
            }
            _ => panic!("no such formula"),
        }
    }

    fn write(&self, row: &Rule, result: usize, text: &mut String) {
        let (name, arity) = (camel(row.name), row.partials.len());
        let operands: Vec<String> = (0..arity).map(|k| format!("n{k}")).collect();
        let operands = operands.join(", ");
        let (mut heads, mut orders) = (String::new(), String::new());
        for n in arity..self.nodes.len() {
            match self.head(n, result) {
                Some(head) => {
                    writeln!(heads, "        let mut n{n} = whole::<T, K>({head});").unwrap()
                }
                None => continue,
            }
            let order = self.order(n);
            writeln!(orders, "            n{n}.tail[k - 1] = {order};").unwrap();
        }
        write!(
            text,
            "
/// `{}`
pub enum {name} {{}}

impl Curve<{arity}> for {name} {{
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [{operands}]: [Whole<T, K>; {arity}],
    ) -> Lanes<T, K> {{
{heads}        for k in 1..=K {{
{orders}        }}
        Lanes(n{result}.tail)
    }}
}}
",
            row.name
        )
        .unwrap();
    }

    /// The head of a node as it is read.
    fn read(&self, n: usize) -> String {
        match &self.nodes[n] {
            Node::Constant(c) => format!("real::<T>({c})"),
            _ => format!("n{n}.head"),
        }
    }

    /// The head of a node that has a series of its own.
    fn head(&self, n: usize, result: usize) -> Option<String> {
        Some(match &self.nodes[n] {
            Node::Operand(_) | Node::Constant(_) => return None,
            Node::Neg(a) => format!("-{}", self.read(*a)),
            Node::Binary(op, a, b) => format!("{} {op} {}", self.read(*a), self.read(*b)),
            Node::Larger(a, b, then, els) => format!(
                "if n{a}.head.abs() > n{b}.head.abs() {{ {} }} else {{ {} }}",
                self.read(*then),
                self.read(*els)
            ),
            Node::Function(..) if n == result => "result".to_string(),
            Node::Function(name, args) => {
                let rest: Vec<String> = args[1..].iter().map(|a| self.read(*a)).collect();
                format!("{}.{name}({})", self.read(args[0]), rest.join(", "))
            }
        })
    }

    /// Order `k` of such a node.
    fn order(&self, n: usize) -> String {
        let at = |n: usize| format!("n{n}.tail[k - 1]");
        match &self.nodes[n] {
            Node::Operand(_) | Node::Constant(_) => String::new(),
            Node::Neg(a) => format!("-{}", at(*a)),
            Node::Binary(op, a, b) => match (op, self.is_constant(*a), self.is_constant(*b)) {
                ('+' | '-', false, true) => at(*a),
                ('+', true, false) => at(*b),
                ('-', true, false) => format!("-{}", at(*b)),
                ('*', true, false) => format!("{} * {}", self.read(*a), at(*b)),
                ('*' | '/', false, true) => format!("{} {op} {}", at(*a), self.read(*b)),
                ('/', true, false) => format!("n{n}.over(T::zero(), &n{b}, k)"),
                ('/', ..) => format!("n{n}.over({}, &n{b}, k)", at(*a)),
                ('*', ..) => format!("n{a}.times(&n{b}, k)"),
                (op, ..) => format!("{} {op} {}", at(*a), at(*b)),
            },
            Node::Larger(a, b, then, els) => format!(
                "if n{a}.head.abs() > n{b}.head.abs() {{ {} }} else {{ {} }}",
                at(*then),
                at(*els)
            ),
            Node::Function(..) => {
                let changes: Vec<String> = self.partials[&n]
                    .iter()
                    .map(|p| match p.safe {
                        true => format!("n{}.safe_change(&n{}, k)", p.argument, p.slope),
                        false => format!("n{}.change(&n{}, k)", p.argument, p.slope),
                    })
                    .collect();
                let sum = match changes.as_slice() {
                    [one] => one.clone(),
                    _ => format!("({})", changes.join(" + ")),
                };
                format!("{sum} / real(k as f64)")
            }
        }
    }
}

/// What names in a formula mean.
struct Scope<'a> {
    args: &'a [usize],
    result: usize,
}

/// What a formula multiplies `d` by, which is 1 without a node; and whether zero stays zero whatever that is.
#[derive(Clone, Copy, Default)]
struct Slope {
    node: Option<usize>,
    negative: bool,
    safe: bool,
}
