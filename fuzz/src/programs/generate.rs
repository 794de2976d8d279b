//! Random programs: an annotated entry function with what it calls, and inputs to check it at.
//!
//! Values stay tame since what is assigned is squashed or scaled down where its bound grows, and trips are few. Whether a point is
//! clear of kinks is seen when the program runs: see `kinks.rs`.

use crate::rng::Rng;
use crate::scope::*;

/// A program as text, and how it is checked.
#[derive(Clone, Debug)]
pub struct Program {
    /// Types, functions, and `fn inputs(set: usize) -> (…)`.
    pub items: String,
    /// What `inputs` returns, as a pattern.
    pub pattern: String,
    /// The harness's macro that proves it.
    pub proof: String,
    /// The arguments of the entry function, for a plain call.
    pub call: String,
}

/// How many inputs a program comes with: some are at kinks, some lead to no result.
pub const SETS: usize = 10;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scalar {
    F64,
    F32,
    Generic,
}

pub struct Generator {
    pub rng: Rng,
    pub scalar: Scalar,
    pub functions: Vec<Function>,
    pub structs: bool,
    /// Methods call no methods, as they would call themselves.
    pub in_methods: bool,
    /// Second derivatives too.
    pub hessian: bool,
    /// The indices of the variables that are read, while somebody wants to know.
    pub reads: Vec<usize>,
    /// Literals say their type: where a method is called on what they are in.
    pub suffix: usize,
    /// No calls that change their arguments.
    pub still: usize,
    /// How much may still be written in this function.
    pub budget: isize,
    fresh: usize,
}

/// Names that users choose, and some of those that generated code would like to.
const NAMES: &[&str] = &[
    "a", "b", "c", "x", "y", "z", "t", "u", "s", "w", "acc", "sum", "x_bar", "y_dot", "seed",
    "value", "record", "a_old", "tape", "shadow", "result", "pullback",
];

/// The program of a seed and an index; in so many of a hundred, second derivatives are checked.
pub fn program(seed: u64, index: u64, second: usize) -> Program {
    let mut rng = Rng::new(seed, index);
    let scalar = [Scalar::F64, Scalar::F32, Scalar::Generic][rng.weighted(&[72, 10, 18])];
    let structs = scalar == Scalar::F64 && rng.chance(45);
    let hessian = rng.chance(second);
    Generator {
        rng,
        scalar,
        functions: Vec::new(),
        structs,
        hessian,
        in_methods: false,
        reads: Vec::new(),
        suffix: 0,
        still: 0,
        budget: 0,
        fresh: 0,
    }
    .program()
}

impl Generator {
    fn program(mut self) -> Program {
        let mut items = String::new();
        if self.scalar == Scalar::Generic {
            items += NUMBER;
        }
        if self.structs {
            items += STRUCTS;
            self.in_methods = true;
            items += &self.methods();
            self.in_methods = false;
        }
        for k in 0..self.rng.weighted(&[30, 40, 30]) {
            items += &self.function(&format!("helper{k}"), false);
        }
        items += &self.function("entry", true);
        let entry = self.functions.pop().expect("it was just written");
        let names: Vec<String> = (0..entry.params.len()).map(|k| format!("i{k}")).collect();
        items += &self.inputs(&entry);
        Program {
            items,
            pattern: format!(
                "({})",
                names.join(", ") + if names.len() == 1 { "," } else { "" }
            ),
            proof: self.proof(&entry, &names),
            call: format!("entry({})", plain(&entry, &names)),
        }
    }

