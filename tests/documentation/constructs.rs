//! What can be written, and how it is recognised in a function.

use crate::corpus::Function;

/// A construct, an example, and whether a function uses it.
type Row = (&'static str, &'static str, fn(&Function) -> bool);

pub const INTRODUCTION: &str = "\
# What you can write

This page is made from the tests: the last column counts the functions in `tests/language` that use a construct and are proved by
tangent, adjoint and finite differences, many of them by their Hessian too. What is not here is most likely in
[limits.md](limits.md).
";

pub const HEAD: &str = "| construct | as in | proved functions |\n|---|---|---|\n";

pub const TABLE: &[(&str, &[Row])] = &[
    ("Values and parameters", VALUES),
    ("Structs, enums and patterns", STRUCTS),
    ("Methods, traits and operators", METHODS),
    ("Branches, loops and exits", CONTROL),
    ("Slices, arrays and vectors", SLICES),
    ("Iterators", ITERATORS),
    ("Closures and functions", CLOSURES),
    ("`Result` and `Option`", FALLIBLE),
    ("What else stands in a function", REST),
];

const VALUES: &[Row] = &[
    ("real scalars", "x: f64", |f| f.takes(":f64")),
    ("generic scalars", "fn f<T: Float>(x: T)", |f| {
        f.takes("Float") || f.takes("Real")
    }),
    ("slices", "x: &[f64]", |f| f.takes(":&[f64]")),
    ("slices to write", "x: &mut [f64]", |f| {
        f.takes(":&mut[f64]")
    }),
    ("vectors", "x: Vec<f64>", |f| f.takes(":Vec<")),
    ("vectors to write", "x: &mut Vec<f64>", |f| {
        f.takes(":&mutVec<")
    }),
    ("arrays", "x: [f64; 3]", |f| f.takes(":[f64;")),
    ("nested arrays", "m: [[f64; 2]; 3]", |f| f.takes("[[f64;")),
    ("tuples", "p: (f64, f64)", |f| f.takes("(f64,f64")),
    ("const generics", "fn f<const N: usize>", |f| {
        f.takes("constN:usize")
    }),
    ("held constant", "#[constant] data: &[f64]", |f| {
        f.takes("#[constant]")
    }),
    ("compound assignment", "x *= y", |f| f.has("*=")),
    ("remainder", "x % y", |f| f.has("%")),
    ("`powi`, `powf`", "x.powf(y)", |f| {
        f.has(".powi(") || f.has(".powf(")
    }),
    ("`hypot`, `atan2`", "y.atan2(x)", |f| {
        f.has("hypot(") || f.has("atan2(")
    }),
    ("`min`, `max`, `clamp`", "x.max(0.0)", |f| {
        f.has(".max(") || f.has(".min(") || f.has(".clamp(")
    }),
    (
        "`mul_add`, `sin_cos`, `exp_m1`, `ln_1p`",
        "x.sin_cos()",
        |f| f.has("mul_add(") || f.has("sin_cos(") || f.has("exp_m1(") || f.has("ln_1p("),
    ),
    ("functions by path", "f64::sqrt(x)", |f| {
        f.has("f64::") || f.has("Float::") || f.has("T::")
    }),
    ("casts", "n as f64", |f| f.has("asf64")),
    ("constants of the language", "std::f64::consts::PI", |f| {
        f.has("consts::")
    }),
    (
        "late initialisation",
        "let y; if c { y = x } else { … }",
        |f| f.has("lety;") || f.has("letmuty;") || f.has("letx;") || f.has("lett;"),
    ),
    ("blocks with a value", "let y = { … };", |f| f.has("={")),
    ("`constant(…)`", "constant(x.floor())", |f| {
        f.has("constant(")
    }),
];

