//! Receivers: `self` as a parameter, and calls of methods of active values.

use super::*;
use quote::ToTokens;
use syn::spanned::Spanned;

/// Methods of the standard library that can't be differentiated yet, whatever they are called on.
const SOURCES: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "windows",
    "chunks",
    "chunks_exact",
    "copied",
    "cloned",
    "enumerate",
    "for_each",
];
const WRAPPERS: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "and_then",
    "ok_or",
    "as_ref",
    "as_mut",
];

/// Methods of collections that keep what they are given where it can't be followed.
const COLLECTIONS: &[&str] = &[
    "insert",
    "extend",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "append",
    "remove",
    "drain",
    "retain",
    "entry",
    "set",
    "replace",
    "send",
    "write",
    "lock",
    "borrow_mut",
];

/// Methods of the standard library and of `num_traits` that have no rule, on values of any type.
const STANDARD: &[&str] = &[
    "clone",
    "to_owned",
    "partial_cmp",
    "total_cmp",
    "cmp",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "to_string",
    "into",
    "try_into",
    "borrow",
    "as_slice",
    "to_bits",
    "next_up",
    "next_down",
    "midpoint",
    "maximum",
    "minimum",
    "is_zero",
    "is_one",
    "is_positive",
    "is_negative",
    "to_f64",
    "to_f32",
    "to_usize",
    "to_i32",
    "to_i64",
    "integer_decode",
];

/// Whether a method says nothing of the type that it is called on.
pub fn is_standard(name: &syn::Ident) -> bool {
    [STANDARD, SOURCES, WRAPPERS, COLLECTIONS]
        .iter()
        .any(|names| names.iter().any(|n| name == n))
}

/// Beginnings of the names of what slices, arrays and vectors have themselves.
const OF_SLICES: &[&str] = &[
    "append",
    "array_",
    "as_",
    "binary_search",
    "capacity",
    "chunk",
    "clear",
    "clone_from",
    "concat",
    "connect",
    "contains",
    "copy_",
    "dedup",
    "drain",
    "each_",
    "ends_with",
    "escape_",
    "extend",
    "extract_if",
    "fill",
    "first",
    "front",
    "back",
    "get",
    "insert",
    "into_",
    "is_sorted",
    "iter",
    "join",
    "last",
    "leak",
    "len",
    "map",
    "next",
    "partition_",
    "pop",
    "push",
    "range",
    "rchunks",
    "remove",
    "repeat",
    "reserve",
    "resize",
    "retain",
    "reverse",
    "rotate_",
    "rsplit",
    "select_nth",
    "shrink_",
    "sort",
    "spare_",
    "splice",
    "split",
    "starts_with",
    "strip_",
    "swap",
    "to_vec",
    "to_owned",
    "truncate",
    "try_",
    "windows",
];

/// Whether slices, arrays or vectors have a method of this name, most likely.
fn is_of_slices(name: &str) -> bool {
    OF_SLICES.iter().any(|start| name.starts_with(start))
}

/// Whether a chain of methods starts with an iterator.
fn is_source(m: &syn::ExprMethodCall) -> bool {
    SOURCES.iter().any(|n| m.method == n)
        || matches!(&*m.receiver, syn::Expr::MethodCall(inner) if is_source(inner))
}

pub(super) fn is_collection_method(name: &syn::Ident) -> bool {
    COLLECTIONS.iter().any(|n| name == n)
}

/// Whether a method is of the standard library, whatever it is called on.
pub(super) fn is_known(name: &syn::Ident) -> bool {
    [SOURCES, WRAPPERS, COLLECTIONS]
        .iter()
        .any(|list| list.iter().any(|n| name == n))
}

