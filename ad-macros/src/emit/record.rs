//! Loops that record in each trip, with all the room for it made beforehand.

use super::*;

impl Emitter<'_> {
    pub fn block(&self, stmts: &[Stmt]) -> TokenStream {
        let mut out = TokenStream::new();
        let mut rest = stmts;
        while let [first, others @ ..] = rest {
            if let Some(recording) = self.recording(rest) {
                out.extend(recording);
                rest = &others[1..];
                continue;
            }
            out.extend(self.stmt(first));
            rest = others;
        }
        out
    }

    /// ```text
    /// for (i, slot) in (0..n).zip(trace.slots(0..n)) { …; *slot = recorded; }
    /// ```
    ///
    /// for a loop whose trips all end with a push of plain numbers. A push would ask in each trip whether there is room, and the compiler
    /// could not see that the trips write side by side.
    fn recording(&self, stmts: &[Stmt]) -> Option<TokenStream> {
        let [
            Stmt::Reserve { stack, kind: trips },
            Stmt::Loop { body, .. },
            ..,
        ] = stmts
        else {
            return None;
        };
        let [body @ .., Stmt::Push { stack: last, vals }] = body.as_slice() else {
            return None;
        };
        let LoopKind::Range { var, .. } = **trips else {
            return None;
        };
        let plain = vals.iter().all(|v| has_default(&self.func.var(*v).ty));
        if stack != last || !plain || body.iter().any(may_leave_trip) {
            return None;
        }
        let (stack, range, var) = (self.name(*stack), self.range(trips), self.name(var));
        let (body, vals) = (self.block(body), self.record(vals));
        let slot = Ident::new("slot", Span::mixed_site());
        Some(quote! {
            for (#var, #slot) in (#range).zip(#stack.slots(#range)) {
                #body
                *#slot = #vals;
            }
        })
    }
}

/// The traits of std are there for tuples of so many.
const WIDEST: usize = 12;

/// One part as it is, several as a tuple, many as a tuple of tuples.
pub(super) fn nested(parts: Vec<TokenStream>) -> TokenStream {
    match parts.as_slice() {
        [one] => one.clone(),
        few if few.len() <= WIDEST => quote!((#(#few),*)),
        many => nested(many.chunks(WIDEST).map(|c| nested(c.to_vec())).collect()),
    }
}

/// Numbers of a type that the macro knows, which has a default.
fn has_default(ty: &Ty) -> bool {
    matches!(ty, Ty::Real(Scalar::F64 | Scalar::F32) | Ty::Int | Ty::Bool)
}

/// Whether a statement may skip the rest of its trip: by an exit, or by code that is kept as it was written.
fn may_leave_trip(s: &Stmt) -> bool {
    let mut may = may_exit(s);
    walk_one(s, &mut |s| may |= matches!(s, Stmt::Effect(_)));
    may
}
