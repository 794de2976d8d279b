//! Elements that may not be there: `v.get(i)`, `v.first()`, `v.pop()` and their relatives are a condition and, where it holds, an
//! item.

use super::iter::{Item, Kind};
use super::*;
use std::rc::Rc;

/// Methods of slices and vectors that answer with an `Option`, and how many arguments they take.
const SOURCES: &[(&str, usize)] = &[
    ("get", 1),
    ("get_mut", 1),
    ("first", 0),
    ("first_mut", 0),
    ("last", 0),
    ("last_mut", 0),
    ("split_first", 0),
    ("split_first_mut", 0),
    ("split_last", 0),
    ("split_last_mut", 0),
    ("pop", 0),
];

/// The same of double-ended queues.
const OF_QUEUES: &[(&str, usize)] = &[
    ("front", 0),
    ("front_mut", 0),
    ("back", 0),
    ("back_mut", 0),
    ("pop_front", 0),
    ("pop_back", 0),
];

/// Methods of an `Option` that change what is in it.
const ADAPTORS: &[(&str, usize)] = &[
    ("copied", 0),
    ("cloned", 0),
    ("map", 1),
    ("filter", 1),
    ("and_then", 1),
];

/// What may be there.
#[derive(Clone)]
pub(super) struct Maybe {
    /// Whether it is.
    pub there: Expr,
    /// Finds it; the current block runs only if it is there.
    take: Rc<dyn Fn(&mut Lowerer<'_>) -> Item>,
}

impl Maybe {
    pub fn new(there: Expr, take: impl Fn(&mut Lowerer<'_>) -> Item + 'static) -> Maybe {
        Maybe {
            there,
            take: Rc::new(take),
        }
    }

    pub fn missing(&self) -> Expr {
        Expr::Unary(UnOp::Not, Box::new(self.there.clone()))
    }

    pub fn take(&self, lw: &mut Lowerer<'_>) -> Item {
        (self.take)(lw)
    }
}

impl Lowerer<'_> {
    /// Whether an expression asks for an element that may not be there, and something in it may be active. What takes elements
    /// away is never kept as it is.
    pub(super) fn is_maybe(&self, e: &syn::Expr) -> bool {
        let constant = || self.is_constant_code(quote::ToTokens::to_token_stream(e));
        self.holding == 0
            && match self.maybe_source(e) {
                Some(m) => is_taking(m) || !constant(),
                None => self.is_optional(e) && !constant(),
            }
    }

    /// The same where patterns ask; they ask what is held in a place of the place itself.
    pub(super) fn is_element(&self, e: &syn::Expr) -> bool {
        let whole = self.is_place_expr(e) || matches!(strip(e), syn::Expr::Reference(_));
        let asks = self.is_maybe(e) && !whole && !self.is_bare_call(e) && !option::is_written(e);
        asks || self.is_constant_item(e)
    }

    /// Whether an expression asks for a constant that is worth a name of its own: a reference to it is another name for its place,
    /// since pullbacks hold no references.
    pub(super) fn is_constant_item(&self, e: &syn::Expr) -> bool {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return false;
        };
        let one = match m.method.to_string().as_str() {
            "first" | "last" => m.args.is_empty(),
            "get" => !matches!(m.args.first().map(strip), Some(syn::Expr::Range(_))),
            _ => false,
        };
        let whole = self.ty_of(&m.receiver);
        self.holding == 0
            && one
            && self.maybe_source(e).is_some()
            && whole.is_container()
            && matches!(whole.element(), Ty::Unknown)
    }

    /// Whether it takes something away when it is asked.
    pub(super) fn is_pop(&self, e: &syn::Expr) -> bool {
        self.maybe_source(e).is_some_and(is_taking)
    }

