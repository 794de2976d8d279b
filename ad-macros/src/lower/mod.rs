//! From syntax to IR: the only room that reads the user's syntax.

mod answers;
mod array;
mod call;
mod callable;
mod claims;
mod closure;
mod control;
mod convert;
mod decide;
mod declared;
mod edit;
mod evidence;
mod exchange;
mod expected;
mod expr;
mod fallible;
mod form;
mod iter;
mod macros;
mod maybe;
mod opaque;
mod operators;
mod option;
mod order;
mod otherwise;
mod part;
mod pattern;
mod place;
mod receiver;
mod rule;
mod slices;
mod stmt;
mod storage;
mod structure;
mod types;
mod variant;
mod whether;

use crate::diagnostics::{Code, Culprit, Diagnostic, Errors, head, opening, whole};
use crate::ir::*;
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub use callable::Signature;
pub use declared::names_users_type;
pub use evidence::is_numeric;
pub use fallible::{inner_type, with_inner};
pub use opaque::{is_variable, scan};
pub use receiver::{is_constant, is_standard};
pub use rule::{Differentiated, RESULT, Stated, own_call};
pub use storage::is_storage;
pub use types::Generics;

/// What a name in scope stands for.
#[derive(Clone)]
enum Binding {
    Var(VarId),
    /// Another name for a place (`for v in &a`, `let v = &a[i]`).
    Alias(Place),
    /// A closure, written out where it is called.
    Closure(Rc<closure::Closure>),
    /// An item of several parts, some of them references.
    Parts(iter::Item),
    /// An iterator, whose loops are written out where its items are taken.
    Iterator(Rc<iter::Held>),
}

/// A loop (or labelled block) that can be left.
struct LoopScope {
    /// What `break` leaves.
    label: LabelId,
    /// What `continue` goes on with: a loop over several sources is several loops.
    next: LabelId,
    user: Option<String>,
    /// Where `break value` goes.
    value: Option<VarId>,
    /// `break value` is `return value`.
    returns: bool,
    is_loop: bool,
}

/// The state of lowering one function.
pub struct Lowerer<'e> {
    pub func: Func,
    pub errors: &'e mut Errors,
    generics: Generics,
    scopes: Vec<HashMap<String, Binding>>,
    /// The block that statements are appended to.
    out: Block,
    loops: Vec<LoopScope>,
    /// The closures that are being written out and hold a `return`.
    closure_exits: Vec<closure::ClosureExit>,
    /// The closures around the code, with where `?` goes in them.
    tries: Vec<Option<iter::Otherwise>>,
    /// The position of the loop over a chain that is being lowered.
    here: Option<Expr>,
    /// The blocks of `let … else` that exits ahead leave through, with the names in scope there.
    elses: Vec<(syn::Expr, Vec<HashMap<String, Binding>>)>,
    /// Errors that exits ahead leave with.
    errors_ahead: Vec<Opaque>,
    /// Items nested in the body: copied into every companion.
    pub items: Vec<syn::Item>,
    /// Variables whose value may depend on an active input.
    maybe_active: Vec<bool>,
    /// Names of constants that a pattern has bound, by value or by reference.
    decided: Vec<VarId>,
    /// Types as they were written, by the path of a place.
    declared: HashMap<String, syn::Type>,
    /// Whether what stands around an expression asks for a value of a user's type, and whether the function returns one.
    users_expected: bool,
    returns_users: bool,
    /// The type that is written nearby for what is lowered next, and that of the function's value.
    asked_type: Option<syn::Type>,
    returned_type: Option<syn::Type>,
    /// The value of the closure for a callee that is being lowered, if it is in a wrapper.
    wrapped_value: Option<VarId>,
    /// Parameters that are functions.
    callables: HashMap<VarId, Signature>,
    /// Depth of `constant(…)` around the expression.
    holding: usize,
    /// What has been claimed of types already.
    claims: HashSet<String>,
    /// Variables that are known to be of a user's type, or of several.
    named: HashSet<VarId>,
    /// Path of the facade crate.
    krate: &'e proc_macro2::TokenStream,
    /// Variables that are known to hold an `Option` or a `Result`, and of what.
    held: HashMap<VarId, (Wrapper, Ty)>,
    /// Names that the body asks whether they hold anything.
    asked: HashMap<String, Wrapper>,
    /// The attributes of loops that have been read.
    stored: HashSet<String>,
    /// The attributes of the loop whose chain is about to be run.
    of_chain: Vec<syn::Attribute>,
    /// An active value has been written to a text.
    writes_texts: bool,
}

