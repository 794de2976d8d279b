//! What is known of best orders without computing them, what can't be planned, and how a plan reads.

use crate::random::Random;
use chainrule::chain::{ChainError, Costs, How, Plan};

fn is_reverse(plan: &Plan) -> bool {
    let mut steps = plan.steps().iter();
    steps.all(|s| matches!(s.how, How::Adjoints | How::Pull { .. }))
}

fn is_forward(plan: &Plan) -> bool {
    let mut steps = plan.steps().iter();
    steps.all(|s| matches!(s.how, How::Tangents | How::Push { .. }))
}

#[test]
fn sizes_that_never_increase_are_planned_in_reverse() {
    let mut random = Random(3);
    for round in 0..300 {
        let mut sizes = random.sizes(1 + round % 12);
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let plan = Plan::dense(&sizes).unwrap();
        assert_eq!(plan.multiplications(), plan.reverse(), "{sizes:?}");
        // Where all sizes are the same, tangent mode is as good.
        let is_flat = sizes[0] == sizes[sizes.len() - 1];
        assert!(is_reverse(&plan) || is_flat, "{plan}");
    }
}

#[test]
fn sizes_that_never_decrease_are_planned_forward() {
    let mut random = Random(4);
    for round in 0..300 {
        let mut sizes = random.sizes(1 + round % 12);
        sizes.sort_unstable();
        let plan = Plan::dense(&sizes).unwrap();
        assert_eq!(plan.multiplications(), plan.forward(), "{sizes:?}");
        assert!(is_forward(&plan), "{plan}");
    }
}

#[test]
fn a_narrow_middle_is_planned_from_the_middle_outwards() {
    let plan = Plan::dense(&[1000, 800, 2, 600, 1000]).unwrap();
    assert_eq!(plan.multiplications(), 4_800_000);
    assert_eq!((plan.forward(), plan.reverse()), (602_800_000, 802_800_000));
    let expected = "\
sizes    1000 → 800 → 2 → 600 → 1000
order    (J3·J2)·(J1·J0)
         4800000 multiplications
forward  602800000 multiplications
reverse  802800000 multiplications
steps    1. J1: 2 adjoint sweeps
         2. 1 pulled back through J0: 2 adjoint sweeps
         3. J2: 2 tangent sweeps
         4. 3 pushed through J3: 2 tangent sweeps
         5. product of 4 and 2: 1000 x 2 times 2 x 1000
";
    assert_eq!(plan.to_string(), expected);
}

#[test]
fn a_plan_with_costs_prints_them() {
    let sizes = [30, 5, 1, 40];
    let mut costs = Costs::dense(&sizes);
    costs.multiplication = 0.5;
    let plan = Plan::general(&sizes, &costs, Some(10)).unwrap();
    let expected = "\
sizes    30 → 5 → 1 → 40
order    J2·(J1·J0)
         1350 multiplications
forward  1350 multiplications
reverse  6200 multiplications
cost     5220, forward 5850, reverse exceeds the limit
limit    10 for the traces alive at one time
steps    1. J0: 30 tangent sweeps
         2. J1: 1 adjoint sweep
         3. product of 2 and 1: 1 x 5 times 5 x 30
         4. J2: 1 tangent sweep
         5. product of 4 and 3: 40 x 1 times 1 x 30
";
    assert_eq!(plan.to_string(), expected);
}

#[test]
fn dense_costs_make_general_plans_that_are_no_dearer_than_dense_ones() {
    let mut random = Random(5);
    for round in 0..300 {
        let sizes = random.sizes(1 + round % 9);
        let costs = Costs::dense(&sizes);
        let dense = Plan::dense(&sizes).unwrap();
        let general = Plan::general(&sizes, &costs, None).unwrap();
        let as_planned = crate::exhaustive::price(&dense, &costs, None) as f64;
        assert!(general.estimate().unwrap().cost <= as_planned, "{general}");
    }
}

#[test]
fn five_hundred_stages() {
    let mut random = Random(6);
    let sizes: Vec<usize> = (0..=500).map(|_| random.size(1, 2000)).collect();
    let dense = Plan::dense(&sizes).unwrap();
    let mut costs = random.costs(&sizes);
    costs.multiplication = 1.0;
    let general = Plan::general(&sizes, &costs, random.limit(&costs)).unwrap();
    assert!(dense.multiplications() <= dense.forward().min(dense.reverse()));
    for plan in [&dense, &general] {
        crate::exhaustive::assert_complete(plan);
        assert_eq!(plan.order().matches('J').count(), 500);
        assert_eq!(plan.order().matches('·').count(), 499);
    }
}

