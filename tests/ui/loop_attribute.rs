use chainrule::differentiate;

#[differentiate(forward, reverse)]
fn weight(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn wrong_arguments(x: f64, n: usize) -> f64 {
    let mut y = x;
    #[store(3)]
    for _ in 0..n {
        y = y.sin();
    }
    #[recompute = "always"]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint(2, 3)]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint("many")]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint(0)]
    while y > 0.5 {
        y = y.sin();
    }
    #[checkpoint(x as usize)]
    for _ in 0..n {
        y = y.sin();
    }
    #[store]
    #[recompute]
    for _ in 0..n {
        y = y.sin();
    }
    y
}

#[differentiate]
fn not_on_a_loop(x: f64) -> f64 {
    #[recompute]
    let mut y = x;
    #[checkpoint(2)]
    if y > 0.5 {
        y = y.sin();
    }
    #[store]
    {
        y *= x;
    }
    y
}

#[differentiate]
fn without_derivative(x: f64, n: usize) -> f64 {
    let mut steps = 0;
    #[checkpoint(2)]
    for i in 0..n {
        steps += i;
    }
    let mut log = Vec::new();
    let mut fill = || {
        #[store]
        for i in 0..n {
            log.push(i);
        }
    };
    constant(fill());
    x * steps as f64
}

#[differentiate]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x) * x
}

#[differentiate]
fn in_a_closure(x: f64, n: usize) -> f64 {
    apply(
        |v| {
            let mut w = v;
            #[recompute]
            for _ in 0..n {
                w = w.sin() * x;
            }
            w
        },
        x,
    )
}

#[differentiate]
fn calls_a_parameter(f: impl Fn(f64) -> f64, x: f64, n: usize) -> f64 {
    let mut y = x;
    #[checkpoint(3)]
    for _ in 0..n {
        y = f(y);
    }
    y
}

#[differentiate]
fn read_and_changed(x: f64, n: usize) -> f64 {
    let mut y = x;
    let mut queue = std::collections::BTreeMap::new();
    #[recompute]
    for i in 0..n {
        constant(queue.insert(i, i * i));
        if queue.len() > 3 {
            y = y.sin();
        }
        y *= x;
    }
    y
}

#[differentiate]
fn only_under_a_condition(x: f64, n: usize) -> f64 {
    let mut y = x;
    #[recompute]
    for i in 0..n {
        y = pick(y, i > 2 && draw(i));
    }
    y
}

#[differentiate]
fn pick(x: f64, large: bool) -> f64 {
    if large { x * x } else { x }
}

fn draw(i: usize) -> bool {
    i % 2 == 0
}

use chainrule::constant;

fn main() {}