/// Where the value of a control-flow expression goes.
#[derive(Clone, Copy)]
enum Dest {
    Discard,
    Return,
    /// First assignment of a late-initialised variable.
    Init(VarId),
    /// The same, of the value of an `Option` or a `Result`; without one, control goes elsewhere.
    Found(VarId, iter::Otherwise),
}

/// Lowers a function; errors are collected and lowering goes on.
pub fn lower<'e>(
    sig: &syn::Signature,
    body: &syn::Block,
    generics: Generics,
    krate: &'e proc_macro2::TokenStream,
    errors: &'e mut Errors,
) -> Lowerer<'e> {
    let mut lw = enter(sig, body, generics, krate, errors);
    let dest = if matches!(lw.func.ret, Ty::Unit) && lw.func.wrapper.is_none() {
        Dest::Discard
    } else {
        Dest::Return
    };
    lw.block_into(body, dest);
    lw.check_storage(body);
    lw.check_texts(body);
    if lw.func.wrapper.is_some() {
        fallible::trim(&mut lw.out);
    }
    lw.func.body = std::mem::take(&mut lw.out);
    lw
}

/// Lowers a function whose partials are stated.
pub fn lower_stated<'e>(
    sig: &syn::Signature,
    stated: &Stated,
    generics: Generics,
    krate: &'e proc_macro2::TokenStream,
    errors: &'e mut Errors,
) -> Lowerer<'e> {
    let mut lw = enter(sig, &syn::parse_quote!({}), generics, krate, errors);
    lw.stated(sig, stated);
    lw.func.body = std::mem::take(&mut lw.out);
    lw
}

/// The parameters and the result are known, the body is to come.
fn enter<'e>(
    sig: &syn::Signature,
    body: &syn::Block,
    generics: Generics,
    krate: &'e proc_macro2::TokenStream,
    errors: &'e mut Errors,
) -> Lowerer<'e> {
    // In a signature `Self` is what it is for the trait that declares it.
    let (mut generics, own) = (generics.clone(), generics.own);
    generics.own = None;
    let func = Func {
        vars: Vec::new(),
        names: Names::default(),
        label_names: Names::default(),
        params: Vec::new(),
        ret: Ty::Unit,
        body: Vec::new(),
        labels: Vec::new(),
        wrapper: None,
        lambdas_fail: false,
        mixed: false,
        form: Companion::Primal,
        endings: HashMap::new(),
        methods: HashMap::new(),
        parted: HashMap::new(),
        returned: HashSet::new(),
    };
    let mut lw = Lowerer {
        func,
        errors,
        generics,
        scopes: vec![HashMap::new()],
        out: Vec::new(),
        loops: Vec::new(),
        closure_exits: Vec::new(),
        tries: Vec::new(),
        here: None,
        elses: Vec::new(),
        errors_ahead: Vec::new(),
        items: Vec::new(),
        maybe_active: Vec::new(),
        decided: Vec::new(),
        declared: HashMap::new(),
        users_expected: false,
        returns_users: false,
        asked_type: None,
        returned_type: None,
        wrapped_value: None,
        callables: HashMap::new(),
        holding: 0,
        claims: HashSet::new(),
        named: HashSet::new(),
        krate,
        held: HashMap::new(),
        asked: option::asked(body),
        stored: HashSet::new(),
        of_chain: Vec::new(),
        writes_texts: false,
    };
    if let syn::ReturnType::Type(_, ty) = &sig.output {
        let inner = inner_type(ty);
        lw.func.wrapper = inner.map(|(wrapper, _)| wrapper);
        let value = inner.map_or(&**ty, |(_, inner)| inner);
        lw.func.ret = lw.generics.ty(value);
        lw.returns_users = names_users_type(value, &lw.generics);
        lw.returned_type = Some(value.clone());
        if matches!(lw.func.ret, Ty::Ref(..)) {
            lw.errors.at(
                whole(ty),
                Code::ReturnsReference,
                "a function that returns a reference can't be differentiated",
                "return an owned value, or write to a `&mut` parameter",
            );
        }
    }
    lw.params(sig, own.clone());
    lw.generics.own = own;
    lw.scopes.push(HashMap::new());
    lw
}

