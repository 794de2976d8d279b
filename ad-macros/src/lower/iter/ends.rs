//! Ends of chains: what a loop over the items leaves behind.

use super::*;
use quote::{ToTokens, quote};

const ENDS: &[&str] = &[
    "sum",
    "product",
    "fold",
    "for_each",
    "collect",
    "count",
    "all",
    "any",
    "unzip",
    "partition",
];

/// Ends whose answers have no derivative: they are kept as they were written.
const ANSWERS: &[(&str, Ty)] = &[
    ("position", Ty::Constant),
    ("rposition", Ty::Constant),
    ("eq", Ty::Bool),
    ("ne", Ty::Bool),
    ("lt", Ty::Bool),
    ("le", Ty::Bool),
    ("gt", Ty::Bool),
    ("ge", Ty::Bool),
    ("cmp", Ty::Constant),
    ("partial_cmp", Ty::Constant),
    ("is_sorted", Ty::Bool),
    ("is_sorted_by", Ty::Bool),
];

/// Methods on such answers.
const ON_ANSWERS: &[(&str, Ty)] = &[
    ("unwrap", Ty::Int),
    ("expect", Ty::Int),
    ("unwrap_or", Ty::Int),
    ("unwrap_or_default", Ty::Int),
    ("is_some", Ty::Bool),
    ("is_none", Ty::Bool),
    ("ok_or", Ty::Constant),
    ("ok_or_else", Ty::Constant),
];

