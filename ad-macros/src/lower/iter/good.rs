//! `try_fold` over items that may be errors themselves: where the closure takes them as they are, `y?`, so can the loop.

use syn::visit::Visit;
use syn::visit_mut::VisitMut;

/// The closure of a `try_fold` whose items are taken out of their wrapper before it is called; `None` where it does anything else with them,
/// or might leave before it comes to that.
pub(super) fn of_good_items(f: &syn::Expr) -> Option<syn::Expr> {
    let syn::Expr::Closure(c) = f else {
        return None;
    };
    let (state, item) = (c.inputs.first()?, name_of(c.inputs.iter().nth(1)?)?);
    if let Some(mapped) = mapped(&c.body, &item) {
        let (pat, body) = (&mapped.inputs[0], &mapped.body);
        return is_quiet(body).then(|| syn::parse_quote!(|#state, #pat| Some(#body)));
    }
    let mut c = c.clone();
    c.inputs[1] = syn::parse_quote!(#item);
    let mut taking = Taking { item, taken: 0 };
    taking.visit_expr_mut(&mut c.body);
    let untouched = uses(&c.body, &taking.item) == taking.taken;
    (taking.taken > 0 && untouched && is_quiet(&c.body)).then_some(syn::Expr::Closure(c))
}

fn name_of(pat: &syn::Pat) -> Option<syn::Ident> {
    match pat {
        syn::Pat::Ident(id) if id.by_ref.is_none() && id.subpat.is_none() => Some(id.ident.clone()),
        syn::Pat::Type(t) => name_of(&t.pat),
        syn::Pat::Paren(p) => name_of(&p.pat),
        _ => None,
    }
}

/// `y.map(|v| …)`: the inner closure.
fn mapped<'a>(body: &'a syn::Expr, item: &syn::Ident) -> Option<&'a syn::ExprClosure> {
    let syn::Expr::MethodCall(m) = body else {
        return None;
    };
    let own = matches!(&*m.receiver, syn::Expr::Path(p) if p.path.is_ident(item));
    match (own && m.method == "map", m.args.first()) {
        (true, Some(syn::Expr::Closure(inner))) if inner.inputs.len() == 1 => {
            (uses(&inner.body, item) == 0 || names(&inner.inputs[0], item)).then_some(inner)
        }
        _ => None,
    }
}

fn names(pat: &syn::Pat, item: &syn::Ident) -> bool {
    name_of(pat).is_some_and(|own| own == *item)
}

/// Takes the `?` away from the item.
struct Taking {
    item: syn::Ident,
    taken: usize,
}

impl VisitMut for Taking {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        if let syn::Expr::Try(t) = e
            && matches!(&*t.expr, syn::Expr::Path(p) if p.path.is_ident(&self.item))
        {
            self.taken += 1;
            *e = (*t.expr).clone();
            return;
        }
        syn::visit_mut::visit_expr_mut(self, e);
    }
}

/// How often a name is mentioned.
fn uses(e: &syn::Expr, name: &syn::Ident) -> usize {
    struct Count<'a>(&'a syn::Ident, usize);
    impl<'ast> Visit<'ast> for Count<'_> {
        fn visit_ident(&mut self, id: &'ast syn::Ident) {
            self.1 += usize::from(id == self.0);
        }
    }
    let mut count = Count(name, 0);
    count.visit_expr(e);
    count.1
}

/// Whether nothing in it may leave or be noticed.
fn is_quiet(e: &syn::Expr) -> bool {
    struct Quiet(bool);
    impl<'ast> Visit<'ast> for Quiet {
        fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
            self.0 = false;
        }
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = false;
        }
        fn visit_expr_assign(&mut self, _: &'ast syn::ExprAssign) {
            self.0 = false;
        }
        fn visit_macro(&mut self, _: &'ast syn::Macro) {
            self.0 = false;
        }
    }
    let mut quiet = Quiet(true);
    quiet.visit_expr(e);
    quiet.0
}