/// Where a scope notes that a name stands for a value; no name looks like it.
fn of_value(name: &str) -> String {
    format!("{name} by value")
}

/// The name that an expression consists of.
fn name_of(e: &syn::Expr) -> Option<String> {
    match e {
        syn::Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

/// Where a scope notes that a name stands for an exclusive reference.
fn of_loan(name: &str) -> String {
    format!("{name} on loan")
}

impl Lowerer<'_> {
    fn unsupported(&mut self, at: impl Into<Culprit>, code: Code, what: &str, instead: &str) {
        let message = format!("{what} can't be differentiated here");
        self.errors.at(at, code, message, instead);
    }

    fn emit(&mut self, s: Stmt) {
        self.out.push(s);
    }

    /// Declares a variable without binding its name.
    fn declare(&mut self, name: &str, span: Span, ty: Ty, mutable: bool, role: Role) -> VarId {
        let id = self.func.fresh(name, ty, mutable, role);
        let var = &mut self.func.vars[id.0];
        var.source = name.to_string();
        var.span = span;
        self.maybe_active.resize(self.func.vars.len(), true);
        id
    }

    fn bind(&mut self, name: &str, binding: Binding) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.remove(&of_value(name));
            scope.remove(&of_loan(name));
            scope.insert(name.to_string(), binding);
        }
    }

    /// Notes that a name that was bound last stands for a value, though it is another name for a place.
    fn note_value(&mut self, name: &str) {
        self.note(name, of_value(name));
    }

    /// Whether a name for a place stands for its value, not for a reference to it.
    fn is_value(&self, name: &str) -> bool {
        self.is_noted(name, &of_value(name))
    }

    /// Notes that a name that was bound last stands for an exclusive reference to a place.
    fn note_loan(&mut self, name: &str) {
        self.note(name, of_loan(name));
    }

    fn is_loan(&self, name: &str) -> bool {
        self.is_noted(name, &of_loan(name))
    }

    fn note(&mut self, name: &str, mark: String) {
        if let Some(scope) = self.scopes.last_mut()
            && let Some(binding) = scope.get(name).cloned()
        {
            scope.insert(mark, binding);
        }
    }

    fn is_noted(&self, name: &str, mark: &str) -> bool {
        let scope = self.scopes.iter().rev().find(|s| s.contains_key(name));
        scope.is_some_and(|s| s.contains_key(mark))
    }

    fn lookup(&self, name: &str) -> Option<&Binding> {
        self.scopes.iter().rev().find_map(|s| s.get(name))
    }

    fn temp(&mut self, name: &str, ty: Ty) -> VarId {
        self.declare(name, Span::mixed_site(), ty, false, Role::Temp)
    }

    /// Whether the value of an expression may depend on an active input.
    fn expr_maybe_active(&self, e: &Expr) -> bool {
        let mut any = false;
        places_of_expr(e, &mut |p| any |= self.place_maybe_active(p));
        any
    }

    fn place_maybe_active(&self, p: &Place) -> bool {
        self.var_maybe_active(self.func.root(p))
    }

    fn var_maybe_active(&self, v: VarId) -> bool {
        let var = self.func.var(v);
        !var.constant && !var.ty.is_constant() && (var.mutable || self.maybe_active[v.0])
    }

    /// `let name = value` in the current block, bound to a variable that the compiler named.
    fn name_value(&mut self, name: &str, value: Expr, ty: Ty) -> VarId {
        let active = self.expr_maybe_active(&value);
        let var = self.temp(name, ty);
        self.maybe_active[var.0] = active;
        self.emit(Stmt::Let {
            var,
            init: Some(value),
        });
        var
    }

    /// Learns the type of a variable whose type was unknown.
    fn refine(&mut self, e: &Expr, ty: &Ty) {
        if let Expr::Place(p) = e
            && p.is_var()
        {
            let known = &mut self.func.vars[p.base.0].ty;
            match (&known, ty) {
                (Ty::Unknown, _) | (Ty::Real(Scalar::Unknown), Ty::Real(_)) => *known = ty.clone(),
                _ => {}
            }
        }
    }

    /// Lowers something into a block of its own.
    fn in_block<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> (Block, R) {
        let outer = std::mem::take(&mut self.out);
        self.scopes.push(HashMap::new());
        let result = f(self);
        self.scopes.pop();
        (std::mem::replace(&mut self.out, outer), result)
    }
}
