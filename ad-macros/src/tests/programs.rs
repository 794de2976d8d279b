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
         use super::program::{Function, Node::*, Partial, Program, functions};\n",
    );
    let mut list = String::new();
    let programs = TABLE.iter().filter(|row| {
        let all: Vec<bool> = row.partials.iter().map(|p| *p != "-").collect();
        is_curved(row, &all) && !BY_HAND.contains(&row.name) && !PRODUCED.contains(&row.name)
    });
    for row in programs {
        let mut program = Building::default();
        let result = program.function(row, row.name, &operands(row));
        program.write(row, result, &mut text);
        let operands: Vec<String> = ["a", "b"][..row.partials.len()]
            .iter()
            .map(|o| format!("{o} {o}_tail"))
            .collect();
        writeln!(
            list,
            "    {} {} ({});",
            row.series,
            row.name.to_uppercase(),
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
    for piecewise in ["%", "rem_euclid", "max", "min", "copysign", "abs_sub", "midpoint"] {
        assert!(!curved(piecewise, &[true, true]), "{piecewise}");
    }
    assert!(!curved("clamp", &[true; 3]) && !curved("abs", &[true]) && !curved("fract", &[true]));
}

fn operands(row: &Rule) -> Vec<usize> {
    (0..row.partials.len()).collect()
}

#[derive(Default)]
struct Building {
    nodes: Vec<String>,
    known: HashMap<String, usize>,
}

impl Building {
    fn node(&mut self, node: String) -> usize {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        self.nodes.push(node.clone());
        self.known.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// A function of nodes; of `of`, whose program it is, the operands come first.
    fn function(&mut self, row: &Rule, of: &str, args: &[usize]) -> usize {
        let is_result = row.name == of && args == operands(row);
        if is_result {
            for k in args {
                self.node(format!("Operand({k})"));
            }
        }
        let key = format!("{}{args:?}", row.name);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let name = match is_result {
            true => "Result".to_string(),
            false => row.name[..1].to_uppercase() + &row.name[1..],
        };
        let position = self.nodes.len();
        self.nodes.push(String::new());
        self.known.insert(key, position);
        let scope = Scope { of, args, result: position };
        let mut partials = Vec::new();
        for (formula, argument) in row.partials.iter().zip(args) {
            let constant = self.nodes[*argument].starts_with("Constant");
            if matches!(*formula, "0" | "-") || constant {
                continue;
            }
            let e = syn::parse_str(formula).expect("formulas are expressions");
            let slope = self.slope(&e, &scope);
            let (safe, slope) = (slope.safe, self.signed(slope));
            partials.push(format!(
                "Partial {{ argument: {argument}, slope: {slope}, safe: {safe} }}"
            ));
        }
        self.nodes[position] = format!("Function(Function::{name}, &{args:?}, &[{}])", partials.join(", "));
        position
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
                        let node = Some(self.node(format!("Div({above}, {factor})")));
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
                assert_eq!(cond, "abs (a) > abs (b)", "the only choice that programs know");
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
                let node = Some(self.node(format!("Larger({a}, {b}, {then}, {els})")));
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
        let node = slope.node.map(|s| self.node(format!("Mul({s}, {factor})")));
        Slope {
            node: node.or(Some(factor)),
            ..slope
        }
    }

    fn unsigned(&mut self, slope: &Slope) -> usize {
        slope.node.unwrap_or_else(|| self.node("Constant(1.0)".to_string()))
    }

    fn signed(&mut self, slope: Slope) -> usize {
        let node = self.unsigned(&slope);
        match slope.negative {
            true => self.node(format!("Neg({node})")),
            false => node,
        }
    }

    fn value(&mut self, e: &syn::Expr, scope: &Scope) -> usize {
        match e {
            syn::Expr::Paren(p) => self.value(&p.expr, scope),
            syn::Expr::Lit(l) => {
                let number = l.to_token_stream().to_string();
                self.node(format!("Constant({number})"))
            }
            syn::Expr::Unary(u) => {
                let inner = self.value(&u.expr, scope);
                self.node(format!("Neg({inner})"))
            }
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().expect("a name").to_string();
                match name.as_str() {
                    "r" => scope.result,
                    "a" => scope.args[0],
                    "b" => scope.args[1],
                    "LN_2" | "LOG2_E" | "LOG10_E" => self.node(format!("Constant(std::f64::consts::{name})")),
                    _ => panic!("no such name: {name}"),
                }
            }
            syn::Expr::Binary(b) => {
                let (l, r) = (self.value(&b.left, scope), self.value(&b.right, scope));
                let op = match b.op {
                    syn::BinOp::Add(_) => "Add",
                    syn::BinOp::Sub(_) => "Sub",
                    syn::BinOp::Mul(_) => "Mul",
                    _ => "Div",
                };
                self.node(format!("{op}({l}, {r})"))
            }
            syn::Expr::Call(c) => {
                let name = c.func.to_token_stream().to_string();
                let args: Vec<usize> = c.args.iter().map(|a| self.value(a, scope)).collect();
                self.function(crate::rules::row(&name), scope.of, &args)
            }
            _ => panic!("no such formula"),
        }
    }

    fn write(&self, row: &Rule, result: usize, text: &mut String) {
        let (name, n) = (row.name.to_uppercase(), self.nodes.len());
        writeln!(text, "\n/// `{}`", row.name).unwrap();
        writeln!(text, "static {name}: Program<{n}> = Program {{\n    nodes: [").unwrap();
        for node in &self.nodes {
            writeln!(text, "        {node},").unwrap();
        }
        writeln!(text, "    ],\n    result: {result},\n}};").unwrap();
    }
}

/// What names in a formula mean.
struct Scope<'a> {
    of: &'a str,
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
