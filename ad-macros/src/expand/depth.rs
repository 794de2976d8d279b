//! Depth: the compiler descends into expressions by recursion, and rustc's stack has an end. Long sums and products, whose depth is that of
//! their number of operands, are taken apart; what is nested too deeply is rejected before anyone descends into it.

use crate::diagnostics::{Code, Errors};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;

/// So many groups may lie in each other. The parser needs most of the stack.
const GROUPS: usize = 256;
/// So many operators may follow each other, those with operands between them included.
const ROW: usize = 1500;
/// So many expressions and types may lie in each other.
const NODES: usize = 640;
/// Longer sums and products are taken apart, into parts of this length.
const PART: usize = 48;

const HELP: &str = "take it apart with `let`, or move a part of it into an annotated function";

/// Rejects tokens that can't even be parsed; without recursion.
pub fn reject_deep_tokens(item: &TokenStream, errors: &mut Errors) -> bool {
    let mut open = vec![(item.clone().into_iter().peekable(), Row::default())];
    while let Some((tokens, row)) = open.last_mut() {
        let Some(token) = tokens.next() else {
            open.pop();
            continue;
        };
        row.add(&token, tokens.peek());
        let (span, message) = match token {
            _ if row.prefixes > GROUPS => (
                token.span(),
                format!("more than {GROUPS} operators before one operand"),
            ),
            _ if row.depth() > ROW => (
                token.span(),
                format!("more than {ROW} operators in one expression"),
            ),
            TokenTree::Group(g) => {
                let span = g.span_open();
                open.push((g.stream().into_iter().peekable(), Row::default()));
                if open.len() <= GROUPS {
                    continue;
                }
                (span, format!("more than {GROUPS} brackets in each other"))
            }
            _ => continue,
        };
        let message = format!("{message} can't be differentiated");
        errors.at(span, Code::Deep, message, HELP);
        return true;
    }
    false
}

/// Operators in a row, and how deep the expression is that they make, at most.
#[derive(Default)]
struct Row {
    sums: usize,
    products: Run,
    parts: Run,
    prefixes: usize,
}

/// The longest run.
#[derive(Default)]
struct Run {
    now: usize,
    longest: usize,
}

impl Run {
    fn add(&mut self) {
        self.now += 1;
        self.longest = self.longest.max(self.now);
    }
}

impl Row {
    fn depth(&self) -> usize {
        self.sums + self.products.longest + self.parts.longest
    }

    fn add(&mut self, token: &TokenTree, next: Option<&TokenTree>) {
        let prefixes = std::mem::take(&mut self.prefixes);
        match token {
            TokenTree::Punct(p) => match p.as_char() {
                ';' | ',' => *self = Row::default(),
                '.' | '?' => self.parts.add(),
                '*' | '/' | '%' => {
                    self.prefixes = prefixes + 1;
                    self.parts.now = 0;
                    self.products.add();
                }
                ':' | '\'' | '#' => {}
                _ => {
                    self.prefixes = prefixes + 1;
                    (self.parts.now, self.products.now) = (0, 0);
                    self.sums += 1;
                }
            },
            TokenTree::Ident(id) if id == "else" => self.sums += 1,
            TokenTree::Ident(id) if id == "as" => self.parts.add(),
            // A statement that ends with a block needs no semicolon.
            TokenTree::Group(g) if g.delimiter() == Delimiter::Brace => {
                let goes_on = match next {
                    Some(TokenTree::Ident(id)) => id == "else" || id == "as",
                    Some(TokenTree::Punct(p)) => p.as_char() != '#',
                    _ => false,
                };
                if !goes_on {
                    *self = Row::default();
                }
            }
            _ => {}
        }
    }
}

/// The body with long sums and products in parts. The order of evaluation stays.
pub fn in_parts(body: &syn::Block) -> syn::Block {
    let mut body = body.clone();
    Parts(0).visit_block_mut(&mut body);
    body
}

/// Rejects what is nested too deeply.
pub fn reject_deep_body(body: &syn::Block, errors: &mut Errors) {
    let mut depth = Depth {
        now: 0,
        deepest: 0,
        at: None,
    };
    depth.visit_block(body);
    if depth.deepest > NODES {
        let span = depth.at.unwrap_or_else(Span::call_site);
        errors.at(
            span,
            Code::Deep,
            format!("code that is nested more than {NODES} levels deep can't be differentiated"),
            HELP,
        );
    }
}

