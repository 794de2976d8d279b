//! Small constructors and questions on IR nodes.

use super::*;

impl Ty {
    /// Whether a value of the type can't carry a derivative.
    pub fn is_constant(&self) -> bool {
        match self {
            Ty::Int | Ty::Bool | Ty::Constant | Ty::Unit => true,
            Ty::Array(e, _) | Ty::Slice(e) | Ty::Vec(e) | Ty::Ref(_, e) => e.is_constant(),
            Ty::Tuple(parts) => parts.iter().all(Ty::is_constant),
            Ty::Real(_) | Ty::Callable(_) | Ty::Unknown => false,
        }
    }

    pub fn is_real(&self) -> bool {
        matches!(self, Ty::Real(_))
    }

    /// The type behind any references.
    pub fn peel(&self) -> &Ty {
        match self {
            Ty::Ref(_, inner) => inner.peel(),
            other => other,
        }
    }

    /// The element type of an array, slice or `Vec`.
    pub fn element(&self) -> Ty {
        match self.peel() {
            Ty::Array(e, _) | Ty::Slice(e) | Ty::Vec(e) => (**e).clone(),
            _ => Ty::Unknown,
        }
    }

    /// The owned type of a borrowed value.
    pub fn owned(self) -> Ty {
        match self {
            Ty::Slice(e) => Ty::Vec(e),
            Ty::Ref(_, inner) => inner.owned(),
            other => other,
        }
    }

    pub fn is_container(&self) -> bool {
        matches!(self.peel(), Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_))
    }

    /// Whether reading a value of the type copies it; `None` where that is not known.
    pub fn is_copy(&self) -> Option<bool> {
        match self {
            Ty::Real(_) | Ty::Int | Ty::Bool | Ty::Unit => Some(true),
            Ty::Array(e, _) => e.is_copy(),
            Ty::Tuple(parts) => {
                let all: Vec<_> = parts.iter().map(Ty::is_copy).collect();
                if all.contains(&Some(false)) {
                    Some(false)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            Ty::Ref(mutable, _) => Some(!mutable),
            Ty::Vec(_) | Ty::Slice(_) => Some(false),
            Ty::Constant | Ty::Callable(_) | Ty::Unknown => None,
        }
    }
}

impl Place {
    pub fn var(base: VarId) -> Place {
        Place {
            base,
            proj: Vec::new(),
            span: Span::call_site(),
        }
    }

    pub fn with(mut self, proj: Proj) -> Place {
        self.proj.push(proj);
        self
    }

    pub fn is_var(&self) -> bool {
        self.proj.is_empty()
    }

    pub fn read(self) -> Expr {
        Expr::Place(self)
    }
}

impl Expr {
    pub fn var(v: VarId) -> Expr {
        Expr::Place(Place::var(v))
    }

    pub fn neg(self) -> Expr {
        match self {
            Expr::Unary(UnOp::Neg, inner) => *inner,
            other => Expr::Unary(UnOp::Neg, Box::new(other)),
        }
    }

    pub fn bin(op: BinOp, a: Expr, b: Expr) -> Expr {
        Expr::Binary(op, Box::new(a), Box::new(b))
    }

    /// Whether this is written as zero.
    pub fn is_zero(&self) -> bool {
        match self {
            Expr::Int(k) => *k == 0,
            Expr::Opaque(o) => o.tokens.to_string() == "0",
            _ => false,
        }
    }

    /// The expression with zeros for lengths: what is left reads memory.
    pub fn without_lengths(&self) -> Expr {
        let mut e = self.clone();
        map_sub_exprs(&mut e, &mut |x| {
            if matches!(x, Expr::Query(name, ..) if name == "len") {
                *x = Expr::Int(0);
            }
        });
        e
    }

    /// Whether two expressions of indices and rules are written the same.
    pub fn same(&self, other: &Expr) -> bool {
        match (self, other) {
            (Expr::Int(a), Expr::Int(b)) => a == b,
            (Expr::Real(a), Expr::Real(b)) => a.to_bits() == b.to_bits(),
            (Expr::Place(a), Expr::Place(b)) => a.base == b.base && a.is_var() && b.is_var(),
            (Expr::Query(f, a, x), Expr::Query(g, b, y)) => {
                f == g
                    && a.base == b.base
                    && a.is_var()
                    && b.is_var()
                    && x.is_empty()
                    && y.is_empty()
            }
            (Expr::Binary(o, a, b), Expr::Binary(p, c, d)) => o == p && a.same(c) && b.same(d),
            (Expr::Rule(f, a), Expr::Rule(g, b)) => {
                f == g && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
            }
            (Expr::Opaque(a), Expr::Opaque(b)) => {
                a.reads.is_empty()
                    && b.reads.is_empty()
                    && a.tokens.to_string() == b.tokens.to_string()
            }
            _ => false,
        }
    }

    /// Whether writing the expression twice costs no more than naming it.
    pub fn is_atom(&self) -> bool {
        match self {
            Expr::Place(p) => p.proj.iter().all(|s| match s {
                Proj::Index(i) => i.is_simple_index(),
                Proj::Range { lo, hi, .. } => lo.iter().chain(hi).all(|e| e.is_simple_index()),
                _ => true,
            }),
            Expr::Real(_) | Expr::Int(_) | Expr::D => true,
            Expr::Opaque(o) => o.reads.is_empty(),
            Expr::Unary(UnOp::Neg, inner) => inner.is_atom(),
            _ => false,
        }
    }

    fn is_simple_index(&self) -> bool {
        match self {
            Expr::Binary(_, a, b) => a.is_simple_index() && b.is_simple_index(),
            Expr::Cast(a, _) => a.is_simple_index(),
            Expr::Query(..) => true,
            other => other.is_atom(),
        }
    }
}

impl Func {
    /// Whether a place is the whole receiver.
    pub fn is_self(&self, p: &Place) -> bool {
        let whole = p.proj.iter().all(|step| matches!(step, Proj::Deref));
        whole && self.var(p.base).source == "self"
    }
}

impl Callee {
    /// The hidden companion that answers a question about the callee without taking its arguments. A type's
    /// associated functions are left out: without arguments rustc could not infer the type's parameters.
    pub fn question(&self, suffix: &str) -> Option<Callee> {
        let of_type = |c: char| c.is_uppercase() || c == '<';
        match self {
            Callee::Path { prefix, .. } if prefix.to_string().contains(of_type) => None,
            callee => callee.helper(suffix),
        }
    }

    /// Its name, if it is no parameter.
    pub fn name(&self) -> Option<&proc_macro2::Ident> {
        match self {
            Callee::Path { name, .. }
            | Callee::OfFirst { name, .. }
            | Callee::Method { name, .. } => Some(name),
            Callee::Param(_) => None,
        }
    }

    /// Without a turbofish.
    pub fn bare(&self) -> Callee {
        let mut callee = self.clone();
        if let Callee::Path { generics, .. }
        | Callee::OfFirst { generics, .. }
        | Callee::Method { generics, .. } = &mut callee
        {
            *generics = None;
        }
        callee
    }

    /// A hidden companion that is named by the callee's path.
    pub fn helper(&self, suffix: &str) -> Option<Callee> {
        let Callee::Path { prefix, name, .. } = self else {
            return None;
        };
        let text = name.to_string();
        let text = text.trim_start_matches("r#");
        Some(Callee::Path {
            prefix: prefix.clone(),
            name: proc_macro2::Ident::new(&format!("{text}{suffix}"), name.span()),
            generics: None,
        })
    }
}

impl BinOp {
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge
        )
    }

    pub fn is_arithmetic(self) -> bool {
        matches!(
            self,
            BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Rem
        )
    }

    pub fn text(self) -> &'static str {
        use BinOp::*;
        match self {
            Add => "+",
            Sub => "-",
            Mul => "*",
            Div => "/",
            Rem => "%",
            Eq => "==",
            Ne => "!=",
            Lt => "<",
            Le => "<=",
            Gt => ">",
            Ge => ">=",
            And => "&&",
            Or => "||",
            BitAnd => "&",
            BitOr => "|",
            BitXor => "^",
            Shl => "<<",
            Shr => ">>",
        }
    }

    /// Binding strength, as in Rust's grammar.
    pub fn precedence(self) -> u8 {
        use BinOp::*;
        match self {
            Mul | Div | Rem => 10,
            Add | Sub => 9,
            Shl | Shr => 8,
            BitAnd => 7,
            BitXor => 6,
            BitOr => 5,
            Eq | Ne | Lt | Le | Gt | Ge => 4,
            And => 3,
            Or => 2,
        }
    }
}

