//! Where the compiler's source may be spoilt: each place is guarded by a switch that is asked at run time, so that one program holds all
//! mutants (mutant schemata).
//!
//! What stands in the way of types is left to rustc: places whose guarded form does not compile are left out, and the source is written again.

use super::forms::{self, Form};
use super::templates;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr, Stmt, parse_quote};

/// A place, and what is done there.
#[derive(Clone)]
pub struct Site {
    pub file: String,
    pub function: String,
    pub line: usize,
    pub change: String,
    /// The code there, shortened.
    pub code: String,
}

/// Writes switches into files. Places have numbers from 1 on, in the order of the source.
pub struct Spoiler<'a> {
    pub sites: Vec<Site>,
    left_out: &'a HashSet<usize>,
    file: String,
    function: Vec<String>,
}

impl<'a> Spoiler<'a> {
    pub fn new(left_out: &'a HashSet<usize>) -> Self {
        Spoiler {
            sites: Vec::new(),
            left_out,
            file: String::new(),
            function: Vec::new(),
        }
    }

    /// A file with its switches.
    pub fn file(&mut self, name: &str, text: &str) -> String {
        self.file = name.to_string();
        let mut file = syn::parse_file(text).expect("the compiler's source parses");
        self.visit_file_mut(&mut file);
        // Switches are tokens so far; printed again, they have lines of their own.
        let file: syn::File = syn::parse2(file.into_token_stream()).expect("switches parse");
        prettyplease::unparse(&file)
    }

    /// The number of a place, unless it is left out.
    pub fn site(&mut self, change: &str, at: &impl ToTokens) -> Option<usize> {
        let code = at.to_token_stream();
        let line = code.span().start().line;
        self.sites.push(Site {
            file: self.file.clone(),
            function: self.function.join("::"),
            line,
            change: change.to_string(),
            code: code.to_string().chars().take(70).collect(),
        });
        let number = self.sites.len();
        (!self.left_out.contains(&number)).then_some(number)
    }

