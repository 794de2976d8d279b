//! Enums and options in shapes that are easy to get wrong: recursive, chained, in stacks, changed while they are looked at.

use chainrule::{Differentiable, differentiate};

#[differentiate(forward, reverse, hessian)]
fn no_annotation(x: &[f64], k: f64) -> f64 {
    let mut best = None;
    for &v in x {
        if let Some(b) = best {
            if v > b {
                best = Some(v * k);
            }
        } else {
            best = Some(v);
        }
    }
    best.unwrap_or(k) * k
}

#[differentiate(forward, reverse, hessian)]
fn tuples(a: Option<f64>, b: Option<f64>, c: Option<(f64, f64)>, d: &Option<[f64; 2]>) -> f64 {
    let s = match (a, b) {
        (Some(a), Some(b)) => a * b,
        (Some(a), None) => a * a,
        (None, Some(b)) => b.sin(),
        (None, None) => 1.0,
    };
    let t = if let Some((p, q)) = c { p * q * s } else { s };
    let u = match d {
        Some([p, q]) if p > q => p * q,
        Some([p, ..]) => p * p,
        None => t,
    };
    t * u
}

#[differentiate(forward, reverse, hessian)]
fn unwraps(x: f64, k: Option<f64>) -> f64 {
    let r = k.unwrap();
    let s = k.expect("there");
    r * s * x
}

