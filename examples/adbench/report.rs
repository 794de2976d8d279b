//! Checks, and the tables that are printed.

/// The checks of one row: what failed.
#[derive(Default)]
pub struct Checks {
    failures: Vec<String>,
}

impl Checks {
    /// Checks that two numbers agree up to an error relative to the second one.
    pub fn close(&mut self, what: &str, actual: f64, expected: f64, tolerance: f64) {
        self.within(what, actual, expected, tolerance * expected.abs());
    }

    /// Checks that two numbers agree up to an absolute error.
    pub fn within(&mut self, what: &str, actual: f64, expected: f64, error: f64) {
        // Written so that NaN fails.
        let agree = (actual - expected).abs() <= error;
        if !agree {
            self.failures
                .push(format!("{what}: {actual:e} instead of {expected:e}"));
        }
    }

    /// Checks that two numbers are the same bit for bit.
    pub fn identical(&mut self, what: &str, actual: f64, expected: f64) {
        if actual.to_bits() != expected.to_bits() {
            self.failures.push(format!(
                "{what}: {actual:e} is not identical to {expected:e}"
            ));
        }
    }

    /// Checks that two vectors agree up to an error relative to the norm of the second one.
    pub fn close_vectors(&mut self, what: &str, actual: &[f64], expected: &[f64], tolerance: f64) {
        if actual.len() != expected.len() {
            let (actual, expected) = (actual.len(), expected.len());
            self.failures
                .push(format!("{what}: length {actual} instead of {expected}"));
            return;
        }
        let differences: Vec<f64> = actual.iter().zip(expected).map(|(a, e)| a - e).collect();
        let (error, scale) = (norm(&differences), norm(expected));
        let agree = error <= tolerance * scale;
        if !agree {
            self.failures
                .push(format!("{what}: off by {error:e} of {scale:e}"));
        }
    }

    /// Whether all checks passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// The Euclidean norm.
pub fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Median times in seconds.
pub struct Times {
    /// The objective as it is written.
    pub primal: f64,
    /// Our derivative in one direction.
    pub tangent: f64,
    /// Our gradient or Jacobian.
    pub derivative: f64,
    /// The same, written by hand.
    pub by_hand: Option<f64>,
}

/// A row of a table.
pub struct Row {
    /// The problem's size.
    pub size: String,
    /// The value, or of several residuals the norm.
    pub value: f64,
    /// The Euclidean norm of the derivative's entries.
    pub norm: f64,
    /// What was checked.
    pub checks: Checks,
    /// What was measured.
    pub times: Times,
}

/// The head of a table.
const HEAD: [&str; 12] = [
    "size",
    "value",
    "|derivative|",
    "check",
    "primal",
    "tangent",
    "derivative",
    "by hand",
    "tangent/primal",
    "derivative/primal",
    "by hand/primal",
    "derivative/by hand",
];

/// Prints a table, and below it what is wrong. Returns whether all is right.
pub fn print_table(title: &str, rows: &[Row]) -> bool {
    println!("{title}\n");
    let mut lines = vec![HEAD.map(String::from)];
    lines.extend(rows.iter().map(cells));
    let widths: [usize; 12] = std::array::from_fn(|i| {
        lines
            .iter()
            .map(|line| line[i].chars().count())
            .max()
            .unwrap_or(0)
    });
    for (n, line) in lines.iter().enumerate() {
        let padded: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(s, w)| format!("{s:>w$}"))
            .collect();
        println!("| {} |", padded.join(" | "));
        if n == 0 {
            let rules: Vec<String> = widths
                .iter()
                .map(|w| format!("{}:", "-".repeat(w + 1)))
                .collect();
            println!("|{}|", rules.join("|"));
        }
    }
    println!();
    for row in rows {
        for failure in &row.checks.failures {
            println!("MISMATCH in {}: {failure}", row.size);
        }
    }
    rows.iter().all(|row| row.checks.passed())
}

/// What a row's cells contain.
fn cells(row: &Row) -> [String; 12] {
    let Times {
        primal,
        tangent,
        derivative,
        by_hand,
    } = row.times;
    let ratio = |a: f64, b: f64| format!("{:.2}", a / b);
    let or_dash = |text: Option<String>| text.unwrap_or("–".to_owned());
    [
        row.size.clone(),
        digits(row.value),
        digits(row.norm),
        if row.checks.passed() {
            "ok"
        } else {
            "MISMATCH"
        }
        .to_owned(),
        time(primal),
        time(tangent),
        time(derivative),
        or_dash(by_hand.map(time)),
        ratio(tangent, primal),
        ratio(derivative, primal),
        or_dash(by_hand.map(|t| ratio(t, primal))),
        or_dash(by_hand.map(|t| ratio(derivative, t))),
    ]
}

/// A number with nine significant digits.
fn digits(x: f64) -> String {
    let before_point = if x == 0.0 {
        0
    } else {
        x.abs().log10().floor() as i32 + 1
    };
    format!("{x:.*}", (9 - before_point).clamp(0, 17) as usize)
}

/// A time in a fitting unit.
fn time(seconds: f64) -> String {
    let (scaled, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let decimals = if scaled < 10.0 {
        2
    } else if scaled < 100.0 {
        1
    } else {
        0
    };
    format!("{scaled:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_nine_digits() {
        assert_eq!(digits(-25649.6526212), "-25649.6526");
        assert_eq!(digits(0.0947413801145), "0.0947413801");
        assert_eq!(time(1.234e-3), "1.23 ms");
        assert_eq!(time(45.67e-9), "45.7 ns");
    }

    #[test]
    fn wrong_numbers_fail() {
        let mut checks = Checks::default();
        checks.close("a", 1.0 + 1e-10, 1.0, 1e-9);
        checks.close_vectors("b", &[1.0, 2.0], &[1.0, 2.0], 0.0);
        assert!(checks.passed());
        checks.close("c", f64::NAN, 1.0, 1e-9);
        checks.close_vectors("d", &[1.0], &[1.0, 2.0], 1.0);
        checks.identical("e", 0.0, -0.0);
        assert_eq!(checks.failures.len(), 3);
    }
}
