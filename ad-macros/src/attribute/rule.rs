//! `rule(x => …, y => …)`: the partials of a function as its user states them.

use crate::diagnostics::{Code, Culprit, Diagnostic, whole};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// What a function's partials are.
#[derive(Clone)]
pub struct Rule {
    /// Statements in front, whose names all partials may use.
    pub shared: Vec<syn::Stmt>,
    pub partials: Vec<Partial>,
    pub span: Span,
}

/// How the result changes with one parameter.
#[derive(Clone)]
pub struct Partial {
    pub name: Ident,
    pub value: syn::Expr,
}

const SHAPE: &str = "write `rule(x => …, y => …)`, or `rule({ let s = …; x => …, y => … })` where partials share something";

impl Rule {
    pub fn parse(meta: &syn::Meta) -> Result<Rule, Diagnostic> {
        let syn::Meta::List(list) = meta else {
            return Err(Diagnostic::new(
                whole(meta),
                Code::RuleShape,
                "`rule` states a partial for each active parameter, and there is none",
                SHAPE,
            ));
        };
        let (shared, partials) = parts
            .parse2(list.tokens.clone())
            .map_err(|e| Diagnostic::unreadable(&e, Code::RuleShape, SHAPE))?;
        let rule = Rule {
            shared,
            partials,
            span: list.path.span(),
        };
        rule.check()?;
        Ok(rule)
    }

    fn check(&self) -> Result<(), Diagnostic> {
        if self.partials.is_empty() {
            return Err(Diagnostic::new(
                self.span,
                Code::RuleShape,
                "this rule has no partial",
                SHAPE,
            ));
        }
        for (k, p) in self.partials.iter().enumerate() {
            if self.partials[..k].iter().any(|q| q.name == p.name) {
                return Err(Diagnostic::new(
                    p.name.span(),
                    Code::RulePartials,
                    format!("`{}` has two partials", p.name),
                    "keep one of them",
                ));
            }
        }
        let mut exits = Exits(None);
        self.shared.iter().for_each(|s| exits.visit_stmt(s));
        self.partials
            .iter()
            .for_each(|p| exits.visit_expr(&p.value));
        match exits.0 {
            Some(span) => Err(Diagnostic::new(
                span,
                Code::RuleLeaves,
                "a partial is a value: nothing in a rule may leave it",
                "compute it with `if` and `else`; what may fail stands in the function, and a partial is only asked for where it succeeded",
            )),
            None => Ok(()),
        }
    }

    /// Whether a partial mentions a name.
    pub fn mentions(&self, name: &str) -> bool {
        use quote::ToTokens;
        let mut names = Vec::new();
        let shared = self.shared.iter().map(ToTokens::to_token_stream);
        let values = self.partials.iter().map(|p| p.value.to_token_stream());
        for tokens in shared.chain(values) {
            crate::lower::scan(tokens, &mut names);
        }
        names.iter().any(|n| n == name)
    }
}

/// The shared statements and the partials, in a block of their own or not.
fn parts(input: ParseStream) -> syn::Result<(Vec<syn::Stmt>, Vec<Partial>)> {
    if input.peek(syn::token::Brace) {
        let inner;
        syn::braced!(inner in input);
        let found = unbraced(&inner)?;
        let _: Option<syn::Token![,]> = input.parse()?;
        return match input.is_empty() {
            true => Ok(found),
            false => Err(input.error("expected the end of the rule")),
        };
    }
    unbraced(input)
}

fn unbraced(input: ParseStream) -> syn::Result<(Vec<syn::Stmt>, Vec<Partial>)> {
    let (mut shared, mut partials) = (Vec::new(), Vec::new());
    while !input.is_empty() && !is_partial(input) {
        let (first, is_let) = (input.fork(), input.peek(syn::Token![let]));
        shared.push(input.parse().map_err(|e| match is_let {
            true => e,
            false => first.error("expected a partial, `x => …`"),
        })?);
    }
    while !input.is_empty() {
        if !is_partial(input) {
            return Err(input.error("expected a partial, `x => …`"));
        }
        let name = input.call(Ident::parse_any)?;
        input.parse::<syn::Token![=>]>()?;
        let value = input.parse()?;
        partials.push(Partial { name, value });
        if !input.is_empty() {
            input.parse::<syn::Token![,]>()?;
        }
    }
    Ok((shared, partials))
}

fn is_partial(input: ParseStream) -> bool {
    input.peek(Ident::peek_any) && input.peek2(syn::Token![=>])
}

/// The first place where control leaves; closures are left by themselves.
struct Exits(Option<Culprit>);

impl<'a> Visit<'a> for Exits {
    fn visit_expr(&mut self, e: &'a syn::Expr) {
        match e {
            syn::Expr::Return(_) | syn::Expr::Try(_) | syn::Expr::Await(_) => {
                self.0.get_or_insert(whole(e));
            }
            syn::Expr::Closure(_) => {}
            other => visit::visit_expr(self, other),
        }
    }

    fn visit_item(&mut self, _: &'a syn::Item) {}
}