#[differentiate(forward, reverse, hessian)]
fn exits(x: &[Option<f64>], k: Option<f64>) -> f64 {
    let v = if let Some(v) = k { v } else { return 0.5 };
    let mut sum = v;
    for e in x {
        let Some(e) = e else { continue };
        sum += e * v * sum;
    }
    sum
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float + Differentiable<Shadow = T>>(x: T, k: Option<T>) -> T {
    let k = k.unwrap_or(T::one());
    x * k * k
}

#[differentiate(forward, reverse)]
fn in_out(k: &mut Option<f64>, x: f64) {
    if let Some(v) = k {
        *v *= x;
    }
}

#[differentiate(forward, reverse, hessian)]
fn uses_in_out(a: f64, x: f64) -> f64 {
    let mut k = Some(a);
    if let Some(v) = k.as_mut() {
        *v *= x;
    }
    let l = k.map(|v| v * v);
    k = l;
    k.unwrap_or(0.0) * x
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Tree {
    Num(f64),
    Add(Box<Tree>, Box<Tree>),
    Mul(Box<Tree>, Box<Tree>),
    Sin(Box<Tree>),
}
enum_shape!(Tree { Num { 0: a }, Add { 0: a, 1: b }, Mul { 0: a, 1: b }, Sin { 0: a } });

#[differentiate(forward, reverse)]
fn eval(t: &Tree) -> f64 {
    match t {
        Tree::Num(x) => *x,
        Tree::Add(a, b) => eval(a) + eval(b),
        Tree::Mul(a, b) => {
            let x = eval(a);
            x * eval(b)
        }
        Tree::Sin(a) => eval(a).sin(),
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Model {
    Linear {
        slope: f64,
        offset: f64,
        order: usize,
    },
    Table {
        x: Vec<f64>,
        y: Vec<f64>,
        #[constant]
        scale: f64,
    },
}
enum_shape!(Model { Linear { slope: a, offset: b }, Table { x: a, y: b } });

#[differentiate(forward, reverse, hessian)]
fn model(m: &Model, t: f64) -> f64 {
    match m {
        Model::Linear {
            slope,
            offset,
            order,
        } => {
            let mut sum = *offset;
            for i in 0..*order {
                sum += slope * t * (i + 1) as f64 * sum;
            }
            sum
        }
        Model::Table { x, y, scale } => {
            let n = x.len();
            let mut sum = 0.0;
            for i in 0..n {
                sum += (t - x[i]) * y[i] * scale;
            }
            for (a, b) in x.iter().zip(y) {
                sum *= a * b;
            }
            sum + y.iter().map(|v| v * v).sum::<f64>()
        }
    }
}

#[differentiate(forward, reverse)]
fn train(m: &mut Model, t: f64) -> f64 {
    match m {
        Model::Linear { slope, offset, .. } => {
            *slope -= t * *offset;
            *offset *= *slope;
            *slope
        }
        Model::Table { x, y, .. } => {
            for i in 0..x.len() {
                x[i] *= y[i] * t;
            }
            y.push(t * x[0]);
            let last = y.pop().unwrap();
            for v in y.iter_mut() {
                *v += last;
            }
            last * last
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn orders(x: f64, y: f64) -> f64 {
    match x.partial_cmp(&y) {
        Some(std::cmp::Ordering::Less) => x * y,
        Some(_) => x * x,
        None => 0.0,
    }
}

#[differentiate(forward, reverse, hessian)]
fn constant_enum(x: f64, #[constant] m: &Model) -> f64 {
    let y = model(m, x);
    let z = model(
        &Model::Linear {
            slope: 0.5,
            offset: x,
            order: 2,
        },
        y,
    );
    y * z
}

#[differentiate(forward, reverse)]
fn both(x: f64, k: f64) -> (Option<f64>, f64) {
    if x > k {
        (Some(x * k), x)
    } else {
        (None, k * x)
    }
}

#[differentiate(forward, reverse, hessian)]
fn takes_both(x: f64, k: f64) -> f64 {
    let (a, b) = both2(x, k);
    match a {
        Some(a) => a * b,
        None => b,
    }
}
#[differentiate(forward, reverse, hessian)]
fn both2(x: f64, k: f64) -> (Option<f64>, f64) {
    if x > k {
        (Some(x * k), x)
    } else {
        (None, k * x)
    }
}

#[differentiate(forward, reverse)]
fn many(x: &[f64], k: f64) -> Vec<Option<f64>> {
    let mut out = Vec::new();
    for v in x {
        out.push(if *v > 0.0 { Some(v * k) } else { None });
    }
    out
}

#[test]
fn combined() {
    prove_hvp!(no_annotation(slice [0.3, 0.2, 0.9, 0.5], val 0.8));
    prove_hvp!(no_annotation(slice Vec::<f64>::new(), val 0.8));
    for a in [Some(0.6), None] {
        for b in [Some(0.7), None] {
            for c in [Some((0.4, 0.9)), None] {
                for d in [Some([0.3, 0.5]), Some([0.9, 0.3]), None] {
                    prove_hvp!(tuples(val a, val b, val c, rf d));
                }
            }
        }
    }
    prove_hvp!(unwraps(val 0.4, val Some(0.7)));
    prove_hvp!(exits(slice [Some(0.4), None, Some(0.2)], val Some(0.7)));
    prove_hvp!(exits(slice [Some(0.4), None, Some(0.2)], val None::<f64>));
    prove!(generic(val 0.3_f64, val Some(0.4_f64)));
    prove!(generic(val 0.3_f64, val None::<f64>));
    prove!(in_out(ios Some(0.3), val 0.8) -> unit);
    prove_hvp!(uses_in_out(val 0.4, val 0.8));
    let n = |x| Box::new(Tree::Num(x));
    prove!(eval(rf Tree::Mul(Box::new(Tree::Add(n(0.3), n(0.4))), Box::new(Tree::Sin(n(0.7))))));
    let models = [
        Model::Linear {
            slope: 0.4,
            offset: 0.7,
            order: 3,
        },
        Model::Table {
            x: vec![0.4, 0.9],
            y: vec![0.3, 0.8],
            scale: 0.7,
        },
    ];
    for m in models {
        prove_hvp!(model(rf m.clone(), val 0.8));
        prove!(train(ios m.clone(), val 0.8));
        prove_hvp!(constant_enum(val 0.8, con &m));
    }
    prove_hvp!(orders(val 0.4, val 0.9));
    prove_hvp!(orders(val 0.9, val 0.4));
    prove!(both(val 0.9, val 0.4) -> vec);
    prove!(both(val 0.2, val 0.4) -> vec);
    prove_hvp!(takes_both(val 0.9, val 0.4));
    prove_hvp!(takes_both(val 0.2, val 0.4));
    prove!(many(slice [0.3, -0.4], val 0.4) -> vec);
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Op {
    Push(f64),
    Add,
    Scale { by: f64 },
    Stop,
}
enum_shape!(Op { Push { 0: a }, Add {}, Scale { by: a }, Stop {} });

#[differentiate(forward, reverse, hessian)]
fn machine(ops: &[Op], x: f64) -> f64 {
    let mut stack = vec![x];
    for op in ops {
        match op {
            Op::Push(v) => stack.push(v * x),
            Op::Add => {
                let (Some(a), Some(b)) = (stack.pop(), stack.pop()) else {
                    return x;
                };
                stack.push(a + b * a);
            }
            Op::Scale { by } => {
                if let Some(last) = stack.last_mut() {
                    *last *= by;
                }
            }
            Op::Stop => break,
        }
    }
    stack.iter().map(|v| v * v).sum()
}

#[differentiate(forward, reverse, hessian)]
fn popped(mut ops: Vec<Op>, x: f64) -> f64 {
    let mut sum = x;
    while let Some(Op::Push(v)) = ops.pop() {
        sum += v * sum;
    }
    match ops.first() {
        Some(Op::Push(v)) if *v > 0.1 => sum *= v,
        Some(Op::Scale { by }) => sum += by * x,
        Some(Op::Add | Op::Stop) => sum *= 2.0,
        Some(_) => sum *= sum,
        None => {}
    }
    sum
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Node {
    value: f64,
    next: Option<Box<Node>>,
    tag: Option<usize>,
}
struct_shape!(Node { value: f64, next: Option<Box<Node>> });

#[differentiate(forward, reverse)]
fn walk(n: &Node, k: f64) -> f64 {
    let rest = match &n.next {
        Some(next) => walk(next, k * n.value),
        None => k,
    };
    let tag = n.tag.unwrap_or(1);
    rest * n.value * tag as f64
}

#[differentiate(forward, reverse, hessian)]
fn ref_mut(x: f64, k: f64) -> f64 {
    let mut o = Some(x);
    if let Some(ref mut v) = o {
        *v += k * *v;
    }
    let mut n = 0;
    if let Some(v) = o {
        n += 1;
    }
    let s = match o {
        Some(ref v) => *v * k,
        None => 0.0,
    };
    s * n as f64
}

#[test]
fn stacks_and_chains() {
    let ops = [
        Op::Push(0.4),
        Op::Scale { by: 0.7 },
        Op::Add,
        Op::Push(0.3),
        Op::Add,
        Op::Stop,
        Op::Push(9.0),
    ];
    prove_hvp!(machine(slice ops, val 0.8));
    prove_hvp!(machine(slice [Op::Add], val 0.8));
    prove_hvp!(popped(val vec![Op::Push(0.4), Op::Push(0.3)], val 0.7));
    for o in ops {
        prove_hvp!(popped(val vec![o, Op::Stop, Op::Push(0.3), Op::Push(0.5)], val 0.7));
    }
    prove!(walk(rf Node { value: 0.4, next: Some(Box::new(Node { value: 0.7, next: None, tag: Some(2) })), tag: None }, val 0.6));
    prove_hvp!(ref_mut(val 0.4, val 0.6));
}
