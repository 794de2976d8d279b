//! How the series of each function is made, from the table of rules of `ad-macros`, by its test `programs`. Not to be edited.

use super::program::{Function, Node::*, Partial, Program, functions};

/// `sin`
pub static SIN: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
        Function(Function::Cos, &[0], &[Partial { argument: 0, slope: 5, safe: false }]),
        Constant(1.0),
        Neg(3),
        Neg(1),
    ],
    result: 1,
};

/// `cos`
pub static COS: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 5, safe: false }]),
        Constant(1.0),
        Neg(2),
        Function(Function::Sin, &[0], &[Partial { argument: 0, slope: 1, safe: false }]),
        Neg(4),
    ],
    result: 1,
};

/// `tan`
pub static TAN: Program<5> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 4, safe: false }]),
        Constant(1.0),
        Mul(1, 1),
        Add(2, 3),
    ],
    result: 1,
};

/// `asin`
pub static ASIN: Program<10> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 9, safe: true }]),
        Constant(1.0),
        Sub(2, 0),
        Add(2, 0),
        Mul(3, 4),
        Function(Function::Sqrt, &[5], &[Partial { argument: 5, slope: 8, safe: true }]),
        Constant(0.5),
        Div(7, 6),
        Div(2, 6),
    ],
    result: 1,
};

/// `acos`
pub static ACOS: Program<12> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 11, safe: true }]),
        Constant(1.0),
        Neg(2),
        Sub(2, 0),
        Add(2, 0),
        Mul(4, 5),
        Function(Function::Sqrt, &[6], &[Partial { argument: 6, slope: 9, safe: true }]),
        Constant(0.5),
        Div(8, 7),
        Div(2, 7),
        Neg(10),
    ],
    result: 1,
};

/// `atan`
pub static ATAN: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 5, safe: false }]),
        Constant(1.0),
        Mul(0, 0),
        Add(2, 3),
        Div(2, 4),
    ],
    result: 1,
};

/// `atan2`
pub static ATAN2: Program<19> = Program {
    nodes: [
        Operand(0),
        Operand(1),
        Function(Function::Result, &[0, 1], &[Partial { argument: 0, slope: 12, safe: true }, Partial { argument: 1, slope: 18, safe: true }]),
        Div(1, 0),
        Mul(1, 3),
        Add(0, 4),
        Div(3, 5),
        Constant(1.0),
        Div(0, 1),
        Mul(0, 8),
        Add(1, 9),
        Div(7, 10),
        Larger(0, 1, 6, 11),
        Neg(7),
        Div(7, 5),
        Neg(14),
        Div(8, 10),
        Neg(16),
        Larger(0, 1, 15, 17),
    ],
    result: 2,
};

/// `sin_cos`
pub static SIN_COS: Program<7> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
        Function(Function::Cos, &[0], &[Partial { argument: 0, slope: 6, safe: false }]),
        Constant(1.0),
        Neg(3),
        Function(Function::Sin, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
        Neg(5),
    ],
    result: 1,
};

/// `sinh`
pub static SINH: Program<3> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
        Function(Function::Cosh, &[0], &[Partial { argument: 0, slope: 1, safe: false }]),
    ],
    result: 1,
};

/// `cosh`
pub static COSH: Program<3> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
        Function(Function::Sinh, &[0], &[Partial { argument: 0, slope: 1, safe: false }]),
    ],
    result: 1,
};

/// `tanh`
pub static TANH: Program<5> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 4, safe: false }]),
        Constant(1.0),
        Mul(1, 1),
        Sub(2, 3),
    ],
    result: 1,
};

/// `asinh`
pub static ASINH: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 5, safe: false }]),
        Constant(1.0),
        Function(Function::Hypot, &[0, 2], &[Partial { argument: 0, slope: 4, safe: true }]),
        Div(0, 3),
        Div(2, 3),
    ],
    result: 1,
};

/// `acosh`
pub static ACOSH: Program<12> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 11, safe: true }]),
        Constant(1.0),
        Sub(0, 2),
        Function(Function::Sqrt, &[3], &[Partial { argument: 3, slope: 6, safe: true }]),
        Constant(0.5),
        Div(5, 4),
        Add(0, 2),
        Function(Function::Sqrt, &[7], &[Partial { argument: 7, slope: 9, safe: true }]),
        Div(5, 8),
        Mul(4, 8),
        Div(2, 10),
    ],
    result: 1,
};

