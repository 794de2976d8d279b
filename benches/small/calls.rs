//! Eight nested calls, and the same in one function.

use chainrule::differentiate;

/// Each level calls the one below and adds a bit of its own.
macro_rules! levels {
    ($($name:ident calls $below:ident;)*) => {
        $(
            #[differentiate(reverse)]
            fn $name(x: f64) -> f64 {
                let y = $below(x);
                y * (1.0 + 0.1 * y)
            }
        )*
    };
}

#[differentiate(reverse)]
fn level_1(x: f64) -> f64 {
    x.sin()
}

levels! {
    level_2 calls level_1;
    level_3 calls level_2;
    level_4 calls level_3;
    level_5 calls level_4;
    level_6 calls level_5;
    level_7 calls level_6;
    level_8 calls level_7;
}

#[differentiate(reverse)]
pub fn nested(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += level_8(*v);
    }
    sum
}

#[differentiate(reverse)]
pub fn inlined(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        let y1 = v.sin();
        let y2 = y1 * (1.0 + 0.1 * y1);
        let y3 = y2 * (1.0 + 0.1 * y2);
        let y4 = y3 * (1.0 + 0.1 * y3);
        let y5 = y4 * (1.0 + 0.1 * y4);
        let y6 = y5 * (1.0 + 0.1 * y5);
        let y7 = y6 * (1.0 + 0.1 * y6);
        sum += y7 * (1.0 + 0.1 * y7);
    }
    sum
}
