//! `#[cfg]` inside a function. Only rustc knows what holds, and it looks after we are done: so each combination of the conditions has
//! companions of its own, and their own `#[cfg]` picks those that match the function.

use crate::diagnostics::{Code, Errors};
use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};

/// Each more doubles what is generated.
const MOST: usize = 4;

/// A function as it is under some combination of conditions.
pub struct Variant {
    /// `#[cfg(all(…))]`; none if the function asks for nothing.
    pub condition: Option<syn::Attribute>,
    pub sig: syn::Signature,
    pub body: Option<syn::Block>,
}

/// What a condition is made of.
enum Cfg {
    Atom(usize),
    Not(Box<Cfg>),
    All(Vec<Cfg>),
    Any(Vec<Cfg>),
    Known(bool),
}

impl Cfg {
    fn read(meta: TokenStream, atoms: &mut Vec<TokenStream>) -> Cfg {
        let list = |inner: TokenStream, atoms: &mut Vec<TokenStream>| {
            split(inner)
                .into_iter()
                .map(|m| Cfg::read(m, atoms))
                .collect::<Vec<_>>()
        };
        if let Ok(l) = syn::parse2::<syn::MetaList>(meta.clone()) {
            let inner = l.tokens.clone();
            if l.path.is_ident("not") {
                return Cfg::Not(Box::new(Cfg::read(inner, atoms)));
            } else if l.path.is_ident("all") {
                return Cfg::All(list(inner, atoms));
            } else if l.path.is_ident("any") {
                return Cfg::Any(list(inner, atoms));
            }
        }
        let text = meta.to_string();
        if text == "true" || text == "false" {
            return Cfg::Known(text == "true");
        }
        let known = atoms.iter().position(|a| a.to_string() == text);
        Cfg::Atom(known.unwrap_or_else(|| {
            atoms.push(meta);
            atoms.len() - 1
        }))
    }

    fn holds(&self, truth: usize) -> bool {
        match self {
            Cfg::Atom(k) => truth >> k & 1 == 1,
            Cfg::Not(c) => !c.holds(truth),
            Cfg::All(list) => list.iter().all(|c| c.holds(truth)),
            Cfg::Any(list) => list.iter().any(|c| c.holds(truth)),
            Cfg::Known(b) => *b,
        }
    }
}

/// What stands between commas.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for t in tokens {
        match (&t, parts.last_mut()) {
            (proc_macro2::TokenTree::Punct(p), _) if p.as_char() == ',' => {
                parts.push(TokenStream::new());
            }
            (_, Some(last)) => last.extend([t]),
            _ => {}
        }
    }
    parts.retain(|p| !p.is_empty());
    parts
}

