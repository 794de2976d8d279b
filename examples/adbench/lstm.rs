//! LSTM: the loss of a diagonal, stacked long short-term memory network that predicts the next character.
//!
//! Every weight acts elementwise, so that a layer of `b` units has eight parameter vectors of length `b`:
//! weights of the gates forget, in, out and change, then their biases.

use chainrule::differentiate;

/// A problem: the point at which the objective is differentiated, and the data.
pub struct Problem {
    /// Bits per character, which is the number of units in a layer.
    pub bits: usize,
    /// `8·b` parameters per layer.
    pub main: Vec<f64>,
    /// Input weights, output weights, output biases: `b` each.
    pub extra: Vec<f64>,
    /// The hidden vectors of all layers at the start: `b` each.
    pub hidden: Vec<f64>,
    /// The cell vectors of all layers at the start: `b` each.
    pub cell: Vec<f64>,
    /// The text: `b` per character.
    pub sequence: Vec<f64>,
}

impl Problem {
    /// What the tables call this problem.
    pub fn size(&self) -> String {
        let layers = self.hidden.len() / self.bits;
        format!("l{layers} c{}", self.sequence.len() / self.bits)
    }
}

/// The mean loss per bit over the text,
///
/// `−Σ_t Σ_j x_{t+1,j} (ŷ_tj − ln(2 + Σ_i exp(ŷ_ti))) / (b·(c − 1))`,
///
/// of the predictions `ŷ_t` of character `t + 1` from the characters up to `t`, as a function of the
/// parameters. The state is carried along on a copy.
#[differentiate(forward, reverse)]
pub fn objective(
    main: &[f64],
    extra: &[f64],
    #[constant] hidden: &[f64],
    #[constant] cell: &[f64],
    #[constant] sequence: &[f64],
    bits: usize,
) -> f64 {
    let characters = sequence.len() / bits;
    let mut hidden = hidden.to_vec();
    let mut cell = cell.to_vec();
    let mut y = vec![0.0; bits];
    let mut total = 0.0;
    for t in 0..characters - 1 {
        let input = &sequence[t * bits..(t + 1) * bits];
        let expected = &sequence[(t + 1) * bits..(t + 2) * bits];
        predict(main, extra, &mut hidden, &mut cell, input, &mut y);
        let normaliser = log_normaliser(&y);
        for j in 0..bits {
            total += expected[j] * (y[j] - normaliser);
        }
    }
    -total / (bits * (characters - 1)) as f64
}

/// One step of the network: updates the state of every layer and leaves in `y` the prediction
/// `ŷ = y ∘ w_out + b_out` from the last layer's output `y`. The first layer's input is `x ∘ w_in`.
#[differentiate(forward, reverse)]
fn predict(
    main: &[f64],
    extra: &[f64],
    hidden: &mut [f64],
    cell: &mut [f64],
    #[constant] input: &[f64],
    y: &mut [f64],
) {
    let b = input.len();
    let layers = hidden.len() / b;
    for j in 0..b {
        y[j] = input[j] * extra[j];
    }
    for layer in 0..layers {
        let parameters = &main[8 * layer * b..8 * (layer + 1) * b];
        let (start, end) = (layer * b, (layer + 1) * b);
        update_layer(
            parameters,
            &mut hidden[start..end],
            &mut cell[start..end],
            y,
        );
    }
    for j in 0..b {
        y[j] = y[j] * extra[b + j] + extra[2 * b + j];
    }
}

/// One layer's step: on entry `y` is its input, on return its output, which is also the new `hidden`.
///
/// `forget = σ(y·w_f + b_f)`, `in = σ(h·w_i + b_i)`, `out = σ(y·w_o + b_o)`, `change = tanh(h·w_c + b_c)`;
/// `s ← s·forget + in·change`, `h ← out·tanh(s)`.
#[differentiate(forward, reverse)]
fn update_layer(parameters: &[f64], hidden: &mut [f64], cell: &mut [f64], y: &mut [f64]) {
    let b = y.len();
    let weights = &parameters[..4 * b];
    let biases = &parameters[4 * b..];
    for j in 0..b {
        let forget = sigmoid(y[j] * weights[j] + biases[j]);
        let ingate = sigmoid(hidden[j] * weights[b + j] + biases[b + j]);
        let outgate = sigmoid(y[j] * weights[2 * b + j] + biases[2 * b + j]);
        let change = (hidden[j] * weights[3 * b + j] + biases[3 * b + j]).tanh();
        cell[j] = cell[j] * forget + ingate * change;
        hidden[j] = outgate * cell[j].tanh();
        y[j] = hidden[j];
    }
}

/// The logistic function `σ(x) = 1 / (1 + exp(−x))`.
#[differentiate(forward, reverse)]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(2 + Σ_i exp(v_i))`, by which predictions are normalised.
#[differentiate(forward, reverse)]
fn log_normaliser(v: &[f64]) -> f64 {
    let mut sum = 2.0;
    for x in v {
        sum += x.exp();
    }
    sum.ln()
}