struct Depth {
    now: usize,
    deepest: usize,
    at: Option<Span>,
}

impl Depth {
    fn deeper(&mut self, span: impl FnOnce() -> Span, inside: impl FnOnce(&mut Self)) {
        self.now += 1;
        self.deepest = self.deepest.max(self.now);
        if self.now == NODES + 1 && self.at.is_none() {
            self.at = Some(span());
        }
        // What is deeper still is not looked at.
        if self.now <= NODES {
            inside(self);
        }
        self.now -= 1;
    }
}

impl<'a> Visit<'a> for Depth {
    fn visit_expr(&mut self, e: &'a syn::Expr) {
        self.deeper(|| first(e), |d| syn::visit::visit_expr(d, e));
    }

    fn visit_type(&mut self, t: &'a syn::Type) {
        self.deeper(Span::call_site, |d| syn::visit::visit_type(d, t));
    }

    // What is nested is annotated by itself.
    fn visit_item(&mut self, _: &'a syn::Item) {}
}

/// Where an expression begins; its last token may lie deep inside.
fn first(e: &syn::Expr) -> Span {
    let mut e = e;
    loop {
        e = match e {
            syn::Expr::Binary(b) => &b.left,
            syn::Expr::MethodCall(m) => &m.receiver,
            syn::Expr::Field(f) => &f.base,
            syn::Expr::Index(i) => &i.expr,
            syn::Expr::Call(c) => &c.func,
            syn::Expr::Cast(c) => &c.expr,
            syn::Expr::Try(t) => &t.expr,
            syn::Expr::Paren(p) => return p.paren_token.span.open(),
            syn::Expr::Block(b) => return b.block.brace_token.span.open(),
            syn::Expr::If(i) => return i.if_token.span,
            syn::Expr::Unary(u) => return u.op.span(),
            syn::Expr::Path(p) => return p.span(),
            syn::Expr::Lit(l) => return l.span(),
            _ => return Span::call_site(),
        };
    }
}

/// Takes long chains of operators apart; the number is that of the names given.
struct Parts(usize);

impl VisitMut for Parts {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        if length(e) > PART {
            return self.take_apart(e);
        }
        syn::visit_mut::visit_expr_mut(self, e);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
}

/// The number of arithmetic operators in a row, `a + b * c - d` having two.
fn length(e: &syn::Expr) -> usize {
    let (mut e, mut n) = (e, 0);
    while let syn::Expr::Binary(b) = e
        && is_arithmetic(&b.op)
    {
        e = &b.left;
        n += 1;
    }
    n
}

fn is_arithmetic(op: &syn::BinOp) -> bool {
    use syn::BinOp::{Add, Div, Mul, Rem, Sub};
    matches!(op, Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_))
}

impl Parts {
    /// `a + b + c + d` becomes `{ let part = a + b; part + c + d }`.
    fn take_apart(&mut self, e: &mut syn::Expr) {
        let hole = || syn::Expr::Verbatim(TokenStream::new());
        let mut operators = Vec::new();
        let mut left = std::mem::replace(e, hole());
        while let syn::Expr::Binary(b) = left {
            if !is_arithmetic(&b.op) {
                left = syn::Expr::Binary(b);
                break;
            }
            left = *b.left;
            operators.push((b.attrs, b.op, b.right));
        }
        self.visit_expr_mut(&mut left);
        let mut stmts: Vec<syn::Stmt> = Vec::new();
        for (k, (attrs, op, mut right)) in operators.into_iter().rev().enumerate() {
            self.visit_expr_mut(&mut right);
            if k > 0 && k % PART == 0 {
                let span = op.span();
                let name = quote::format_ident!(
                    "part_{}",
                    self.0,
                    span = Span::mixed_site().located_at(span)
                );
                self.0 += 1;
                stmts.push(syn::parse_quote!(let #name = #left;));
                left = syn::parse_quote!(#name);
            }
            left = syn::Expr::Binary(syn::ExprBinary {
                attrs,
                left: Box::new(left),
                op,
                right,
            });
        }
        stmts.push(syn::Stmt::Expr(left, None));
        *e = syn::Expr::Block(syn::ExprBlock {
            attrs: Vec::new(),
            label: None,
            block: syn::Block {
                brace_token: syn::token::Brace::default(),
                stmts,
            },
        });
    }
}
