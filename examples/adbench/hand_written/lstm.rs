//! The gradient of the LSTM objective, by hand.
//!
//! The forward sweep records, for each step, layer and unit, the gates and the state. The adjoint of a step's
//! prediction does not depend on later steps, so that the output's part of the gradient is accumulated on
//! the way forward, and only the adjoint of the last layer's `h` is kept.

/// What the reverse sweep needs of one unit of one layer in one step.
#[derive(Clone, Copy)]
struct Unit {
    /// The layer's input `y`.
    input: f64,
    /// `h` before the step.
    hidden: f64,
    /// `s` before the step.
    cell: f64,
    /// The gates, after their activation functions.
    forget: f64,
    ingate: f64,
    outgate: f64,
    change: f64,
    /// `tanh(s)` after the step.
    tanh_cell: f64,
}

/// The value of the objective and its gradient with respect to `main` and `extra`.
pub fn objective_gradient(
    main: &[f64],
    extra: &[f64],
    hidden: &[f64],
    cell: &[f64],
    sequence: &[f64],
    bits: usize,
) -> (f64, (Vec<f64>, Vec<f64>)) {
    let steps = sequence.len() / bits - 1;
    let width = hidden.len();
    let scale = -1.0 / (bits * steps) as f64;
    let mut extra_bar = vec![0.0; extra.len()];
    let mut units = Vec::with_capacity(steps * width);
    let mut outputs_bar = Vec::with_capacity(steps * bits);

    let mut hidden = hidden.to_vec();
    let mut cell = cell.to_vec();
    let mut y = vec![0.0; bits];
    let mut total = 0.0;
    for t in 0..steps {
        let input = &sequence[t * bits..(t + 1) * bits];
        let expected = &sequence[(t + 1) * bits..(t + 2) * bits];
        for j in 0..bits {
            y[j] = input[j] * extra[j];
        }
        for (layer, parameters) in main.chunks_exact(8 * bits).enumerate() {
            let own = layer * bits..(layer + 1) * bits;
            update_layer(
                parameters,
                &mut hidden[own.clone()],
                &mut cell[own],
                &mut y,
                &mut units,
            );
        }
        total += output(extra, expected, scale, &y, &mut extra_bar, &mut outputs_bar);
    }

    let mut main_bar = vec![0.0; main.len()];
    let mut hidden_bar = vec![0.0; width];
    let mut cell_bar = vec![0.0; width];
    for t in (0..steps).rev() {
        let y_bar = &mut outputs_bar[t * bits..(t + 1) * bits];
        for layer in (0..width / bits).rev() {
            let own = layer * bits..(layer + 1) * bits;
            update_layer_reverse(
                &units[t * width..][own.clone()],
                &main[8 * layer * bits..8 * (layer + 1) * bits],
                &mut main_bar[8 * layer * bits..8 * (layer + 1) * bits],
                &mut hidden_bar[own.clone()],
                &mut cell_bar[own],
                y_bar,
            );
        }
        let input = &sequence[t * bits..(t + 1) * bits];
        for j in 0..bits {
            extra_bar[j] += input[j] * y_bar[j];
        }
    }
    (total * scale, (main_bar, extra_bar))
}

/// One layer's step, recorded in `units`.
fn update_layer(
    parameters: &[f64],
    hidden: &mut [f64],
    cell: &mut [f64],
    y: &mut [f64],
    units: &mut Vec<Unit>,
) {
    let b = y.len();
    let (weights, biases) = parameters.split_at(4 * b);
    for j in 0..b {
        let forget = sigmoid(y[j] * weights[j] + biases[j]);
        let ingate = sigmoid(hidden[j] * weights[b + j] + biases[b + j]);
        let outgate = sigmoid(y[j] * weights[2 * b + j] + biases[2 * b + j]);
        let change = (hidden[j] * weights[3 * b + j] + biases[3 * b + j]).tanh();
        let new_cell = cell[j] * forget + ingate * change;
        let tanh_cell = new_cell.tanh();
        units.push(Unit {
            input: y[j],
            hidden: hidden[j],
            cell: cell[j],
            forget,
            ingate,
            outgate,
            change,
            tanh_cell,
        });
        cell[j] = new_cell;
        hidden[j] = outgate * tanh_cell;
        y[j] = hidden[j];
    }
}