impl Lowerer<'_> {
    /// The value of a chain that ends in this call; `None` where this is no chain.
    pub(in crate::lower) fn chain_end(
        &mut self,
        m: &syn::ExprMethodCall,
        expected: &Ty,
    ) -> Option<(Expr, Ty)> {
        let name = m.method.to_string();
        if let Some(found) = self.value_behind(m) {
            return Some(found);
        }
        if let Some(ty) = self.chain_answer(&syn::Expr::MethodCall(m.clone())) {
            let kept = self.opaque(m.to_token_stream(), m.method.span(), Ty::Unit);
            return Some(self.named_once(kept, "answer", ty));
        }
        if name == "len" && m.args.is_empty() && self.held_iterator(&m.receiver).is_some() {
            return self.items_left(m);
        }
        let optional = self.is_optional_end(&syn::Expr::MethodCall(m.clone()));
        let chain = self.is_chain(&m.receiver) || self.is_kept_chain(&m.receiver);
        let end = ENDS.contains(&name.as_str()) && chain;
        if !end && !optional {
            return None;
        }
        if let Some(kept) = self.kept_chain(m, &name, expected) {
            return Some(kept);
        }
        if optional {
            self.unsupported(
                whole(&m.method),
                Code::EndKept,
                &format!("`{name}` without `unwrap`"),
                "add `.unwrap()` or `?`, ask with `if let Some(…) = …`, or write a `for` loop",
            );
            return Some(failed());
        }
        Some(self.lowered_end(m, &name, expected).unwrap_or_else(failed))
    }

    /// The type of the answer, if an expression asks a chain something that has no derivative.
    fn chain_answer(&self, e: &syn::Expr) -> Option<Ty> {
        let syn::Expr::MethodCall(m) = e else {
            return None;
        };
        let name = m.method.to_string();
        let of = |table: &[(&str, Ty)]| {
            let found = table.iter().find(|(n, _)| *n == name);
            found.map(|(_, ty)| ty.clone())
        };
        match self.is_chain(&m.receiver) {
            true => {
                let named = self
                    .held_iterator(Links::read(&m.receiver).source)
                    .is_some();
                let quiet = !crate::lower::expr::assigns(&m.to_token_stream(), true);
                of(ANSWERS).filter(|_| quiet && !named)
            }
            false => {
                let quiet = self.is_constant_code(m.args.to_token_stream());
                self.chain_answer(&m.receiver)?;
                of(ON_ANSWERS).filter(|_| quiet)
            }
        }
    }

    /// Whether the value of an expression has no derivative, whatever it reads.
    pub(in crate::lower) fn is_constant_value(&self, e: &syn::Expr) -> bool {
        let e = match e {
            syn::Expr::Try(t) => &t.expr,
            e => e,
        };
        self.is_constant_code(e.to_token_stream())
            || self.chain_answer(e).is_some()
            || self.is_ordering(e)
    }

    /// A comparison of two values.
    pub(in crate::lower) fn compared(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let e = syn::Expr::MethodCall(m.clone());
        if !self.is_ordering(&e) || self.is_constant_code(m.to_token_stream()) {
            return None;
        }
        let mut on = self.ordering(&e)?;
        let ty = std::mem::replace(&mut on.ty, Ty::Unit);
        Some(self.named_once(on, "ordering", ty))
    }

    /// What is asked once, and only reads.
    fn named_once(&mut self, kept: Opaque, name: &str, ty: Ty) -> (Expr, Ty) {
        let var = self.name_value(name, Expr::Opaque(kept), ty.clone());
        self.maybe_active[var.0] = false;
        (Expr::var(var), ty)
    }

    /// A chain over constants stays as it was written.
    fn kept_chain(
        &mut self,
        m: &syn::ExprMethodCall,
        name: &str,
        expected: &Ty,
    ) -> Option<(Expr, Ty)> {
        let tokens = m.to_token_stream();
        let constant = self.holding > 0 || self.is_constant_code(tokens.clone());
        if !constant || name == "for_each" || crate::lower::expr::assigns(&tokens, true) {
            return None;
        }
        let ty = match name {
            "count" => Ty::Int,
            "all" | "any" => Ty::Bool,
            _ => self.result_type(m, expected),
        };
        // Where nothing but the variable's annotation says what is summed, the loop says it.
        let open = matches!(name, "sum" | "product") && turbofish(m).is_none();
        if open && !ty.is_real() {
            return None;
        }
        Some(self.opaque_expr(m, ty))
    }

    /// What turbofish or surroundings say about the result.
    pub(super) fn result_type(&self, m: &syn::ExprMethodCall, expected: &Ty) -> Ty {
        match turbofish(m) {
            Some(ty) => self.generics.ty(&ty),
            None => expected.clone(),
        }
    }

    fn lowered_end(
        &mut self,
        m: &syn::ExprMethodCall,
        name: &str,
        expected: &Ty,
    ) -> Option<(Expr, Ty)> {
        let mut args = m.args.iter();
        let span = m.method.span();
        match (name, args.next(), args.next()) {
            ("sum" | "product", None, _) => {
                let p = self.pipeline(&m.receiver)?;
                let known = self.result_type(m, expected);
                Some(self.sum(p, name, span, known, turbofish(m)))
            }
            ("fold", Some(init), Some(f)) => self.fold(m, init, f, expected),
            ("for_each", Some(f), None) => {
                let p = self.pipeline(&m.receiver)?;
                let closure = self.closure(f, 1)?;
                self.run(p, None, &mut |lw, item, _| lw.perform(&closure, vec![item]));
                Some((Expr::Tuple(Vec::new()), Ty::Unit))
            }
            ("collect", None, _) => {
                let wanted = self.result_type(m, expected);
                let element = self.collected_element(&wanted, span)?;
                let p = self.pipeline(&m.receiver)?;
                Some(self.collect(p, element, span))
            }
            ("unzip", None, _) => self.unzip(m, expected),
            ("partition", Some(f), None) => self.partition(m, f, expected),
            ("count", None, _) => self.count(m),
            ("all" | "any", Some(f), None) => self.quantifier(m, name, f),
            _ => {
                self.unsupported(
                    span,
                    Code::End,
                    &format!("`{name}` with these arguments"),
                    "write a `for` loop",
                );
                None
            }
        }
    }

    /// A variable that the loop builds up; its declaration goes before the loop when its type is known.
    pub(super) fn accumulator(&mut self, name: &str) -> VarId {
        let var = self.temp(name, Ty::Unknown);
        self.func.vars[var.0].mutable = true;
        var
    }

    pub(super) fn sum(
        &mut self,
        p: Pipeline,
        name: &str,
        span: Span,
        known: Ty,
        written: Option<syn::Type>,
    ) -> (Expr, Ty) {
        let total = self.accumulator(name);
        let at = self.out.len();
        let mut item_ty = Ty::Unknown;
        self.run(p, None, &mut |lw, item, _| {
            let (value, ty) = lw.item_value(item, span);
            if known.is_real() {
                lw.refine(&value, &known);
            }
            item_ty = ty.peel().clone();
            lw.emit(match name {
                "sum" => Stmt::Assign {
                    place: Place::var(total),
                    op: Some(BinOp::Add),
                    value,
                    first: false,
                },
                _ => Stmt::Assign {
                    place: Place::var(total),
                    op: None,
                    value: Expr::bin(BinOp::Mul, Expr::var(total), value),
                    first: false,
                },
            });
        });
        let ty = match (&known, &item_ty) {
            (Ty::Unknown, Ty::Unknown) => Ty::Real(Scalar::Unknown),
            (Ty::Unknown, ty) => ty.clone(),
            (known, _) => known.clone(),
        };
        let init = neutral(name, &ty, written);
        self.func.vars[total.0].ty = ty.clone();
        let declaration = Stmt::Let {
            var: total,
            init: Some(init),
        };
        self.out.insert(at, declaration);
        (Expr::var(total), ty)
    }

    fn fold(
        &mut self,
        m: &syn::ExprMethodCall,
        init: &syn::Expr,
        f: &syn::Expr,
        expected: &Ty,
    ) -> Option<(Expr, Ty)> {
        let p = self.pipeline(&m.receiver)?;
        let (init, ty) = self.expr(init);
        let closure = self.closure(f, 2)?;
        let ty = match expected {
            Ty::Unknown => ty,
            known => known.clone(),
        };
        let names = closure.params.first().map(names_of).unwrap_or_default();
        let start = self.accumulators(init, &ty, &mut names.into_iter());
        self.fold_into(p, &closure, &start, None, m.method.span());
        Some(self.item_value(start, m.method.span()))
    }

    /// Folds items into a state; the closure may have no value for the next, and then control goes elsewhere.
    pub(super) fn fold_into(
        &mut self,
        p: Pipeline,
        closure: &Rc<Closure>,
        start: &Item,
        none: Option<Otherwise>,
        span: Span,
    ) {
        // Kept code mentions its variables by name, so there they must be variables.
        let state = match has_macro(closure.written.body.to_token_stream()) {
            true => start.clone(),
            false => named_places(start),
        };
        self.run(p, None, &mut |lw, item, _| {
            let args = vec![state.clone(), item];
            let next = match none {
                None => Some(lw.apply(closure, args)),
                Some(none) => lw.apply_found(closure, args, none),
            };
            let Some(next) = next else { return };
            let (next, _) = lw.item_value(next, span);
            lw.accumulate(start, next);
        });
    }

    /// One variable for each component of the start of a `fold`.
    pub(super) fn accumulators(
        &mut self,
        init: Expr,
        ty: &Ty,
        names: &mut dyn Iterator<Item = String>,
    ) -> Item {
        if let Expr::Tuple(parts) = init {
            let part_ty = |k: usize| match ty {
                Ty::Tuple(tys) => tys.get(k).cloned().unwrap_or(Ty::Unknown),
                _ => Ty::Unknown,
            };
            let items = parts.into_iter().enumerate();
            return Item::Tuple(
                items
                    .map(|(k, e)| self.accumulators(e, &part_ty(k), names))
                    .collect(),
            );
        }
        let name = names.next().unwrap_or_else(|| "folded".into());
        let var = self.accumulator(&name);
        self.func.vars[var.0].ty = ty.clone();
        self.emit(Stmt::Let {
            var,
            init: Some(init),
        });
        Item::Value(Expr::var(var), ty.clone())
    }

    /// Stores the next state of a `fold`; all components are computed before the first is stored.
    pub(super) fn accumulate(&mut self, state: &Item, next: Expr) {
        let mut targets = Vec::new();
        leaves(state, &mut targets);
        let single = matches!(state, Item::Value(..));
        let mut values = Vec::new();
        self.components(state, next, &mut values);
        let values: Vec<Expr> = values
            .into_iter()
            .zip(&targets)
            .map(|(e, (_, ty))| match single {
                true => e,
                false => Expr::var(self.name_value("next", e, ty.clone())),
            })
            .collect();
        for ((var, _), value) in targets.into_iter().zip(values) {
            if matches!(&value, Expr::Place(p) if p.is_var() && p.base == var) {
                continue;
            }
            self.emit(Stmt::Assign {
                place: Place::var(var),
                op: None,
                value,
                first: false,
            });
        }
    }

    fn components(&mut self, state: &Item, value: Expr, out: &mut Vec<Expr>) {
        match (state, value) {
            (Item::Tuple(parts), Expr::Tuple(values)) if parts.len() == values.len() => {
                for (part, value) in parts.iter().zip(values) {
                    self.components(part, value, out);
                }
            }
            (Item::Tuple(parts), value) => {
                let whole = Place::var(self.name_value("state", value, Ty::Unknown));
                for (k, part) in parts.iter().enumerate() {
                    let component = Expr::Place(whole.clone().with(Proj::Tuple(k)));
                    self.components(part, component, out);
                }
            }
            (_, value) => out.push(value),
        }
    }

    fn count(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let p = self.pipeline(&m.receiver)?;
        let count = self.accumulator("count");
        self.func.vars[count.0].ty = Ty::Int;
        self.emit(Stmt::Let {
            var: count,
            init: Some(none_yet()),
        });
        self.run(p, None, &mut |lw, _, _| {
            lw.emit(advance(count));
        });
        Some((Expr::var(count), Ty::Int))
    }

    /// `all` and `any`: the loop ends with the first item that decides.
    fn quantifier(
        &mut self,
        m: &syn::ExprMethodCall,
        name: &str,
        f: &syn::Expr,
    ) -> Option<(Expr, Ty)> {
        let p = self.pipeline(&m.receiver)?;
        let closure = self.closure(f, 1)?;
        let all = name == "all";
        let var = self.accumulator(name);
        self.func.vars[var.0].ty = Ty::Bool;
        self.emit(Stmt::Let {
            var,
            init: Some(truth(all)),
        });
        self.run(p, None, &mut |lw, item, exits| {
            let cond = lw.apply(&closure, vec![item]);
            let (cond, _) = lw.item_value(cond, m.method.span());
            let decide = vec![
                Stmt::Assign {
                    place: Place::var(var),
                    op: None,
                    value: truth(!all),
                    first: false,
                },
                Stmt::Break(exits.done),
            ];
            let cond = match all {
                true => Expr::Unary(UnOp::Not, Box::new(cond)),
                false => cond,
            };
            lw.emit(Stmt::If {
                cond,
                then: decide,
                els: Vec::new(),
            });
        });
        Some((Expr::var(var), Ty::Bool))
    }

    /// `let total = ….sum();`: the variable that the loop builds up gets the user's name.
    pub(in crate::lower) fn name_reduction(
        &mut self,
        id: &syn::Ident,
        value: &Expr,
        annotated: &Ty,
        before: usize,
    ) -> bool {
        let Expr::Place(place) = value else {
            return false;
        };
        let var = self.func.var(place.base);
        let built = place.is_var() && matches!(var.role, Role::Temp) && var.mutable;
        let fresh = self.out[before..]
            .iter()
            .any(|s| matches!(s, Stmt::Let { var, .. } if *var == place.base));
        if !built || !fresh || !matches!(self.out.last(), Some(Stmt::Loop { .. })) {
            return false;
        }
        let name = id.to_string();
        self.func.rename(place.base, &name);
        let var = &mut self.func.vars[place.base.0];
        var.source = name.clone();
        var.span = id.span();
        var.role = Role::Local;
        if !matches!(annotated, Ty::Unknown) && !matches!(var.ty, Ty::Vec(_)) {
            var.ty = annotated.clone();
        }
        self.bind(&name, Binding::Var(place.base));
        true
    }
}

