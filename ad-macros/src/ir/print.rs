//! The text form of the IR: what the tests compare, and what a developer looks at.
//!
//! Kept code stands in backquotes, unless it is a single token; `first x = …` gives a declared
//! variable its value; shadows follow an argument behind `~`.

use super::*;

const PREFIX: u8 = 12;
const CAST: u8 = 11;

/// A whole function.
pub fn print_func(func: &Func) -> String {
    let params: Vec<String> = func.params.iter().map(|&v| typed(func.var(v))).collect();
    let ret = if matches!(func.ret, Ty::Unit) {
        String::new()
    } else {
        format!(" -> {}", ty(&func.ret))
    };
    format!(
        "fn({}){ret} {{\n{}}}\n",
        params.join(", "),
        Printer { func, indent: 1 }.block(&func.body)
    )
}

/// Statements of a function.
pub fn print_block(func: &Func, block: &Block) -> String {
    Printer { func, indent: 0 }.block(block)
}

fn typed(var: &Var) -> String {
    let constant = if var.constant { "const " } else { "" };
    format!("{constant}{}: {}", var.name, ty(&var.ty))
}

fn ty(t: &Ty) -> String {
    match t {
        Ty::Real(Scalar::F64) => "f64".into(),
        Ty::Real(Scalar::F32) => "f32".into(),
        Ty::Real(Scalar::Param(p)) => p.clone(),
        Ty::Real(Scalar::Wide) => "wide".into(),
        Ty::Real(Scalar::Unknown) => "real".into(),
        Ty::Int => "int".into(),
        Ty::Bool => "bool".into(),
        Ty::Constant => "constant".into(),
        Ty::Unit => "()".into(),
        Ty::Unknown => "_".into(),
        Ty::Array(e, n) => {
            let n = n.as_ref().map_or("_".into(), tokens);
            format!("[{}; {n}]", ty(e))
        }
        Ty::Slice(e) => format!("[{}]", ty(e)),
        Ty::Vec(e) => format!("Vec<{}>", ty(e)),
        Ty::Tuple(parts) => format!("({})", parts.iter().map(ty).collect::<Vec<_>>().join(", ")),
        Ty::Ref(mutable, t) => format!("&{}{}", if *mutable { "mut " } else { "" }, ty(t)),
        Ty::Callable(output) => format!("fn -> {}", ty(output)),
    }
}

/// Tokens on one line, without spaces where nobody writes any.
fn tokens(t: &TokenStream) -> String {
    let mut text = t.to_string().replace('\n', " ");
    for (from, to) in [
        (" . ", "."),
        (" ::", "::"),
        (":: ", "::"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" [", "["),
        (" ,", ","),
        (" ;", ";"),
        ("& ", "&"),
        (" !", "!"),
    ] {
        text = text.replace(from, to);
    }
    text
}

struct Printer<'a> {
    func: &'a Func,
    indent: usize,
}

