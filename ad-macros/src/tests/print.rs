//! The text form of the IR.

use crate::ir::*;
use proc_macro2::Span;

/// A function with the real variables `x`, `y` and the integer `n`.
fn func() -> Func {
    let mut f = Func {
        vars: vec![],
        names: Names::default(),
        label_names: Names::default(),
        params: vec![],
        ret: Ty::Real(Scalar::F64),
        body: vec![],
        labels: vec![],
        wrapper: None,
        lambdas_fail: false,
        mixed: false,
        form: Companion::Primal,
        endings: Default::default(),
        methods: Default::default(),
        parted: Default::default(),
        returned: Default::default(),
    };
    let slice = Ty::Ref(false, Box::new(Ty::Slice(Box::new(Ty::Real(Scalar::F64)))));
    f.params = vec![f.fresh("x", slice, false, Role::Param)];
    f.fresh("y", Ty::Real(Scalar::F64), true, Role::Local);
    f.fresh("n", Ty::Int, false, Role::Local);
    f
}

const X: VarId = VarId(0);
const Y: VarId = VarId(1);
const N: VarId = VarId(2);

fn show(block: Block) -> String {
    print_block(&func(), &block)
}

#[test]
fn a_function_shows_its_signature_and_body() {
    let mut f = func();
    let element = Place::var(X).with(Proj::Index(Expr::Int(0)));
    f.body = vec![Stmt::Return(Some(element.read()))];
    assert_eq!(print_func(&f), "fn(x: &[f64]) -> f64 {\n  return x[0]\n}\n");
}

#[test]
fn operators_get_the_parentheses_that_they_need() {
    let (y, n) = (|| Expr::var(Y), || Expr::var(N));
    let difference = || Expr::bin(BinOp::Sub, y(), n());
    let all = Expr::bin(
        BinOp::Sub,
        difference(),
        Expr::bin(BinOp::Mul, difference(), difference()),
    );
    assert_eq!(
        show(vec![Stmt::Return(Some(all))]),
        "return y - n - (y - n) * (y - n)\n"
    );
    let negative = Expr::Unary(UnOp::Neg, Box::new(difference()));
    assert_eq!(
        show(vec![Stmt::Return(Some(negative))]),
        "return -(y - n)\n"
    );
    let cast = Expr::Cast(
        Box::new(Expr::bin(BinOp::Add, n(), Expr::Int(1))),
        quote::quote!(f64),
    );
    assert_eq!(
        show(vec![Stmt::Return(Some(cast))]),
        "return (n + 1) as f64\n"
    );
}

#[test]
fn references_and_ranges_in_places() {
    let deref = Place::var(X)
        .with(Proj::Deref)
        .with(Proj::Index(Expr::var(N)));
    let range = Proj::Range {
        lo: Some(Expr::Int(1)),
        hi: None,
        inclusive: false,
    };
    let view = Expr::Borrow(false, Place::var(X).with(range));
    let text = show(vec![
        Stmt::Let {
            var: Y,
            init: Some(view),
        },
        Stmt::SetZero(deref),
    ]);
    assert_eq!(text, "let mut y = &x[1..]\nzero (*x)[n]\n");
}

#[test]
fn loops_show_their_label_only_where_it_is_used() {
    let mut f = func();
    let label = f.new_label("outer");
    let range = LoopKind::Range {
        var: N,
        lo: Expr::Int(0),
        hi: Expr::Query("len".into(), Place::var(X), vec![]),
        inclusive: false,
        step: Some(Expr::Int(2)),
        rev: Rev::After,
    };
    let plain = Stmt::Loop {
        label,
        kind: range,
        body: vec![Stmt::Push {
            stack: Y,
            vals: vec![N, Y],
        }],
    };
    let left = Stmt::Loop {
        label,
        kind: LoopKind::Forever,
        body: vec![Stmt::Break(label)],
    };
    let text = print_block(&f, &vec![plain, left]);
    let expected = "for n in (0..x.len()).step_by(2).rev() {\n  push y (n, y)\n}\n'outer: loop {\n  break 'outer\n}\n";
    assert_eq!(text, expected);
}

#[test]
fn branches_on_conditions_and_on_slots() {
    let cond = Expr::bin(BinOp::Gt, Expr::var(Y), Expr::Real(0.5));
    let assign = |op| Stmt::Assign {
        place: Place::var(Y),
        op,
        value: Expr::Real(1.0),
        first: false,
    };
    let both = Stmt::If {
        cond,
        then: vec![assign(None)],
        els: vec![assign(Some(BinOp::Add))],
    };
    let slot = Stmt::IfSlot {
        slot: N,
        vals: vec![Y],
        then: vec![Stmt::Return(None)],
        els: vec![],
    };
    let expected =
        "if y > 0.5 {\n  y = 1.0\n} else {\n  y += 1.0\n}\nif some n (y) {\n  return\n}\n";
    assert_eq!(show(vec![both, slot]), expected);
}

#[test]
fn calls_show_shadows_behind_their_arguments() {
    let callee = Callee::Path {
        prefix: quote::quote!(m::),
        name: quote::format_ident!("g"),
        generics: None,
    };
    let dot = Some(Arg::Value(Expr::var(N)));
    let args = vec![
        CallArg {
            arg: Arg::Value(Expr::var(Y)),
            shadows: vec![dot],
        },
        CallArg {
            arg: Arg::RefMut(Place::var(X)),
            shadows: vec![None],
        },
    ];
    let span = Span::call_site();
    let call = Stmt::Call {
        dst: vec![Y, N],
        callee,
        args,
        companion: Companion::Tangent,
        boxed: false,
        span,
    };
    assert_eq!(
        show(vec![call]),
        "let (y, n) = m::g_tangent(y ~ n, &mut x ~ _)\n"
    );
}
