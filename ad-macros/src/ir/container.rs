//! Operations on growable and fixed containers that are statements.

use super::*;

#[derive(Clone, Debug)]
pub enum ContainerOp {
    Push(Expr),
    /// `pop()`, its result thrown away; the slot remembers what was there.
    Pop,
    Swap(Expr, Expr),
    /// Moves all elements, by what the expression says; `back` undoes it.
    Move {
        how: Motion,
        by: Expr,
        back: bool,
    },
    /// What the two places hold changes places.
    Exchange(Place),
    Fill(Expr),
    CopyFrom(Place),
    Resize(Expr, Expr),
    Truncate(Expr),
    Clear,
}

/// How elements are moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Motion {
    /// To the left by a number of places; what falls off comes back on the right.
    Rotate,
    /// By a list of indices: where each element comes from.
    Permute,
}

impl ContainerOp {
    /// The expressions that it evaluates.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            ContainerOp::Push(a)
            | ContainerOp::Fill(a)
            | ContainerOp::Truncate(a)
            | ContainerOp::Move { by: a, .. } => vec![a],
            ContainerOp::Swap(a, b) | ContainerOp::Resize(a, b) => vec![a, b],
            _ => Vec::new(),
        }
    }

    pub fn exprs_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            ContainerOp::Push(a)
            | ContainerOp::Fill(a)
            | ContainerOp::Truncate(a)
            | ContainerOp::Move { by: a, .. } => vec![a],
            ContainerOp::Swap(a, b) | ContainerOp::Resize(a, b) => vec![a, b],
            _ => Vec::new(),
        }
    }

    /// The other place that it reads or changes.
    pub fn other(&self) -> Option<&Place> {
        match self {
            ContainerOp::CopyFrom(p) | ContainerOp::Exchange(p) => Some(p),
            _ => None,
        }
    }

    pub fn other_mut(&mut self) -> Option<&mut Place> {
        match self {
            ContainerOp::CopyFrom(p) | ContainerOp::Exchange(p) => Some(p),
            _ => None,
        }
    }

    /// The other place, if it is changed too.
    pub fn exchanged(&self) -> Option<&Place> {
        match self {
            ContainerOp::Exchange(p) => Some(p),
            _ => None,
        }
    }

    /// Whether the container has as many elements as before.
    pub fn keeps_length(&self) -> bool {
        matches!(
            self,
            ContainerOp::Swap(..)
                | ContainerOp::Move { .. }
                | ContainerOp::Fill(_)
                | ContainerOp::CopyFrom(_)
        )
    }

    /// Whether it only moves what is there, so that it is undone by moving it back.
    pub fn is_motion(&self) -> bool {
        matches!(
            self,
            ContainerOp::Swap(..) | ContainerOp::Move { .. } | ContainerOp::Exchange(_)
        )
    }

    /// What undoes a motion.
    pub fn undone(&self) -> ContainerOp {
        match self {
            ContainerOp::Move { how, by, back } => ContainerOp::Move {
                how: *how,
                by: by.clone(),
                back: !back,
            },
            motion => motion.clone(),
        }
    }
}
