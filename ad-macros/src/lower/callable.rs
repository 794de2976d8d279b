//! Functions as parameters, and functions and closures as arguments of annotated functions.

use super::closure::{Closure, ClosureExit};
use super::*;
use crate::rules;
use quote::{ToTokens, format_ident, quote};
use std::rc::Rc;
use syn::spanned::Spanned;

/// What a callable parameter takes and gives.
#[derive(Clone)]
pub struct Signature {
    /// `Fn`, `FnMut`, `FnOnce`, or `fn`.
    pub kind: syn::Ident,
    pub inputs: Vec<syn::Type>,
    /// `None` for `()`.
    pub output: Option<syn::Type>,
}

impl Signature {
    /// The signature among the bounds of a type.
    pub fn in_bounds<'a>(
        bounds: impl IntoIterator<Item = &'a syn::TypeParamBound>,
    ) -> Option<Signature> {
        bounds.into_iter().find_map(|b| {
            let syn::TypeParamBound::Trait(t) = b else {
                return None;
            };
            let last = t.path.segments.last()?;
            let syn::PathArguments::Parenthesized(args) = &last.arguments else {
                return None;
            };
            let output = match &args.output {
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
                syn::ReturnType::Default => None,
            };
            Some(Signature {
                kind: last.ident.clone(),
                inputs: args.inputs.iter().cloned().collect(),
                output,
            })
        })
    }

    fn of_pointer(f: &syn::TypeBareFn) -> Signature {
        Signature {
            kind: syn::Ident::new("Fn", f.fn_token.span),
            inputs: f.inputs.iter().map(|a| a.ty.clone()).collect(),
            output: match &f.output {
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
                syn::ReturnType::Default => None,
            },
        }
    }
}

impl Generics {
    /// The signature of a callable type, behind a reference or not.
    pub fn signature(&self, ty: &syn::Type) -> Option<Signature> {
        match ty {
            syn::Type::Paren(p) => self.signature(&p.elem),
            syn::Type::Group(g) => self.signature(&g.elem),
            syn::Type::Reference(r) => self.signature(&r.elem),
            syn::Type::ImplTrait(t) => Signature::in_bounds(&t.bounds),
            syn::Type::TraitObject(t) => Signature::in_bounds(&t.bounds),
            syn::Type::BareFn(f) => Some(Signature::of_pointer(f)),
            syn::Type::Path(p) => self
                .callables
                .get(&p.path.get_ident()?.to_string())
                .cloned(),
            _ => None,
        }
    }

    /// The IR's view of a callable type that is no reference.
    pub(super) fn callable(&self, ty: &syn::Type) -> Option<Ty> {
        if matches!(ty, syn::Type::Reference(_)) {
            return None;
        }
        let signature = self.signature(ty)?;
        let output = signature.output.as_ref().map_or(Ty::Unit, |ty| {
            self.ty(inner_type(ty).map_or(ty, |(_, inner)| inner))
        });
        Some(Ty::Callable(Box::new(output)))
    }
}

