//! Functions whose derivative is a formula of their operands and their result.
//!
//! If `z' = p a'`, then `k z_k` is the sum of `i a_i p_{k-i}` for `i` from 1 to `k`: order `k` of `z` needs `p` to the order before. So
//! the table of rules gives a [`Program`] for each function: its partials, and those of what they are made of, until nothing new comes.
//! All nodes are evaluated order by order.

use crate::Differentiable;
use crate::rt::real;
use crate::wide::{Lanes, Wide};
use num_traits::Float;

/// A value that a function's derivative is made of. Numbers are the positions of nodes, which stand before it but for partials.
#[derive(Debug)]
pub(super) enum Node {
    Constant(f64),
    Operand(usize),
    Neg(usize),
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
    Div(usize, usize),
    /// The third or the fourth, by whether the head of the first is larger in magnitude than that of the second.
    Larger(usize, usize, usize, usize),
    /// A function of nodes, with its partials.
    Function(Function, &'static [usize], &'static [Partial]),
}

/// What a function changes by with an argument.
#[derive(Debug)]
pub(super) struct Partial {
    pub argument: usize,
    pub slope: usize,
    /// A coefficient of the argument that is zero contributes nothing, whatever the slope is.
    pub safe: bool,
}

/// Which function it is. Its partials say the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Function {
    /// The one whose program it is, whose head is known.
    Result,
    Cos,
    Cosh,
    Exp,
    Hypot,
    Ln,
    Sin,
    Sinh,
    Sqrt,
}

impl Function {
    fn value<T: Float>(self, result: T, args: &[T]) -> T {
        match (self, args) {
            (Function::Cos, [a]) => a.cos(),
            (Function::Cosh, [a]) => a.cosh(),
            (Function::Exp, [a]) => a.exp(),
            (Function::Hypot, [a, b]) => a.hypot(*b),
            (Function::Ln, [a]) => a.ln(),
            (Function::Sin, [a]) => a.sin(),
            (Function::Sinh, [a]) => a.sinh(),
            (Function::Sqrt, [a]) => a.sqrt(),
            _ => result,
        }
    }
}

/// What a function's series is computed by.
#[derive(Debug)]
pub struct Program<const N: usize> {
    pub(super) nodes: [Node; N],
    /// Where the function itself stands.
    pub(super) result: usize,
}

/// `i a p`, a term of `k z_k`, and zero where `a` is.
#[inline(always)]
pub(super) fn term<T: Float>(a: T, p: T, i: usize) -> T {
    crate::rt::zero_safe(a, p) * real(i as f64)
}

impl<const N: usize> Program<N> {
    /// The tail of the result.
    #[inline]
    pub(super) fn follow<T: Float + Differentiable<Shadow = T>, const K: usize, const A: usize>(
        &self,
        result: T,
        operands: [(T, Lanes<T, K>); A],
    ) -> Lanes<T, K> {
        let mut heads = [T::zero(); N];
        for k in 0..N {
            heads[k] = self.head(k, result, &heads, operands.map(|o| o.0));
        }
        let mut tails = [Lanes::<T, K>::zero(); N];
        for (node, tail) in self.nodes.iter().zip(&mut tails) {
            if let Node::Operand(o) = node {
                *tail = operands[*o].1;
            }
        }
        // The slopes of the last order are nobody's.
        for k in 1..=K {
            for n in 0..N {
                tails[n].0[k - 1] = self.order(n, k, &heads, &tails);
            }
        }
        tails[self.result]
    }

    #[inline]
    fn head<T: Float, const A: usize>(
        &self,
        n: usize,
        result: T,
        heads: &[T; N],
        operands: [T; A],
    ) -> T {
        match &self.nodes[n] {
            Node::Constant(c) => real(*c),
            Node::Operand(o) => operands[*o],
            Node::Neg(a) => -heads[*a],
            Node::Add(a, b) => heads[*a] + heads[*b],
            Node::Sub(a, b) => heads[*a] - heads[*b],
            Node::Mul(a, b) => heads[*a] * heads[*b],
            Node::Div(a, b) => heads[*a] / heads[*b],
            Node::Larger(a, b, then, otherwise) => match heads[*a].abs() > heads[*b].abs() {
                true => heads[*then],
                false => heads[*otherwise],
            },
            Node::Function(function, args, _) => match args {
                [a] => function.value(result, &[heads[*a]]),
                [a, b] => function.value(result, &[heads[*a], heads[*b]]),
                _ => result,
            },
        }
    }

    /// Coefficient `k` of a node.
    #[inline]
    fn order<T: Float + Differentiable<Shadow = T>, const K: usize>(
        &self,
        n: usize,
        k: usize,
        heads: &[T; N],
        tails: &[Lanes<T, K>; N],
    ) -> T {
        let at = |n: usize| tails[n].0[k - 1];
        // Of two nodes, what orders between 0 and `k` make together.
        let between = |a: usize, b: usize| {
            let (a, b) = (&tails[a].0[..k - 1], &tails[b].0[..k - 1]);
            let pairs = a.iter().zip(b.iter().rev());
            pairs.fold(T::zero(), |sum, (&a, &b)| sum + a * b)
        };
        match &self.nodes[n] {
            Node::Constant(_) => T::zero(),
            Node::Operand(_) => at(n),
            Node::Neg(a) => -at(*a),
            Node::Add(a, b) => at(*a) + at(*b),
            Node::Sub(a, b) => at(*a) - at(*b),
            Node::Mul(a, b) => heads[*a] * at(*b) + at(*a) * heads[*b] + between(*a, *b),
            Node::Div(a, b) => (at(*a) - heads[n] * at(*b) - between(n, *b)) / heads[*b],
            Node::Larger(a, b, then, otherwise) => match heads[*a].abs() > heads[*b].abs() {
                true => at(*then),
                false => at(*otherwise),
            },
            Node::Function(_, _, partials) => {
                let mut sum = T::zero();
                for p in *partials {
                    let (argument, slope) = (&tails[p.argument].0, &tails[p.slope].0);
                    for i in 1..=k {
                        let slope = match k - i {
                            0 => heads[p.slope],
                            rest => slope[rest - 1],
                        };
                        sum = sum
                            + match p.safe {
                                true => term(argument[i - 1], slope, i),
                                false => argument[i - 1] * slope * real(i as f64),
                            };
                    }
                }
                sum / real(k as f64)
            }
        }
    }
}

/// `series_…`, what generated code calls: the result, then each operand with its tail.
macro_rules! functions {
    ($($name:ident $program:ident ($($operand:ident $tail:ident),+);)*) => {$(
        /// By the program of that name.
        #[inline]
        pub fn $name<T, D: super::SeriesOf<T>>(result: T, $($operand: T, $tail: D),+) -> D {
            D::follow(&$program, result, [$(($operand, $tail)),+])
        }
    )*};
}
pub(super) use functions;
