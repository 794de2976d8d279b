//! Methods that take elements in and out of a vector, or move them: all of them are pushes, pops and motions.

use super::iter::{Item, Kind};
use super::maybe::{query, strip, truth};
use super::*;

/// The methods and how many arguments they take.
const METHODS: &[(&str, usize)] = &[
    ("insert", 2),
    ("remove", 1),
    ("swap_remove", 1),
    ("drain", 1),
    ("split_off", 1),
    ("append", 1),
    ("retain", 1),
    ("retain_mut", 1),
    ("dedup", 0),
    ("dedup_by", 1),
    ("dedup_by_key", 1),
    ("rotate_left", 1),
    ("rotate_right", 1),
    ("clone_from", 1),
    ("copy_within", 2),
    ("swap_with_slice", 1),
    ("fill_with", 1),
    ("resize_with", 2),
    ("extend_from_within", 1),
];

/// A slice or vector, and the method that is called on it.
pub(super) struct Edited<'m> {
    pub place: Place,
    pub m: &'m syn::ExprMethodCall,
    pub span: Span,
}

impl Edited<'_> {
    /// An operation on all elements.
    pub fn op(&self, op: ContainerOp) -> Stmt {
        self.op_on(self.place.clone(), op)
    }

    fn op_on(&self, place: Place, op: ContainerOp) -> Stmt {
        let span = self.span;
        Stmt::Container { place, op, span }
    }

    pub fn len(&self) -> Expr {
        query("len", &self.place)
    }

    pub fn at(&self, index: Expr) -> Place {
        self.place.clone().with(Proj::Index(index))
    }

    pub fn part(&self, lo: Option<Expr>, hi: Option<Expr>) -> Place {
        let inclusive = false;
        let range = Proj::Range { lo, hi, inclusive };
        self.place.clone().with(range)
    }
}