impl Lowerer<'_> {
    /// The parameter that an expression names, if it is a function: `f`, `(f)`, `*f`, `&f`.
    pub(super) fn callable_param(&self, e: &syn::Expr) -> Option<VarId> {
        match e {
            syn::Expr::Paren(p) => self.callable_param(&p.expr),
            syn::Expr::Group(g) => self.callable_param(&g.expr),
            syn::Expr::Reference(r) => self.callable_param(&r.expr),
            syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                self.callable_param(&u.expr)
            }
            syn::Expr::Path(p) => {
                let v = match self.lookup(&p.path.get_ident()?.to_string())? {
                    Binding::Var(v) => *v,
                    Binding::Alias(place) => place.base,
                    Binding::Closure(_) | Binding::Parts(_) | Binding::Iterator(_) => return None,
                };
                let var = self.func.var(v);
                (matches!(var.ty.peel(), Ty::Callable(_)) && !var.constant).then_some(v)
            }
            _ => None,
        }
    }

    /// `let g = &f;`, `let g = |x| …;`, `let g = { …; move |x| … };`. Returns whether it was one.
    pub(super) fn bind_function(&mut self, id: &syn::Ident, init: &syn::Expr) -> bool {
        if let Some(v) = self.callable_param(init) {
            self.bind(&id.to_string(), Binding::Var(v));
            return true;
        }
        let Some(closure) = self.closure_of(init) else {
            return false;
        };
        self.bind(&id.to_string(), Binding::Closure(closure));
        true
    }

    fn closure_of(&mut self, e: &syn::Expr) -> Option<Rc<Closure>> {
        match e {
            syn::Expr::Closure(c) => Some(self.written_closure(c)),
            syn::Expr::Paren(p) => self.closure_of(&p.expr),
            syn::Expr::Reference(r) => self.closure_of(&r.expr),
            syn::Expr::Path(p) => match self.lookup(&p.path.get_ident()?.to_string())? {
                Binding::Closure(closure) => Some(closure.clone()),
                _ => None,
            },
            syn::Expr::Block(b) if b.label.is_none() && ends_in_closure(&b.block) => {
                let (syn::Stmt::Expr(last, None), rest) = b.block.stmts.split_last()? else {
                    return None;
                };
                self.scopes.push(HashMap::new());
                rest.iter().for_each(|s| self.statement(s));
                let closure = self.closure_of(last);
                self.scopes.pop();
                closure
            }
            _ => None,
        }
    }

    /// A call of a variable that is not known to be a function.
    pub(super) fn reject_call(&mut self, callee: &syn::Expr) -> bool {
        let what = match callee {
            syn::Expr::Paren(p) => return self.reject_call(&p.expr),
            syn::Expr::Path(p) => match p
                .path
                .get_ident()
                .map(|id| (id, self.lookup(&id.to_string())))
            {
                Some((id, Some(Binding::Var(_) | Binding::Alias(_)))) => {
                    format!("a call of `{id}`, which is not known to be a function,")
                }
                _ => return false,
            },
            syn::Expr::Field(_) | syn::Expr::Index(_) => {
                "a call of a function that lies in a field or an element".to_string()
            }
            _ => return false,
        };
        self.unsupported(
            whole(callee),
            Code::UnknownCall,
            &what,
            "take the function as a parameter, `f: impl Fn(f64) -> f64`, or call it where nothing is active",
        );
        true
    }

    /// `f(x)` where `f` is a parameter.
    pub(super) fn param_call(&mut self, c: &syn::ExprCall) -> Option<(Expr, Ty)> {
        let v = self.callable_param(&c.func)?;
        let output = match self.func.var(v).ty.peel() {
            Ty::Callable(output) => (**output).clone(),
            _ => Ty::Unknown,
        };
        let name = syn::Ident::new(&self.func.var(v).source.clone(), c.func.span());
        let found = self.call(Callee::Param(v), &name, None, c.args.iter(), c.span());
        if let Expr::Place(p) = &found.0
            && !matches!(output, Ty::Unknown)
        {
            self.func.vars[p.base.0].ty = output.clone();
            return Some((found.0, output));
        }
        Some(found)
    }

    /// A function parameter says how it takes its arguments.
    pub(super) fn pass_as_declared(&mut self, callee: &Callee, args: &mut [CallArg]) {
        let Callee::Param(v) = callee else { return };
        let Some(signature) = self.callables.get(v) else {
            return;
        };
        for (ty, a) in signature.inputs.iter().zip(args) {
            let passed = match (ty, &a.arg) {
                (syn::Type::Reference(r), Arg::RefMut(p)) if r.mutability.is_none() => {
                    Arg::Ref(p.clone())
                }
                (syn::Type::Reference(_), _) => continue,
                // An item by its place.
                (_, Arg::Ref(p)) => Arg::Value(Expr::Place(p.clone())),
                _ => continue,
            };
            a.arg = passed;
        }
    }

    /// An argument that is a function: a closure, one by its name, a parameter, or the path of an annotated function.
    pub(super) fn function_argument(
        &mut self,
        e: &syn::Expr,
        callee: &Callee,
        position: usize,
    ) -> Option<Arg> {
        let mut inner = e;
        loop {
            inner = match inner {
                syn::Expr::Paren(p) => &p.expr,
                syn::Expr::Group(g) => &g.expr,
                syn::Expr::Reference(r) => &r.expr,
                _ => break,
            };
        }
        let closure = match inner {
            syn::Expr::Closure(c) => self.written_closure(c),
            syn::Expr::Path(p) => match self.function_path(p, callee, position)? {
                Handed::Closure(closure) => closure,
                Handed::Path(function) => return Some(Arg::Function(function)),
                Handed::Param(v) => return Some(Arg::Param(v)),
            },
            _ => return None,
        };
        if matches!(callee, Callee::Param(_)) {
            self.unsupported(
                whole(e),
                Code::FunctionByName,
                "a function as an argument of a function parameter",
                "call an annotated function with it",
            );
        }
        Some(self.lambda(&closure))
    }

    fn function_path(
        &mut self,
        p: &syn::ExprPath,
        callee: &Callee,
        position: usize,
    ) -> Option<Handed> {
        if let Some(id) = p.path.get_ident() {
            match self.lookup(&id.to_string()) {
                Some(Binding::Closure(closure)) => return Some(Handed::Closure(closure.clone())),
                Some(_) => {
                    let v = self.callable_param(&syn::Expr::Path(p.clone()))?;
                    return Some(Handed::Param(v));
                }
                None => {}
            }
        }
        let last = &p.path.segments.last()?.ident;
        let name = last.to_string();
        if !name.starts_with(|c: char| c.is_lowercase() || c == '_') {
            return None;
        }
        let owner = p.path.segments.iter().rev().nth(1);
        let owner = owner.map(|s| s.ident.to_string()).unwrap_or_default();
        if matches!(owner.as_str(), "f64" | "f32") || self.generics.reals.contains(&owner) {
            let rule = rules::find(&name)?;
            let real: syn::Type = syn::parse_str(&owner).ok()?;
            let inputs = vec![real; rules::arity(rule)];
            return self.expanded(p, &inputs).map(Handed::Closure);
        }
        let (prefix, generics) = super::call::split_path(p);
        let path = Callee::Path {
            prefix,
            name: last.clone(),
            generics,
        };
        let Some(pull) = callee.helper(&format!("_pull_{position}")) else {
            self.unsupported(
                whole(p),
                Code::FunctionByName,
                &format!("the function `{name}` as an argument of a method or a parameter"),
                &format!("write a closure, `|x| {name}(x)`"),
            );
            return None;
        };
        Some(Handed::Path(Box::new(Function { path, pull })))
    }

    /// `|a, b| f(a, b)`
    fn expanded(&mut self, f: &syn::ExprPath, inputs: &[syn::Type]) -> Option<Rc<Closure>> {
        let names: Vec<_> = (0..inputs.len())
            .map(|k| format_ident!("a{k}", span = Span::mixed_site()))
            .collect();
        let c = syn::parse2(quote!(|#(#names: #inputs),*| #f(#(#names),*))).ok()?;
        Some(self.written_closure(&c))
    }

    /// A closure for a callee.
    fn lambda(&mut self, closure: &Rc<Closure>) -> Arg {
        let wrapper = returned_wrapper(closure);
        self.check_lambda(closure, wrapper.is_some());
        self.func.lambdas_fail |= wrapper.is_some();
        let outside = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        let loops = std::mem::take(&mut self.loops);
        // In the closure, `?` and `return` leave the closure.
        let around = std::mem::replace(&mut self.func.wrapper, wrapper);
        let ret = std::mem::replace(&mut self.func.ret, Ty::Unknown);
        let tries = std::mem::take(&mut self.tries);
        let wrapped = self.wrapped_value.take();
        let (body, (params, value)) = self.in_block(|lw| {
            let params = closure.params.iter().map(|p| lw.lambda_param(p)).collect();
            (params, lw.lambda_body(closure))
        });
        self.func.wrapper = around;
        self.func.ret = ret;
        self.tries = tries;
        self.wrapped_value = wrapped;
        self.loops = loops;
        self.scopes = outside;
        Arg::Lambda(Box::new(Lambda {
            params,
            body,
            results: vec![value],
            wrapper,
            sweep: Sweep::Alone,
        }))
    }

    fn check_lambda(&mut self, closure: &Closure, wrapped: bool) {
        if !wrapped && may_leave(&without_return(closure.written.body.to_token_stream())) {
            self.unsupported(
                opening(&closure.written),
                Code::ClosureLeaves,
                "a closure that a `?` or a macro may leave, as an argument,",
                "write an annotated function that returns a `Result`, and pass that",
            );
        }
        for p in &closure.params {
            let syn::Pat::Ident(id) = p else { continue };
            if looked_into(&closure.written.body, &id.ident) {
                self.errors.at(
                    whole(&id.ident),
                    Code::ClosureType,
                    "a closure that is handed to a function can't be differentiated without the types of its parameters",
                    format!("write the type of `{0}`, as in `|{0}: &[f64]|`", id.ident),
                );
            }
        }
    }

    fn lambda_param(&mut self, pat: &syn::Pat) -> LambdaParam {
        let (pat, ty) = match pat {
            syn::Pat::Type(t) => (&*t.pat, self.generics.ty(&t.ty)),
            pat => (pat, Ty::Unknown),
        };
        let simple = match pat {
            syn::Pat::Ident(id) if id.subpat.is_none() && id.by_ref.is_none() => Some(id),
            _ => None,
        };
        let name = simple.map_or("argument".to_string(), |id| id.ident.to_string());
        let mutable = simple.is_some_and(|id| id.mutability.is_some());
        let var = self.declare(&name, pat.span(), ty, mutable, Role::Local);
        match (simple, pat) {
            (Some(_), _) => self.bind(&name, Binding::Var(var)),
            (None, syn::Pat::Wild(_)) => {}
            (None, pat) => self.destructure(pat, Place::var(var)),
        }
        LambdaParam {
            var,
            shadows: Vec::new(),
        }
    }

    fn lambda_body(&mut self, closure: &Closure) -> VarId {
        let body = &closure.written.body;
        let wrapped = self.func.wrapper.is_some();
        let output = match wrapped {
            true => Ty::Unknown,
            false => closure.output.clone(),
        };
        let value = self.temp("result", output);
        self.wrapped_value = wrapped.then_some(value);
        let label = self.func.new_label("closure");
        let unit = !wrapped && (is_unit(body) || matches!(closure.output, Ty::Unit));
        let exit = (!unit).then_some(value);
        self.closure_exits.push(ClosureExit {
            label,
            value: exit,
            none: None,
        });
        let (mut block, ()) = self.in_block(|lw| match unit {
            true => lw.statement_expr(body, Dest::Discard),
            false => lw.tail(body, Dest::Init(value)),
        });
        self.closure_exits.pop();
        self.wrapped_value = None;
        let mut leaves = false;
        walk(&block, &mut |s| {
            leaves |= matches!(s, Stmt::Break(l) if *l == label)
        });
        // What is only assigned at the end is declared there.
        let last = block.pop_if(|s| {
            !leaves && matches!(s, Stmt::Assign { place, op: None, .. } if place.base == value)
        });
        let init = match last {
            Some(Stmt::Assign { value, .. }) => Some(value),
            _ => None,
        };
        if init.is_some() {
            self.out.extend(block);
            self.emit(Stmt::Let { var: value, init });
            return value;
        }
        self.emit(Stmt::Let {
            var: value,
            init: None,
        });
        match leaves {
            true => self.emit(Stmt::Labeled { label, body: block }),
            false => self.out.extend(block),
        }
        if unit {
            self.func.vars[value.0].ty = Ty::Unit;
            self.deliver(Expr::Tuple(Vec::new()), Ty::Unit, Dest::Init(value));
        }
        value
    }

    /// Kept code is the same in all companions; a function parameter is not.
    pub(super) fn reject_kept_call(&mut self, v: VarId, span: Span) {
        let var = self.func.var(v);
        if matches!(var.ty.peel(), Ty::Callable(_)) && !var.constant {
            let name = var.source.clone();
            self.unsupported(
                span,
                Code::FunctionKept,
                &format!("code that uses the function `{name}` in a way that is not followed"),
                &format!("call it in a statement of its own, `let y = {name}(…);`, or pass it on to an annotated function"),
            );
        }
    }

    /// Two closures of one call may not use one function parameter: both would borrow it.
    pub(super) fn check_shared_params(&mut self, args: &[CallArg], span: Span) {
        let mut seen: Vec<VarId> = Vec::new();
        let mut twice = None;
        for a in args {
            let mut own = Vec::new();
            match &a.arg {
                Arg::Param(v) => own.push(*v),
                Arg::Lambda(l) => params_in(&l.body, &mut own),
                _ => {}
            }
            twice = twice.or(own.iter().find(|v| seen.contains(v)).copied());
            seen.extend(own);
        }
        if let Some(v) = twice {
            let name = self.func.var(v).source.clone();
            self.unsupported(
                span,
                Code::FunctionTwice,
                &format!("`{name}` in two function arguments of one call"),
                "write an annotated function that takes one of them only",
            );
        }
    }
}

/// The function parameters that a block uses.
fn params_in(block: &Block, out: &mut Vec<VarId>) {
    walk(block, &mut |s| {
        let Stmt::Call { callee, args, .. } = s else {
            return;
        };
        if let Callee::Param(v) = callee {
            out.push(*v);
        }
        for a in args {
            if let Arg::Param(v) = a.arg {
                out.push(v);
            }
        }
    });
}

/// The wrapper that a closure returns its value in, as far as it is written.
fn returned_wrapper(closure: &Closure) -> Option<Wrapper> {
    struct Returns(Option<Wrapper>);
    impl<'ast> syn::visit::Visit<'ast> for Returns {
        fn visit_expr_return(&mut self, r: &'ast syn::ExprReturn) {
            self.0 = self.0.or(r.expr.as_deref().and_then(ends_in_wrapper));
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    if let syn::ReturnType::Type(_, ty) = &closure.written.output {
        return inner_type(ty).map(|(wrapper, _)| wrapper);
    }
    let mut returns = Returns(ends_in_wrapper(&closure.written.body));
    syn::visit::Visit::visit_expr(&mut returns, &closure.written.body);
    returns.0
}

/// The wrapper in which one of the ways to an expression's value ends.
fn ends_in_wrapper(e: &syn::Expr) -> Option<Wrapper> {
    let of_block = |b: &syn::Block| match b.stmts.last() {
        Some(syn::Stmt::Expr(e, None)) => ends_in_wrapper(e),
        _ => None,
    };
    match e {
        syn::Expr::Paren(p) => ends_in_wrapper(&p.expr),
        syn::Expr::Block(b) => of_block(&b.block),
        syn::Expr::If(i) => {
            let els = i.else_branch.as_ref();
            of_block(&i.then_branch).or_else(|| els.and_then(|(_, e)| ends_in_wrapper(e)))
        }
        syn::Expr::Match(m) => m.arms.iter().find_map(|a| ends_in_wrapper(&a.body)),
        e => super::option::wrapper_of(e),
    }
}

enum Handed {
    Closure(Rc<Closure>),
    Path(Box<Function>),
    Param(VarId),
}

fn ends_in_closure(b: &syn::Block) -> bool {
    match b.stmts.last() {
        Some(syn::Stmt::Expr(syn::Expr::Closure(_), None)) => true,
        Some(syn::Stmt::Expr(syn::Expr::Block(b), None)) => ends_in_closure(&b.block),
        _ => false,
    }
}

/// Whether a body has no value.
fn is_unit(body: &syn::Expr) -> bool {
    match body {
        syn::Expr::Paren(p) => is_unit(&p.expr),
        syn::Expr::Assign(_) | syn::Expr::While(_) | syn::Expr::ForLoop(_) => true,
        syn::Expr::Binary(b) => super::expr::is_assignment(&b.op),
        syn::Expr::Block(b) => match b.block.stmts.last() {
            Some(syn::Stmt::Expr(e, None)) => is_unit(e),
            Some(syn::Stmt::Macro(m)) => m.semi_token.is_some(),
            _ => true,
        },
        syn::Expr::If(i) => match &i.else_branch {
            None => true,
            Some((_, els)) => is_unit(els),
        },
        _ => false,
    }
}

/// Tokens in which `return` is no exit.
fn without_return(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    use proc_macro2::{Group, TokenTree};
    let keep = |t: TokenTree| match t {
        TokenTree::Ident(i) if i == "return" => None,
        TokenTree::Group(g) => {
            let inner = without_return(g.stream());
            Some(TokenTree::Group(Group::new(g.delimiter(), inner)))
        }
        t => Some(t),
    };
    tokens.into_iter().filter_map(keep).collect()
}

/// Whether a body reads through a name that may stand for a reference.
fn looked_into(body: &syn::Expr, name: &syn::Ident) -> bool {
    struct Search<'a>(&'a syn::Ident, bool);
    impl<'ast> syn::visit::Visit<'ast> for Search<'_> {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            let inner = match e {
                syn::Expr::Index(i) => Some(&*i.expr),
                syn::Expr::Field(f) => Some(&*f.base),
                syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => Some(&*u.expr),
                syn::Expr::MethodCall(m) if rules::find(&m.method.to_string()).is_none() => {
                    Some(&*m.receiver)
                }
                syn::Expr::ForLoop(f) => Some(&*f.expr),
                _ => None,
            };
            let named = |e: &syn::Expr| matches!(e, syn::Expr::Path(p) if p.path.is_ident(self.0));
            self.1 |= inner.is_some_and(named);
            syn::visit::visit_expr(self, e);
        }
    }
    let mut search = Search(name, false);
    syn::visit::Visit::visit_expr(&mut search, body);
    search.1
}