    fn attribute(&self) -> &'static str {
        match self.hessian {
            true => "#[differentiate(forward, reverse, hessian)]",
            false => "#[differentiate]",
        }
    }

    /// The name of the scalar type in a signature.
    pub fn real_type(&self) -> &'static str {
        match self.scalar {
            Scalar::F64 => "f64",
            Scalar::F32 => "f32",
            Scalar::Generic => "T",
        }
    }

    pub fn fresh(&mut self, stem: &str) -> String {
        self.fresh += 1;
        format!("{stem}{}", self.fresh)
    }

    /// A name for a local: now and then one that is taken.
    pub fn name(&mut self) -> String {
        (*self.rng.pick(NAMES)).to_string()
    }

    fn function(&mut self, name: &str, entry: bool) -> String {
        let recursive = !entry && self.rng.chance(20);
        let mut params = self.kinds(entry);
        if recursive {
            params.push(Kind::Int);
        }
        let result = self.result(entry, &params);
        let lends = params.iter().any(Kind::is_exclusive);
        let fallible = matches!(result, Result::Option | Result::Fallible);
        let mut function = Function {
            name: name.into(),
            params,
            result,
            recursive,
            fails_late: lends && fallible,
        };
        let mut scope = self.scope(&function);
        let names: Vec<String> = scope.vars.iter().map(|v| v.name.clone()).collect();
        self.budget = if entry { 60 } else { 22 };
        let mut body = String::new();
        if !entry && lends && fallible && self.rng.chance(40) {
            body += &self.failure(&mut scope);
        }
        let checked = body.len();
        if recursive {
            let fuel = &names[names.len() - 1];
            let value = self.returned(&mut scope);
            body += &format!("if {fuel} == 0 {{ return {value}; }}\n");
            scope.this = Some((function.clone(), 2));
        }
        let count = if entry {
            self.rng.between(3, 9)
        } else {
            self.rng.between(1, 4)
        };
        body += &self.statements(&mut scope, count);
        body += &self.ending(&mut scope);
        let fails = |text: &str| {
            ["return None", "return Err", "?"]
                .iter()
                .any(|way| text.contains(way))
        };
        function.fails_late &= fails(&body[checked..]);
        let signature: Vec<String> = function
            .params
            .iter()
            .zip(&names)
            .map(|(kind, name)| self.parameter(*kind, name))
            .collect();
        let generics = if self.scalar == Scalar::Generic {
            "<T: Number>"
        } else {
            ""
        };
        let text = format!(
            "{}\nfn {name}{generics}({}){} {{\n{body}}}\n\n",
            self.attribute(),
            signature.join(", "),
            self.result_type(result),
        );
        self.functions.push(function);
        text
    }

    /// The last lines of a body: the result, as a tail or a `return`, now and then with dead code behind.
    fn ending(&mut self, scope: &mut Scope) -> String {
        let value = self.returned(scope);
        match self.rng.weighted(&[80, 12, 8]) {
            0 => format!("{value}\n"),
            1 => format!("return {value};\n"),
            _ => {
                let dead = self.statements(scope, 1);
                let again = self.returned(scope);
                format!("if true {{ return {value}; }}\n{dead}{again}\n")
            }
        }
    }

    fn kinds(&mut self, entry: bool) -> Vec<Kind> {
        let count = self.rng.between(1, if entry { 5 } else { 3 });
        let mut kinds: Vec<Kind> = (0..count).map(|_| self.kind()).collect();
        let active = |k: &Kind| !matches!(k, Kind::Int | Kind::SliceConstant);
        if !kinds.iter().any(active) {
            kinds.insert(0, Kind::Real);
        }
        kinds
    }

    fn kind(&mut self) -> Kind {
        let structs = if self.structs { 6 } else { 0 };
        let kinds = [
            (Kind::Real, 22),
            (Kind::RealRef, 4),
            (Kind::RealMut, 7),
            (Kind::Int, 14),
            (Kind::Slice, 16),
            (Kind::SliceConstant, 3),
            (Kind::SliceMut, 12),
            (Kind::Array, 6),
            (Kind::ArrayMut, 4),
            (Kind::Vector, 2),
            (Kind::VectorMut, 6),
            (Kind::Pair, 3),
            (Kind::Body, structs),
            (Kind::BodyRef, structs),
            (Kind::BodyMut, structs),
            (Kind::ShapeRef, structs),
        ];
        let weights: Vec<usize> = kinds.iter().map(|k| k.1).collect();
        kinds[self.rng.weighted(&weights)].0
    }

    fn result(&mut self, entry: bool, params: &[Kind]) -> Result {
        use Kind::*;
        let changes = params
            .iter()
            .any(|k| matches!(k, RealMut | SliceMut | ArrayMut | VectorMut | BodyMut));
        let unit = if changes { 12 } else { 0 };
        let body = if self.structs { 6 } else { 0 };
        let results = [
            (Result::Real, 50),
            (Result::Array, 6),
            (Result::Pair, 8),
            (Result::Vector, 8),
            (Result::Unit, unit),
            (Result::Option, 7),
            (Result::Fallible, 7),
            (Result::Body, if entry { body } else { 0 }),
        ];
        let weights: Vec<usize> = results.iter().map(|r| r.1).collect();
        results[self.rng.weighted(&weights)].0
    }

    /// The scope at the beginning of a function: its parameters.
    fn scope(&mut self, function: &Function) -> Scope {
        let vars = function.params.iter().map(|kind| {
            let name = self.fresh("p");
            let mut var = match kind {
                Kind::Real | Kind::RealRef => Var::new(&name, Ty::Real, false),
                Kind::RealMut => Var::new(&name, Ty::Real, true),
                Kind::Int => Var::new(&name, Ty::Int, false),
                Kind::Slice | Kind::SliceConstant => Var::new(&name, Ty::Slice, false),
                Kind::SliceMut => Var::new(&name, Ty::Slice, true),
                Kind::Array => Var::new(&name, Ty::Array(3), false),
                Kind::ArrayMut => Var::new(&name, Ty::Array(3), true),
                Kind::Vector => Var::new(&name, Ty::Vector(0), false),
                Kind::VectorMut => Var::new(&name, Ty::Vector(0), true),
                Kind::Pair => Var::new(&name, Ty::Pair, false),
                Kind::Body | Kind::BodyRef => Var::new(&name, Ty::Body, false),
                Kind::BodyMut => Var::new(&name, Ty::Body, true),
                Kind::ShapeRef => Var::new(&name, Ty::Shape, false),
            };
            use Kind::*;
            var.reference = matches!(
                kind,
                RealRef | RealMut | BodyRef | BodyMut | ShapeRef | ArrayMut | VectorMut
            );
            var
        });
        Scope {
            vars: vars.collect(),
            labels: Vec::new(),
            closures: Vec::new(),
            loops: 0,
            result: Some(function.result),
            this: None,
        }
    }

    fn parameter(&mut self, kind: Kind, name: &str) -> String {
        let r = self.real_type();
        match kind {
            Kind::Real => format!("{name}: {r}"),
            Kind::RealRef => format!("{name}: &{r}"),
            Kind::RealMut => format!("{name}: &mut {r}"),
            Kind::Int => format!("{name}: usize"),
            Kind::Slice => format!("{name}: &[{r}]"),
            Kind::SliceConstant => format!("#[constant] {name}: &[{r}]"),
            Kind::SliceMut => format!("{name}: &mut [{r}]"),
            Kind::Array => format!("{name}: [{r}; 3]"),
            Kind::ArrayMut => format!("{name}: &mut [{r}; 3]"),
            Kind::Vector => format!("{name}: Vec<{r}>"),
            Kind::VectorMut => format!("{name}: &mut Vec<{r}>"),
            Kind::Pair => format!("{name}: ({r}, {r})"),
            Kind::Body => format!("{name}: Body"),
            Kind::BodyRef => format!("{name}: &Body"),
            Kind::BodyMut => format!("{name}: &mut Body"),
            Kind::ShapeRef => format!("{name}: &Shape"),
        }
    }

    fn result_type(&self, result: Result) -> String {
        let r = self.real_type();
        match result {
            Result::Real => format!(" -> {r}"),
            Result::Array => format!(" -> [{r}; 2]"),
            Result::Pair => format!(" -> ({r}, {r})"),
            Result::Vector => format!(" -> Vec<{r}>"),
            Result::Unit => String::new(),
            Result::Option => format!(" -> Option<{r}>"),
            Result::Fallible => format!(" -> Result<{r}, String>"),
            Result::Body => " -> Body".into(),
        }
    }

    /// One or two methods of `Body`.
    fn methods(&mut self) -> String {
        let mut out = format!("{}\nimpl Body {{\n", self.attribute());
        for (name, kind) in [("measure", Kind::BodyRef), ("step", Kind::BodyMut)] {
            let function = Function {
                name: name.into(),
                params: vec![kind, Kind::Real],
                result: Result::Real,
                recursive: false,
                fails_late: false,
            };
            let mut scope = self.scope(&function);
            scope.vars[0].name = "self".into();
            scope.vars[0].reference = false;
            let x = scope.vars[1].name.clone();
            self.budget = 16;
            let count = self.rng.between(1, 3);
            let body = self.statements(&mut scope, count);
            let end = self.returned(&mut scope);
            let receiver = if kind == Kind::BodyMut {
                "&mut self"
            } else {
                "&self"
            };
            out += &format!("fn {name}({receiver}, {x}: f64) -> f64 {{\n{body}{end}\n}}\n");
        }
        out + "}\n\n"
    }

    /// `fn inputs(set) -> (…)`.
    fn inputs(&mut self, entry: &Function) -> String {
        let types: Vec<String> = entry.params.iter().map(|k| self.input_type(*k)).collect();
        let comma = |list: &[String]| list.join(", ") + if list.len() == 1 { "," } else { "" };
        let mut out = format!(
            "fn inputs(set: usize) -> ({}) {{\nmatch set {{\n",
            comma(&types)
        );
        for set in 0..SETS {
            let values: Vec<String> = entry.params.iter().map(|k| self.input(*k, set)).collect();
            let pattern = if set + 1 == SETS {
                "_".to_string()
            } else {
                set.to_string()
            };
            out += &format!("{pattern} => ({}),\n", comma(&values));
        }
        out + "}\n}\n"
    }

    fn input_type(&self, kind: Kind) -> String {
        let r = if self.scalar == Scalar::F32 {
            "f32"
        } else {
            "f64"
        };
        match kind {
            Kind::Real | Kind::RealRef | Kind::RealMut => r.into(),
            Kind::Int => "usize".into(),
            Kind::Slice | Kind::SliceConstant | Kind::SliceMut | Kind::Vector | Kind::VectorMut => {
                format!("Vec<{r}>")
            }
            Kind::Array | Kind::ArrayMut => format!("[{r}; 3]"),
            Kind::Pair => format!("({r}, {r})"),
            Kind::Body | Kind::BodyRef | Kind::BodyMut => "Body".into(),
            Kind::ShapeRef => "Shape".into(),
        }
    }

    fn input(&mut self, kind: Kind, set: usize) -> String {
        match kind {
            Kind::Real | Kind::RealRef | Kind::RealMut => self.number(),
            Kind::Int => self.rng.between(0, 4).to_string(),
            Kind::Slice | Kind::SliceConstant | Kind::SliceMut | Kind::Vector | Kind::VectorMut => {
                let n = if set % 4 == 3 && self.rng.chance(40) {
                    0
                } else {
                    self.rng.between(1, 5)
                };
                let list: Vec<String> = (0..n).map(|_| self.number()).collect();
                format!("vec![{}]", list.join(", "))
            }
            Kind::Array | Kind::ArrayMut => {
                format!("[{}, {}, {}]", self.number(), self.number(), self.number())
            }
            Kind::Pair => format!("({}, {})", self.number(), self.number()),
            Kind::Body | Kind::BodyRef | Kind::BodyMut => format!(
                "Body {{ p: {}, q: {}, w: [{}, {}], n: {} }}",
                self.number(),
                self.number(),
                self.number(),
                self.number(),
                self.rng.below(4)
            ),
            Kind::ShapeRef => match self.rng.below(3) {
                0 => "Shape::Empty".into(),
                1 => format!("Shape::Disk({})", self.number()),
                _ => format!(
                    "Shape::Box {{ width: {}, height: {} }}",
                    self.number(),
                    self.number()
                ),
            },
        }
    }

    fn number(&mut self) -> String {
        let sign = if self.rng.chance(40) { "-" } else { "" };
        format!("{sign}{:?}", self.rng.real(1.6))
    }

    fn proof(&self, entry: &Function, names: &[String]) -> String {
        let arguments: Vec<String> = entry
            .params
            .iter()
            .zip(names)
            .map(|(kind, name)| match kind {
                Kind::Real | Kind::Array | Kind::Vector | Kind::Pair | Kind::Body => {
                    format!("val {name}")
                }
                Kind::RealRef | Kind::BodyRef | Kind::ShapeRef => format!("rf {name}"),
                Kind::RealMut | Kind::BodyMut => format!("ios {name}"),
                Kind::Int => format!("con {name}"),
                Kind::Slice => format!("slice {name}"),
                Kind::SliceConstant => format!("con &{name}[..]"),
                Kind::SliceMut => format!("io {name}"),
                Kind::ArrayMut => format!("ioa {name}"),
                Kind::VectorMut => format!("iov {name}"),
            })
            .collect();
        let scalar = match self.hessian {
            true => "prove_hessian",
            false => "prove_gradient",
        };
        let (macro_name, result) = match entry.result {
            Result::Real => (scalar, ""),
            Result::Array | Result::Pair => ("prove", ""),
            Result::Vector | Result::Body => ("prove", " -> vec"),
            Result::Unit => ("prove", " -> unit"),
            Result::Option | Result::Fallible => (scalar, " -> ok"),
        };
        format!("{macro_name}!(entry({}){result});", arguments.join(", "))
    }
}