const STRUCTS: &[Row] = &[
    ("fields read", "body.mass", |f| {
        f.has("self.") || f.has("body.") || f.has("p.")
    }),
    ("fields written", "self.x += v", |f| {
        f.body.contains("self.")
            && (f.has("+=") || f.has("*=") || f.has("="))
            && f.takes("&mutself")
    }),
    ("struct literals", "V3 { x, y, z }", |f| {
        f.has("V3{") || f.has("Self{") || f.has("Point{") || f.has("Body{")
    }),
    ("tuple structs", "Pair(x, y)", |f| {
        f.has("Pair(") || f.has("Self(") || f.has(".0.")
    }),
    ("functional update", "S { x, ..base }", |f| f.has(",..")),
    ("destructured in `let`", "let V3 { x, .. } = v;", |f| {
        f.has("letV3{")
            || f.has("letPoint{")
            || f.has("letBody{")
            || f.has("letPair(")
            || f.has("letSelf{")
            || f.has("letSelf(")
    }),
    ("vectors of structs", "bodies: &[Body]", |f| {
        f.takes(":&[Body") || f.takes("Vec<") || f.takes(":&[Point") || f.takes(":&[P")
    }),
    (
        "enums with reals",
        "enum Shape { Circle { r: f64 } }",
        |f| f.has("Shape::") || f.takes("Shape"),
    ),
    (
        "`match` on them",
        "match shape { Circle { r } => … }",
        |f| f.has("match") && f.has("::") && f.has("=>"),
    ),
    ("guards", "n if n > 3 => …", |f| {
        f.has("match") && f.has("if") && f.has("=>")
    }),
    ("or-patterns", "0 | 1 => …", |f| {
        f.has("match") && f.has("|")
    }),
    ("bindings with `@`", "n @ 1..=9 => …", |f| f.has("@")),
    ("`ref`", "let Pair(ref a, _) = p;", |f| {
        f.body.contains("(ref") || f.body.contains(",ref") || f.body.contains(":ref")
    }),
    ("slice patterns", "[first, .., last]", |f| {
        f.has("[first,") || f.has("[a,") || f.has("..]")
    }),
    ("`if let`", "if let Some(k) = n { … }", |f| f.has("iflet")),
    ("`let … else`", "let Some(k) = n else { … };", |f| {
        f.has("else{return") && f.has("let")
    }),
    (
        "`while let`",
        "while let Some(v) = stack.pop() { … }",
        |f| f.has("whilelet"),
    ),
];

const METHODS: &[Row] = &[
    ("`&self`", "fn energy(&self) -> f64", |f| f.takes("(&self")),
    ("`&mut self`", "fn step(&mut self, dt: f64)", |f| {
        f.takes("(&mutself")
    }),
    ("`self`", "fn norm(self) -> f64", |f| {
        f.takes("(self") || f.takes("(mutself")
    }),
    ("constant receiver", "#[constant] &self", |f| {
        f.takes("#[constant]&self") || f.takes("(#[constant]self")
    }),
    ("associated functions", "Self::new(x)", |f| f.has("Self::")),
    ("methods of a trait", "impl Model for M", |f| {
        f.owner.starts_with("impl") && f.owner.contains("for")
    }),
    ("default methods", "trait Model { fn f(&self) … }", |f| {
        f.owner.starts_with("trait")
    }),
    ("static dispatch", "fn run<M: Model>(m: &M, x: f64)", |f| {
        f.takes("<M:") || f.takes("<L:") || f.takes("<S:") || f.takes(":implModel")
    }),
    ("trait objects", "#[constant] m: &dyn Model", |f| {
        f.takes("&dyn") && !f.takes("dynFn")
    }),
    ("chains of methods", "p.scaled(k).moved(d).energy()", |f| {
        f.has(").scaled(") || f.has(").with_") || f.has(").moved(")
    }),
    ("operators of user types", "a + b * k", |f| {
        of_users(f) && (f.has("+") || f.has("*") || f.has("/"))
    }),
    ("their compound assignment", "v += w * k", |f| {
        of_users(f) && (f.has("+=") || f.has("*=") || f.has("-="))
    }),
    ("`Index`, `IndexMut`", "grid[(i, j)] += x", |f| {
        f.has("[(i,j)]") || f.has("grid[") || f.has("ring[") || f.has("Side::Left]") || f.has("v[")
    }),
    ("`From`, `Into`", "let v: V3 = p.into();", |f| {
        f.has(".into()") || f.has("V3::from(") || f.has("W::from(")
    }),
    ("`Sum`", "points.iter().sum::<V3>()", |f| {
        f.has("sum::<V3>") || (f.has(":V3=") && f.has(".sum();"))
    }),
    ("`Default`", "V3::default()", |f| f.has("::default()")),
    ("`Deref` to a field", "let v: V3 = *named;", |f| {
        f.takes("Named")
    }),
];

