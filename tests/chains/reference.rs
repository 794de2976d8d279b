//! The reference values in `tests/data/chains`.

use crate::exhaustive::{assert_complete, price};
use chainrule::chain::{Costs, Plan, SweepCost};
use serde_json::Value;

fn instances(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a list of instances")
}

fn numbers(instance: &Value, key: &str) -> Vec<u64> {
    let list = instance[key].as_array().expect("a list");
    list.iter().map(|x| x.as_u64().expect("a number")).collect()
}

fn sizes(instance: &Value) -> Vec<usize> {
    let sizes = numbers(instance, "sizes").into_iter();
    sizes.map(|s| s as usize).collect()
}

#[test]
fn all_dense_instances() {
    let instances = instances(include_str!("../data/chains/dense.json"));
    assert_eq!(instances.len(), 61);
    for instance in &instances {
        let plan = Plan::dense(&sizes(instance)).unwrap();
        let expected = ["optimal", "forward", "reverse"].map(|k| instance[k].as_u64().unwrap());
        let found = [plan.multiplications(), plan.forward(), plan.reverse()];
        assert_eq!(found, expected.map(u128::from), "{instance}");
        assert_complete(&plan);
    }
}

#[test]
fn all_general_instances() {
    let instances = instances(include_str!("../data/chains/general.json"));
    assert_eq!(instances.len(), 121);
    for instance in &instances {
        let [tangent, adjoint, memory] =
            ["tangent", "adjoint", "memory"].map(|key| numbers(instance, key));
        let stages = (0..tangent.len())
            .map(|k| SweepCost {
                tangent: tangent[k] as f64,
                adjoint: adjoint[k] as f64,
                memory: Some(memory[k]),
            })
            .collect();
        let costs = Costs {
            stages,
            multiplication: 1.0,
        };
        let limit = instance["limit"].as_u64();
        let plan = Plan::general(&sizes(instance), &costs, limit).unwrap();
        let optimal = instance["optimal"].as_u64().unwrap();
        assert_eq!(plan.estimate().unwrap().cost, optimal as f64, "{instance}");
        assert_eq!(price(&plan, &costs, limit), u128::from(optimal), "{plan}");
        assert_complete(&plan);
    }
}
