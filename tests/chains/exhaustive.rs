//! The planner's optimum is that of a search which shares no idea with it: all bracketings one by one, and the shortest path through all
//! sequences of operations.

use crate::random::Random;
use chainrule::chain::{Costs, How, Plan};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// The costs of all bracketings of the matrices between `sizes`, one by one.
fn all_bracketings(sizes: &[usize]) -> Vec<u128> {
    let last = sizes.len() - 1;
    if last == 1 {
        return vec![0];
    }
    let mut costs = Vec::new();
    for k in 1..last {
        let product = (sizes[0] * sizes[k] * sizes[last]) as u128;
        for earlier in all_bracketings(&sizes[..=k]) {
            let later = all_bracketings(&sizes[k..]);
            costs.extend(later.iter().map(|later| earlier + later + product));
        }
    }
    costs
}

#[test]
fn dense_plans_are_optimal_among_all_bracketings() {
    let mut random = Random(1);
    for round in 0..1500 {
        let mut sizes = random.sizes(1 + round % 7);
        match round % 10 {
            0 => sizes.sort_unstable(),
            1 => sizes.sort_unstable_by(|a, b| b.cmp(a)),
            _ => {}
        }
        let plan = Plan::dense(&sizes).unwrap();
        let all = all_bracketings(&sizes);
        assert_eq!(
            plan.multiplications(),
            *all.iter().min().unwrap(),
            "{sizes:?}"
        );
        assert!(all.contains(&plan.forward()) && all.contains(&plan.reverse()));
        assert_complete(&plan);
    }
}

/// Jacobians that have been made and not used: disjoint ranges of stages.
type State = BTreeSet<(usize, usize)>;

/// All that can be done next, with its price.
fn moves(state: &State, sizes: &[usize], costs: &Costs, limit: Option<u64>) -> Vec<(State, u128)> {
    let count = sizes.len() - 1;
    let tangent = |k: usize| costs.stages[k].tangent as u128;
    let adjoint = |k: usize| costs.stages[k].adjoint as u128;
    let fits = |range: Range<usize>| {
        let memory: u64 = range.map(|k| costs.stages[k].memory.unwrap()).sum();
        limit.is_none_or(|limit| memory <= limit)
    };
    let is_free =
        |range: Range<usize>| state.iter().all(|s| s.1 <= range.start || range.end <= s.0);
    let replaced = |old: &[(usize, usize)], new| {
        let mut next = state.clone();
        old.iter().for_each(|o| assert!(next.remove(o)));
        next.insert(new);
        next
    };
    let mut moves = Vec::new();
    for k in (0..count).filter(|k| is_free(*k..*k + 1)) {
        let next = replaced(&[], (k, k + 1));
        moves.push((next.clone(), sizes[k] as u128 * tangent(k)));
        if fits(k..k + 1) {
            moves.push((next, sizes[k + 1] as u128 * adjoint(k)));
        }
    }
    for &(start, end) in state {
        for far in (end + 1..=count).filter(|far| is_free(end..*far)) {
            let sweeps: u128 = (end..far).map(tangent).sum();
            moves.push((
                replaced(&[(start, end)], (start, far)),
                sizes[start] as u128 * sweeps,
            ));
        }
        for far in (0..start).filter(|far| is_free(*far..start) && fits(*far..start)) {
            let sweeps: u128 = (far..start).map(adjoint).sum();
            moves.push((
                replaced(&[(start, end)], (far, end)),
                sizes[end] as u128 * sweeps,
            ));
        }
        for &(middle, far) in state.iter().filter(|s| s.0 == end) {
            let product = (sizes[start] * sizes[middle] * sizes[far]) as u128;
            let price = product * costs.multiplication as u128;
            moves.push((
                replaced(&[(start, end), (middle, far)], (start, far)),
                price,
            ));
        }
    }
    moves
}

