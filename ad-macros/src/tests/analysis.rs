//! The analyses by themselves.

use super::support::Stages;
use expect_test::{Expect, expect};

fn active(source: &str, expected: Expect) {
    expected.assert_eq(&Stages::of(source).active());
}

fn needs(source: &str, expected: Expect) {
    expected.assert_eq(&Stages::of(source).needs());
}

fn structured(source: &str, expected: Expect) {
    expected.assert_eq(&Stages::of(source).structured());
}

#[test]
fn what_is_constant_or_decides_only_is_not_active() {
    active(
        "fn f(x: f64, #[constant] k: f64, n: usize) -> f64 {
            let weight = k * 2.0;
            let test = x * weight;
            let count = n + 1;
            if test > 1.0 { x * weight } else { x + count as f64 }
        }",
        expect!["x"],
    );
}

#[test]
fn what_does_not_reach_the_result_is_not_active() {
    active(
        "fn f(x: f64, y: f64) -> f64 {
            let unused = x * y;
            let mut log = 0.0;
            log += unused;
            y.sin()
        }",
        expect!["y"],
    );
}

#[test]
fn activity_goes_through_views_and_around_loops() {
    active(
        "fn f(x: &[f64], n: usize) -> f64 {
            let mut a = 0.0;
            let mut b = 0.0;
            let row = &x[n..];
            for i in 0..n {
                b += a;
                a = row[i];
            }
            b
        }",
        expect!["x, a, b, row"],
    );
}

#[test]
fn a_callee_passes_activity_on_to_what_it_may_write() {
    active(
        "fn f(x: f64, #[constant] k: &[f64]) -> f64 {
            let mut out = vec![0.0; 3];
            let mut other = vec![0.0; 3];
            fill(&mut out, x, k);
            fill(&mut other, 1.0, k);
            out[0] + other[0]
        }",
        expect!["x, out"],
    );
}

#[test]
fn steps_have_no_derivative() {
    active(
        "fn f(x: f64) -> f64 { let whole = x.floor(); let sign = x.signum(); whole * sign * x }",
        expect!["x"],
    );
}

#[test]
fn a_linear_sum_needs_none_of_its_values() {
    needs(
        "fn f(x: &[f64], #[constant] w: &[f64]) -> f64 {
            let mut sum = 0.0;
            for i in 0..x.len() {
                let term = x[i] * w[i];
                sum += term;
            }
            sum
        }",
        expect![[r#"
            needed: x, w, i
            function: keeps nothing
              loop: keeps nothing
        "#]],
    );
}

#[test]
fn cheap_values_are_computed_again_and_dear_ones_recorded() {
    needs(
        "fn f(x: &[f64]) -> f64 {
            let mut sum = 0.0;
            for i in 0..x.len() {
                let cheap = x[i] + 1.0;
                let dear = cheap.exp();
                sum += cheap * dear;
            }
            sum
        }",
        expect![[r#"
            needed: x, i, cheap, dear
            function: keeps nothing
              loop: records dear; recomputes cheap
        "#]],
    );
}

#[test]
fn an_overwritten_value_is_saved_only_if_a_partial_reads_it() {
    needs(
        "fn f(x: f64, n: usize) -> f64 {
            let mut read = x;
            let mut unread = x;
            for _ in 0..n {
                read = read * read;
                unread = 3.0 * unread;
            }
            read + unread
        }",
        expect![[r#"
            needed: n, read, read_old
            function: keeps nothing
              loop: records read_old; saves read_old
        "#]],
    );
}

#[test]
fn a_branch_keeps_its_own_values_and_its_condition_is_asked_again() {
    needs(
        "fn f(x: f64, n: usize) -> f64 {
            let mut y = x;
            if n > 3 {
                let inner = x.exp();
                y += inner * inner;
            }
            y
        }",
        expect![[r#"
            needed: n, inner
            function: keeps nothing
              then, condition asked again: records inner
              else: keeps nothing
        "#]],
    );
}

#[test]
fn a_condition_on_what_changes_is_remembered() {
    needs(
        "fn f(x: &[f64]) -> f64 {
            let mut best = 0.0;
            for v in x {
                if *v > best {
                    best = *v;
                }
            }
            best
        }",
        expect![[r#"
            needed: x, i
            function: keeps nothing
              loop: keeps nothing
                then: keeps nothing
                else: keeps nothing
        "#]],
    );
}

#[test]
fn only_loops_without_a_known_number_of_trips_count_them() {
    needs(
        "fn f(x: f64, n: usize) -> f64 {
            let mut y = x;
            for i in 0..n {
                if i == 3 { continue; }
                y += x;
            }
            for i in 0..n {
                if y > 10.0 { break; }
                y += x;
            }
            while y < 20.0 {
                y += x;
            }
            y
        }",
        expect![[r#"
            needed: n, i, trips_2, trips_3
            function: keeps nothing
              loop: keeps nothing
                then, condition asked again: keeps nothing
                else: keeps nothing
              loop that counts its trips: keeps nothing
                then: keeps nothing
                else: keeps nothing
              loop that counts its trips: keeps nothing
        "#]],
    );
}

#[test]
fn an_early_return_becomes_a_branch() {
    structured(
        "fn f(x: f64) -> f64 {
            if x < 0.0 {
                return 0.0;
            }
            let y = x.sqrt();
            y * x
        }",
        expect![[r#"
            fn(x: f64) -> f64 {
              if x < 0.0 {
                return 0.0
              } else {
                let y = sqrt(x)
                return y * x
              }
            }
        "#]],
    );
}

#[test]
fn what_follows_a_loop_that_may_leave_is_a_rest() {
    structured(
        "fn f(x: &[f64]) -> f64 {
            let mut y = 0.0;
            for v in x {
                if *v < 0.0 { continue; }
                if *v > 9.0 { return y; }
                y += v;
            }
            y * 2.0
        }",
        expect![[r#"
            fn(x: &[f64]) -> f64 {
              let mut y = 0.0
              for i in 0..x.len() {
                if x[i] < 0.0 {
                } else {
                  if x[i] > 9.0 {
                    return y
                  } else {
                    y += x[i]
                  }
                }
              }
              rest {
                return y * 2.0
              }
            }
        "#]],
    );
}