pub(super) fn failed() -> (Expr, Ty) {
    (Expr::Real(0.0), Ty::Unknown)
}

pub(super) fn turbofish(m: &syn::ExprMethodCall) -> Option<syn::Type> {
    match m.turbofish.as_ref()?.args.first()? {
        syn::GenericArgument::Type(syn::Type::Infer(_)) => None,
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// What a sum or a product starts from: for floats, the neutral element of the sum is negative zero.
fn neutral(name: &str, ty: &Ty, written: Option<syn::Type>) -> Expr {
    match (name, ty) {
        (_, Ty::Int) => Expr::Int(usize::from(name == "product")),
        ("sum", Ty::Real(Scalar::F64 | Scalar::F32)) => Expr::Opaque(Opaque {
            tokens: quote!(-0.0),
            reads: Vec::new(),
            span: Span::mixed_site(),
            ty: ty.clone(),
        }),
        ("sum", Ty::Real(Scalar::Unknown)) => Expr::Unary(UnOp::Neg, Box::new(Expr::Real(0.0))),
        (_, Ty::Real(Scalar::F64 | Scalar::F32 | Scalar::Unknown)) => Expr::Real(1.0),
        _ => {
            let method = syn::Ident::new(name, Span::mixed_site());
            let ty_tokens = match (written, ty) {
                (Some(ty), _) => ty.to_token_stream(),
                (None, Ty::Real(Scalar::Param(p))) => {
                    syn::Ident::new(p, Span::mixed_site()).to_token_stream()
                }
                _ => quote!(_),
            };
            Expr::Opaque(Opaque {
                tokens: quote!(::core::iter::empty::<#ty_tokens>().#method::<#ty_tokens>()),
                reads: Vec::new(),
                span: Span::mixed_site(),
                ty: ty.clone(),
            })
        }
    }
}

/// The names in a pattern, in order.
pub(super) fn names_of(pat: &syn::Pat) -> Vec<String> {
    match pat {
        syn::Pat::Ident(id) => vec![id.ident.to_string()],
        syn::Pat::Tuple(t) => t.elems.iter().flat_map(names_of).collect(),
        syn::Pat::Type(t) => names_of(&t.pat),
        syn::Pat::Paren(p) => names_of(&p.pat),
        _ => vec!["folded".into()],
    }
}

/// Reals of a state as places: a parameter of the closure is another name for them.
fn named_places(state: &Item) -> Item {
    match state {
        Item::Value(Expr::Place(p), Ty::Real(_)) => Item::Place(p.clone(), Kind::Named),
        Item::Tuple(parts) => Item::Tuple(parts.iter().map(named_places).collect()),
        other => other.clone(),
    }
}

fn has_macro(tokens: proc_macro2::TokenStream) -> bool {
    use proc_macro2::TokenTree;
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let call = |w: &[TokenTree]| matches!(w, [TokenTree::Punct(p), TokenTree::Group(_)] if p.as_char() == '!');
    tokens.windows(2).any(call)
        || tokens
            .into_iter()
            .any(|t| matches!(t, TokenTree::Group(g) if has_macro(g.stream())))
}

fn leaves(state: &Item, out: &mut Vec<(VarId, Ty)>) {
    match state {
        Item::Tuple(parts) => parts.iter().for_each(|p| leaves(p, out)),
        Item::Value(Expr::Place(p), ty) => out.push((p.base, ty.clone())),
        _ => {}
    }
}
