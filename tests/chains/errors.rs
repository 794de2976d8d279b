//! What does not fit is said, as an error where the caller can recover.

use chainrule::chain::{Chain, ChainError, Plan, Stage};
use chainrule::{chain, differentiate};

#[differentiate]
fn positive(x: &[f64]) -> Vec<f64> {
    x.iter().filter(|x| **x > 0.0).map(|x| x.sqrt()).collect()
}

#[differentiate]
fn twice(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| 2.0 * x).collect()
}

#[differentiate]
fn pair(x: &[f64; 2]) -> [f64; 2] {
    [x[1], x[0]]
}

#[differentiate]
fn at_least_three(x: &[f64]) -> Vec<f64> {
    assert!(x[0] > 1.0, "the first value is above one");
    x[2..].to_vec()
}

#[test]
fn empty_inputs_and_results() {
    let chain = chain![twice, positive, twice];
    assert_eq!(chain.try_plan(0), Err(ChainError::ZeroSize { at: 0 }));
    let error = chain.try_jacobian(&[]).unwrap_err();
    assert_eq!(error, ChainError::ZeroSize { at: 0 });
    let error = chain.try_jacobian(&[-1.0]).unwrap_err();
    assert_eq!(error, ChainError::ZeroSize { at: 2 });
    assert_eq!(
        error.to_string(),
        "the result of stage 1 of the chain is empty: its Jacobian has no entries"
    );
    assert_eq!(chain.plan_for(&[-1.0]), Err(error));
    let empty = chain![twice, positive].try_jacobian(&[-1.0]).unwrap_err();
    assert_eq!(empty, ChainError::ZeroSize { at: 2 });
    // A sweep along one direction makes no matrix: it has nothing against empty results.
    assert_eq!(chain.tangent(&[-1.0], &[1.0]), (vec![], vec![]));
    assert_eq!(chain.adjoint(&[-1.0], &[]), (vec![], vec![0.0]));
}

#[test]
fn sizes_that_depend_on_values_are_planned_for_values() {
    let chain = chain![twice, positive, twice];
    assert_eq!(chain.plan(4).sizes(), [4, 4, 4, 4]);
    let x = [1.0, -1.0, 4.0, -2.0];
    assert_eq!(chain.plan_for(&x).unwrap().sizes(), [4, 4, 2, 2]);
    let (value, jacobian) = chain.jacobian(&x);
    assert_eq!((value.len(), jacobian.rows(), jacobian.cols()), (2, 2, 4));
    let plan = chain.plan(4);
    let error = chain.jacobian_by(&plan, &x).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the plan is for sizes [4, 4, 4, 4], but at this input they are [4, 4, 2, 2]"
    );
    let short = Plan::dense(&[4, 2]).unwrap();
    assert!(chain.jacobian_by(&short, &x).is_err());
}

#[test]
fn arrays_of_another_length() {
    let error = chain![pair, pair].try_plan(3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the first stage takes 2 values, but the input has 3"
    );
}

#[test]
#[should_panic(expected = "chainrule: the input of the chain is empty")]
fn a_plan_for_nothing_panics() {
    chain![twice].plan(0);
}

#[test]
#[should_panic(expected = "chainrule: the result of stage 0 of the chain is empty")]
fn a_jacobian_without_rows_panics() {
    chain![positive].jacobian(&[-1.0]);
}

#[test]
#[should_panic(expected = "the first value is above one")]
fn a_stage_that_does_not_stand_the_probe_panics_with_its_own_message() {
    chain![at_least_three].plan(3);
}

#[test]
fn a_stage_that_does_not_stand_the_probe_is_planned_for_an_input() {
    let plan = chain![at_least_three, twice].plan_for(&[2.0, 0.0, 1.0, 1.0]);
    assert_eq!(plan.unwrap().sizes(), [4, 2, 2]);
}

#[test]
#[should_panic(
    expected = "chainrule: the direction has 1 values, but the input of the chain has 2"
)]
fn a_direction_of_another_length_panics() {
    chain![twice].tangent(&[1.0, 2.0], &[1.0]);
}

#[test]
#[should_panic(expected = "chainrule: the seed has 3 values, but the result of the chain has 2")]
fn a_seed_of_another_length_panics() {
    chain![twice].adjoint(&[1.0, 2.0], &[1.0; 3]);
}

#[test]
fn a_tangent_of_another_length_than_the_value() {
    let stage = Stage::new(
        "crooked",
        |x: &[f64]| x.to_vec(),
        |x, _| (x.to_vec(), vec![1.0]),
        |x, _, _| x.to_vec(),
    );
    let chain = Chain::of(stage);
    let plan = Plan::pure_forward(&[2, 2]).unwrap();
    let error = chain.jacobian_by(&plan, &[1.0, 2.0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "stage `crooked`: its tangent has 1 values instead of 2"
    );
}
