//! The intermediate representation: a tiny structured language.
//!
//! Everything the user may write is lowered to it once, every transformation goes from it to
//! itself, and only `emit` turns it back into tokens. It knows nothing of syntax trees; opaque
//! constant code is carried along as tokens with the list of variables that it reads.

mod build;
mod container;
mod fallible;
mod lambda;
mod map;
mod names;
#[cfg(test)]
mod print;
mod set;
mod storage;
mod visit;

use proc_macro2::{Span, TokenStream};
use std::collections::{HashMap, HashSet};

pub use container::*;
pub use fallible::{Wrapper, may_leave, not_taken};
pub use lambda::*;
pub use map::*;
pub use names::{HANDED_BACK, Names};
#[cfg(test)]
pub use print::{print_block, print_func};
pub use set::VarSet;
pub use storage::*;
pub use visit::*;

/// A variable of a function: an index into [`Func::vars`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct VarId(pub usize);

/// A loop or labelled block, target of exits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LabelId(pub usize);

/// The scalar type of real values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scalar {
    F64,
    F32,
    /// A type parameter bounded by `Float`.
    Param(String),
    /// Real, but rustc has to find out which.
    Unknown,
    /// What stands in the place of a real in a wide shadow.
    Wide,
}

/// What is known of a type.
#[derive(Clone, Debug)]
pub enum Ty {
    Real(Scalar),
    Int,
    Bool,
    /// Any other type that carries no derivative (`&str`, ranges, constants of user types).
    Constant,
    Unit,
    Array(Box<Ty>, Option<TokenStream>),
    Slice(Box<Ty>),
    Vec(Box<Ty>),
    Tuple(Vec<Ty>),
    Ref(bool, Box<Ty>),
    /// A function that is a parameter, by the type of its value.
    Callable(Box<Ty>),
    Unknown,
}

/// Why a variable exists.
#[derive(Clone, Debug)]
pub enum Role {
    Param,
    Local,
    /// Named by the compiler.
    Temp,
    /// A borrowed range of another place; the place is resolved to its base.
    View(Place),
    /// The closure that a callee's forward sweep returned.
    Pullback,
    /// A typed stack with one record an iteration.
    Stack,
    /// A stack of the elements of saved slices.
    Saved,
    /// What a branch left behind for its reverse (an `Option` of a tuple, or a `bool`).
    Slot,
    /// The snapshots of a loop, or what kept code in it gave: an owner that is moved, and has no tangent.
    Keeper,
}

/// A variable and what is known of it.
#[derive(Clone, Debug)]
pub struct Var {
    /// The name it has in the user's code.
    pub source: String,
    /// The name it has in generated code: unique in the function.
    pub name: String,
    pub span: Span,
    pub ty: Ty,
    pub mutable: bool,
    pub role: Role,
    /// The user declared it constant.
    pub constant: bool,
    /// A shadow parameter that the caller may leave out (`Option<&…>`), and the variable that it shadows.
    pub optional: Option<VarId>,
    /// An adjoint: sums into it may be joined and reordered, which the primal's may not.
    pub shadow: bool,
    /// A shadow of several directions.
    pub wide: bool,
    /// The type that the user wrote, where the compiler knows no more than that it is one of numbers: which it is, changes what they compute.
    pub written: Option<TokenStream>,
}

/// A projection step of a place.
#[derive(Clone, Debug)]
pub enum Proj {
    Index(Expr),
    Range {
        lo: Option<Expr>,
        hi: Option<Expr>,
        inclusive: bool,
    },
    Field(String),
    Tuple(usize),
    Deref,
    /// What a variant of an enum holds; the value is known to be of that variant.
    Payload(Variant),
}

/// A part of a variant: the path that names the variant, one of its fields, and what is known of the field's type.
#[derive(Clone, Debug)]
pub struct Variant {
    pub path: TokenStream,
    pub field: Box<Proj>,
    pub ty: Ty,
}

/// A variable with projections: something that can be read, written or borrowed.
#[derive(Clone, Debug)]
pub struct Place {
    pub base: VarId,
    pub proj: Vec<Proj>,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnOp {
    Neg,
    Not,
}

/// How an owned copy is made from a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyKind {
    Clone,
    ToVec,
}