/// The length of the shortest path from no Jacobian to that of the whole chain (Dijkstra).
fn shortest(sizes: &[usize], costs: &Costs, limit: Option<u64>) -> u128 {
    let whole = State::from([(0, sizes.len() - 1)]);
    let (mut open, mut done) = (HashMap::from([(State::new(), 0)]), BTreeSet::new());
    loop {
        let nearest = open.iter().min_by_key(|(_, cost)| **cost);
        let (state, cost) = nearest.map(|(s, c)| (s.clone(), *c)).expect("a way");
        if state == whole {
            return cost;
        }
        open.remove(&state);
        for (next, price) in moves(&state, sizes, costs, limit) {
            if next == state || done.contains(&next) {
                continue;
            }
            let best = open.entry(next).or_insert(u128::MAX);
            *best = (cost + price).min(*best);
        }
        done.insert(state);
    }
}

#[test]
fn general_plans_are_optimal_among_all_sequences_of_operations() {
    let mut random = Random(2);
    for round in 0..1400 {
        let sizes = random.sizes(1 + round % 7);
        let costs = random.costs(&sizes);
        let limit = random.limit(&costs);
        let plan = Plan::general(&sizes, &costs, limit).unwrap();
        let cost = plan.estimate().unwrap().cost;
        let best = shortest(&sizes, &costs, limit);
        assert_eq!(cost, best as f64, "{sizes:?} {costs:?} {limit:?}");
        assert_complete(&plan);
        assert_eq!(price(&plan, &costs, limit), best, "{plan}");
    }
}

/// What the steps of a plan cost, each as it stands there; none exceeds the memory.
pub fn price(plan: &Plan, costs: &Costs, limit: Option<u64>) -> u128 {
    let (sizes, steps) = (plan.sizes(), plan.steps());
    let mut sum = 0;
    for step in steps {
        let (cols, rows) = (
            sizes[step.stages.start] as u128,
            sizes[step.stages.end] as u128,
        );
        let tangents = |range: Range<usize>| -> u128 {
            cols * range.map(|k| costs.stages[k].tangent as u128).sum::<u128>()
        };
        let adjoints = |range: Range<usize>| -> u128 {
            let memory: u64 = range.clone().map(|k| costs.stages[k].memory.unwrap()).sum();
            assert!(limit.is_none_or(|limit| memory <= limit), "{plan}");
            rows * range.map(|k| costs.stages[k].adjoint as u128).sum::<u128>()
        };
        sum += match &step.how {
            How::Tangents => tangents(step.stages.clone()),
            How::Adjoints => adjoints(step.stages.clone()),
            How::Push { through, .. } => tangents(through.clone()),
            How::Pull { through, .. } => adjoints(through.clone()),
            How::Multiply { earlier, .. } => {
                let middle = sizes[steps[*earlier].stages.end] as u128;
                cols * middle * rows * costs.multiplication as u128
            }
        };
    }
    sum
}

/// A stage by itself.
fn one(stage: usize) -> Range<usize> {
    stage..stage + 1
}

/// Each step uses what is there, its stages fit, nothing is used twice, and the last one gives the whole.
pub fn assert_complete(plan: &Plan) {
    let mut used = BTreeSet::new();
    let steps = plan.steps();
    for (number, step) in steps.iter().enumerate() {
        let mut given = |other: usize| {
            assert!(other < number && used.insert(other), "{plan}");
            steps[other].stages.clone()
        };
        let parts = match &step.how {
            How::Tangents | How::Adjoints => vec![one(step.stages.start)],
            How::Push { earlier, through } => vec![given(*earlier), through.clone()],
            How::Pull { later, through } => vec![through.clone(), given(*later)],
            How::Multiply { later, earlier } => vec![given(*earlier), given(*later)],
        };
        assert!(parts.iter().all(|p| p.start < p.end));
        assert!(parts.windows(2).all(|p| p[0].end == p[1].start), "{plan}");
        assert_eq!(
            parts[0].start..parts[parts.len() - 1].end,
            step.stages,
            "{plan}"
        );
    }
    assert_eq!(used.len() + 1, steps.len(), "{plan}");
    assert_eq!(steps[steps.len() - 1].stages, 0..plan.sizes().len() - 1);
}