impl Lowerer<'_> {
    /// Whether a method is called on what is, or may be taken to be, a slice or a vector.
    pub(super) fn is_edit(&self, m: &syn::ExprMethodCall, methods: &[(&str, usize)]) -> bool {
        let name = m.method.to_string();
        let listed = methods
            .iter()
            .any(|(n, arity)| *n == name && *arity == m.args.len());
        listed && self.holding == 0 && self.is_list(&m.receiver)
    }

    pub(super) fn edited<'m>(&mut self, m: &'m syn::ExprMethodCall) -> Option<Edited<'m>> {
        let span = m.method.span();
        let place = self.list(&m.receiver, span)?;
        Some(Edited { place, m, span })
    }

    /// `v.insert(i, x)` and its relatives; `None` where it is none of them. Some have a value.
    pub(super) fn edit(&mut self, m: &syn::ExprMethodCall, wanted: bool) -> Option<(Expr, Ty)> {
        let queue = match m.method.to_string().as_str() {
            "push_back" | "push_front" => m.args.len() == 1,
            "pop_back" | "pop_front" => m.args.is_empty() && !wanted,
            _ => false,
        };
        let queue = queue && self.is_queue(&m.receiver);
        if !queue && !self.is_edit(m, METHODS) {
            return None;
        }
        let v = self.edited(m)?;
        let unit = (Expr::Tuple(Vec::new()), Ty::Unit);
        match m.method.to_string().as_str() {
            "insert" => self.insert(&v),
            "pop_back" => self.pop_from_end(&v, false),
            "pop_front" => self.pop_from_end(&v, true),
            "push_back" => self.push_to_end(&v, false),
            "push_front" => self.push_to_end(&v, true),
            "remove" => return Some(self.remove(&v, wanted)),
            "swap_remove" => return Some(self.swap_remove(&v, wanted)),
            "drain" => return Some(self.drain(&v, wanted)),
            "split_off" => return Some(self.split_off(&v)),
            "append" => self.append(&v)?,
            "retain" => self.retain(&v, Kind::Ref)?,
            "retain_mut" => self.retain(&v, Kind::RefMut)?,
            "dedup" | "dedup_by" | "dedup_by_key" => self.dedup(&v)?,
            "rotate_left" => self.rotate(&v, false),
            "rotate_right" => self.rotate(&v, true),
            "clone_from" => self.clone_from(&v)?,
            "copy_within" => self.copy_within(&v)?,
            "swap_with_slice" => self.swap_with_slice(&v)?,
            "fill_with" => self.fill_with(&v)?,
            "resize_with" => self.resize_with(&v)?,
            _ => self.extend_from_within(&v)?,
        }
        Some(unit)
    }

    /// An argument, evaluated once.
    pub(super) fn number(&mut self, e: &syn::Expr, name: &str) -> Expr {
        let (value, _) = self.expr(e);
        self.freeze(value, name, Ty::Int)
    }

    /// A value of its own, whatever happens to the place.
    pub(super) fn element_value(&mut self, place: Place) -> (Expr, Ty) {
        let ty = self.func.place_ty(&place);
        let value = match ty.is_copy() {
            Some(true) => Expr::Place(place),
            _ => Expr::Copied(CopyKind::Clone, place),
        };
        (Expr::var(self.name_value("element", value, ty.clone())), ty)
    }

    /// A loop over the numbers from `lo` to `hi`.
    pub(super) fn steps(&mut self, lo: Expr, hi: Expr, f: impl FnOnce(&mut Self, Expr)) {
        let label = self.func.new_label("steps");
        let var = self.temp("i", Ty::Int);
        self.maybe_active[var.0] = false;
        let (body, ()) = self.in_block(|lw| f(lw, Expr::var(var)));
        let kind = LoopKind::Range {
            var,
            lo,
            hi,
            inclusive: false,
            step: None,
            rev: Rev::No,
        };
        self.emit(Stmt::Loop { label, kind, body });
    }

    /// Takes away the last elements, so many of them.
    fn pops(&mut self, v: &Edited, count: Expr) {
        let pop = v.op(ContainerOp::Pop);
        self.steps(Expr::Int(0), count, |lw, _| lw.emit(pop));
    }

    fn frozen_len(&mut self, v: &Edited) -> Expr {
        let len = v.len();
        self.freeze(len, "length", Ty::Int)
    }

    fn last_index(&mut self, v: &Edited) -> Expr {
        let last = Expr::bin(BinOp::Sub, v.len(), Expr::Int(1));
        self.freeze(last, "last", Ty::Int)
    }

    /// Pushed, and then brought to its place.
    fn insert(&mut self, v: &Edited) {
        let (mut args, tys) = self.operands(v.m.args.iter());
        let (x, at) = (args.pop().unwrap_or(Expr::D), args.pop().unwrap_or(Expr::D));
        let x = match x {
            x if x.is_atom() => x,
            x => Expr::var(self.name_value("inserted", x, tys[1].clone())),
        };
        let at = self.freeze(at, "index", Ty::Int);
        self.learn_element(&v.place, &tys[1]);
        self.emit(v.op(ContainerOp::Push(x)));
        let tail = v.part(Some(at), None);
        self.emit(v.op_on(tail, rotation(Expr::Int(1), true)));
    }

    /// To the end of a queue, and from there to its front.
    fn push_to_end(&mut self, v: &Edited, front: bool) {
        let (value, ty) = self.expr(&v.m.args[0]);
        self.claim_shadowed(&value);
        let value = match value {
            value if value.is_atom() => value,
            value => Expr::var(self.name_value("pushed", value, ty)),
        };
        self.emit(v.op(ContainerOp::Push(value)));
        if front {
            self.emit(v.op(rotation(Expr::Int(1), true)));
        }
    }

    /// From an end of a queue, if there is anything.
    fn pop_from_end(&mut self, v: &Edited, front: bool) {
        let empty = query("is_empty", &v.place);
        let rotation = front.then(|| v.op(rotation(Expr::Int(1), false)));
        self.emit(Stmt::If {
            cond: Expr::Unary(UnOp::Not, Box::new(empty)),
            then: rotation
                .into_iter()
                .chain([v.op(ContainerOp::Pop)])
                .collect(),
            els: Vec::new(),
        });
    }

    fn remove(&mut self, v: &Edited, wanted: bool) -> (Expr, Ty) {
        let at = self.number(&v.m.args[0], "index");
        let found = match wanted {
            true => self.element_value(v.at(at.clone())),
            false => (Expr::Tuple(Vec::new()), Ty::Unit),
        };
        let tail = v.part(Some(at), None);
        self.emit(v.op_on(tail, rotation(Expr::Int(1), false)));
        self.emit(v.op(ContainerOp::Pop));
        found
    }

    fn swap_remove(&mut self, v: &Edited, wanted: bool) -> (Expr, Ty) {
        let at = self.number(&v.m.args[0], "index");
        let last = self.last_index(v);
        let found = match wanted {
            true => self.element_value(v.at(at.clone())),
            false => (Expr::Tuple(Vec::new()), Ty::Unit),
        };
        self.emit(v.op(ContainerOp::Swap(at, last)));
        self.emit(v.op(ContainerOp::Pop));
        found
    }

    /// The ends of a range argument.
    fn bounds(&mut self, v: &Edited, e: &syn::Expr) -> Option<(Expr, Expr)> {
        let syn::Expr::Range(r) = strip(e) else {
            self.unsupported(whole(e), Code::Index, "this range", "write it out, `i..j`");
            return None;
        };
        let lo = match &r.start {
            Some(e) => self.number(e, "start"),
            None => Expr::Int(0),
        };
        let hi = match &r.end {
            Some(e) if matches!(r.limits, syn::RangeLimits::Closed(_)) => {
                let (end, _) = self.expr(e);
                let end = Expr::bin(BinOp::Add, end, Expr::Int(1));
                self.freeze(end, "end", Ty::Int)
            }
            Some(e) => self.number(e, "end"),
            None => self.frozen_len(v),
        };
        Some((lo, hi))
    }

    /// What is taken out comes to the end, and from there it is popped.
    fn drain(&mut self, v: &Edited, wanted: bool) -> (Expr, Ty) {
        let Some((lo, hi)) = self.bounds(v, &v.m.args[0]) else {
            return (Expr::Tuple(Vec::new()), Ty::Unknown);
        };
        let found = match wanted {
            true => self.copied_part(v, Some(lo.clone()), Some(hi.clone())),
            false => (Expr::Tuple(Vec::new()), Ty::Unit),
        };
        let count = match lo.is_zero() {
            true => hi,
            false => Expr::bin(BinOp::Sub, hi, lo.clone()),
        };
        let count = self.freeze(count, "count", Ty::Int);
        let tail = v.part(Some(lo), None);
        self.emit(v.op_on(tail, rotation(count.clone(), false)));
        self.pops(v, count);
        found
    }

    fn copied_part(&mut self, v: &Edited, lo: Option<Expr>, hi: Option<Expr>) -> (Expr, Ty) {
        let part = v.part(lo, hi);
        let ty = Ty::Vec(Box::new(self.func.place_ty(&v.place).element()));
        let value = Expr::Copied(CopyKind::ToVec, part);
        (Expr::var(self.name_value("part", value, ty.clone())), ty)
    }

    fn split_off(&mut self, v: &Edited) -> (Expr, Ty) {
        let at = self.number(&v.m.args[0], "index");
        let found = self.copied_part(v, Some(at.clone()), None);
        let rest = Expr::bin(BinOp::Sub, v.len(), at);
        let rest = self.freeze(rest, "count", Ty::Int);
        self.pops(v, rest);
        found
    }

    /// All elements of one vector are pushed to the other.
    fn append(&mut self, v: &Edited) -> Option<()> {
        let place = self.list(&v.m.args[0], v.span)?;
        let from = Edited { place, ..*v };
        let len = self.frozen_len(&from);
        let element = self.func.place_ty(&from.place).element();
        self.learn_element(&v.place, &element);
        self.steps(Expr::Int(0), len.clone(), |lw, i| {
            let (value, _) = lw.element_value(from.at(i));
            lw.emit(v.op(ContainerOp::Push(value)));
        });
        self.pops(&from, len);
        Some(())
    }

    /// Elements that stay are swapped to the front, one after the other; the rest is popped.
    fn keep(&mut self, v: &Edited, mut stays: impl FnMut(&mut Self, Expr, Expr) -> Option<Expr>) {
        let len = self.frozen_len(v);
        let kept = self.declare("kept", Span::mixed_site(), Ty::Int, true, Role::Temp);
        self.emit(Stmt::Let {
            var: kept,
            init: Some(zero()),
        });
        self.steps(Expr::Int(0), len.clone(), |lw, i| {
            let to = Expr::var(lw.name_value("to", Expr::var(kept), Ty::Int));
            let Some(cond) = stays(lw, i.clone(), to.clone()) else {
                return;
            };
            let count = Stmt::Assign {
                place: Place::var(kept),
                op: Some(BinOp::Add),
                value: Expr::Int(1),
                first: false,
            };
            lw.emit(Stmt::If {
                cond,
                then: vec![v.op(ContainerOp::Swap(to, i)), count],
                els: Vec::new(),
            });
        });
        let rest = Expr::bin(BinOp::Sub, len, Expr::var(kept));
        let rest = self.freeze(rest, "count", Ty::Int);
        self.pops(v, rest);
    }

    fn retain(&mut self, v: &Edited, kind: Kind) -> Option<()> {
        let closure = self.closure(&v.m.args[0], 1)?;
        self.keep(v, |lw, i, _| {
            let item = lw.apply(&closure, vec![Item::Place(v.at(i), kind)]);
            Some(lw.item_value(item, v.span).0)
        });
        Some(())
    }

    /// What is like the last that stays does not stay.
    fn dedup(&mut self, v: &Edited) -> Option<()> {
        let by_key = v.m.method == "dedup_by_key";
        let closure = match v.m.args.first() {
            Some(f) => Some(self.closure(f, if by_key { 1 } else { 2 })?),
            None => None,
        };
        self.keep(v, |lw, i, to| {
            let first = Expr::bin(BinOp::Eq, to.clone(), Expr::Int(0));
            let differs = lw.temp("differs", Ty::Bool);
            let set = |value| Stmt::Assign {
                place: Place::var(differs),
                op: None,
                value,
                first: true,
            };
            lw.emit(Stmt::Let {
                var: differs,
                init: None,
            });
            let (els, ()) = lw.in_block(|lw| {
                let last = Expr::bin(BinOp::Sub, to.clone(), Expr::Int(1));
                let last = Expr::var(lw.name_value("last", last, Ty::Int));
                let (a, b) = (v.at(i), v.at(last));
                let value = match &closure {
                    None => Expr::bin(BinOp::Ne, Expr::Place(a), Expr::Place(b)),
                    Some(f) if by_key => {
                        let mut key = |place| {
                            let item = lw.apply(f, vec![Item::Place(place, Kind::Ref)]);
                            let (key, ty) = lw.item_value(item, v.span);
                            Expr::var(lw.name_value("key", key, ty))
                        };
                        let (a, b) = (key(a), key(b));
                        Expr::bin(BinOp::Ne, a, b)
                    }
                    Some(f) => {
                        let items = vec![Item::Place(a, Kind::Ref), Item::Place(b, Kind::Ref)];
                        let item = lw.apply(f, items);
                        let (same, _) = lw.item_value(item, v.span);
                        Expr::Unary(UnOp::Not, Box::new(same))
                    }
                };
                lw.emit(set(value));
            });
            let then = vec![set(truth(true))];
            lw.emit(Stmt::If {
                cond: first,
                then,
                els,
            });
            Some(Expr::var(differs))
        });
        Some(())
    }

    fn rotate(&mut self, v: &Edited, back: bool) {
        let by = self.number(&v.m.args[0], "places");
        self.emit(v.op(rotation(by, back)));
    }

    fn clone_from(&mut self, v: &Edited) -> Option<()> {
        let source = self.list(&v.m.args[0], v.span)?;
        let ty = self.func.place_ty(&source).peel().clone();
        let value = Expr::Copied(CopyKind::Clone, self.reborrow(source));
        let place = self.reborrow(v.place.clone());
        self.assign_place(place, value, ty);
        Some(())
    }

    fn copy_within(&mut self, v: &Edited) -> Option<()> {
        let (lo, hi) = self.bounds(v, &v.m.args[0])?;
        let to = self.number(&v.m.args[1], "index");
        let (part, _) = self.copied_part(v, Some(lo), Some(hi));
        let Expr::Place(source) = part else {
            return None;
        };
        let end = Expr::bin(BinOp::Add, to.clone(), query("len", &source));
        let end = self.freeze(end, "end", Ty::Int);
        let target = v.part(Some(to), Some(end));
        self.emit(v.op_on(target, ContainerOp::CopyFrom(source)));
        Some(())
    }

    fn swap_with_slice(&mut self, v: &Edited) -> Option<()> {
        let place = self.list(&v.m.args[0], v.span)?;
        let other = Edited { place, ..*v };
        let differ = Expr::bin(BinOp::Ne, v.len(), other.len());
        let text = "destination and source slices have different lengths";
        let panics = self.opaque(quote::quote!(panic!(#text)), v.span, Ty::Constant);
        self.emit(Stmt::If {
            cond: differ,
            then: vec![Stmt::Effect(panics)],
            els: Vec::new(),
        });
        let len = self.frozen_len(v);
        self.steps(Expr::Int(0), len, |lw, i| {
            lw.swap_places(v.at(i.clone()), other.at(i), v.span);
        });
        Some(())
    }

    fn fill_with(&mut self, v: &Edited) -> Option<()> {
        let closure = self.closure(&v.m.args[0], 0)?;
        let len = self.frozen_len(v);
        self.steps(Expr::Int(0), len, |lw, i| {
            let item = lw.apply(&closure, Vec::new());
            let (value, ty) = lw.item_value(item, v.span);
            lw.assign_place(v.at(i), value, ty);
        });
        Some(())
    }

    fn resize_with(&mut self, v: &Edited) -> Option<()> {
        let closure = self.closure(&v.m.args[1], 0)?;
        let count = self.number(&v.m.args[0], "count");
        let len = Expr::var(self.name_value("length", v.len(), Ty::Int));
        self.steps(len.clone(), count.clone(), |lw, _| {
            let item = lw.apply(&closure, Vec::new());
            let (value, ty) = lw.item_value(item, v.span);
            lw.learn_element(&v.place, &ty);
            lw.emit(v.op(ContainerOp::Push(value)));
        });
        let pop = v.op(ContainerOp::Pop);
        self.steps(count, len, |lw, _| lw.emit(pop));
        Some(())
    }

    fn extend_from_within(&mut self, v: &Edited) -> Option<()> {
        let (lo, hi) = self.bounds(v, &v.m.args[0])?;
        self.steps(lo, hi, |lw, i| {
            let (value, _) = lw.element_value(v.at(i));
            lw.emit(v.op(ContainerOp::Push(value)));
        });
        Some(())
    }
}

pub(super) fn rotation(by: Expr, back: bool) -> ContainerOp {
    let how = Motion::Rotate;
    ContainerOp::Move { how, by, back }
}

/// Where a count starts; its type says what it counts in.
fn zero() -> Expr {
    Expr::Opaque(Opaque {
        tokens: quote::quote!(0usize),
        reads: Vec::new(),
        span: Span::mixed_site(),
        ty: Ty::Int,
    })
}
