//! What the README shows is what is run.

#[allow(dead_code)]
mod first {
    include!("../examples/first.rs");

    pub fn printed() -> String {
        format!("{:?}\n", energy_gradient(&[0.0, 1.0, 3.0], 2.0))
    }
}

const README: &str = include_str!("../README.md");

#[test]
fn the_example_is_the_one_that_is_built() {
    assert!(README.contains(include_str!("../examples/first.rs")));
}

#[test]
fn the_example_prints_what_is_shown() {
    let printed = first::printed();
    assert!(README.contains(&printed), "the example prints {printed}");
}
