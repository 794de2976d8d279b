//! Deep expressions, deep blocks, long functions: the macro, unoptimised, does not overflow a stack like rustc's, and comes to an end.

use quote::quote;

/// As much stack as the threads of rustc have.
const STACK: usize = 8 << 20;

/// What the macro makes of a function.
fn expansion(source: String) -> String {
    let run = move || {
        let item: proc_macro2::TokenStream =
            source.parse().expect("the test's source is made of tokens");
        compiler::differentiate(quote!(forward, reverse), item).to_string()
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("no panic")
}

/// Expands a function, which must be no error. The length of the result.
fn expand(source: String) -> usize {
    let text = expansion(source);
    assert!(!text.contains("compile_error"), "rejected");
    assert!(text.contains("f_gradient"));
    text.len()
}

/// Expands a function, which must be one.
fn reject(source: String, message: &str) {
    let text = expansion(source);
    assert!(text.contains("compile_error"), "accepted");
    assert!(text.contains(message), "{message}");
}

#[test]
fn deep_expressions() {
    let deep = |n: usize, open: &str, close: &str| {
        let expression = format!("{}x{}", open.repeat(n), close.repeat(n));
        format!("fn f(x: f64) -> f64 {{ {expression} }}")
    };
    for (open, close) in [
        ("(0.5 * ", ")"),
        ("(1.0 + x * ", ")"),
        ("(", ").sin()"),
        ("{ ", " }"),
        ("-", ""),
    ] {
        expand(deep(200, open, close));
    }
}

#[test]
fn deep_blocks() {
    let n = 100;
    let body = format!(
        "let mut y = x; {} y *= x; {} y",
        "if y > 0.0 { for _ in 0..2 { y += x; ".repeat(n),
        "} }".repeat(n)
    );
    expand(format!("fn f(x: f64) -> f64 {{ {body} }}"));
}

#[test]
fn long_chains_of_operators() {
    let chain = |n: usize, operand: &str, operator: &str| {
        let operands: Vec<String> = (0..n)
            .map(|k| operand.replace('#', &k.to_string()))
            .collect();
        format!("fn f(x: f64) -> f64 {{ {} }}", operands.join(operator))
    };
    let in_one = "operators in one expression";
    for (operand, operator) in [("x * #.0", " + "), ("(x + #.0)", " * "), ("x", " - ")] {
        // The parts of a chain are lowered by themselves, so the expansion grows with it.
        let short = expand(chain(500, operand, operator));
        assert!(expand(chain(1000, operand, operator)) < 3 * short);
        for n in [3000, 20_000] {
            reject(chain(n, operand, operator), in_one);
        }
    }
}

#[test]
fn what_is_nested_too_deeply() {
    let n = 3000;
    let deep = |open: &str, close: &str| {
        let expression = format!("{}x{}", open.repeat(n), close.repeat(n));
        format!("fn f(x: f64) -> f64 {{ {expression} }}")
    };
    for (open, close) in [("(0.5 * ", ")"), ("g(", ")"), ("{ ", " }"), ("[", "][0]")] {
        reject(deep(open, close), "brackets in each other");
    }
    reject(deep("-", ""), "operators before one operand");
    reject(deep("", ".sin()"), "operators in one expression");
    reject(
        deep("if x > 0.0 { x } else ", ""),
        "operators in one expression",
    );
    let calls = format!("fn f(x: f64) -> f64 {{ x{} }}", ".sin()".repeat(700));
    reject(calls, "levels deep");
}

/// Straight code and loops in a row: the expansion is as long as the function, and comes to an end.
#[test]
fn many_statements() {
    let line = |k: usize| format!("let a{k} = y * x[{}].sin(); y += a{k};", k % 7);
    let cycle = |k: usize| format!("for i in 0..{} {{ y += x[i] * y; }}", k % 7);
    let function = |n: usize, statement: &dyn Fn(usize) -> String| {
        let body: String = (0..n).map(statement).collect();
        format!("fn f(x: &[f64]) -> f64 {{ let mut y = x[0]; {body} y }}")
    };
    let short = expand(function(500, &line));
    assert!(
        expand(function(5000, &line)) < 12 * short,
        "10,000 statements"
    );
    let short = expand(function(200, &cycle));
    assert!(expand(function(2000, &cycle)) < 12 * short);
}