/// Whether values of a type with operators of its own occur.
fn of_users(f: &Function) -> bool {
    ["V2", "V3", "C64", "Dual"].iter().any(|t| f.takes(t)) && !f.has("f64::")
}

const CONTROL: &[Row] = &[
    ("`if` with a value", "let y = if c { a } else { b };", |f| {
        f.has("=if")
    }),
    ("`match` on integers", "match k % 3 { 0 => … }", |f| {
        f.has("match") && f.has("0=>")
    }),
    ("`match` on ranges", "0..=9 => …", |f| {
        f.has("match") && (f.has("..=") || f.has("..=>"))
    }),
    ("counted loops", "for i in 0..n", |f| f.has("in0..")),
    ("backwards, with a step", "(0..n).rev().step_by(2)", |f| {
        f.has(").rev()") || f.has("step_by(")
    }),
    ("over the elements", "for v in &x", |f| f.has("in&")),
    ("over elements to write", "for v in &mut x", |f| {
        f.has("in&mut") || f.has("iter_mut()")
    }),
    ("`while`", "while x > tolerance", |f| f.has("while")),
    ("`loop` with a value", "let y = loop { break x; };", |f| {
        f.has("loop{")
    }),
    ("labels", "break 'rows", |f| {
        f.has("break'") || f.has("continue'")
    }),
    ("`continue`", "continue", |f| f.has("continue")),
    ("early `return`", "return x", |f| f.has("return")),
    ("recursion", "f(x, n - 1)", |f| {
        f.has(&format!("{}(", f.name))
    }),
    (
        "what a loop stores",
        "#[checkpoint(8)] for _ in 0..n",
        |f| f.has("#[recompute]") || f.has("#[checkpoint(") || f.has("#[store]"),
    ),
];

