//! Ends of chains: what a loop over the items leaves behind.

use super::*;
use quote::{ToTokens, quote};

const ENDS: &[&str] = &[
    "sum", "product", "fold", "for_each", "collect", "count", "all", "any", "last", "nth", "reduce",
];

/// Ends that are not lowered, with what to write instead.
const OTHER_ENDS: &[(&str, &str)] = &[
    (
        "max_by",
        "use `fold(f64::NEG_INFINITY, f64::max)`, or a loop that remembers the index",
    ),
    (
        "min_by",
        "use `fold(f64::INFINITY, f64::min)`, or a loop that remembers the index",
    ),
    ("position", "write a loop with `break`"),
    ("find", "write a loop with `break`"),
    ("unzip", "push to two vectors in a loop"),
    ("partition", "push to two vectors in a loop"),
    ("try_fold", "write a loop with an early exit"),
    ("try_for_each", "write a loop with an early exit"),
    ("next", "index the slice, or write a `for` loop"),
];

impl Lowerer<'_> {
    /// The value of a chain that ends in this call; `None` where this is no chain.
    pub(in crate::lower) fn chain_end(
        &mut self,
        m: &syn::ExprMethodCall,
        expected: &Ty,
    ) -> Option<(Expr, Ty)> {
        let name = m.method.to_string();
        if matches!(name.as_str(), "unwrap" | "expect") {
            return self.unwrapped_end(m);
        }
        let other = OTHER_ENDS.iter().find(|(n, _)| *n == name);
        if !(ENDS.contains(&name.as_str()) || other.is_some())
            || !Links::read(&m.receiver).is_chain()
        {
            return None;
        }
        if let Some(kept) = self.kept_chain(m, &name, expected) {
            return Some(kept);
        }
        if let Some((_, instead)) = other {
            self.unsupported(
                m.method.span(),
                &format!("the iterator method `{name}`"),
                instead,
            );
            return Some(failed());
        }
        Some(self.lowered_end(m, &name, expected).unwrap_or_else(failed))
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
    fn result_type(&self, m: &syn::ExprMethodCall, expected: &Ty) -> Ty {
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
        match (name, args.next(), args.next()) {
            ("sum" | "product", None, _) => self.sum(m, name, expected),
            ("fold", Some(init), Some(f)) => self.fold(m, init, f, expected),
            ("for_each", Some(f), None) => {
                let p = self.pipeline(&m.receiver)?;
                let closure = self.closure(f, 1)?;
                self.run(p, None, &mut |lw, item, _| lw.perform(&closure, vec![item]));
                Some((Expr::Tuple(Vec::new()), Ty::Unit))
            }
            ("collect", None, _) => self.collect(m, expected),
            ("count", None, _) => self.count(m),
            ("all" | "any", Some(f), None) => self.quantifier(m, name, f),
            _ => {
                self.unsupported(
                    m.method.span(),
                    &format!("`{name}` without `unwrap`"),
                    "add `.unwrap()`, or write a `for` loop",
                );
                None
            }
        }
    }

    /// A variable that the loop builds up; its declaration goes before the loop when its type is known.
    fn accumulator(&mut self, name: &str) -> VarId {
        let var = self.temp(name, Ty::Unknown);
        self.func.vars[var.0].mutable = true;
        var
    }

    fn sum(&mut self, m: &syn::ExprMethodCall, name: &str, expected: &Ty) -> Option<(Expr, Ty)> {
        let p = self.pipeline(&m.receiver)?;
        let known = self.result_type(m, expected);
        let total = self.accumulator(name);
        let at = self.out.len();
        let mut item_ty = Ty::Unknown;
        self.run(p, None, &mut |lw, item, _| {
            let (value, ty) = lw.item_value(item, m.method.span());
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
        let init = neutral(name, &ty, turbofish(m));
        self.func.vars[total.0].ty = ty.clone();
        let declaration = Stmt::Let {
            var: total,
            init: Some(init),
        };
        self.out.insert(at, declaration);
        Some((Expr::var(total), ty))
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
        // Kept code mentions its variables by name, so there they must be variables.
        let state = match has_macro(closure.written.body.to_token_stream()) {
            true => start.clone(),
            false => named_places(&start),
        };
        self.run(p, None, &mut |lw, item, _| {
            let next = lw.apply(&closure, vec![state.clone(), item]);
            let (next, _) = lw.item_value(next, m.method.span());
            lw.accumulate(&start, next);
        });
        let (value, found) = self.item_value(start, m.method.span());
        Some((value, found))
    }

    /// One variable for each component of the start of a `fold`.
    fn accumulators(
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
    fn accumulate(&mut self, state: &Item, next: Expr) {
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

    fn collect(&mut self, m: &syn::ExprMethodCall, expected: &Ty) -> Option<(Expr, Ty)> {
        let wanted = self.result_type(m, expected);
        let Ty::Vec(element) = &wanted else {
            self.unsupported(
                m.method.span(),
                "`collect` into this type",
                "write `collect::<Vec<_>>()`, or annotate the variable, `let v: Vec<f64> = …`",
            );
            return None;
        };
        let mut p = self.pipeline(&m.receiver)?;
        let vec = self.accumulator("collected");
        let start = self.empty_vec(&mut p);
        let at = self.out.len();
        // References to scalars become the scalars: what they refer to can't change while they live.
        let mut element = element.peel().clone();
        self.run(p, None, &mut |lw, item, _| {
            let (value, ty) = lw.item_value(item, m.method.span());
            lw.refine(&value, &element);
            if matches!(element, Ty::Unknown | Ty::Real(Scalar::Unknown)) {
                element = ty;
            }
            lw.emit(Stmt::Container {
                place: Place::var(vec),
                op: ContainerOp::Push(value),
                span: m.method.span(),
            });
        });
        let ty = Ty::Vec(Box::new(element));
        self.func.vars[vec.0].ty = ty.clone();
        let declaration = Stmt::Let {
            var: vec,
            init: Some(Expr::Opaque(start)),
        };
        self.out.insert(at, declaration);
        Some((Expr::var(vec), ty))
    }

    /// An empty vector, with room for all items where their number is known.
    fn empty_vec(&mut self, p: &mut Pipeline) -> Opaque {
        let mut opaque = Opaque {
            tokens: quote!(Vec::new()),
            reads: Vec::new(),
            span: Span::mixed_site(),
            ty: Ty::Vec(Box::new(Ty::Unknown)),
        };
        let seq = &mut p.seq;
        let counted = position::is_zero(&seq.lo) && seq.step.is_none() && !seq.inclusive;
        if let (true, true, Some(hi)) = (counted, p.stages.is_empty(), &seq.hi) {
            let count = match position::literal(hi) {
                Some(n) => {
                    opaque.tokens = quote!(Vec::with_capacity(#n));
                    return opaque;
                }
                None => self.name_value("trips", hi.clone(), Ty::Int),
            };
            seq.hi = Some(Expr::var(count));
            let name = syn::Ident::new("trips", Span::mixed_site());
            opaque.tokens = quote!(Vec::with_capacity(#name));
            opaque.reads.push(count);
        }
        opaque
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
            lw.emit(Stmt::Assign {
                place: Place::var(count),
                op: Some(BinOp::Add),
                value: Expr::Int(1),
                first: false,
            });
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
        self.run(p, None, &mut |lw, item, label| {
            let cond = lw.apply(&closure, vec![item]);
            let (cond, _) = lw.item_value(cond, m.method.span());
            let decide = vec![
                Stmt::Assign {
                    place: Place::var(var),
                    op: None,
                    value: truth(!all),
                    first: false,
                },
                Stmt::Break(label),
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

    /// `chain.last().unwrap()` and `chain.nth(k).unwrap()`, where the position is known.
    fn unwrapped_end(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let syn::Expr::MethodCall(inner) = &*m.receiver else {
            return None;
        };
        let name = inner.method.to_string();
        if !matches!(name.as_str(), "last" | "nth") || !Links::read(&inner.receiver).is_chain() {
            return None;
        }
        if self.is_constant_code(m.to_token_stream()) {
            return None;
        }
        let k = inner.args.first().map(|k| self.expr(k).0);
        let p = self.pipeline(&inner.receiver)?;
        let Some(seq) = self.known_positions(p, inner) else {
            return Some(failed());
        };
        let last = || Some(position::minus(seq.hi.clone()?, Expr::Int(1)));
        let Some(at) = k.or_else(last) else {
            return Some(failed());
        };
        let at = self.freeze(at, "index", Ty::Int);
        let item = self.item_at(&seq.access, &at);
        Some(self.item_value(item, inner.method.span()))
    }

    fn known_positions(&mut self, p: Pipeline, m: &syn::ExprMethodCall) -> Option<Seq> {
        let plain = matches!(p.seq.access, Access::Element(..) | Access::ByValue(_));
        let whole = position::is_zero(&p.seq.lo) && p.seq.step.is_none() && p.seq.rev == Rev::No;
        if plain && whole && p.stages.is_empty() {
            return Some(p.seq);
        }
        let name = m.method.to_string();
        self.unsupported(
            m.method.span(),
            &format!("`{name}` of this chain"),
            "index the slice, or write a `for` loop that remembers the item",
        );
        None
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
        self.func.vars[place.base.0].name = String::new();
        let name = id.to_string();
        let unique = self.func.unique(&name);
        let var = &mut self.func.vars[place.base.0];
        var.name = unique;
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

fn failed() -> (Expr, Ty) {
    (Expr::Real(0.0), Ty::Unknown)
}

fn truth(value: bool) -> Expr {
    Expr::Opaque(Opaque {
        tokens: quote!(#value),
        reads: Vec::new(),
        span: Span::mixed_site(),
        ty: Ty::Bool,
    })
}

fn turbofish(m: &syn::ExprMethodCall) -> Option<syn::Type> {
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
fn names_of(pat: &syn::Pat) -> Vec<String> {
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
        Item::Value(Expr::Place(p), Ty::Real(_)) => Item::Place(p.clone(), Kind::Ref),
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