impl Printer<'_> {
    fn block(&self, block: &Block) -> String {
        block.iter().map(|s| self.stmt(s)).collect()
    }

    fn line(&self, text: &str) -> String {
        format!("{}{text}\n", "  ".repeat(self.indent))
    }

    /// `head {`, the block one step further in, `}`.
    fn nested(&self, head: &str, block: &Block) -> String {
        let inner = Printer {
            func: self.func,
            indent: self.indent + 1,
        }
        .block(block);
        format!(
            "{}{inner}{}",
            self.line(&format!("{head}{{")),
            self.line("}")
        )
    }

    fn branches(&self, head: &str, then: &Block, els: &Block) -> String {
        let then = self.nested(head, then);
        if els.is_empty() {
            return then;
        }
        let els = self.nested("else ", els);
        format!("{} {}", then.trim_end(), els.trim_start())
    }

    fn stmt(&self, s: &Stmt) -> String {
        match s {
            Stmt::If { cond, then, els } => {
                self.branches(&format!("if {} ", self.expr(cond)), then, els)
            }
            Stmt::IfSlot {
                slot,
                vals,
                then,
                els,
            } => self.branches(
                &format!("if some {}{} ", self.name(*slot), self.record(vals)),
                then,
                els,
            ),
            Stmt::Loop { label, kind, body } => {
                let label = if names(body, *label) {
                    format!("'{}: ", self.label(*label))
                } else {
                    String::new()
                };
                self.nested(&format!("{label}{} ", self.kind(kind)), body)
            }
            Stmt::Labeled { label, body } => {
                self.nested(&format!("'{}: ", self.label(*label)), body)
            }
            Stmt::Rest(body) => self.nested("rest ", body),
            Stmt::Pairs { slices, pair, last } => {
                let slices = slices.iter().map(|s| {
                    let [a, b] = s.elements.map(|v| self.name(v));
                    format!("({a}, {b}) in {}", self.place(&s.place))
                });
                let head = format!("pairs {} ", slices.collect::<Vec<_>>().join(", "));
                self.nested(&head, pair) + &self.nested("last ", last)
            }
            simple => self.line(&self.simple(simple)),
        }
    }

    /// A statement of one line.
    fn simple(&self, s: &Stmt) -> String {
        match s {
            Stmt::Let { var, init } => self.declaration(*var, init.as_ref()),
            Stmt::Assign {
                place,
                op,
                value,
                first,
            } => {
                let (first, op) = (
                    if *first { "first " } else { "" },
                    op.map_or("", BinOp::text),
                );
                format!("{first}{} {op}= {}", self.place(place), self.expr(value))
            }
            Stmt::Break(l) => format!("break '{}", self.label(*l)),
            Stmt::Continue(l) => format!("continue '{}", self.label(*l)),
            Stmt::Return(None) => "return".into(),
            Stmt::Return(Some(e)) => format!("return {}", self.expr(e)),
            Stmt::Call {
                dst,
                callee,
                args,
                companion,
                boxed,
                ..
            } => {
                let dst: Vec<_> = dst.iter().map(|v| Some(*v)).collect();
                let boxed = if *boxed { "boxed " } else { "" };
                format!(
                    "{}{boxed}{}({})",
                    self.results(&dst),
                    callee_name(self.func, callee, *companion),
                    self.args(args)
                )
            }
            Stmt::Pull {
                dst,
                pullback,
                through,
                args,
                seed,
            } => {
                let through = through.map_or(String::new(), |v| format!("{} ", self.name(v)));
                format!(
                    "{}pull {through}{}({}; {})",
                    self.results(dst),
                    self.name(*pullback),
                    self.args(args),
                    self.list(seed)
                )
            }
            Stmt::Container { place, op, .. } => {
                format!("{}.{}", self.place(place), self.operation(op))
            }
            Stmt::Effect(o) => format!("do `{}`", tokens(&o.tokens)),
            Stmt::Reserve { stack, kind } => {
                format!("reserve {} {}", self.name(*stack), self.kind(kind))
            }
            Stmt::Visit { var, trip, kind } => format!(
                "visit {} at {} of {}",
                self.name(*var),
                self.expr(trip),
                self.kind(kind)
            ),
            Stmt::Push { stack, vals } => {
                format!("push {}{}", self.name(*stack), self.record(vals))
            }
            Stmt::Pop { stack, vals } => format!("pop {}{}", self.name(*stack), self.record(vals)),
            Stmt::SaveSlice { stack, place } => {
                format!("save {} {}", self.name(*stack), self.place(place))
            }
            Stmt::RestoreSlice { stack, place } => {
                format!("restore {} {}", self.name(*stack), self.place(place))
            }
            Stmt::SlotSet { slot, vals } => {
                format!("set {}{}", self.name(*slot), self.record(vals))
            }
            Stmt::Accumulate { target, source } => {
                format!("accumulate {} += {}", self.place(target), self.expr(source))
            }
            Stmt::SetZero(p) => format!("zero {}", self.place(p)),
            Stmt::If { .. }
            | Stmt::IfSlot { .. }
            | Stmt::Loop { .. }
            | Stmt::Labeled { .. }
            | Stmt::Pairs { .. }
            | Stmt::Rest(_) => String::new(),
        }
    }

    fn declaration(&self, v: VarId, init: Option<&Expr>) -> String {
        let var = self.func.var(v);
        let mutable = if var.mutable { "mut " } else { "" };
        match (&var.role, init) {
            (Role::Stack, None) => format!("stack {}", var.name),
            (Role::Slot, None) => format!("slot {}", var.name),
            (_, None) => format!("let {mutable}{}", typed(var)),
            (_, Some(e)) => format!("let {mutable}{} = {}", var.name, self.expr(e)),
        }
    }

    fn results(&self, dst: &[Option<VarId>]) -> String {
        let names: Vec<_> = dst
            .iter()
            .map(|v| v.map_or("_", |v| self.name(v)))
            .collect();
        match names.len() {
            0 => String::new(),
            1 => format!("let {} = ", names[0]),
            _ => format!("let ({}) = ", names.join(", ")),
        }
    }

    fn operation(&self, op: &ContainerOp) -> String {
        match op {
            ContainerOp::Push(e) => format!("push({})", self.expr(e)),
            ContainerOp::Pop => "pop()".into(),
            ContainerOp::Swap(a, b) => format!("swap({}, {})", self.expr(a), self.expr(b)),
            ContainerOp::Move { how, by, back } => {
                let name = match how {
                    Motion::Rotate => "rotate",
                    Motion::Permute => "permute",
                };
                let back = if *back { "_back" } else { "" };
                format!("{name}{back}({})", self.expr(by))
            }
            ContainerOp::Exchange(p) => format!("exchange({})", self.place(p)),
            ContainerOp::Fill(e) => format!("fill({})", self.expr(e)),
            ContainerOp::CopyFrom(p) => format!("copy_from({})", self.place(p)),
            ContainerOp::Resize(n, e) => format!("resize({}, {})", self.expr(n), self.expr(e)),
            ContainerOp::Truncate(n) => format!("truncate({})", self.expr(n)),
            ContainerOp::Clear => "clear()".into(),
        }
    }

    fn args(&self, args: &[CallArg]) -> String {
        let one = |a: &CallArg| {
            let shadows = a
                .shadows
                .iter()
                .map(|s| s.as_ref().map_or("_".into(), |s| self.arg(s)));
            std::iter::once(self.arg(&a.arg))
                .chain(shadows)
                .collect::<Vec<_>>()
                .join(" ~ ")
        };
        args.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn arg(&self, a: &Arg) -> String {
        match a {
            Arg::Value(e) => self.expr(e),
            Arg::Ref(p) => format!("&{}", self.place(p)),
            Arg::RefMut(p) => format!("&mut {}", self.place(p)),
            Arg::Const(e) => format!("const {}", self.expr(e)),
            Arg::Lambda(l) => self.lambda(l),
            Arg::Param(v) => self.name(*v).into(),
            Arg::Function(f) => callee_name(self.func, &f.path, Companion::Primal),
        }
    }

    fn lambda(&self, l: &Lambda) -> String {
        let one = |p: &LambdaParam| {
            let shadows = p.shadows.iter();
            let shadows = shadows.map(|s| s.map_or("_", |s| self.name(s)));
            let all = std::iter::once(self.name(p.var)).chain(shadows);
            all.collect::<Vec<_>>().join(" ~ ")
        };
        let params: Vec<_> = l.params.iter().map(one).collect();
        let names = |vars: &[VarId]| vars.iter().map(|v| self.name(*v)).collect::<Vec<_>>();
        let (head, end) = match &l.sweep {
            Sweep::Alone => (String::new(), String::new()),
            Sweep::Forward(record) => (String::new(), format!("; {}", names(record).join(", "))),
            Sweep::Reverse { record, seeds } => (
                format!(
                    "{}; {}; ",
                    names(record).join(", "),
                    names(seeds).join(", ")
                ),
                String::new(),
            ),
        };
        let head = format!("|{head}{}| ", params.join(", "));
        let body = self.nested(&head, &l.body);
        let results = names(&l.results).join(", ");
        format!("{} -> {results}{end}", body.trim())
    }

    fn kind(&self, kind: &LoopKind) -> String {
        match kind {
            LoopKind::While(c) => format!("while {}", self.expr(c)),
            LoopKind::Forever => "loop".into(),
            LoopKind::Range {
                var,
                lo,
                hi,
                inclusive,
                step,
                rev,
            } => {
                let dots = if *inclusive { "..=" } else { ".." };
                let range = format!("{}{dots}{}", self.operand(lo, 1), self.operand(hi, 1));
                let step = step
                    .as_ref()
                    .map_or(String::new(), |s| format!(".step_by({})", self.expr(s)));
                let adaptors = match rev {
                    Rev::No => step,
                    Rev::Before => format!(".rev(){step}"),
                    Rev::After => format!("{step}.rev()"),
                };
                let range = if adaptors.is_empty() {
                    range
                } else {
                    format!("({range}){adaptors}")
                };
                format!("for {} in {range}", self.name(*var))
            }
        }
    }

    fn name(&self, v: VarId) -> &str {
        &self.func.var(v).name
    }

    fn label(&self, l: LabelId) -> &str {
        &self.func.labels[l.0].name
    }

    /// ` (a, b)`, or nothing.
    fn record(&self, vals: &[VarId]) -> String {
        let names: Vec<_> = vals.iter().map(|v| self.name(*v)).collect();
        if names.is_empty() {
            String::new()
        } else {
            format!(" ({})", names.join(", "))
        }
    }

    fn place(&self, p: &Place) -> String {
        let mut text = self.name(p.base).to_string();
        for step in &p.proj {
            if text.starts_with('*') {
                text = format!("({text})");
            }
            match step {
                Proj::Index(e) => text += &format!("[{}]", self.expr(e)),
                Proj::Range { lo, hi, inclusive } => {
                    let end = |e: &Option<Expr>| e.as_ref().map_or(String::new(), |e| self.expr(e));
                    text += &format!(
                        "[{}{}{}]",
                        end(lo),
                        if *inclusive { "..=" } else { ".." },
                        end(hi)
                    );
                }
                Proj::Field(name) => text += &format!(".{name}"),
                Proj::Tuple(k) => text += &format!(".{k}"),
                Proj::Deref => text = format!("*{text}"),
                Proj::Payload(v) => {
                    let path = v.path.to_string().replace(' ', "");
                    text += &format!(".<{path}>");
                    match &*v.field {
                        Proj::Field(name) => text += &format!(".{name}"),
                        Proj::Tuple(k) => text += &format!(".{k}"),
                        _ => {}
                    }
                }
            }
        }
        text
    }

    fn list(&self, es: &[Expr]) -> String {
        es.iter()
            .map(|e| self.expr(e))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// An expression, in parentheses if it binds less than `least`.
    fn operand(&self, e: &Expr, least: u8) -> String {
        let text = self.expr(e);
        let strength = match e {
            Expr::Binary(op, ..) => op.precedence(),
            Expr::Unary(..) => PREFIX,
            Expr::Cast(..) => CAST,
            Expr::Select(..) => 0,
            _ => u8::MAX,
        };
        if strength < least {
            format!("({text})")
        } else {
            text
        }
    }

    fn expr(&self, e: &Expr) -> String {
        match e {
            Expr::Place(p) => self.place(p),
            Expr::Real(c) => format!("{c:?}"),
            Expr::Int(k) => k.to_string(),
            Expr::Unary(UnOp::Neg, a) => format!("-{}", self.operand(a, PREFIX)),
            Expr::Unary(UnOp::Not, a) => format!("!{}", self.operand(a, PREFIX)),
            Expr::Binary(op, a, b) => {
                let p = op.precedence();
                format!(
                    "{} {} {}",
                    self.operand(a, p),
                    op.text(),
                    self.operand(b, p + 1)
                )
            }
            Expr::Rule(name, args) => format!("{name}({})", self.list(args)),
            Expr::Runtime(name, args) => format!("rt::{name}({})", self.list(args)),
            Expr::Cast(a, t) => format!("{} as {}", self.operand(a, CAST), tokens(t)),
            Expr::Select(c, a, b) => format!(
                "if {} {{ {} }} else {{ {} }}",
                self.expr(c),
                self.expr(a),
                self.expr(b)
            ),
            Expr::Tuple(parts) => format!("({})", self.list(parts)),
            Expr::Struct(ctor, parts) => {
                format!("{} {{ {} }}", tokens(&ctor.path), self.list(parts))
            }
            Expr::Array(parts) => format!("[{}]", self.list(parts)),
            Expr::VecOf(parts) => format!("vec[{}]", self.list(parts)),
            Expr::Repeat { value, len, vec } => {
                format!(
                    "{}[{}; {}]",
                    if *vec { "vec" } else { "" },
                    self.expr(value),
                    self.expr(len)
                )
            }
            Expr::Copied(CopyKind::Clone, p) => format!("clone {}", self.place(p)),
            Expr::Copied(CopyKind::ToVec, p) => format!("to_vec {}", self.place(p)),
            Expr::Borrow(mutable, p) => {
                format!("&{}{}", if *mutable { "mut " } else { "" }, self.place(p))
            }
            Expr::Query(name, p, args) => format!("{}.{name}({})", self.place(p), self.list(args)),
            Expr::Opaque(o) if o.tokens.clone().into_iter().count() == 1 => o.tokens.to_string(),
            Expr::Opaque(o) => format!("`{}`", tokens(&o.tokens)),
            Expr::Lend(o) => format!("lend `{}`", tokens(&o.tokens)),
            Expr::ZeroOf(p) => format!("zero_of {}", self.place(p)),
            Expr::D => "d".into(),
        }
    }
}

/// Whether an exit in the block names the label.
fn names(block: &Block, label: LabelId) -> bool {
    let mut found = false;
    walk(
        block,
        &mut |s| found |= matches!(s, Stmt::Break(l) | Stmt::Continue(l) if *l == label),
    );
    found
}

fn callee_name(func: &Func, callee: &Callee, companion: Companion) -> String {
    let (prefix, name, generics) = match callee {
        Callee::Path {
            prefix,
            name,
            generics,
        } => (tokens(prefix), name, generics),
        Callee::OfFirst {
            dynamic,
            name,
            generics,
            ..
        } => {
            let prefix = if *dynamic { "dyn ." } else { "." };
            (String::from(prefix), name, generics)
        }
        Callee::Param(v) => return func.var(*v).name.clone(),
        Callee::Method {
            receiver,
            name,
            generics,
        } => (format!("{}.", tokens(&receiver.tokens)), name, generics),
    };
    let suffix = match companion {
        Companion::Primal => "",
        Companion::Tangent => "_tangent",
        Companion::Forward | Companion::Replay => "_forward_sweep",
        Companion::ForwardTangent => "_forward_sweep_tangent",
    };
    format!(
        "{prefix}{name}{suffix}{}",
        generics.as_ref().map(tokens).unwrap_or_default()
    )
}