const SLICES: &[Row] = &[
    ("index arithmetic", "a[i * n + j]", |f| f.has("*n+")),
    ("ranges", "&x[i..j]", |f| f.has("..")),
    ("nested", "rows[i][j]", |f| f.has("][")),
    ("`vec![v; n]`", "vec![0.0; n]", |f| f.has("vec![0.0;")),
    ("`push`, `pop`", "x.push(v)", |f| {
        f.has(".push(") || f.has(".pop(")
    }),
    ("`insert`", "x.insert(i, v)", |f| f.has(".insert(")),
    ("`remove`", "x.remove(i)", |f| f.has(".remove(")),
    ("`swap_remove`", "x.swap_remove(i)", |f| {
        f.has(".swap_remove(")
    }),
    ("`truncate`", "x.truncate(n)", |f| f.has(".truncate(")),
    ("`clear`, `resize`", "x.resize(n, v)", |f| {
        f.has(".clear(") || f.has(".resize(")
    }),
    ("`drain`", "x.drain(..k)", |f| f.has(".drain(")),
    ("`split_off`, `append`", "x.split_off(k)", |f| {
        f.has(".split_off(") || f.has(".append(")
    }),
    ("`swap`", "x.swap(i, j)", |f| f.has(".swap(")),
    ("`reverse`", "x.reverse()", |f| f.has(".reverse()")),
    ("`rotate_left`, `rotate_right`", "x.rotate_left(1)", |f| {
        f.has(".rotate_")
    }),
    ("`concat`", "[x, y].concat()", |f| f.has(".concat()")),
    ("`dedup`, `retain`", "x.dedup()", |f| {
        f.has(".dedup") || f.has(".retain(")
    }),
    ("`fill`, `copy_from_slice`", "x.fill(v)", |f| {
        f.has(".fill(") || f.has("copy_from_slice(")
    }),
    ("`extend`", "x.extend_from_slice(y)", |f| f.has(".extend")),
    ("`sort_by`", "x.sort_by(|a, b| a.total_cmp(b))", |f| {
        f.has(".sort_by(")
    }),
    (
        "`sort_unstable_by`",
        "x.sort_unstable_by(|a, b| a.total_cmp(b))",
        |f| f.has(".sort_unstable_by("),
    ),
    (
        "`select_nth_unstable_by`",
        "x.select_nth_unstable_by(k, |a, b| a.total_cmp(b))",
        |f| f.has("select_nth_unstable_by("),
    ),
    ("`split_at`", "x.split_at(k)", |f| f.has(".split_at(")),
    ("`split_at_mut`", "x.split_at_mut(k)", |f| {
        f.has(".split_at_mut(")
    }),
    ("`split_first`, `split_last`", "x.split_first()", |f| {
        f.has("split_first") || f.has("split_last")
    }),
    ("`first`", "x.first()", |f| f.has(".first(")),
    ("`get`", "x.get(i)", |f| f.has(".get(")),
    ("`get_mut`", "x.get_mut(i)", |f| {
        f.has(".get_mut(") || f.has(".first_mut(") || f.has(".last_mut(")
    }),
    ("`to_vec`", "x.to_vec()", |f| f.has("to_vec()")),
    ("`to_owned`", "x.to_owned()", |f| f.has("to_owned()")),
    ("`clone`", "x.clone()", |f| f.has(".clone()")),
    ("`into_iter`", "x.into_iter()", |f| f.has(".into_iter()")),
    ("`mem::swap`", "std::mem::swap(a, b)", |f| {
        f.has("mem::swap(") || f.has("swap(&mut")
    }),
    ("`mem::replace`", "std::mem::replace(a, b)", |f| {
        f.has("replace(&mut")
    }),
    ("`mem::take`", "std::mem::take(a)", |f| f.has("take(&mut")),
    (
        "`array::from_fn`, `map` of arrays",
        "std::array::from_fn(|i| x[i])",
        |f| f.has("from_fn("),
    ),
    ("`VecDeque`", "queue.push_front(v)", |f| {
        f.has("VecDeque") || f.has("push_front") || f.has("pop_front")
    }),
    ("`Box`", "Box<[f64]>", |f| f.has("Box") || f.takes("Box<")),
];

