//! What a generated program has in scope: variables, labels, the functions that it may call.

/// Types of variables. Reals are of the program's scalar type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Ty {
    Real,
    Int,
    Array(usize),
    /// A slice behind a reference; it may be empty.
    Slice,
    /// A vector of at least that many elements.
    Vector(usize),
    Pair,
    Body,
    Shape,
}

#[derive(Clone, Debug)]
pub struct Var {
    pub name: String,
    pub ty: Ty,
    /// May be assigned to (or, for references, through).
    pub mutable: bool,
    /// A reference to a scalar or a struct: `*name` is the value.
    pub reference: bool,
    /// How many live borrows forbid reading (by a closure that changes it, by a `&mut` argument).
    pub locked: usize,
    /// How many live borrows forbid writing.
    pub frozen: usize,
}

impl Var {
    pub fn new(name: &str, ty: Ty, mutable: bool) -> Var {
        Var {
            name: name.into(),
            ty,
            mutable,
            reference: false,
            locked: 0,
            frozen: 0,
        }
    }

    pub fn writable(&self) -> bool {
        self.mutable && self.locked == 0 && self.frozen == 0
    }

    /// The value, as an expression.
    pub fn value(&self) -> String {
        if self.reference {
            format!("(*{})", self.name)
        } else {
            self.name.clone()
        }
    }
}

/// What a parameter is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    Real,
    RealRef,
    RealMut,
    Int,
    Slice,
    SliceConstant,
    SliceMut,
    Array,
    ArrayMut,
    Vector,
    VectorMut,
    Pair,
    Body,
    BodyRef,
    BodyMut,
    ShapeRef,
}

impl Kind {
    /// What stands behind `&mut`.
    pub fn is_exclusive(&self) -> bool {
        use Kind::*;
        matches!(self, RealMut | SliceMut | ArrayMut | VectorMut | BodyMut)
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Result {
    Real,
    Array,
    Pair,
    Vector,
    Unit,
    Option,
    Fallible,
    Body,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub params: Vec<Kind>,
    pub result: Result,
    /// Calls itself, with the last parameter as its fuel.
    pub recursive: bool,
    /// May fail after it has changed what it is lent: no caller may go on behind that.
    pub fails_late: bool,
}

/// A closure that is bound to a name.
#[derive(Clone, Debug)]
pub struct Closure {
    pub name: String,
    pub arguments: usize,
    /// Gives a real; otherwise it is called for what it changes.
    pub gives: bool,
    /// The variables that it changes, and those that it reads.
    pub locks: Vec<usize>,
    pub freezes: Vec<usize>,
}

#[derive(Clone, Debug)]
pub struct Label {
    pub name: String,
    /// Whether `continue` may go there.
    pub is_loop: bool,
}

/// The scope of a function's body.
#[derive(Clone, Debug)]
pub struct Scope {
    pub vars: Vec<Var>,
    pub labels: Vec<Label>,
    pub closures: Vec<Closure>,
    /// Unlabelled loops and labelled ones around.
    pub loops: usize,
    /// How an early return is written around a value; `None` in closures.
    pub result: Option<Result>,
    /// The function itself, if it may call itself here: name, parameters, number of calls left.
    pub this: Option<(Function, usize)>,
}

impl Scope {
    /// Variables that a name refers to: the last of each name.
    pub fn visible(&self) -> impl Iterator<Item = usize> {
        (0..self.vars.len()).filter(|k| {
            self.vars[k + 1..]
                .iter()
                .all(|v| v.name != self.vars[*k].name)
        })
    }

    pub fn find(&self, accept: impl Fn(&Var) -> bool) -> Vec<usize> {
        self.visible()
            .filter(|k| self.vars[*k].locked == 0 && accept(&self.vars[*k]))
            .collect()
    }
}

/// Where a block began.
pub struct Mark {
    vars: usize,
    closures: usize,
}

impl Scope {
    pub fn mark(&self) -> Mark {
        Mark {
            vars: self.vars.len(),
            closures: self.closures.len(),
        }
    }

    /// Forgets what was declared since, and gives back what its closures had borrowed.
    pub fn release(&mut self, mark: &Mark) {
        for closure in self.closures.split_off(mark.closures) {
            closure.locks.iter().for_each(|k| self.vars[*k].locked -= 1);
            closure
                .freezes
                .iter()
                .for_each(|k| self.vars[*k].frozen -= 1);
        }
        self.vars.truncate(mark.vars);
    }

    pub fn borrow(&mut self, closure: Closure) {
        closure.locks.iter().for_each(|k| self.vars[*k].locked += 1);
        closure
            .freezes
            .iter()
            .for_each(|k| self.vars[*k].frozen += 1);
        self.closures.push(closure);
    }
}
