//! `#[cfg]` inside functions: what is derived is what rustc keeps.

use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn left_out(x: f64) -> f64 {
    let mut y = x * x;
    #[cfg(target_pointer_width = "16")]
    {
        y = does_not_exist(y);
    }
    #[cfg(not(target_pointer_width = "16"))]
    {
        y = y * x.sin();
    }
    #[cfg(all(target_pointer_width = "16", debug_assertions))]
    let y = 0.0;
    y
}

#[test]
fn code_that_is_left_out_has_no_part_in_the_derivative() {
    prove!(left_out(val 0.7));
    prove_derivative!(left_out(val 0.7));
    prove_hvp!(left_out(val 0.7));
}

#[differentiate(forward, reverse, hessian)]
fn tails(x: &[f64], rate: f64) -> f64 {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        #[cfg(debug_assertions)]
        let scaled = v * rate;
        #[cfg(not(debug_assertions))]
        let scaled = v * rate * 3.0;
        if i > 100 {
            #[cfg(any(target_pointer_width = "16", not(debug_assertions)))]
            break;
            #[cfg(not(any(target_pointer_width = "16", not(debug_assertions))))]
            continue;
        }
        sum += scaled * scaled;
    }
    #[cfg(debug_assertions)]
    {
        sum.sqrt()
    }
    #[cfg(not(debug_assertions))]
    {
        sum.ln_1p()
    }
}

#[test]
fn one_of_two_tails_and_one_of_two_bindings_in_a_loop() {
    prove!(tails(slice [0.3, -0.8, 1.1], val 0.6));
    prove_gradient!(tails(slice [0.3, -0.8, 1.1], val 0.6));
    prove_hvp!(tails(slice [0.3, -0.8, 1.1], val 0.6));
}

struct Law {
    stiffness: f64,
}

#[differentiate]
impl Law {
    /// A parameter, an arm, a field, an element and an argument under conditions, in a method.
    fn energy(
        #[constant] &self,
        x: f64,
        #[cfg(target_pointer_width = "16")] missing: f64,
        kind: usize,
    ) -> f64 {
        let pair = [
            #[cfg(target_pointer_width = "16")]
            1.0,
            x,
            self.stiffness,
        ];
        let weight = match kind {
            #[cfg(target_pointer_width = "16")]
            1 => 0.0,
            1 => pair[0] * 2.0,
            _ => pair[0].cos(),
        };
        weighed(
            #[cfg(target_pointer_width = "16")]
            missing,
            weight,
            pair[1],
        )
    }
}

#[differentiate]
fn weighed(a: f64, b: f64) -> f64 {
    a * a * b
}

#[test]
fn conditions_on_parts_of_a_method() {
    let law = Law { stiffness: 1.7 };
    for kind in [0, 1] {
        let (value, slope) = law.energy_derivative(0.4, kind);
        assert_eq!(value.to_bits(), law.energy(0.4, kind).to_bits());
        let want = match kind {
            1 => 2.0 * 4.0 * 0.4 * 1.7,
            _ => -2.0 * 0.4f64.cos() * 0.4f64.sin() * 1.7,
        };
        assert!((slope - want).abs() < 1e-12);
        assert_eq!(law.energy_gradient(0.4, kind).1, slope);
    }
}

/// What can't be differentiated is an error only where it is compiled.
#[differentiate]
fn error_under_a_condition(x: f64) -> f64 {
    #[cfg(target_pointer_width = "16")]
    {
        return f64::from_bits(x.to_bits() + 1);
    }
    #[cfg(not(target_pointer_width = "16"))]
    x.exp()
}

#[test]
fn what_is_left_out_need_not_be_differentiable() {
    prove!(error_under_a_condition(val - 0.3));
    prove_gradient!(error_under_a_condition(val - 0.3));
}