const ITERATORS: &[Row] = &[
    ("`map`, `sum`", "x.iter().map(|v| v * v).sum()", |f| {
        f.has(".map(") && f.has(".sum")
    }),
    ("`zip`", "x.iter().zip(y)", |f| f.has(".zip(")),
    ("`enumerate`", "x.iter().enumerate()", |f| {
        f.has(".enumerate(")
    }),
    ("`fold`", "fold(0.0, |s, v| s + v)", |f| f.has(".fold(")),
    ("`product`", ".product()", |f| f.has(".product")),
    ("`filter`", ".filter(|v| **v > 0.0)", |f| f.has(".filter(")),
    ("`take_while`", ".take_while(|v| **v > 0.0)", |f| {
        f.has(".take_while(")
    }),
    ("`skip_while`", ".skip_while(|v| **v > 0.0)", |f| {
        f.has(".skip_while(")
    }),
    ("`map_while`", ".map_while(|v| root(*v))", |f| {
        f.has(".map_while(")
    }),
    ("`filter_map`", ".filter_map(|v| root(*v))", |f| {
        f.has(".filter_map(")
    }),
    ("`flat_map`, `flatten`", ".flat_map(|r| r.iter())", |f| {
        f.has(".flat_map(") || f.has(".flatten(")
    }),
    ("`inspect`", ".inspect(|_| n += 1)", |f| f.has(".inspect(")),
    ("`cloned`, `copied`", ".iter().copied()", |f| {
        f.has(".cloned()") || f.has(".copied()")
    }),
    ("`chain`", "x.iter().chain(y)", |f| f.has(".chain(")),
    ("`scan`", ".scan(0.0, |s, v| …)", |f| f.has(".scan(")),
    ("`rev`", ".iter().rev()", |f| f.has(".rev()")),
    ("`skip`, `take`", ".iter().skip(1).take(3)", |f| {
        f.has(".skip(") || f.has(".take(")
    }),
    ("`step_by`", ".step_by(2)", |f| f.has(".step_by(")),
    ("`windows`", "x.windows(2)", |f| f.has(".windows(")),
    ("`chunks`, `chunks_exact`", "x.chunks(2)", |f| {
        f.has(".chunks(") || f.has(".chunks_exact(")
    }),
    ("`chunks_mut`", "x.chunks_mut(2)", |f| {
        f.has(".chunks_mut(") || f.has(".chunks_exact_mut(")
    }),
    ("`for_each`", ".for_each(|v| *v *= 2.0)", |f| {
        f.has(".for_each(")
    }),
    ("`collect`", ".collect::<Vec<_>>()", |f| f.has(".collect")),
    (
        "`collect` of what may fail",
        ".collect::<Option<Vec<_>>>()",
        |f| f.has("collect::<Option") || f.has("collect::<Result"),
    ),
    ("`max_by`", ".max_by(|a, b| a.total_cmp(b))", |f| {
        f.has(".max_by(")
    }),
    ("`min_by`", ".min_by(|a, b| a.total_cmp(b))", |f| {
        f.has(".min_by(")
    }),
    ("`fold` with `f64::max`", ".fold(x[0], f64::max)", |f| {
        f.has("f64::max)") || f.has("f64::min)")
    }),
    ("`reduce`", ".reduce(f64::max)", |f| f.has(".reduce(")),
    ("`position`", ".position(|v| *v > 1.0)", |f| {
        f.has("position(")
    }),
    ("`find`", ".find(|v| **v > 1.0)", |f| {
        f.has(".find(") || f.has(".find_map(")
    }),
    ("`any`", ".any(|v| *v > 1.0)", |f| f.has(".any(")),
    ("`all`", ".all(|v| *v > 1.0)", |f| f.has(".all(")),
    ("`count`", ".count()", |f| f.has(".count()")),
    ("`try_fold`", ".try_fold(0.0, |s, v| …)", |f| {
        f.has(".try_fold(")
    }),
    ("`unzip`, `partition`", ".unzip()", |f| {
        f.has(".unzip") || f.has(".partition")
    }),
    ("`last`", ".last()", |f| f.has(".last()")),
    ("`nth`", ".nth(k)", |f| f.has(".nth(")),
    ("`std::iter::repeat`", "iter::repeat(k).zip(x)", |f| {
        f.has("repeat(") || f.has("repeat_n(")
    }),
    (
        "`std::iter::once`",
        "x.iter().copied().chain(iter::once(k))",
        |f| f.has("once("),
    ),
    (
        "`std::iter::repeat_with`",
        "iter::repeat_with(|| …).take(n)",
        |f| f.has("repeat_with("),
    ),
    (
        "`std::iter::successors`",
        "iter::successors(Some(x), |v| …)",
        |f| f.has("successors("),
    ),
    ("`std::iter::from_fn`", "iter::from_fn(|| …)", |f| {
        f.has("iter::from_fn(")
    }),
    ("`peekable`", "it.peek()", |f| f.has("peekable()")),
    ("`by_ref`", "it.by_ref().take(2)", |f| f.has(".by_ref()")),
    (
        "an iterator advanced by hand",
        "while let Some(v) = it.next()",
        |f| f.has(".next()"),
    ),
];

const CLOSURES: &[Row] = &[
    ("bound to a name", "let f = |x| x * a;", |f| {
        f.has("=|") || f.has("=move|")
    }),
    (
        "that change what they capture",
        "let mut add = |v| sum += v;",
        |f| f.has("letmut") && f.has("=|"),
    ),
    (
        "closures handed to annotated functions",
        "integrate(|x| p * x, 0.0, 1.0)",
        |f| f.hands_over_a_closure(),
    ),
    (
        "functions as parameters",
        "fn newton(f: impl Fn(f64) -> f64, x: f64)",
        |f| f.takes("Fn(") || f.takes("FnMut(") || f.takes(":fn("),
    ),
    ("nested functions", "#[differentiate] fn inner(…)", |f| {
        f.has("#[differentiate")
    }),
];

