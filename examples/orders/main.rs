//! In which order should the Jacobians of a composition be multiplied? Told with numbers: multiplications, counted, and times.
//!
//! `cargo run --release --example orders` takes some seconds; `-- --quick` takes smaller sizes.

mod layers;

use chainrule::Matrix;
use chainrule::chain::{ChainError, Costs, How, Plan};
use layers::{Kind, Layers};
use std::time::{Duration, Instant};

fn main() -> Result<(), ChainError> {
    let scale = match std::env::args().nth(1).as_deref() {
        None => 1,
        Some("--quick") => 8,
        Some(_) => {
            eprintln!("usage: cargo run --release --example orders [-- --quick]");
            std::process::exit(2);
        }
    };
    println!("The Jacobian of f4(f3(f2(f1(x)))) is J4·J3·J2·J1, in any order.\n");
    println!("A narrow middle, and why the order matters\n");
    by_sizes(
        &[1000 / scale, 800 / scale, 2, 600 / scale, 1000 / scale],
        true,
    )?;

    println!("Other shapes: sizes that fall, sizes that rise, two narrow places\n");
    let wide = 400 / scale;
    for sizes in [
        vec![wide, wide / 2, wide / 4, 5],
        vec![5, wide / 4, wide / 2, wide],
        vec![wide, wide / 2, 4, wide / 2, wide / 2, 3, wide / 2, wide],
    ] {
        by_sizes(&sizes, false)?;
    }

    println!("What sweeps cost: a dear stage of few values, then cheap ones of many\n");
    by_costs(1000 / scale)?;
    println!(
        "Little memory: the cheapest order, by the size of the traces that may be alive at one time\n"
    );
    by_memory(&[200, 160, 120, 80, 40, 10])?;
    println!("A long chain\n");
    long()
}

/// The pure modes against the order with the fewest multiplications.
fn by_sizes(sizes: &[usize], print: bool) -> Result<(), ChainError> {
    let layers = Layers::dense(sizes);
    let planned = layers.chain().plan(sizes[0]);
    if print {
        println!("{planned}");
    } else {
        println!("{}   {}", arrows(sizes), planned.order());
    }
    head("given Jacobians");
    let plans = [
        ("forward", Plan::pure_forward(sizes)?),
        ("reverse", Plan::pure_reverse(sizes)?),
        ("planned", planned),
    ];
    rows(&layers, &plans, |plan| plan.multiplications().to_string());
    Ok(())
}

/// The same, and the plan by what the sweeps take on this machine.
fn by_costs(wide: usize) -> Result<(), ChainError> {
    let sizes = [100, 20, wide, wide, wide, wide / 5];
    let kinds = [
        Kind::Settle,
        Kind::Dense,
        Kind::Bend,
        Kind::Bend,
        Kind::Dense,
    ];
    let layers = Layers::new(&sizes, &kinds);
    let (chain, x) = (layers.chain(), layers.input());
    let costs = chain.measure(&x, Duration::from_millis(20))?;
    let measured = chain.plan_by(&x, &costs, None)?;
    println!("{measured}");
    head("by sizes");
    let plans = [
        ("forward", Plan::pure_forward(&sizes)?),
        ("reverse", Plan::pure_reverse(&sizes)?),
        ("by sizes", chain.plan(sizes[0])),
        ("by costs", measured),
    ];
    rows(&layers, &plans, |plan| plan.multiplications().to_string());
    Ok(())
}

/// Plans for less and less memory.
fn by_memory(sizes: &[usize]) -> Result<(), ChainError> {
    let costs = Costs::dense(sizes);
    println!("{}", arrows(sizes));
    println!(
        "{:>10}{:>12}{:>10}{:>10}  order",
        "limit", "cost", "tangents", "adjoints"
    );
    let all: u64 = costs.stages.iter().filter_map(|s| s.memory).sum();
    for limit in [all, 30_000, 15_000, 4_000, 1_000, 0] {
        let plan = Plan::general(sizes, &costs, Some(limit))?;
        let cost = plan.estimate().map_or(0.0, |e| e.cost);
        let (tangents, adjoints) = sweeps(&plan);
        println!(
            "{limit:>10}{cost:>12}{tangents:>10}{adjoints:>10}  {}",
            plan.order()
        );
    }
    println!();
    Ok(())
}

/// The sweeps of single stages in a plan.
fn sweeps(plan: &Plan) -> (usize, usize) {
    plan.steps()
        .iter()
        .fold((0, 0), |(tangents, adjoints), step| {
            let [cols, rows] = [step.stages.start, step.stages.end].map(|k| plan.sizes()[k]);
            match &step.how {
                How::Tangents => (tangents + cols, adjoints),
                How::Adjoints => (tangents, adjoints + rows),
                How::Push { through, .. } => (tangents + cols * through.len(), adjoints),
                How::Pull { through, .. } => (tangents, adjoints + rows * through.len()),
                How::Multiply { .. } => (tangents, adjoints),
            }
        })
}

/// Planning itself.
fn long() -> Result<(), ChainError> {
    let sizes: Vec<usize> = (0..501).map(|k| 100 + k * k * 37 % 997).collect();
    let start = Instant::now();
    let plan = Plan::dense(&sizes)?;
    let dense = start.elapsed();
    let start = Instant::now();
    Plan::general(&sizes, &Costs::dense(&sizes), Some(1_000_000))?;
    println!(
        "500 stages: {} multiplications, forward {}, reverse {}\nplanned in {:.3} s; by costs and memory in {:.3} s",
        plan.multiplications(),
        plan.forward(),
        plan.reverse(),
        dense.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn arrows(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    sizes.join(" → ")
}

fn head(first: &str) {
    println!("{:10}{first:>18}{:>14}{:>11}", "", "counted", "seconds");
}

/// Follows each plan: what is counted and measured, and that all give the same.
fn rows(layers: &Layers, plans: &[(&str, Plan)], first: impl Fn(&Plan) -> String) {
    let mut reference: Option<Matrix<f64>> = None;
    for (name, plan) in plans {
        let ((jacobian, counted), time) = shortest(|| layers.jacobian(plan));
        let time = time.as_secs_f64();
        println!("{name:10}{:>18}{counted:>14}{time:>11.4}", first(plan));
        let reference = reference.get_or_insert_with(|| jacobian.clone());
        assert!(
            is_close(reference, &jacobian),
            "{name} gives another Jacobian"
        );
    }
    println!();
}

/// What is computed, and the shortest time of some runs; long ones are not repeated.
fn shortest<R>(compute: impl Fn() -> R) -> (R, Duration) {
    let all = Instant::now();
    let mut best = Duration::MAX;
    loop {
        let start = Instant::now();
        let result = compute();
        best = best.min(start.elapsed());
        if all.elapsed() > Duration::from_millis(200) {
            return (result, best);
        }
    }
}

fn is_close(a: &Matrix<f64>, b: &Matrix<f64>) -> bool {
    let largest = a.as_slice().iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    let mut pairs = a.as_slice().iter().zip(b.as_slice());
    a.as_slice().len() == b.as_slice().len() && pairs.all(|(a, b)| (a - b).abs() <= 1e-12 * largest)
}
