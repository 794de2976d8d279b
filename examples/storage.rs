//! What the reverse sweep of a time-stepping loop costs, in time and memory, by what the loop is asked to store.
//!
//! ```sh
//! cargo run --release --example storage
//! ```

use allocation_counter::measure;
use chainrule::differentiate;
use std::hint::black_box;
use std::time::Instant;

/// Viscous flow on a ring: the energy that is left after some steps. The loop has the attribute that is given.
macro_rules! flow {
    ($($name:ident $(# $storage:tt)?),* $(,)?) => { $(
        #[differentiate(reverse)]
        fn $name(start: &[f64], viscosity: f64, steps: usize) -> f64 {
            let m = start.len();
            let mut u = start.to_vec();
            let mut next = vec![0.0; m];
            $(# $storage)?
            for _ in 0..steps {
                for i in 0..m {
                    let left = if i == 0 { u[m - 1] } else { u[i - 1] };
                    let right = if i + 1 == m { u[0] } else { u[i + 1] };
                    let slope = 0.5 * (right - left);
                    let bend = left - 2.0 * u[i] + right;
                    next[i] = u[i] - 0.1 * u[i] * slope + viscosity * bend / (1.0 + slope * slope).sqrt();
                }
                u.copy_from_slice(&next);
            }
            let mut energy = 0.0;
            for v in &u {
                energy += v * v;
            }
            energy
        }
    )* };
}

flow!(
    chosen,
    stored #[store],
    recomputed #[recompute],
    checkpoints_5 #[checkpoint(5)],
    checkpoints_10 #[checkpoint(10)],
    checkpoints_30 #[checkpoint(30)],
    checkpoints_100 #[checkpoint(100)],
);

type Gradient = fn(&[f64], f64, usize) -> (f64, (Vec<f64>, f64));

/// The median of the seconds that some runs take.
fn seconds(runs: usize, mut f: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

fn main() {
    let steps = 2000;
    let start: Vec<f64> = (0..200)
        .map(|i| (f64::from(i) * 0.0314).sin() + 1.5)
        .collect();
    let function = seconds(15, || {
        black_box(chosen(black_box(&start), 0.2, steps));
    });
    let reference = stored_gradient(&start, 0.2, steps);
    println!("{} cells, {steps} steps\n", start.len());
    println!("| attribute | gradient ÷ function | memory of the gradient |");
    println!("|---|---|---|");
    let rows: [(&str, Gradient); 7] = [
        ("none", chosen_gradient),
        ("`#[store]`", stored_gradient),
        ("`#[recompute]`", recomputed_gradient),
        ("`#[checkpoint(100)]`", checkpoints_100_gradient),
        ("`#[checkpoint(30)]`", checkpoints_30_gradient),
        ("`#[checkpoint(10)]`", checkpoints_10_gradient),
        ("`#[checkpoint(5)]`", checkpoints_5_gradient),
    ];
    for (name, gradient) in rows {
        assert_eq!(gradient(&start, 0.2, steps), reference, "{name}");
        let memory = measure(|| {
            black_box(gradient(&start, 0.2, steps));
        });
        let time = seconds(15, || {
            black_box(gradient(black_box(&start), 0.2, steps));
        });
        let (ratio, kilobytes) = (time / function, memory.bytes_max as f64 / 1e3);
        println!("| {name} | {ratio:.1} | {kilobytes:.0} kB |");
    }
}
