//! Deep expressions and blocks: the macro, unoptimised, does not overflow a stack like rustc's.

use quote::quote;

/// As much stack as the threads of rustc have.
const STACK: usize = 8 << 20;

/// Expands a function, which must be no error.
fn expand(source: String) {
    let run = move || {
        let item: proc_macro2::TokenStream =
            source.parse().expect("the test's source is made of tokens");
        let out = compiler::differentiate(quote!(forward, reverse), item);
        let text = out.to_string();
        assert!(!text.contains("compile_error"), "rejected");
        assert!(text.contains("f_gradient"));
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("no panic")
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
    let sum: Vec<String> = (0..200).map(|k| format!("x * {k}.0")).collect();
    expand(format!("fn f(x: f64) -> f64 {{ {} }}", sum.join(" + ")));
}
