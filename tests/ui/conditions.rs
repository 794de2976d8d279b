use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    #[cfg(unix)]
    let x = x * 2.0;
    #[cfg(windows)]
    let x = x * 2.0;
    #[cfg(all(debug_assertions, target_endian = "big"))]
    let x = x * 2.0;
    #[cfg(target_pointer_width = "16")]
    let x = x * 2.0;
    x
}

fn main() {}