/// The reverse of a layer's step. `y_bar`, `hidden_bar` and `cell_bar` are the adjoints of the values after
/// the step on entry, and of those before it on return.
///
/// With `σ' = σ(1 − σ)` and `tanh' = 1 − tanh²`, and with the adjoint `h̄` of the new `h` (as output too):
/// `s̄ += h̄·out·(1 − tanh²(s))`, and the adjoints of the gates' arguments are `s̄·s·forget'`,
/// `s̄·change·in'`, `h̄·tanh(s)·out'`, `s̄·in·change'`.
fn update_layer_reverse(
    units: &[Unit],
    parameters: &[f64],
    parameters_bar: &mut [f64],
    hidden_bar: &mut [f64],
    cell_bar: &mut [f64],
    y_bar: &mut [f64],
) {
    let b = units.len();
    let (weights_bar, biases_bar) = parameters_bar.split_at_mut(4 * b);
    for (j, unit) in units.iter().enumerate() {
        let h_bar = hidden_bar[j] + y_bar[j];
        let s_bar = cell_bar[j] + h_bar * unit.outgate * (1.0 - unit.tanh_cell * unit.tanh_cell);
        let forget_bar = s_bar * unit.cell * unit.forget * (1.0 - unit.forget);
        let ingate_bar = s_bar * unit.change * unit.ingate * (1.0 - unit.ingate);
        let outgate_bar = h_bar * unit.tanh_cell * unit.outgate * (1.0 - unit.outgate);
        let change_bar = s_bar * unit.ingate * (1.0 - unit.change * unit.change);
        weights_bar[j] += forget_bar * unit.input;
        weights_bar[b + j] += ingate_bar * unit.hidden;
        weights_bar[2 * b + j] += outgate_bar * unit.input;
        weights_bar[3 * b + j] += change_bar * unit.hidden;
        biases_bar[j] += forget_bar;
        biases_bar[b + j] += ingate_bar;
        biases_bar[2 * b + j] += outgate_bar;
        biases_bar[3 * b + j] += change_bar;
        y_bar[j] = forget_bar * parameters[j] + outgate_bar * parameters[2 * b + j];
        hidden_bar[j] = ingate_bar * parameters[b + j] + change_bar * parameters[3 * b + j];
        cell_bar[j] = s_bar * unit.forget;
    }
}

/// A step's part `Σ_j x_j (ŷ_j − N)` of the total, with `ŷ = y ∘ w_out + b_out` and
/// `N = ln(2 + Σ exp(ŷ))`. For the adjoint `scale` of that, adds to the adjoints of `w_out` and `b_out`, and
/// appends the adjoint of `y`: the one of `ŷ_j` is `scale·(x_j − (Σ_i x_i)·exp(ŷ_j − N))`.
fn output(
    extra: &[f64],
    expected: &[f64],
    scale: f64,
    y: &[f64],
    extra_bar: &mut [f64],
    outputs_bar: &mut Vec<f64>,
) -> f64 {
    let b = y.len();
    let start = outputs_bar.len();
    let mut exp_sum = 2.0;
    let mut bits_set = 0.0;
    let mut score = 0.0;
    for j in 0..b {
        let prediction = y[j] * extra[b + j] + extra[2 * b + j];
        let exp = prediction.exp();
        exp_sum += exp;
        bits_set += expected[j];
        score += expected[j] * prediction;
        outputs_bar.push(exp);
    }
    let share = bits_set / exp_sum;
    for (j, y_bar) in outputs_bar[start..].iter_mut().enumerate() {
        let prediction_bar = scale * (expected[j] - share * *y_bar);
        extra_bar[b + j] += prediction_bar * y[j];
        extra_bar[2 * b + j] += prediction_bar;
        *y_bar = prediction_bar * extra[b + j];
    }
    score - bits_set * exp_sum.ln()
}

/// The logistic function.
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use crate::hand_written::assert_gradient;
    use crate::lstm::objective;
    use crate::synthetic;

    #[test]
    fn gradient_agrees_with_differences() {
        let p = synthetic::lstm(2, 6, 3);
        let (value, (main_bar, extra_bar)) =
            super::objective_gradient(&p.main, &p.extra, &p.hidden, &p.cell, &p.sequence, p.bits);
        let at = |main: &[f64], extra: &[f64]| {
            objective(main, extra, &p.hidden, &p.cell, &p.sequence, p.bits)
        };
        assert!((value - at(&p.main, &p.extra)).abs() < 1e-12);
        assert_gradient(&p.main, &main_bar, |x| at(x, &p.extra));
        assert_gradient(&p.extra, &extra_bar, |x| at(&p.main, x));
    }
}
