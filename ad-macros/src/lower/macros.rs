//! Macros: those of the standard library by what they mean, the user's own by what rustc can promise of them.

use super::expr::assigns;
use super::*;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Macros of the standard library whose value is a constant, whatever they are given.
const CONSTANTS: &[&str] = &[
    "format",
    "concat",
    "stringify",
    "line",
    "column",
    "file",
    "module_path",
    "cfg",
    "env",
    "option_env",
    "include_str",
    "include_bytes",
];

/// Macros that are statements and only look at what they are given; `assert!` and its like may also panic.
const STATEMENTS: &[&str] = &[
    "println",
    "print",
    "eprintln",
    "eprint",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "write",
    "writeln",
    "ensure",
];

/// Those whose text can be read again.
const TEXTS: &[&str] = &["format", "write", "writeln"];

/// What reads numbers from texts.
const READERS: &[&str] = &["parse", "from_str"];

impl Lowerer<'_> {
    /// Rejects numbers that are read from texts if active values have been written to any: what was written where is not followed.
    pub(super) fn check_texts(&mut self, body: &syn::Block) {
        let mut readers = Vec::new();
        if self.writes_texts {
            find_readers(body.to_token_stream(), &mut readers);
        }
        for reader in readers {
            self.unsupported(
                reader.span(),
                Code::Macro,
                &format!("`{reader}` in a function that writes active values to a text"),
                "take the number itself, or wrap what writes it in `constant(…)` if it has no derivative",
            );
        }
    }

    pub(super) fn macro_expr(&mut self, m: &syn::ExprMacro) -> (Expr, Ty) {
        if m.mac.path.is_ident("vec") {
            return self.vec_macro(m);
        }
        let tokens = m.to_token_stream();
        if never_returns(&tokens) {
            let opaque = self.opaque(tokens, m.span(), Ty::Constant);
            self.emit(Stmt::Effect(opaque));
            return (Expr::Tuple(Vec::new()), Ty::Unit);
        }
        let name = macro_name(&m.mac);
        self.writes_texts |= self.holding == 0
            && TEXTS.contains(&name.as_str())
            && !self.is_constant_code(m.mac.tokens.clone());
        if STATEMENTS.contains(&name.as_str()) {
            let ty = match assigns(&m.mac.tokens, false) {
                true => Ty::Unknown,
                false => Ty::Unit,
            };
            let opaque = self.opaque(tokens, m.span(), ty);
            self.emit(Stmt::Effect(opaque));
            return (Expr::Tuple(Vec::new()), Ty::Unit);
        }
        if name == "dbg"
            && self.holding == 0
            && let Ok(e) = m.mac.parse_body::<syn::Expr>()
        {
            return self.debugged(m, &e);
        }
        if name == "matches" {
            return self.opaque_expr(m, Ty::Bool);
        }
        if CONSTANTS.contains(&name.as_str()) {
            return self.opaque_expr(m, Ty::Constant);
        }
        if self.holding > 0 {
            return self.opaque_expr(m, Ty::Unknown);
        }
        if !self.is_constant_code(m.mac.tokens.clone()) {
            self.unsupported(
                whole(&m.mac.path),
                Code::Macro,
                &format!("the value of the macro `{name}!` of an active argument"),
                "write out what it expands to, make it an annotated function, or wrap it in `constant(…)` if it has no derivative",
            );
            return self.opaque_expr(m, Ty::Constant);
        }
        if !self.loops.is_empty() && self.func.wrapper.is_none() {
            // It can't leave the loop unseen.
            return self.opaque_expr(&quote!((|| #m)()), Ty::Unknown);
        }
        self.opaque_expr(m, Ty::Unknown)
    }

    /// A macro of the user's as a statement. What it does is not seen here; but in a closure that may only be called through a shared
    /// reference it can neither change nor keep the active values that it is given, and it can't leave the function or a loop.
    /// Returns whether it was one.
    pub(super) fn macro_statement_of_user(&mut self, m: &syn::ExprMacro) -> bool {
        let name = macro_name(&m.mac);
        let known = STATEMENTS.contains(&name.as_str())
            || CONSTANTS.contains(&name.as_str())
            || matches!(name.as_str(), "vec" | "dbg" | "matches")
            || never_returns(&m.to_token_stream());
        if known || self.holding > 0 {
            return false;
        }
        let only_reads = !self.is_constant_code(m.mac.tokens.clone());
        if self.func.wrapper.is_some() {
            // It may be what returns the error.
            if only_reads {
                self.unsupported(
                    whole(&m.mac.path),
                    Code::Macro,
                    &format!("the macro `{name}!` with an active argument in a function that may return an error"),
                    "write out what it expands to",
                );
            }
            if !only_reads {
                // As a statement, since its expansion may be several.
                let opaque = self.opaque(m.to_token_stream(), m.span(), Ty::Unknown);
                self.emit(Stmt::Effect(opaque));
            }
            return true;
        }
        let closure = match only_reads {
            true => {
                quote!({ let only_reads: &dyn ::core::ops::Fn() -> [(); 1] = &|| { #m; [()] }; only_reads(); })
            }
            false => {
                quote!({ let mut stays: &mut dyn ::core::ops::FnMut() -> [(); 1] = &mut || { #m; [()] }; stays(); })
            }
        };
        let ty = match only_reads {
            true => Ty::Unit,
            false => Ty::Unknown,
        };
        let opaque = self.opaque(closure, m.span(), ty);
        self.emit(Stmt::Effect(opaque));
        true
    }

    /// A macro that is defined in the function. Its body is not seen where it is used: so it may only mention what has no derivative, and what
    /// is there wherever it is put.
    pub(super) fn defined(&mut self, m: &syn::ItemMacro) -> bool {
        let mut names = Vec::new();
        opaque::scan(without_metavariables(m.mac.tokens.clone()), &mut names);
        let held = |name: &String| match self.lookup(name) {
            Some(Binding::Var(v)) => self.var_maybe_active(*v) || !self.func.params.contains(v),
            Some(_) => true,
            None => false,
        };
        let found = names.iter().find(|n| held(n));
        if let Some(name) = found {
            self.unsupported(
                whole(&m.mac.path),
                Code::NestedItem,
                &format!(
                    "a macro that is defined in the function and mentions its variable `{name}`"
                ),
                "write out what it expands to, or make it a closure",
            );
        }
        found.is_none()
    }

    /// `dbg!(e)`: the value of `e`, printed once as the macro would.
    fn debugged(&mut self, m: &syn::ExprMacro, e: &syn::Expr) -> (Expr, Ty) {
        let (value, ty) = self.expr(e);
        let var = self.name_value("debugged", value, ty.clone());
        let name = syn::Ident::new("debugged", Span::mixed_site());
        let (span, krate) = (m.span(), self.krate);
        let print = quote::quote_spanned!(span=>
            #krate::rt::std::eprintln!("[{}:{}:{}] {} = {:#?}", ::core::file!(), ::core::line!(), ::core::column!(), ::core::stringify!(#e), &#name)
        );
        self.emit(Stmt::Effect(Opaque {
            tokens: print,
            reads: vec![var],
            span,
            ty: Ty::Unit,
        }));
        (Expr::var(var), ty)
    }
}

fn macro_name(mac: &syn::Macro) -> String {
    let last = mac.path.segments.last();
    last.map(|s| s.ident.to_string()).unwrap_or_default()
}

/// The tokens of a macro's rules without what its invocations put in.
fn without_metavariables(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(t) = tokens.next() {
        match &t {
            TokenTree::Punct(p) if p.as_char() == '$' => {
                if tokens
                    .next_if(|t| matches!(t, TokenTree::Ident(_)))
                    .is_some()
                    && tokens.next_if(is_colon).is_some()
                {
                    tokens.next();
                }
            }
            TokenTree::Group(g) => {
                let inner = without_metavariables(g.stream());
                out.extend([TokenTree::Group(proc_macro2::Group::new(
                    g.delimiter(),
                    inner,
                ))]);
            }
            _ => out.extend([t]),
        }
    }
    out
}

fn is_colon(t: &TokenTree) -> bool {
    matches!(t, TokenTree::Punct(p) if p.as_char() == ':')
}

/// Where something reads numbers from texts.
fn find_readers(tokens: TokenStream, found: &mut Vec<Ident>) {
    for t in tokens {
        match t {
            TokenTree::Group(g) => find_readers(g.stream(), found),
            TokenTree::Ident(id) if READERS.iter().any(|name| id == name) => found.push(id),
            _ => {}
        }
    }
}