impl Func {
    pub fn var(&self, v: VarId) -> &Var {
        &self.vars[v.0]
    }

    /// A new variable; its name is made unique in the function.
    pub fn fresh(&mut self, name: &str, ty: Ty, mutable: bool, role: Role) -> VarId {
        let var = Var {
            source: name.to_string(),
            name: self.unique(name),
            span: Span::call_site(),
            ty,
            mutable,
            role,
            constant: false,
            optional: None,
            shadow: false,
            wide: false,
            written: None,
        };
        self.vars.push(var);
        VarId(self.vars.len() - 1)
    }

    /// Whether kept code in an expression names a view: that can't be replaced by what it borrows, and may not be there in the reverse sweep.
    pub fn keeps_a_view(&self, e: &Expr) -> bool {
        let mut found = false;
        let mut copy = e.clone();
        map_sub_exprs(&mut copy, &mut |x| {
            if let Expr::Opaque(o) | Expr::Lend(o) = x {
                let is_view = |v: &VarId| matches!(self.var(*v).role, Role::View(_));
                found |= o.reads.iter().any(is_view);
            }
        });
        found
    }

    /// The place with every view on its way replaced by the place that it borrows.
    pub fn resolve(&self, place: &Place) -> Place {
        let mut place = place.clone();
        while let Role::View(target) = &self.var(place.base).role {
            let mut proj = target.proj.clone();
            let mut rest = place.proj.clone();
            if matches!(rest.first(), Some(Proj::Deref)) {
                rest.remove(0);
            }
            proj.extend(rest);
            place = Place {
                base: target.base,
                proj,
                span: place.span,
            };
        }
        place
    }

    /// The variable that owns the memory a place lies in.
    pub fn root(&self, place: &Place) -> VarId {
        let mut base = place.base;
        while let Role::View(target) = &self.var(base).role {
            base = target.base;
        }
        base
    }

    /// What is known of the type of a place.
    pub fn place_ty(&self, place: &Place) -> Ty {
        let mut ty = self.var(place.base).ty.clone();
        for step in &place.proj {
            ty = match step {
                Proj::Index(_) => ty.element(),
                Proj::Range { .. } => Ty::Slice(Box::new(ty.element())),
                Proj::Field(_) => Ty::Unknown,
                Proj::Tuple(k) => match ty.peel() {
                    Ty::Tuple(parts) if *k < parts.len() => parts[*k].clone(),
                    _ => Ty::Unknown,
                },
                Proj::Deref => match ty {
                    Ty::Ref(_, inner) => *inner,
                    other => other,
                },
                Proj::Payload(variant) => variant.ty.clone(),
            };
        }
        ty
    }
}
