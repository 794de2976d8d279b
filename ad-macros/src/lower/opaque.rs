//! Code that is kept as the user wrote it: which variables it reads, and whether it may be repeated.

use super::*;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

impl Lowerer<'_> {
    /// Keeps an expression as tokens.
    pub(super) fn opaque(&mut self, tokens: TokenStream, span: Span, ty: Ty) -> Opaque {
        let mut names = Vec::new();
        scan(tokens.clone(), &mut names);
        let mut reads = Vec::new();
        for name in names {
            let var = match self.lookup(&name) {
                Some(Binding::Var(v)) => {
                    let v = *v;
                    self.reject_kept_call(v, span);
                    v
                }
                Some(Binding::Alias(place)) => {
                    let place = place.clone();
                    self.materialise(&name, place)
                }
                Some(Binding::Parts(_)) => {
                    self.unsupported(
                        span,
                        Code::IteratorValue,
                        &format!("the tuple `{name}` as a value"),
                        "take it apart with a pattern, `|(a, b)|`",
                    );
                    continue;
                }
                Some(Binding::Iterator(_)) => {
                    self.unsupported(
                        span,
                        Code::IteratorValue,
                        &format!("the iterator `{name}` as a value"),
                        "take its items with `for`, `next` or a chain",
                    );
                    continue;
                }
                Some(Binding::Closure(closure)) => {
                    let closure = closure.clone();
                    self.kept_closure(&name, &closure)
                }
                None => continue,
            };
            if !reads.contains(&var) {
                reads.push(var);
            }
        }
        Opaque {
            tokens,
            reads,
            span,
            ty,
        }
    }

    /// Gives an alias a variable of its own, so that kept tokens can name it.
    pub(super) fn materialise(&mut self, name: &str, place: Place) -> VarId {
        let resolved = self.resolved(&place);
        let ty = Ty::Ref(false, Box::new(self.func.place_ty(&place)));
        let active = self.place_maybe_active(&place);
        let var = self.declare(name, place.span, ty, false, Role::View(resolved));
        self.maybe_active[var.0] = active;
        self.emit(Stmt::Let {
            var,
            init: Some(Expr::Borrow(false, place)),
        });
        var
    }

    pub(super) fn opaque_expr(&mut self, e: &impl ToTokens, ty: Ty) -> (Expr, Ty) {
        let tokens = e.to_token_stream();
        let span = syn::spanned::Spanned::span(&tokens);
        let leaves = self.func.wrapper.is_some() && may_leave(&tokens);
        let opaque = self.opaque(tokens, span, ty.clone());
        if leaves {
            // It runs once, where it stands.
            let var = self.name_value("held", Expr::Opaque(opaque), ty.clone());
            return (Expr::var(var), ty);
        }
        (Expr::Opaque(opaque), ty)
    }

    /// Whether code mentions no variable that may be active.
    pub(super) fn is_constant_code(&self, tokens: TokenStream) -> bool {
        let mut names = Vec::new();
        scan(tokens, &mut names);
        names.iter().all(|n| match self.lookup(n) {
            Some(Binding::Var(v)) => !self.var_maybe_active(self.func.root(&Place::var(*v))),
            Some(Binding::Alias(p)) => !self.place_maybe_active(p),
            Some(Binding::Closure(_) | Binding::Parts(_) | Binding::Iterator(_)) => false,
            None => true,
        })
    }
}

/// Collects the identifiers in tokens that may be variables: not fields, methods, paths, or macros;
/// and those captured in format strings.
pub fn scan(tokens: TokenStream, names: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (k, t) in tokens.iter().enumerate() {
        match t {
            TokenTree::Group(g) => scan(g.stream(), names),
            TokenTree::Ident(id) if is_variable(&tokens, k) => names.push(id.to_string()),
            TokenTree::Literal(l) => captures(&l.to_string(), names),
            _ => {}
        }
    }
}

fn punct(t: Option<&TokenTree>, c: char) -> bool {
    matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == c)
}

/// Whether the identifier at `k` stands where a variable can stand.
pub fn is_variable(tokens: &[TokenTree], k: usize) -> bool {
    let before = k.checked_sub(1).and_then(|j| tokens.get(j));
    let before2 = k.checked_sub(2).and_then(|j| tokens.get(j));
    let after = tokens.get(k + 1);
    let field = punct(before, '.') && !punct(before2, '.');
    let path = (punct(before, ':') && punct(before2, ':'))
        || (punct(after, ':') && punct(tokens.get(k + 2), ':'));
    let macro_name = punct(after, '!') && !punct(tokens.get(k + 2), '=');
    !field && !path && !macro_name
}

/// Names captured by a format string: `{name}` and `{name:…}`.
fn captures(literal: &str, names: &mut Vec<String>) {
    if !literal.starts_with('"') && !literal.starts_with("r") {
        return;
    }
    let mut rest = literal;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if name
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() || c == '_')
            && matches!(rest[name.len()..].chars().next(), Some('}' | ':'))
        {
            names.push(name);
        }
    }
}