/// The function under each combination of the conditions inside it.
pub fn variants(
    sig: &syn::Signature,
    body: Option<&syn::Block>,
    errors: &mut Errors,
) -> Vec<Variant> {
    let mut atoms = Vec::new();
    let mut first = None;
    let mut taken = Taken {
        keep: &mut |attr| {
            first.get_or_insert(attr.path().span());
            if let syn::Meta::List(l) = &attr.meta {
                Cfg::read(l.tokens.clone(), &mut atoms);
            }
            true
        },
    };
    taken.function(&mut sig.clone(), &mut body.cloned());
    let n = match (atoms.len(), first) {
        (n, Some(span)) if n > MOST => {
            errors.at(
                span,
                Code::Conditions,
                format!("a function with more than {MOST} different conditions in `#[cfg]` can't be differentiated"),
                "move the code behind them into functions of their own",
            );
            return Vec::new();
        }
        (n, _) => n,
    };
    let variant = |truth: usize| {
        let (mut sig, mut body) = (sig.clone(), body.cloned());
        let mut taken = Taken {
            keep: &mut |attr| match &attr.meta {
                syn::Meta::List(l) => Cfg::read(l.tokens.clone(), &mut atoms.clone()).holds(truth),
                _ => true,
            },
        };
        taken.function(&mut sig, &mut body);
        let wanted = atoms.iter().enumerate().map(|(k, atom)| {
            if truth >> k & 1 == 1 {
                quote!(#atom)
            } else {
                quote!(not(#atom))
            }
        });
        Variant {
            condition: (n > 0).then(|| syn::parse_quote!(#[cfg(all(#(#wanted),*))])),
            sig,
            body,
        }
    };
    (0..1usize << n).map(variant).collect()
}

/// Takes `#[cfg]` attributes away, and what they stand on where they don't hold.
struct Taken<'a> {
    keep: &'a mut dyn FnMut(&syn::Attribute) -> bool,
}

impl Taken<'_> {
    fn function(&mut self, sig: &mut syn::Signature, body: &mut Option<syn::Block>) {
        let mut inputs = std::mem::take(&mut sig.inputs).into_iter().collect();
        self.retain(&mut inputs, |a: &mut syn::FnArg| match a {
            syn::FnArg::Receiver(r) => Some(&mut r.attrs),
            syn::FnArg::Typed(t) => Some(&mut t.attrs),
        });
        sig.inputs = inputs.into_iter().collect();
        if let Some(body) = body {
            self.visit_block_mut(body);
        }
    }

    fn retain<T>(
        &mut self,
        list: &mut Vec<T>,
        attrs: impl Fn(&mut T) -> Option<&mut Vec<syn::Attribute>>,
    ) {
        list.retain_mut(|item| {
            let mut holds = true;
            if let Some(attrs) = attrs(item) {
                attrs.retain(|a| {
                    let condition = a.path().is_ident("cfg");
                    holds &= !condition || (self.keep)(a);
                    !condition
                });
            }
            holds
        });
    }

    fn expressions(&mut self, list: &mut syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>) {
        if list
            .iter_mut()
            .all(|e| attributes(e).is_none_or(|a| a.is_empty()))
        {
            return;
        }
        let trailing = list.trailing_punct();
        let mut items = std::mem::take(list).into_iter().collect();
        self.retain(&mut items, attributes);
        *list = items.into_iter().collect();
        // `(x,)` is no `(x)`.
        if trailing && !list.is_empty() {
            list.push_punct(Default::default());
        }
    }
}

impl VisitMut for Taken<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        self.retain(&mut block.stmts, |s| match s {
            syn::Stmt::Local(l) => Some(&mut l.attrs),
            syn::Stmt::Macro(m) => Some(&mut m.attrs),
            syn::Stmt::Expr(e, _) => attributes(e),
            // It keeps its attributes wherever it goes.
            syn::Stmt::Item(_) => None,
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_match_mut(&mut self, m: &mut syn::ExprMatch) {
        self.retain(&mut m.arms, |a| Some(&mut a.attrs));
        visit_mut::visit_expr_match_mut(self, m);
    }

    fn visit_expr_struct_mut(&mut self, s: &mut syn::ExprStruct) {
        let mut fields = std::mem::take(&mut s.fields).into_iter().collect();
        self.retain(&mut fields, |f: &mut syn::FieldValue| Some(&mut f.attrs));
        s.fields = fields.into_iter().collect();
        if s.rest.is_some() && !s.fields.empty_or_trailing() {
            s.fields.push_punct(Default::default());
        }
        visit_mut::visit_expr_struct_mut(self, s);
    }

    fn visit_pat_struct_mut(&mut self, s: &mut syn::PatStruct) {
        let mut fields = std::mem::take(&mut s.fields).into_iter().collect();
        self.retain(&mut fields, |f: &mut syn::FieldPat| Some(&mut f.attrs));
        s.fields = fields.into_iter().collect();
        if s.rest.is_some() && !s.fields.empty_or_trailing() {
            s.fields.push_punct(Default::default());
        }
        visit_mut::visit_pat_struct_mut(self, s);
    }

    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        match e {
            syn::Expr::Array(a) => self.expressions(&mut a.elems),
            syn::Expr::Tuple(t) => self.expressions(&mut t.elems),
            syn::Expr::Call(c) => self.expressions(&mut c.args),
            syn::Expr::MethodCall(m) => self.expressions(&mut m.args),
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The attributes before an expression; the parser hands them to its leftmost operand.
fn attributes(e: &mut syn::Expr) -> Option<&mut Vec<syn::Attribute>> {
    macro_rules! of {
        ($e:ident: $($variant:ident)*) => {
            match $e {
                syn::Expr::Assign(a) => attributes(&mut a.left),
                syn::Expr::Binary(b) => attributes(&mut b.left),
                syn::Expr::Cast(c) => attributes(&mut c.expr),
                $(syn::Expr::$variant(x) => Some(&mut x.attrs),)*
                _ => None,
            }
        };
    }
    of!(e: Array Async Await Block Break Call Closure Const Continue Field ForLoop Group If Index Infer Let Lit Loop
        Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try TryBlock Tuple Unary Unsafe
        While Yield)
}

/// Errors that hold only where a function is what it is.
pub fn under(condition: &Option<syn::Attribute>, errors: &Errors) -> TokenStream {
    errors
        .iter()
        .map(|e| {
            let error = e.to_compile_error();
            quote!(#condition #error)
        })
        .collect()
}
