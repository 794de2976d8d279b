//! Names that are unique in a function, found without looking at all that are taken.

use super::{Func, Label, LabelId, VarId};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// What a pullback returns for an argument by value; its tangent has this name, too, with an ending.
pub const HANDED_BACK: &str = "argument_bar";

/// What is known of the names of a function's variables, or of its labels.
#[derive(Clone, Debug, Default)]
pub struct Names(RefCell<Known>);

#[derive(Clone, Debug, Default)]
struct Known {
    /// So many have been looked at.
    seen: usize,
    taken: HashSet<String>,
    /// Below these numbers all are taken.
    next: HashMap<String, usize>,
}

impl Names {
    /// `name`, or `name_2`, `name_3` … when that is taken; `new` are the names that have come since.
    fn unique<'a>(&self, new: impl FnOnce(usize) -> Vec<&'a String>, name: &str) -> String {
        let known = &mut *self.0.borrow_mut();
        let new = new(known.seen);
        known.seen += new.len();
        known.taken.extend(new.into_iter().cloned());
        if !known.taken.contains(name) {
            return name.to_string();
        }
        let next = known.next.entry(name.to_string()).or_insert(2);
        loop {
            let unique = format!("{name}_{next}");
            if !known.taken.contains(&unique) {
                return unique;
            }
            *next += 1;
        }
    }

    /// A name may be given again.
    fn free(&mut self, name: &str) {
        let known = self.0.get_mut();
        known.taken.remove(name);
        if let Some((base, _)) = name.rsplit_once('_') {
            known.next.remove(base);
        }
    }
}

impl Func {
    /// A name for a variable.
    pub fn unique(&self, name: &str) -> String {
        let new = |seen: usize| self.vars[seen..].iter().map(|v| &v.name).collect();
        self.names.unique(new, name)
    }

    /// Gives a variable another name, `name` or one that begins so. Its old one is free again.
    pub fn rename(&mut self, v: VarId, name: &str) {
        self.unique(name);
        let old = std::mem::take(&mut self.vars[v.0].name);
        self.names.free(&old);
        let unique = self.unique(name);
        self.names.0.get_mut().taken.insert(unique.clone());
        self.vars[v.0].name = unique;
    }

    pub fn new_label(&mut self, name: &str) -> LabelId {
        let new = |seen: usize| self.labels[seen..].iter().map(|l| &l.name).collect();
        let name = self.label_names.unique(new, name);
        let storage = None;
        self.labels.push(Label { name, storage });
        LabelId(self.labels.len() - 1)
    }
}