/// Sizes that only go one way need no table, which would not fit into memory here.
#[test]
fn chains_of_one_size_may_be_long() {
    let plan = Plan::dense(&vec![2; 100_001]).unwrap();
    assert!(is_forward(&plan));
    assert_eq!(plan.multiplications(), 8 * 99_999);
    let mut sizes = vec![2; 100_001];
    sizes[100_000] = 1;
    assert!(is_reverse(&Plan::dense(&sizes).unwrap()));

    sizes[0] = 1;
    let (stages, most) = (100_000, 4096);
    let too_long = ChainError::TooLong { stages, most };
    assert_eq!(Plan::dense(&sizes), Err(too_long.clone()));
    let general = Plan::general(&sizes, &Costs::dense(&sizes), None);
    assert_eq!(general, Err(too_long));
    let forward = Plan::pure_forward(&sizes).unwrap();
    assert_eq!(forward.multiplications(), 4 * 99_998 + 2);
}

#[test]
fn numbers_that_do_not_fit_are_an_error_and_those_that_do_are_exact() {
    let wide = 1 << 42;
    let plan = Plan::dense(&[wide, wide, wide, 1]).unwrap();
    assert_eq!(plan.multiplications(), 2 << 84);
    assert_eq!(plan.forward(), (1 << 126) + (1 << 84));
    let largest = usize::MAX;
    for sizes in [
        vec![largest; 4],
        vec![largest, 1, largest, 2, largest],
        vec![1 << 43, 1 << 43, 1 << 42, 1 << 42, 1 << 43, 1],
    ] {
        assert_eq!(Plan::dense(&sizes), Err(ChainError::TooLarge), "{sizes:?}");
        let general = Plan::general(&sizes, &Costs::dense(&sizes), None);
        assert_eq!(general, Err(ChainError::TooLarge));
    }
    let mut costs = Costs::dense(&[2, 2, 2]);
    costs.stages[0].tangent = f64::MAX;
    costs.stages[0].adjoint = f64::MAX;
    let plan = Plan::general(&[2, 2, 2], &costs, None);
    assert_eq!(plan, Err(ChainError::TooLarge));
}

#[test]
fn what_can_not_be_planned_is_an_error() {
    assert_eq!(Plan::dense(&[]), Err(ChainError::Empty));
    assert_eq!(Plan::dense(&[3]), Err(ChainError::Empty));
    assert_eq!(Plan::pure_forward(&[3]), Err(ChainError::Empty));
    assert_eq!(Plan::pure_reverse(&[]), Err(ChainError::Empty));
    let zero = |at| Err(ChainError::ZeroSize { at });
    assert_eq!(Plan::dense(&[0, 3]), zero(0));
    assert_eq!(Plan::dense(&[2, 3, 0]), zero(2));
    assert_eq!(
        Plan::general(&[2, 0, 1], &Costs::dense(&[2, 0, 1]), None),
        zero(1)
    );

    let sizes = [2, 3, 4];
    let costs = Costs::dense(&[2, 3]);
    let error = Plan::general(&sizes, &costs, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the chain has 2 stages, but costs are given for 1"
    );
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        let mut costs = Costs::dense(&sizes);
        costs.stages[1].adjoint = bad;
        let error = Plan::general(&sizes, &costs, None).unwrap_err();
        let text = format!(
            "the cost of an adjoint sweep of stage 1 is {bad}: a cost is finite and not negative"
        );
        assert_eq!(error.to_string(), text);
        let mut costs = Costs::dense(&sizes);
        costs.stages[0].tangent = bad;
        let error = Plan::general(&sizes, &costs, None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the cost of a tangent sweep of stage 0 is")
        );
        let mut costs = Costs::dense(&sizes);
        costs.multiplication = bad;
        let error = Plan::general(&sizes, &costs, None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the cost of a multiplication is")
        );
    }
    let mut costs = Costs::dense(&sizes);
    costs.stages[1].memory = None;
    assert!(Plan::general(&sizes, &costs, None).is_ok());
    let error = Plan::general(&sizes, &costs, Some(100)).unwrap_err();
    assert_eq!(error, ChainError::UnknownMemory { stage: 1 });
}
