//! Adaptors that change which positions of a source are met, and in which order.

use super::position::{at_least, is_zero, monus, plus, smaller, steps, times};
use super::*;

impl Seq {
    /// A source whose positions start at zero.
    pub(super) fn over(hi: Option<Expr>, access: Access) -> Seq {
        Seq {
            lo: Expr::Int(0),
            hi,
            inclusive: false,
            step: None,
            rev: Rev::No,
            access,
        }
    }

    /// Whether it is known to have no position at all.
    pub(super) fn is_empty(&self) -> bool {
        matches!((&self.lo, &self.hi), (Expr::Int(lo), Some(Expr::Int(hi))) if lo == hi)
            && !self.inclusive
    }

    pub(super) fn wrap(self, f: impl FnOnce(Box<Access>) -> Access) -> Seq {
        Seq {
            access: f(Box::new(self.access)),
            ..self
        }
    }
}

impl Lowerer<'_> {
    /// `a..=b` as `a..b + 1`.
    fn half_open(&mut self, seq: Seq) -> Seq {
        match seq.inclusive {
            true => Seq {
                hi: seq.hi.map(|hi| plus(hi, Expr::Int(1))),
                inclusive: false,
                ..seq
            },
            false => seq,
        }
    }

    /// Ends that are read more than once get a name where they may change.
    pub(super) fn settled(&mut self, seq: Seq) -> Seq {
        let seq = self.half_open(seq);
        Seq {
            hi: seq.hi.map(|hi| self.frozen(hi, "end")),
            ..seq
        }
    }

    /// The same items, at positions from zero upwards.
    pub(super) fn flat(&mut self, seq: Seq) -> Seq {
        let seq = self.settled(seq);
        let plain = is_zero(&seq.lo) && seq.step.is_none() && seq.rev == Rev::No;
        if plain {
            return seq;
        }
        let Some(hi) = seq.hi else {
            let pos = Pos::Up(seq.lo, seq.step);
            return Seq::over(None, Access::At(pos, Box::new(seq.access)));
        };
        let span = monus(hi.clone(), seq.lo.clone());
        let length = match &seq.step {
            Some(step) => steps(span, step.clone()),
            None => span,
        };
        let length = self.frozen(length, "length");
        let access = match seq.rev {
            Rev::No => Access::At(Pos::Up(seq.lo, seq.step), Box::new(seq.access)),
            Rev::Before => Access::At(Pos::Down(hi, seq.step), Box::new(seq.access)),
            Rev::After => {
                let forward = Access::At(Pos::Up(seq.lo, seq.step), Box::new(seq.access));
                Access::At(Pos::Down(length.clone(), None), Box::new(forward))
            }
        };
        Seq::over(Some(length), access)
    }

    /// Two sources in step.
    pub(super) fn paired(&mut self, a: Seq, b: Seq) -> Seq {
        let a = self.flat(a);
        let b = self.flat(b);
        let hi = match (a.hi, b.hi) {
            (Some(x), Some(y)) => Some(smaller(x, y)),
            (x, y) => x.or(y),
        };
        Seq::over(hi, Access::Pair(Box::new(a.access), Box::new(b.access)))
    }

    /// One source behind the other, at positions of one loop.
    pub(super) fn joined(&mut self, a: Seq, b: Seq) -> Option<Seq> {
        let (a, b) = (self.flat(a), self.flat(b));
        let middle = a.hi?;
        let hi = b.hi.map(|hi| plus(middle.clone(), hi));
        let access = Access::Joined(middle, Box::new(a.access), Box::new(b.access));
        Some(Seq::over(hi, access))
    }

    /// The source again and again: it never ends, unless it is empty.
    pub(super) fn repeated(&mut self, seq: Seq) -> Option<Seq> {
        let seq = self.flat(seq);
        let length = self.frozen(seq.hi?, "length");
        let most = Expr::Opaque(Opaque {
            tokens: quote::quote!(usize::MAX),
            reads: Vec::new(),
            span: Span::mixed_site(),
            ty: Ty::Int,
        });
        let hi = times(most, smaller(length.clone(), Expr::Int(1)));
        let hi = self.frozen(hi, "end");
        let access = Access::At(Pos::Around(length), Box::new(seq.access));
        Some(Seq::over(Some(hi), access))
    }

    pub(super) fn stepped(&mut self, seq: Seq, step: Expr) -> Seq {
        let seq = match seq.step {
            None => self.half_open(seq),
            Some(_) => self.flat(seq),
        };
        Seq {
            step: Some(step),
            ..seq
        }
    }

    pub(super) fn enumerated(&mut self, seq: Seq) -> Seq {
        let seq = match (seq.step.is_some(), seq.rev) {
            (true, _) => self.flat(seq),
            (_, Rev::No) => seq,
            _ => self.settled(seq),
        };
        let pos = match (seq.rev, &seq.hi) {
            (Rev::No, _) | (_, None) => Pos::From(seq.lo.clone()),
            (_, Some(hi)) => Pos::Down(hi.clone(), None),
        };
        seq.wrap(|a| Access::Counted(pos, a))
    }

    /// The source from behind; `None` where it has no end.
    pub(super) fn reversed(&mut self, seq: Seq) -> Option<Seq> {
        seq.hi.as_ref()?;
        let (seq, rev) = match (seq.rev, seq.step.is_some()) {
            (Rev::No, false) => (seq, Rev::Before),
            (Rev::No, true) => (seq, Rev::After),
            (Rev::Before, false) | (Rev::After, _) => (seq, Rev::No),
            (Rev::Before, true) => (self.flat(seq), Rev::Before),
        };
        Some(Seq { rev, ..seq })
    }

    pub(super) fn skipped(&mut self, seq: Seq, n: Expr) -> Seq {
        let seq = if seq.step.is_some() {
            self.flat(seq)
        } else {
            self.half_open(seq)
        };
        match (seq.rev, seq.hi) {
            (Rev::No, hi) => Seq {
                lo: plus(n, seq.lo),
                hi,
                ..seq
            },
            (_, hi) => Seq {
                hi: hi.map(|hi| monus(hi, n)),
                ..seq
            },
        }
    }

    pub(super) fn taken(&mut self, seq: Seq, n: Expr) -> Seq {
        let seq = if seq.step.is_some() {
            self.flat(seq)
        } else {
            self.settled(seq)
        };
        match (seq.rev, seq.hi) {
            (Rev::No, hi) => {
                let end = plus(n, seq.lo.clone());
                Seq {
                    hi: Some(match hi {
                        Some(hi) => smaller(hi, end),
                        None => end,
                    }),
                    ..seq
                }
            }
            (_, Some(hi)) => Seq {
                lo: at_least(seq.lo, monus(hi.clone(), n)),
                hi: Some(hi),
                ..seq
            },
            (_, None) => Seq { hi: None, ..seq },
        }
    }
}