/// The arguments of a plain call.
fn plain(entry: &Function, names: &[String]) -> String {
    let argument = |(kind, name): (&Kind, &String)| match kind {
        Kind::Real | Kind::Int | Kind::Array | Kind::Vector | Kind::Pair | Kind::Body => {
            name.clone()
        }
        Kind::Slice | Kind::SliceConstant => format!("&{name}[..]"),
        Kind::SliceMut => format!("&mut {name}.clone()[..]"),
        Kind::RealRef | Kind::BodyRef | Kind::ShapeRef => format!("&{name}"),
        Kind::RealMut | Kind::ArrayMut | Kind::VectorMut | Kind::BodyMut => {
            format!("&mut {name}.clone()")
        }
    };
    let arguments: Vec<String> = entry.params.iter().zip(names).map(argument).collect();
    arguments.join(", ")
}

const NUMBER: &str = "
trait Number:
    Float + std::ops::AddAssign + std::ops::SubAssign + std::ops::MulAssign + std::iter::Sum + std::iter::Product
{
}
impl Number for f64 {}

";

const STRUCTS: &str = "
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Body { p: f64, q: f64, w: [f64; 2], n: usize }
struct_shape!(Body { p: f64, q: f64, w: [f64; 2] });

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Shape { Empty, Disk(f64), Box { width: f64, height: f64 } }
enum_shape!(Shape { Empty {}, Disk { 0: a }, Box { width: a, height: b } });

";