/// A pure expression.
#[derive(Clone, Debug)]
pub enum Expr {
    /// Read (copy or move) of a place.
    Place(Place),
    /// A real number that the compiler introduced.
    Real(f64),
    /// An integer that the compiler introduced.
    Int(usize),
    Unary(UnOp, Box<Expr>),
    Binary(BinOp, Box<Expr>, Box<Expr>),
    /// A method of the rule table: name, operands.
    Rule(&'static str, Vec<Expr>),
    /// A function of the run-time library.
    Runtime(&'static str, Vec<Expr>),
    Cast(Box<Expr>, TokenStream),
    Select(Box<Expr>, Box<Expr>, Box<Expr>),
    Tuple(Vec<Expr>),
    /// A struct: the values of the constructor's fields, and, if there is one more, what the other fields are taken from.
    Struct(Ctor, Vec<Expr>),
    Array(Vec<Expr>),
    VecOf(Vec<Expr>),
    Repeat {
        value: Box<Expr>,
        len: Box<Expr>,
        vec: bool,
    },
    Copied(CopyKind, Place),
    Borrow(bool, Place),
    /// `place.len()` and other questions whose answer has no derivative.
    Query(String, Place, Vec<Expr>),
    /// Code without derivative, as the user wrote it.
    Opaque(Opaque),
    /// A shared borrow of kept code: a receiver given again.
    Lend(Opaque),
    /// The zero shadow of a value of the place's shape.
    ZeroOf(Place),
    /// The seed or tangent in a rule's template.
    D,
}

/// The path of a struct, and its fields in the order in which they are evaluated.
#[derive(Clone, Debug)]
pub struct Ctor {
    pub path: TokenStream,
    pub fields: Vec<Proj>,
}

impl Ctor {
    /// Whether it makes a variant of an enum.
    pub fn is_variant(&self) -> bool {
        matches!(self.fields.first(), Some(Proj::Payload(_)))
    }
}

/// The question whether a place holds a value of the form of one of some patterns.
pub const MATCHES: &str = "matches";

/// Code kept as tokens.
#[derive(Clone, Debug)]
pub struct Opaque {
    pub tokens: TokenStream,
    /// Names in the tokens that are variables of this function.
    pub reads: Vec<VarId>,
    pub span: Span,
    /// Known to have no derivative whatever it reads.
    pub ty: Ty,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum Arg {
    Value(Expr),
    Ref(Place),
    RefMut(Place),
    /// A constant expression that is no place (`&[1.0, 2.0]`, `"text"`).
    Const(Expr),
    /// A closure; what it captures it names.
    Lambda(Box<Lambda>),
    /// A function by its path.
    Function(Box<Function>),
    /// A parameter that is a function, passed on.
    Param(VarId),
}

/// An annotated function that is handed over, and the callee's helper that calls its pullback.
#[derive(Clone, Debug)]
pub struct Function {
    pub path: Callee,
    pub pull: Callee,
}

/// How a callee is named.
#[derive(Clone, Debug)]
pub enum Callee {
    /// `path::g`: everything before the last segment, its name, its turbofish.
    Path {
        prefix: TokenStream,
        name: proc_macro2::Ident,
        generics: Option<TokenStream>,
    },
    /// `g`: a method of the first argument.
    OfFirst {
        /// The receiver is constant.
        constant: bool,
        /// It is a trait object.
        dynamic: bool,
        name: proc_macro2::Ident,
        generics: Option<TokenStream>,
    },
    /// `receiver.g`: a method of a constant receiver that is no place.
    Method {
        receiver: Opaque,
        name: proc_macro2::Ident,
        generics: Option<TokenStream>,
    },
    /// A parameter that is a function.
    Param(VarId),
}

/// Which companion of the callee is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Companion {
    Primal,
    /// Value and tangent.
    Tangent,
    /// Value and pullback.
    Forward,
    /// The same where the pullback is not asked: the value, and nothing that can be observed happens again.
    Replay,
    /// Value, tangent and the tangent of the pullback.
    ForwardTangent,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)]
pub enum LoopKind {
    Range {
        var: VarId,
        lo: Expr,
        hi: Expr,
        inclusive: bool,
        step: Option<Expr>,
        rev: Rev,
    },
    While(Expr),
    Forever,
}

/// Where `.rev()` stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rev {
    No,
    /// The range is reversed, then stepped.
    Before,
    /// The range is stepped, then reversed.
    After,
}

pub type Block = Vec<Stmt>;