const FALLIBLE: &[Row] = &[
    ("`Result` as result", "-> Result<f64, String>", |f| {
        f.takes("->Result<")
    }),
    ("`Option` as result", "-> Option<f64>", |f| {
        f.takes("->Option<")
    }),
    ("`?`", "g(x)?", |f| f.has("?")),
    ("early errors", "return Err(…)", |f| {
        f.has("returnErr(") || f.has("returnNone")
    }),
    ("`unwrap`, `expect`", "g(x).unwrap()", |f| {
        f.has(".unwrap()") || f.has(".expect(")
    }),
    (
        "`unwrap_or`, `map_or`",
        "x.get(i).copied().unwrap_or(0.0)",
        |f| f.has(".unwrap_or") || f.has(".map_or"),
    ),
    ("`and_then`", "g(x).and_then(h)?", |f| f.has(".and_then(")),
    ("`ok_or`", "g(x).ok_or(\"none\")?", |f| f.has(".ok_or")),
    ("`map_err`", "g(x).map_err(|e| …)?", |f| {
        f.has(".map_err(")
    }),
    ("`take` of an `Option`", "s.slot.take()", |f| {
        f.has(".take()")
    }),
    (
        "`get_or_insert`",
        "slot.get_or_insert_with(|| x.sin())",
        |f| f.has(".get_or_insert"),
    ),
    ("`unwrap_or_else`", "g(x).unwrap_or_else(|| k)", |f| {
        f.has(".unwrap_or_else(")
    }),
    ("`is_some`, `is_err`", "if x.is_some() { … }", |f| {
        f.has(".is_some()") || f.has(".is_none()") || f.has(".is_ok()") || f.has(".is_err()")
    }),
    (
        "closures with errors",
        "twice(|y| Some(root(y)? * p), x)",
        |f| {
            f.hands_over_a_closure()
                && (f.has("Some(") || f.has("Err("))
                && (f.has("None") || f.takes("Result"))
        },
    ),
    ("`Option` of a real", "x: Option<f64>", |f| {
        f.takes(":Option<f64>") || f.has(":Option<f64>") || f.has("Some(")
    }),
];

const REST: &[Row] = &[
    ("stated partials", "#[differentiate(rule(x => …))]", |f| {
        f.takes("rule(")
    }),
    ("companions by hand", "#[differentiate(custom)]", |f| {
        f.takes("differentiate(custom")
    }),
    ("assertions", "assert!(n > 0)", |f| f.has("assert")),
    ("printing, panics", "println!(…)", |f| {
        f.has("println!") || f.has("panic!")
    }),
    ("nested constants", "const STEP: f64 = 0.1;", |f| {
        f.has("{const") || f.has(";const")
    }),
    ("type annotations", "let x: f64 = …;", |f| f.has(":f64=")),
    ("`matches!`", "matches!(k, 1 | 2)", |f| f.has("matches!(")),
    ("nested `use`", "use std::f64::consts::PI;", |f| {
        f.has("{use") || f.has(";use")
    }),
    ("nested types and statics", "type State = [f64; 2];", |f| {
        f.has("{type") || f.has(";type") || f.has("static")
    }),
    (
        "attributes of statements",
        "#[allow(unused)] let y = x;",
        |f| f.has("#[allow") || f.has("#[cfg"),
    ),
    ("`black_box`", "std::hint::black_box(x)", |f| {
        f.has("black_box(")
    }),
    ("`dbg!`", "let y = dbg!(x * x);", |f| f.has("dbg!(")),
    (
        "macros of the user's, without active arguments",
        "check!(n)",
        |f| {
            f.has("check!")
                || f.has("bail!")
                || f.has("ensure!")
                || f.has("count!")
                || f.has("step!")
        },
    ),
    ("lifetimes", "fn f<'a>(x: &'a [f64])", |f| f.takes("'a")),
    ("reals of two types", "f64::from(x)", |f| {
        f.takes("f32") && (f.has("f64") || f.takes("f64"))
    }),
];