    fn negated(&mut self, e: &mut Expr) {
        if let Some(n) = self.site("negated", e) {
            *e = Expr::Verbatim(quote!((crate::mutant::is(#n) != (#e))));
        }
    }

    /// The parts of a condition that are not negated yet.
    fn condition(&mut self, e: &mut Expr) {
        match e {
            Expr::Binary(b) if matches!(b.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.condition(&mut b.left);
                self.condition(&mut b.right);
            }
            Expr::Paren(p) => self.condition(&mut p.expr),
            Expr::Unary(u) if matches!(u.op, syn::UnOp::Not(_)) => self.condition(&mut u.expr),
            Expr::Let(_) | Expr::Verbatim(_) | Expr::Block(_) | Expr::If(_) | Expr::Match(_) => {}
            _ => self.negated(e),
        }
    }

    fn binary(&mut self, e: &mut Expr) {
        let Expr::Binary(b) = e else { return };
        match b.op {
            BinOp::And(_) | BinOp::Or(_) => {
                self.condition(&mut b.left);
                self.condition(&mut b.right);
                if forms::has_let(e) {
                    return;
                }
                let change = if matches!(forms::operator(e), Some(BinOp::And(_))) {
                    "`||` for `&&`"
                } else {
                    "`&&` for `||`"
                };
                if let (Some(n), Expr::Binary(b)) = (self.site(change, e), &e) {
                    let (op, left, right) = (b.op, &b.left, &b.right);
                    // De Morgan: with both sides and the whole negated, the other operator.
                    *e = Expr::Verbatim(quote!(
                        (crate::mutant::is(#n) != ((crate::mutant::is(#n) != (#left)) #op (crate::mutant::is(#n) != (#right))))
                    ));
                }
            }
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                let Expr::Binary(b) = &*e else { return };
                let (left, right) = (&b.left, &b.right);
                let name = match b.op {
                    BinOp::Lt(_) => quote!(lt),
                    BinOp::Le(_) => quote!(le),
                    BinOp::Gt(_) => quote!(gt),
                    _ => quote!(ge),
                };
                let made = |n: usize| quote!(crate::mutant::#name(#n, &(#left), &(#right)));
                if let Some(new) = self.site("boundary", e).map(made) {
                    *e = Expr::Verbatim(new);
                }
                self.negated(e);
            }
            BinOp::Eq(_) | BinOp::Ne(_) => self.negated(e),
            _ => {}
        }
    }

    fn method(&mut self, e: &mut Expr) {
        let Expr::MethodCall(m) = e else { return };
        let name = m.method.to_string();
        if forms::takes_predicate(&name) {
            for a in &mut m.args {
                if let Expr::Closure(c) = a {
                    self.condition(&mut c.body);
                }
            }
        }
        if matches!(name.as_str(), "then" | "then_some") {
            self.condition(&mut m.receiver);
        }
        let Expr::MethodCall(m) = &*e else { return };
        match (name.as_str(), m.args.len()) {
            ("rev", 0) => {
                let receiver = &m.receiver;
                let made = |n: usize| quote!(crate::mutant::rev(#n, #receiver));
                if let Some(new) = self.site("no `rev`", e).map(made) {
                    *e = Expr::Verbatim(new);
                }
            }
            ("chain", 1) => {
                let (receiver, second) = (&m.receiver, &m.args[0]);
                let made = |n: usize| quote!(#receiver.chain((#second).into_iter().filter(|_| !crate::mutant::is(#n))));
                if let Some(new) = self.site("no second part of `chain`", e).map(made) {
                    *e = Expr::Verbatim(new);
                }
            }
            ("neg", 0) => {
                let receiver = &m.receiver;
                let made = |n: usize| quote!({ let it = #receiver; if crate::mutant::is(#n) { it } else { it.neg() } });
                if let Some(new) = self.site("no sign", e).map(made) {
                    *e = Expr::Verbatim(new);
                }
            }
            _ if forms::asks(&name) => self.negated(e),
            _ => {}
        }
    }

    fn literal(&mut self, e: &mut Expr) {
        let Expr::Lit(l) = e else { return };
        match &l.lit {
            syn::Lit::Bool(_) => self.negated(e),
            syn::Lit::Int(i) if matches!(i.base10_digits(), "0" | "1") && i.suffix().is_empty() => {
                if let Some(n) = self.site("0 and 1 exchanged", e) {
                    *e = Expr::Verbatim(quote!(crate::mutant::int(#n, #e)));
                }
            }
            syn::Lit::Float(_) => {
                if let Some(n) = self.site("another number", e) {
                    *e = Expr::Verbatim(quote!(crate::mutant::num(#n, #e)));
                }
            }
            syn::Lit::Str(s) => {
                let other = match s.value().as_str() {
                    "min" => "max",
                    "max" => "min",
                    _ => return,
                };
                if let Some(n) = self.site("another function", e) {
                    *e = Expr::Verbatim(quote!((if crate::mutant::is(#n) { #other } else { #e })));
                }
            }
            _ => {}
        }
    }

    /// `Expr::Unary(UnOp::Neg, e)` without its sign.
    fn sign(&mut self, e: &mut Expr) {
        let Expr::Call(c) = e else { return };
        let is = |e: &Expr, path: &str| {
            matches!(e, Expr::Path(_)) && e.to_token_stream().to_string() == path
        };
        if c.args.len() != 2 || !is(&c.func, "Expr :: Unary") || !is(&c.args[0], "UnOp :: Neg") {
            return;
        }
        let operand = c.args[1].clone();
        if let Some(n) = self.site("no sign", e) {
            *e = Expr::Verbatim(
                quote!({ let it = #operand; if crate::mutant::is(#n) { *it } else { Expr::Unary(UnOp::Neg, it) } }),
            );
        }
    }

    /// Operators that are values of the IR.
    fn constant(&mut self, e: &mut Expr) {
        let Expr::Path(p) = e else { return };
        if let Some(other) = forms::exchanged(&p.path) {
            let other: syn::Path = syn::parse_str(other).expect("a path");
            if let Some(n) = self.site(&format!("`{}`", other.to_token_stream()), e) {
                *e = Expr::Verbatim(quote!((if crate::mutant::is(#n) { #other } else { #e })));
            }
        }
    }

    fn quoted(&mut self, e: &mut Expr) {
        let Expr::Macro(m) = e else { return };
        let name = forms::macro_name(&m.mac);
        if name == "matches" {
            return self.negated(e);
        }
        if name == "vec" || name == "smallvec" {
            if let Ok(mut list) = m.mac.parse_body_with(forms::list) {
                list.iter_mut().for_each(|e| self.visit_expr_mut(e));
                m.mac.tokens = list.into_token_stream();
            }
            return;
        }
        if !matches!(name.as_str(), "quote" | "parse_quote") {
            return;
        }
        let path = m.mac.path.clone();
        let mut arms = TokenStream::new();
        for (change, spoilt) in templates::changes(m.mac.tokens.clone()) {
            if let Some(n) = self.site(&change, &m.mac.tokens) {
                arms.extend(quote!(if crate::mutant::is(#n) { #path!(#spoilt) } else));
            }
        }
        if !arms.is_empty() {
            *e = Expr::Verbatim(quote!((#arms { #e })));
        }
    }

    fn left_out(&mut self, s: &mut Stmt) {
        let Stmt::Expr(e, semi) = s else {
            if let Stmt::Macro(_) | Stmt::Local(_) | Stmt::Item(_) = s {
                return;
            }
            return;
        };
        if !forms::is_effect(e, semi.is_some()) || forms::reports(e) {
            return;
        }
        // Without a semicolon of its own it is a statement all the same.
        if let Some(n) = self.site("left out", e) {
            *s = parse_quote!(if !crate::mutant::is(#n) { #e; });
        }
    }

    fn early(&mut self, sig: &syn::Signature, block: &mut syn::Block) {
        let results = forms::early_results(&sig.output);
        for (what, result) in results.iter().rev() {
            if let Some(n) = self.site(&format!("returns {what} at once"), &sig.ident) {
                block.stmts.insert(
                    0,
                    parse_quote!(if crate::mutant::is(#n) { return #result; }),
                );
            }
        }
    }

    fn body(&mut self, attrs: &[syn::Attribute], sig: &syn::Signature, block: &mut syn::Block) {
        let name = sig.ident.to_string();
        if sig.constness.is_some() || forms::is_test(attrs) || forms::is_printing(&name) {
            return;
        }
        self.function.push(name);
        visit_mut::visit_block_mut(self, block);
        self.blocks(block);
        self.early(sig, block);
        self.function.pop();
    }

    fn blocks(&mut self, b: &mut syn::Block) {
        b.stmts.iter_mut().for_each(|s| self.left_out(s));
    }
}

impl VisitMut for Spoiler<'_> {
    fn visit_item_fn_mut(&mut self, f: &mut syn::ItemFn) {
        self.body(&f.attrs, &f.sig, &mut f.block);
    }

    fn visit_impl_item_fn_mut(&mut self, f: &mut syn::ImplItemFn) {
        self.body(&f.attrs, &f.sig, &mut f.block);
    }

    fn visit_item_impl_mut(&mut self, i: &mut syn::ItemImpl) {
        let printing = i
            .trait_
            .as_ref()
            .is_some_and(|(_, path, _)| forms::is_printing_trait(path));
        if !printing {
            visit_mut::visit_item_impl_mut(self, i);
        }
    }

    fn visit_item_mod_mut(&mut self, m: &mut syn::ItemMod) {
        if !forms::is_test(&m.attrs) {
            visit_mut::visit_item_mod_mut(self, m);
        }
    }

    // What is evaluated at compile time, and what is no expression.
    fn visit_item_const_mut(&mut self, _: &mut syn::ItemConst) {}
    fn visit_item_static_mut(&mut self, _: &mut syn::ItemStatic) {}
    fn visit_impl_item_const_mut(&mut self, _: &mut syn::ImplItemConst) {}
    fn visit_variant_mut(&mut self, _: &mut syn::Variant) {}
    fn visit_pat_mut(&mut self, _: &mut syn::Pat) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_generic_argument_mut(&mut self, _: &mut syn::GenericArgument) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
    fn visit_signature_mut(&mut self, _: &mut syn::Signature) {}

    // What stands behind the `else` of a `let` has to leave.
    fn visit_local_mut(&mut self, l: &mut syn::Local) {
        let Some(init) = &mut l.init else { return };
        self.visit_expr_mut(&mut init.expr);
        if let Some((_, e)) = &mut init.diverge
            && let Expr::Block(b) = &mut **e
        {
            visit_mut::visit_block_mut(self, &mut b.block);
            let last = b.block.stmts.len().saturating_sub(1);
            b.block.stmts[..last]
                .iter_mut()
                .for_each(|s| self.left_out(s));
        }
    }

    fn visit_block_mut(&mut self, b: &mut syn::Block) {
        visit_mut::visit_block_mut(self, b);
        self.blocks(b);
    }

    fn visit_expr_match_mut(&mut self, m: &mut syn::ExprMatch) {
        visit_mut::visit_expr_match_mut(self, m);
        let open = m.arms.last().is_some_and(|a| forms::takes_all(&a.pat));
        let last = m.arms.len().saturating_sub(1);
        for (k, arm) in m.arms.iter_mut().enumerate() {
            if let Some((_, guard)) = &mut arm.guard {
                self.condition(guard);
            }
            if forms::is_effect(&arm.body, false)
                && !matches!(*arm.body, Expr::If(_))
                && !forms::reports(&arm.body)
                && let Some(n) = self.site("left out", &arm.body)
            {
                let body = &arm.body;
                arm.body = parse_quote!({ if !crate::mutant::is(#n) { #body } });
            }
            if open
                && k < last
                && let Some(n) = self.site("arm left out", &arm.pat)
            {
                let guard: Expr = match &arm.guard {
                    Some((_, g)) => parse_quote!(!crate::mutant::is(#n) && (#g)),
                    None => parse_quote!(!crate::mutant::is(#n)),
                };
                arm.guard = Some((syn::token::If::default(), Box::new(guard)));
            }
        }
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if forms::reports(e) {
            return;
        }
        match e {
            Expr::Repeat(r) => self.visit_expr_mut(&mut r.expr),
            Expr::Const(_) => return,
            Expr::Macro(_) => return self.quoted(e),
            _ => visit_mut::visit_expr_mut(self, e),
        }
        match forms::form(e) {
            Form::Literal => self.literal(e),
            Form::Binary => self.binary(e),
            Form::Method => self.method(e),
            Form::Call => self.sign(e),
            Form::Path => self.constant(e),
            Form::If => {
                let Expr::If(i) = e else { return };
                self.condition(&mut i.cond);
                if let Expr::Let(_) = &*i.cond
                    && let Some(n) = self.site("pattern does not match", &i.cond)
                {
                    let cond = &i.cond;
                    i.cond = parse_quote!(#cond && !crate::mutant::is(#n));
                }
            }
            Form::While => {
                if let Expr::While(w) = e {
                    self.condition(&mut w.cond);
                }
            }
            Form::Not => {
                if let Expr::Unary(u) = e {
                    self.condition(&mut u.expr);
                }
            }
            Form::Other => {}
        }
    }
}