impl Lowerer<'_> {
    /// The receiver is called `self`. A constant one is no parameter of the companions' own: they have it as it is written.
    pub(super) fn receiver_param(&mut self, r: &syn::Receiver, own: Option<Box<Ty>>) {
        let name = syn::Ident::new("self", r.self_token.span);
        let mutable = r.reference.is_none() && r.mutability.is_some();
        self.generics.own = own;
        let ty = self.generics.ty(&r.ty);
        self.generics.own = None;
        if !is_constant(r) {
            self.param(&name, ty, mutable, false);
            return;
        }
        let id = self.declare("self", name.span(), ty, mutable, Role::Param);
        self.func.vars[id.0].constant = true;
        self.bind("self", Binding::Var(id));
    }

    /// `p.energy(k)` where `p` is active: the receiver is the first argument, mutable where it can be, as only rustc knows what the
    /// method asks for.
    pub(super) fn method_of_active(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let name = m.method.to_string();
        let known = match self.is_users(&m.receiver) {
            true => SOURCES.to_vec(),
            false => [SOURCES, WRAPPERS, COLLECTIONS].concat(),
        };
        let chain = matches!(&*m.receiver, syn::Expr::MethodCall(inner) if is_source(inner));
        // A cell in a field has no shadow, so that only a user's type can have such a method there.
        let sets =
            m.method == "set" && matches!(&*m.receiver, syn::Expr::Field(_) | syn::Expr::Index(_));
        if !sets && known.contains(&name.as_str()) || chain {
            return None;
        }
        let place = self.receiver_place(&m.receiver)?;
        match self.func.place_ty(&place).peel() {
            Ty::Unknown => {}
            // A method of a trait of the user's.
            Ty::Real(_) if !is_standard(&m.method) => {}
            Ty::Vec(_) | Ty::Slice(_) | Ty::Array(..)
                if !is_standard(&m.method) && !is_of_slices(&name) => {}
            _ => return None,
        }
        let place = self.freeze_place(place);
        let place = match self.func.place_ty(&place) {
            Ty::Ref(..) => place.with(Proj::Deref),
            _ => place,
        };
        let root = self.func.var(self.func.root(&place));
        let mutable = match &root.ty {
            Ty::Ref(mutable, _) => *mutable,
            _ => root.mutable,
        };
        let receiver = match mutable {
            true => Arg::RefMut(place),
            false => Arg::Ref(place),
        };
        let callee = Callee::OfFirst {
            constant: false,
            dynamic: false,
            name: m.method.clone(),
            generics: m.turbofish.as_ref().map(|t| t.args.to_token_stream()),
        };
        Some(self.call(callee, &m.method, Some(receiver), m.args.iter(), m.span()))
    }

    /// `model.energy(x)` where `model` is constant: the receiver is the first argument, and lent.
    pub(super) fn method_of_constant(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        if !self.is_place_expr(&m.receiver) {
            return None;
        }
        let place = self.place(&m.receiver)?;
        let place = self.freeze_place(place);
        let place = match self.func.place_ty(&place) {
            Ty::Ref(..) => place.with(Proj::Deref),
            _ => place,
        };
        let callee = Callee::OfFirst {
            constant: true,
            dynamic: self.is_object(&m.receiver),
            name: m.method.clone(),
            generics: m.turbofish.as_ref().map(|t| t.args.to_token_stream()),
        };
        let receiver = Some(Arg::Ref(place));
        Some(self.call(callee, &m.method, receiver, m.args.iter(), m.span()))
    }

    fn receiver_place(&mut self, e: &syn::Expr) -> Option<Place> {
        if self.is_place_expr(e) {
            return self.place(e);
        }
        let (value, ty) = self.expr(e);
        Some(match value {
            Expr::Place(place) => place,
            value => Place::var(self.name_value("receiver", value, ty)),
        })
    }

    /// `p.dot(&p)`: a receiver that is lent again is not changed.
    pub(super) fn share_receiver(&self, args: &mut [CallArg]) {
        let Some((first, rest)) = args.split_first_mut() else {
            return;
        };
        let Arg::RefMut(p) = &first.arg else { return };
        let again = rest.iter().any(|a| match &a.arg {
            Arg::Ref(q) => self.overlap(p, q),
            _ => false,
        });
        if again {
            first.arg = Arg::Ref(p.clone());
        }
    }

    /// Whether two places may share memory.
    fn overlap(&self, a: &Place, b: &Place) -> bool {
        let (a, b) = (self.func.resolve(a), self.func.resolve(b));
        // To get at an element of anything but an array or a slice borrows all of it.
        let reachable = |p: &Place| -> Vec<Proj> {
            let mut whole = Place::var(p.base);
            let mut steps = Vec::new();
            for step in &p.proj {
                let builtin = matches!(
                    self.func.place_ty(&whole).peel(),
                    Ty::Array(..) | Ty::Slice(_)
                );
                if matches!(step, Proj::Index(_) | Proj::Range { .. }) && !builtin {
                    break;
                }
                if !matches!(step, Proj::Deref) {
                    steps.push(step.clone());
                }
                whole = whole.with(step.clone());
            }
            steps
        };
        let (first, second) = (reachable(&a), reachable(&b));
        let apart = first.iter().zip(&second).any(|(a, b)| match (a, b) {
            (Proj::Field(a), Proj::Field(b)) => a != b,
            (Proj::Tuple(a), Proj::Tuple(b)) => a != b,
            _ => false,
        });
        a.base == b.base && !apart
    }
}

/// Whether the user marked the receiver `#[constant]`.
pub fn is_constant(r: &syn::Receiver) -> bool {
    r.attrs.iter().any(|a| a.path().is_ident("constant"))
}
