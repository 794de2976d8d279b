//! Whether a type parameter stands for reals, where its bounds don't say so: `T: RealLike` or `M: Model`, by how its values are used.

use crate::rules;
use std::collections::HashSet;
use syn::visit::{self, Visit};

/// How names of traits of numbers begin or end.
const NUMERIC: &[&str] = &["Float", "Real", "Scalar", "Num", "Number"];

/// Whole names of such traits.
const OTHERS: &[&str] = &["Zero", "One", "FromPrimitive", "ToPrimitive", "RealField"];

/// What type parameters of numbers are called.
const NAMES: &[&str] = &["T", "F", "S", "R", "N", "K", "Real", "Scalar", "Float"];

/// Whether the name of a trait says that its types are numbers.
pub fn is_numeric(name: &str) -> bool {
    let affix = |part: &&str| {
        name.ends_with(*part) || (name.starts_with(*part) && !name.ends_with("Field"))
    };
    OTHERS.contains(&name) || NUMERIC.iter().any(affix)
}

/// Whether a type of this name may be another name for `f64`.
pub fn may_name_a_number(name: &str) -> bool {
    is_numeric(name) || NAMES.contains(&name)
}

/// What speaks for a type parameter being a real, and what against it.
pub struct Evidence<'a> {
    param: &'a str,
    /// Variables that hold values of the type, or some of them.
    values: HashSet<String>,
    real: bool,
    other: bool,
}

/// Whether the values of a type parameter are taken to be reals.
pub fn is_real<'a>(
    param: &str,
    functions: impl Iterator<Item = (&'a syn::Signature, Option<&'a syn::Block>)>,
) -> bool {
    let (mut real, mut other) = (false, false);
    for (sig, body) in functions {
        let mut e = Evidence {
            param,
            values: HashSet::new(),
            real: false,
            other: false,
        };
        e.visit_signature(sig);
        if let Some(body) = body {
            e.visit_block(body);
        }
        real |= e.real;
        other |= e.other;
    }
    real || (!other && NAMES.contains(&param))
}

impl Evidence<'_> {
    fn is_param(&self, ty: &syn::Type) -> bool {
        matches!(ty, syn::Type::Path(p) if p.path.is_ident(self.param))
    }

    /// The type itself, or something made of it.
    fn holds(&self, ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Reference(r) => self.holds(&r.elem),
            syn::Type::Slice(s) => self.holds(&s.elem),
            syn::Type::Array(a) => self.holds(&a.elem),
            syn::Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Vec") => {
                let text = quote::ToTokens::to_token_stream(p);
                crate::drivers::mentions(text, self.param)
            }
            other => self.is_param(other),
        }
    }

    fn bind(&mut self, pat: &syn::Pat, holds: bool) {
        if !holds {
            return;
        }
        let mut names = Names(Vec::new());
        names.visit_pat(pat);
        self.values.extend(names.0);
    }

    /// A variable that holds values of the type, or a part of one.
    fn is_value(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Path(p) => p
                .path
                .get_ident()
                .is_some_and(|i| self.values.contains(&i.to_string())),
            syn::Expr::Index(i) => self.is_value(&i.expr),
            syn::Expr::Paren(p) => self.is_value(&p.expr),
            syn::Expr::Reference(r) => self.is_value(&r.expr),
            syn::Expr::Unary(u) => self.is_value(&u.expr),
            _ => false,
        }
    }

    /// Where the values of an iterator come from.
    fn walks(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::MethodCall(m) => self.walks(&m.receiver),
            other => self.is_value(other),
        }
    }
}

impl<'ast> Visit<'ast> for Evidence<'_> {
    fn visit_signature(&mut self, sig: &'ast syn::Signature) {
        for arg in &sig.inputs {
            if let syn::FnArg::Typed(t) = arg {
                self.bind(&t.pat, self.holds(&t.ty));
            }
        }
        if let syn::ReturnType::Type(_, ty) = &sig.output {
            self.real |= self.is_param(ty);
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        let init = local.init.as_ref().is_some_and(|i| self.is_value(&i.expr));
        self.bind(&local.pat, init);
        if let syn::Pat::Type(t) = &local.pat {
            self.bind(&t.pat, self.holds(&t.ty));
        }
    }

    fn visit_expr_for_loop(&mut self, l: &'ast syn::ExprForLoop) {
        self.bind(&l.pat, self.walks(&l.expr));
        visit::visit_expr_for_loop(self, l);
    }

    fn visit_expr_binary(&mut self, b: &'ast syn::ExprBinary) {
        visit::visit_expr_binary(self, b);
        let logical = matches!(b.op, syn::BinOp::And(_) | syn::BinOp::Or(_));
        self.real |= !logical && (self.is_value(&b.left) || self.is_value(&b.right));
    }

    fn visit_expr_unary(&mut self, u: &'ast syn::ExprUnary) {
        visit::visit_expr_unary(self, u);
        self.real |= matches!(u.op, syn::UnOp::Neg(_)) && self.is_value(&u.expr);
    }

    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        let walks = self.walks(&m.receiver);
        for arg in &m.args {
            if let syn::Expr::Closure(c) = arg {
                c.inputs.iter().for_each(|p| self.bind(p, walks));
            }
        }
        visit::visit_expr_method_call(self, m);
        if let syn::Expr::Path(_) | syn::Expr::Index(_) = &*m.receiver
            && self.is_value(&m.receiver)
        {
            let name = m.method.to_string();
            let rule = rules::find(&name).is_some_and(|r| rules::arity(r) == m.args.len() + 1);
            let standard = crate::lower::is_standard(&m.method);
            self.real |= rule;
            self.other |= !rule && !standard;
        }
    }

    fn visit_expr_field(&mut self, f: &'ast syn::ExprField) {
        visit::visit_expr_field(self, f);
        self.other |= self.is_value(&f.base);
    }

    fn visit_expr_call(&mut self, c: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, c);
        if let syn::Expr::Path(p) = &*c.func
            && p.path.segments.len() == 2
            && p.path.segments[0].ident == self.param
        {
            let name = p.path.segments[1].ident.to_string();
            let made = [
                "zero",
                "one",
                "from",
                "epsilon",
                "infinity",
                "nan",
                "max_value",
                "min_value",
            ];
            let number = made.contains(&name.as_str()) || name.starts_with("from_");
            let rule = rules::find(&name).is_some_and(|r| rules::arity(r) == c.args.len());
            self.real |= number || rule;
            self.other |= !number && !rule;
        }
    }
}

/// The names that a pattern binds.
struct Names(Vec<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, id: &'ast syn::PatIdent) {
        self.0.push(id.ident.to_string());
        visit::visit_pat_ident(self, id);
    }
}