/// `atanh`
pub static ATANH: Program<7> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 6, safe: true }]),
        Constant(1.0),
        Sub(2, 0),
        Add(2, 0),
        Mul(3, 4),
        Div(2, 5),
    ],
    result: 1,
};

/// `exp`
pub static EXP: Program<2> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 1, safe: false }]),
    ],
    result: 1,
};

/// `exp2`
pub static EXP2: Program<4> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 3, safe: false }]),
        Constant(std::f64::consts::LN_2),
        Mul(2, 1),
    ],
    result: 1,
};

/// `exp_m1`
pub static EXP_M1: Program<3> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
        Function(Function::Exp, &[0], &[Partial { argument: 0, slope: 2, safe: false }]),
    ],
    result: 1,
};

/// `ln`
pub static LN: Program<4> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 3, safe: true }]),
        Constant(1.0),
        Div(2, 0),
    ],
    result: 1,
};

/// `ln_1p`
pub static LN_1P: Program<5> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 4, safe: true }]),
        Constant(1.0),
        Add(2, 0),
        Div(2, 3),
    ],
    result: 1,
};

/// `log2`
pub static LOG2: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 5, safe: true }]),
        Constant(1.0),
        Div(2, 0),
        Constant(std::f64::consts::LOG2_E),
        Mul(3, 4),
    ],
    result: 1,
};

/// `log10`
pub static LOG10: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 5, safe: true }]),
        Constant(1.0),
        Div(2, 0),
        Constant(std::f64::consts::LOG10_E),
        Mul(3, 4),
    ],
    result: 1,
};

/// `log`
pub static LOG: Program<12> = Program {
    nodes: [
        Operand(0),
        Operand(1),
        Function(Function::Result, &[0, 1], &[Partial { argument: 0, slope: 7, safe: true }, Partial { argument: 1, slope: 11, safe: true }]),
        Constant(1.0),
        Function(Function::Ln, &[1], &[Partial { argument: 1, slope: 5, safe: true }]),
        Div(3, 1),
        Mul(0, 4),
        Div(3, 6),
        Neg(3),
        Mul(1, 4),
        Div(2, 9),
        Neg(10),
    ],
    result: 2,
};

/// `sqrt`
pub static SQRT: Program<4> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 3, safe: true }]),
        Constant(0.5),
        Div(2, 1),
    ],
    result: 1,
};

/// `cbrt`
pub static CBRT: Program<7> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 6, safe: true }]),
        Constant(1.0),
        Constant(3.0),
        Mul(1, 1),
        Mul(3, 4),
        Div(2, 5),
    ],
    result: 1,
};

/// `recip`
pub static RECIP: Program<6> = Program {
    nodes: [
        Operand(0),
        Function(Function::Result, &[0], &[Partial { argument: 0, slope: 5, safe: true }]),
        Constant(1.0),
        Neg(2),
        Mul(1, 1),
        Neg(4),
    ],
    result: 1,
};

/// `hypot`
pub static HYPOT: Program<5> = Program {
    nodes: [
        Operand(0),
        Operand(1),
        Function(Function::Result, &[0, 1], &[Partial { argument: 0, slope: 3, safe: true }, Partial { argument: 1, slope: 4, safe: true }]),
        Div(0, 2),
        Div(1, 2),
    ],
    result: 2,
};

functions! {
    series_sin SIN (a a_tail);
    series_cos COS (a a_tail);
    series_tan TAN (a a_tail);
    series_asin ASIN (a a_tail);
    series_acos ACOS (a a_tail);
    series_atan ATAN (a a_tail);
    series_atan2 ATAN2 (a a_tail, b b_tail);
    series_sin_cos SIN_COS (a a_tail);
    series_sinh SINH (a a_tail);
    series_cosh COSH (a a_tail);
    series_tanh TANH (a a_tail);
    series_asinh ASINH (a a_tail);
    series_acosh ACOSH (a a_tail);
    series_atanh ATANH (a a_tail);
    series_exp EXP (a a_tail);
    series_exp2 EXP2 (a a_tail);
    series_exp_m1 EXP_M1 (a a_tail);
    series_ln LN (a a_tail);
    series_ln_1p LN_1P (a a_tail);
    series_log2 LOG2 (a a_tail);
    series_log10 LOG10 (a a_tail);
    series_log LOG (a a_tail, b b_tail);
    series_sqrt SQRT (a a_tail);
    series_cbrt CBRT (a a_tail);
    series_recip RECIP (a a_tail);
    series_hypot HYPOT (a a_tail, b b_tail);
}