    /// Whether the answer is a reference to one element.
    pub(super) fn is_maybe_element(&self, e: &syn::Expr) -> bool {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return false;
        };
        let name = m.method.to_string();
        let element = matches!(
            name.trim_end_matches("_mut"),
            "get" | "first" | "last" | "front" | "back"
        );
        element && self.maybe_source(e).is_some() && self.is_maybe(e)
    }

    /// The method that answers, behind its adaptors.
    pub(super) fn maybe_source<'e>(&self, e: &'e syn::Expr) -> Option<&'e syn::ExprMethodCall> {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return None;
        };
        let name = m.method.to_string();
        let listed =
            |list: &[(&str, usize)]| list.iter().any(|(n, k)| *n == name && *k == m.args.len());
        if listed(ADAPTORS) {
            return self.maybe_source(&m.receiver);
        }
        let known = (listed(SOURCES) && self.is_list(&m.receiver))
            || (listed(OF_QUEUES) && self.is_queue(&m.receiver));
        known.then_some(m)
    }

    /// Whether an expression is a place that its method shows to be a double-ended queue.
    pub(super) fn is_queue(&self, e: &syn::Expr) -> bool {
        self.is_place_expr(e) && matches!(self.ty_of(e), Ty::Unknown)
    }

    /// Whether an expression is a place that is known, or may be taken, to be a slice, an array or a vector.
    pub(super) fn is_list(&self, e: &syn::Expr) -> bool {
        if !self.is_place_expr(e) {
            return false;
        }
        match self.ty_of(e) {
            Ty::Unknown => match strip(e) {
                syn::Expr::Path(p) => self.may_be_list(p),
                e => !self.is_constant_code(quote::ToTokens::to_token_stream(e)),
            },
            ty => ty.is_container(),
        }
    }

    /// A parameter of unknown type is of a type of the user's; what started as a constant is some other collection.
    fn may_be_list(&self, p: &syn::ExprPath) -> bool {
        let name = p.path.get_ident().map(ToString::to_string);
        match name.and_then(|n| self.lookup(&n)) {
            Some(Binding::Var(v)) => {
                let var = self.func.var(*v);
                !matches!(var.role, Role::Param) && !var.constant && self.maybe_active[v.0]
            }
            Some(Binding::Alias(place)) => self.place_maybe_active(place),
            _ => false,
        }
    }

    /// What is known of the type of a place, without lowering it.
    pub(super) fn ty_of(&self, e: &syn::Expr) -> Ty {
        let peeled = match strip(e) {
            syn::Expr::Path(p) => {
                match p.path.get_ident().and_then(|i| self.lookup(&i.to_string())) {
                    Some(Binding::Var(v)) => self.func.var(*v).ty.clone(),
                    Some(Binding::Alias(place)) => self.func.place_ty(place),
                    _ => Ty::Unknown,
                }
            }
            syn::Expr::Index(i) => {
                let element = self.ty_of(&i.expr).element();
                match strip(&i.index) {
                    syn::Expr::Range(_) => Ty::Slice(Box::new(element)),
                    _ => element,
                }
            }
            syn::Expr::Field(f) => match (self.ty_of(&f.base).peel(), &f.member) {
                (Ty::Tuple(parts), syn::Member::Unnamed(k)) => {
                    parts.get(k.index as usize).cloned().unwrap_or(Ty::Unknown)
                }
                _ => Ty::Unknown,
            },
            syn::Expr::Unary(u) => self.ty_of(&u.expr),
            syn::Expr::Reference(r) => self.ty_of(&r.expr),
            syn::Expr::MethodCall(m) => match self.maybe_source(&m.receiver) {
                Some(source) => self.ty_of(&source.receiver).element(),
                None => self.ty_of(&m.receiver),
            },
            _ => Ty::Unknown,
        };
        peeled.peel().clone()
    }

    /// Lowers what `is_maybe` has found.
    pub(super) fn maybe(&mut self, e: &syn::Expr) -> Option<Maybe> {
        if self.maybe_source(e).is_none() {
            return self.optional(e);
        }
        let syn::Expr::MethodCall(m) = strip(e) else {
            return None;
        };
        let name = m.method.to_string();
        match name.as_str() {
            "copied" | "cloned" => {
                let inner = self.maybe(&m.receiver)?;
                let span = m.method.span();
                Some(Maybe::new(inner.there.clone(), move |lw| {
                    let item = inner.take(lw);
                    lw.owned_item(item, span)
                }))
            }
            "map" => {
                let inner = self.maybe(&m.receiver)?;
                let closure = self.closure(&m.args[0], 1)?;
                Some(Maybe::new(inner.there.clone(), move |lw| {
                    let item = inner.take(lw);
                    lw.apply(&closure, vec![item])
                }))
            }
            "filter" => {
                let inner = self.maybe(&m.receiver)?;
                let closure = self.closure(&m.args[0], 1)?;
                let there = self.condition_of(m, |lw| {
                    let item = inner.take(lw).by_reference();
                    let item = lw.apply(&closure, vec![item]);
                    Some(lw.item_value(item, m.method.span()).0)
                })?;
                let there = Expr::bin(BinOp::And, inner.there.clone(), there);
                Some(Maybe::new(there, move |lw| inner.take(lw)))
            }
            "and_then" => {
                let inner = self.maybe(&m.receiver)?;
                let closure = self.closure(&m.args[0], 1)?;
                let mut found = None;
                let there = self.condition_of(m, |lw| {
                    let item = inner.take(lw);
                    found = lw.maybe_of(&closure, item);
                    found.as_ref().map(|next| next.there.clone())
                })?;
                let next = found?;
                let there = Expr::bin(BinOp::And, inner.there.clone(), there);
                Some(Maybe::new(there, move |lw| next.take(lw)))
            }
            _ => {
                let place = self.list(&m.receiver, m.method.span())?;
                self.maybe_part(m, &name, place)
            }
        }
    }

    /// A condition that is asked only where something is there: it has to be an expression.
    fn condition_of(
        &mut self,
        m: &syn::ExprMethodCall,
        f: impl FnOnce(&mut Self) -> Option<Expr>,
    ) -> Option<Expr> {
        let errors = self.errors.count();
        let (block, cond) = self.in_block(f);
        if (!block.is_empty() || cond.is_none()) && self.errors.count() == errors {
            self.unsupported(
                whole(&m.method),
                Code::ActiveQuestion,
                &format!("`{}` of this", m.method),
                "bind what is there with `if let`, and decide there",
            );
        }
        cond.filter(|_| block.is_empty())
    }

    /// The place that `is_list` has found; where its type is unknown, rustc checks it.
    pub(super) fn list(&mut self, e: &syn::Expr, method: Span) -> Option<Place> {
        let place = self.place(e)?;
        let place = self.freeze_place(place);
        if matches!(self.func.place_ty(&place).peel(), Ty::Unknown) {
            self.claim_elements(&place, method);
        }
        Some(place)
    }

    fn maybe_part(&mut self, m: &syn::ExprMethodCall, name: &str, place: Place) -> Option<Maybe> {
        let kind = match name.ends_with("_mut") {
            true => Kind::RefMut,
            false => Kind::Ref,
        };
        let not_empty = Expr::Unary(UnOp::Not, Box::new(query("is_empty", &place)));
        Some(match name {
            "get" | "get_mut" => return self.maybe_at(&m.args[0], place, kind),
            "pop" | "pop_back" | "pop_front" => {
                let (span, front) = (m.method.span(), name == "pop_front");
                Maybe::new(not_empty, move |lw| lw.popped(&place, front, span))
            }
            "first" | "first_mut" | "front" | "front_mut" => Maybe::new(not_empty, move |_| {
                Item::Place(place.clone().with(Proj::Index(Expr::Int(0))), kind)
            }),
            "last" | "last_mut" | "back" | "back_mut" => Maybe::new(not_empty, move |lw| {
                let last = lw.last_of(&place);
                Item::Place(place.clone().with(Proj::Index(last)), kind)
            }),
            _ => {
                let (first, shared) = (name.starts_with("split_first"), kind == Kind::Ref);
                Maybe::new(not_empty, move |lw| lw.split_end(&place, first, shared))
            }
        })
    }

    /// `v.get(i)` and `v.get(i..j)`.
    fn maybe_at(&mut self, at: &syn::Expr, place: Place, kind: Kind) -> Option<Maybe> {
        let len = query("len", &place);
        let syn::Expr::Range(r) = strip(at) else {
            let (at, _) = self.expr(at);
            let at = self.freeze(at, "index", Ty::Int);
            let there = Expr::bin(BinOp::Lt, at.clone(), len);
            let element = place.with(Proj::Index(at));
            return Some(Maybe::new(there, move |_| {
                Item::Place(element.clone(), kind)
            }));
        };
        let inclusive = matches!(r.limits, syn::RangeLimits::Closed(_));
        let mut bound = |e: &Option<Box<syn::Expr>>, name| {
            let e = e.as_ref()?;
            let (value, _) = self.expr(e);
            Some(self.freeze(value, name, Ty::Int))
        };
        let (lo, hi) = (bound(&r.start, "start"), bound(&r.end, "end"));
        let beyond = match &hi {
            Some(hi) if inclusive => Some(Expr::bin(BinOp::Lt, hi.clone(), len.clone())),
            Some(hi) => Some(Expr::bin(BinOp::Le, hi.clone(), len.clone())),
            None => None,
        };
        // `3..=2` is empty, and there.
        let below = lo.clone().map(|lo| match &hi {
            Some(hi) if inclusive => {
                let next = Expr::bin(BinOp::Add, hi.clone(), Expr::Int(1));
                Expr::bin(BinOp::Le, lo, next)
            }
            Some(hi) => Expr::bin(BinOp::Le, lo, hi.clone()),
            None => Expr::bin(BinOp::Le, lo, len),
        });
        let there = match (beyond, below) {
            (Some(a), Some(b)) => Expr::bin(BinOp::And, a, b),
            (a, b) => a.or(b)?,
        };
        let part = place.with(Proj::Range { lo, hi, inclusive });
        Some(Maybe::new(there, move |_| Item::Place(part.clone(), kind)))
    }

    /// The index of the last element of what is not empty.
    fn last_of(&mut self, place: &Place) -> Expr {
        let last = Expr::bin(BinOp::Sub, query("len", place), Expr::Int(1));
        self.freeze(last, "last", Ty::Int)
    }

    /// Takes an element away from an end.
    fn popped(&mut self, place: &Place, front: bool, span: Span) -> Item {
        let at = match front {
            true => Expr::Int(0),
            false => self.last_of(place),
        };
        let element = Item::Place(place.clone().with(Proj::Index(at)), Kind::Ref);
        let item = self.owned_item(element, span);
        if front {
            self.emit(Stmt::Container {
                place: place.clone(),
                op: super::edit::rotation(Expr::Int(1), false),
                span,
            });
        }
        self.emit(Stmt::Container {
            place: place.clone(),
            op: ContainerOp::Pop,
            span,
        });
        item
    }

    /// One end, and the rest.
    fn split_end(&mut self, place: &Place, first: bool, shared: bool) -> Item {
        let (at, lo, hi) = match first {
            true => (Expr::Int(0), Some(Expr::Int(1)), None),
            false => {
                let last = self.last_of(place);
                (last.clone(), None, Some(last))
            }
        };
        let inclusive = false;
        let rest = place.clone().with(Proj::Range { lo, hi, inclusive });
        let (one, other) = match shared {
            true => (Kind::Ref, Kind::Ref),
            false => (Kind::RefMut, Kind::Part),
        };
        let end = place.clone().with(Proj::Index(at));
        Item::Tuple(vec![Item::Place(end, one), Item::Place(rest, other)])
    }

    /// A value of its own, by a name.
    pub(super) fn owned_item(&mut self, item: Item, span: Span) -> Item {
        if !matches!(item, Item::Place(..)) {
            let (value, ty) = self.item_value(item, span);
            return Item::Value(value, ty);
        }
        let (value, ty) = self.owned_value(item, span);
        let var = self.name_value("element", value, ty.clone());
        Item::Value(Expr::var(var), ty)
    }

    /// An item as a value of its own: a copy, or a clone where that is not known to be one.
    pub(super) fn owned_value(&mut self, item: Item, span: Span) -> (Expr, Ty) {
        let Item::Place(place, _) = item else {
            return self.item_value(item, span);
        };
        let place = self.deref_scalar(place);
        let ty = self.func.place_ty(&place);
        match ty.is_copy() {
            Some(true) => (Expr::Place(place), ty),
            _ => (Expr::Copied(CopyKind::Clone, place), ty),
        }
    }
}

/// Whether the method takes an element away.
fn is_taking(m: &syn::ExprMethodCall) -> bool {
    m.method.to_string().starts_with("pop")
}

pub(super) fn query(name: &str, place: &Place) -> Expr {
    Expr::Query(name.into(), place.clone(), Vec::new())
}

pub(super) fn strip(e: &syn::Expr) -> &syn::Expr {
    match e {
        syn::Expr::Paren(p) => strip(&p.expr),
        syn::Expr::Group(p) => strip(&p.expr),
        other => other,
    }
}

pub(super) fn truth(value: bool) -> Expr {
    Expr::Opaque(Opaque {
        tokens: quote::quote!(#value),
        reads: Vec::new(),
        span: Span::mixed_site(),
        ty: Ty::Bool,
    })
}