#[derive(Clone, Debug)]
pub enum Stmt {
    /// `let var = init;` or `let var;`
    Let {
        var: VarId,
        init: Option<Expr>,
    },
    /// `place = value` or `place += value`, `place -= value`; `first` marks a late initialisation.
    Assign {
        place: Place,
        op: Option<BinOp>,
        value: Expr,
        first: bool,
    },
    If {
        cond: Expr,
        then: Block,
        els: Block,
    },
    Loop {
        label: LabelId,
        kind: LoopKind,
        body: Block,
    },
    /// Statements that run unless an exit before them was taken.
    Rest(Block),
    /// A labelled block, left by `Break`.
    Labeled {
        label: LabelId,
        body: Block,
    },
    Break(LabelId),
    Continue(LabelId),
    Return(Option<Expr>),
    Call {
        dst: Vec<VarId>,
        callee: Callee,
        args: Vec<CallArg>,
        companion: Companion,
        boxed: bool,
        span: Span,
    },
    /// Call of a pullback: by-value adjoints come back, in parameter order.
    Pull {
        dst: Vec<Option<VarId>>,
        pullback: VarId,
        /// The function that takes the pullback of a function parameter's call as its first argument.
        through: Option<VarId>,
        args: Vec<CallArg>,
        seed: Vec<Expr>,
    },
    Container {
        place: Place,
        op: ContainerOp,
        span: Span,
    },
    /// Runs once, in the primal's order.
    Effect(Opaque),
    /// `stack.reserve(trips)`
    Reserve {
        stack: VarId,
        kind: Box<LoopKind>,
    },
    /// `let var = …`: the index of the trip of a range with this number.
    Visit {
        var: VarId,
        trip: Expr,
        kind: Box<LoopKind>,
    },
    Push {
        stack: VarId,
        vals: Vec<VarId>,
    },
    Pop {
        stack: VarId,
        vals: Vec<VarId>,
    },
    SlotSet {
        slot: VarId,
        vals: Vec<VarId>,
    },
    /// `if let Some(vals) = slot { then } else { els }`
    IfSlot {
        slot: VarId,
        vals: Vec<VarId>,
        then: Block,
        els: Block,
    },
    /// Keeps the elements of a slice on a stack of elements, before they are overwritten.
    SaveSlice {
        stack: VarId,
        place: Place,
    },
    RestoreSlice {
        stack: VarId,
        place: Place,
    },
    /// `target += source` for aggregates.
    Accumulate {
        target: Place,
        source: Expr,
    },
    /// Set a shadow to zero in place.
    SetZero(Place),
    /// A loop over several slices, two elements at a time, and once more if one is left.
    Pairs {
        slices: Vec<PairedSlice>,
        pair: Block,
        last: Block,
    },
}

/// A slice that is walked in pairs, and the names of its parts.
#[derive(Clone, Debug)]
pub struct PairedSlice {
    pub place: Place,
    pub written: bool,
    /// All pairs, and what is left.
    pub pairs: VarId,
    pub last: VarId,
    /// The elements of one pair: values, or references where they are written. The last one goes by the first name.
    pub elements: [VarId; 2],
}

/// An argument with its shadows: the tangent, the adjoint and the adjoint's tangent, as far as the
/// companion takes them.
#[derive(Clone, Debug)]
pub struct CallArg {
    pub arg: Arg,
    pub shadows: Vec<Option<Arg>>,
}

/// A function under transformation.
#[derive(Clone, Debug)]
pub struct Func {
    pub vars: Vec<Var>,
    /// Of the variables.
    pub names: Names,
    pub params: Vec<VarId>,
    pub ret: Ty,
    pub body: Block,
    pub labels: Vec<Label>,
    pub label_names: Names,
    /// What the value is wrapped in.
    pub wrapper: Option<Wrapper>,
    /// A closure that is handed to a callee returns an error.
    pub lambdas_fail: bool,
    /// Reals of different types occur.
    pub mixed: bool,
    /// The companion that it is on the way to: how its function parameters are called.
    pub form: Companion,
    /// What takes the value of a call out of its wrapper (`?`, `.unwrap()`, the arms of a `match`), by the variable that gets it.
    pub endings: HashMap<VarId, Opaque>,
    /// The methods that pullbacks came from where the receiver may be a trait object, by the variable that holds the pullback.
    pub methods: HashMap<VarId, Callee>,
    /// Variables that get the value of a call which has returned one before.
    pub returned: HashSet<VarId>,
    /// Variables that get the outcome of a call as it is, value or none: in which wrapper.
    pub parted: HashMap<VarId, Wrapper>,
}

/// The label of a loop or block, and what the user asks of the loop.
#[derive(Clone, Debug)]
pub struct Label {
    pub name: String,
    pub storage: Option<Storage>,
}
