use chainrule::differentiate;

#[differentiate]
fn first(x: &[f64], n: usize) -> f64 {
    x.iter()
        .find_map(|v| {
            if *v > 0.0 {
                let mut k = 1;
                loop {
                    if k > n {
                        break Some(v * v);
                    }
                    k *= 2;
                }
            } else {
                None
            }
        })
        .unwrap()
}

fn main() {}
