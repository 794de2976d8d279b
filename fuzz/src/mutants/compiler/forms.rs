//! What kind of code a piece of the compiler's source is.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, ReturnType, Type};

/// What may be spoilt in an expression itself.
pub enum Form {
    Literal,
    Binary,
    Method,
    Call,
    Path,
    If,
    While,
    Not,
    Other,
}

pub fn form(e: &Expr) -> Form {
    match e {
        Expr::Lit(_) => Form::Literal,
        Expr::Binary(_) => Form::Binary,
        Expr::MethodCall(_) => Form::Method,
        Expr::Call(_) => Form::Call,
        Expr::Path(_) => Form::Path,
        Expr::If(_) => Form::If,
        Expr::While(_) => Form::While,
        Expr::Unary(u) if matches!(u.op, syn::UnOp::Not(_)) => Form::Not,
        _ => Form::Other,
    }
}

pub fn operator(e: &Expr) -> Option<BinOp> {
    match e {
        Expr::Binary(b) => Some(b.op),
        _ => None,
    }
}

/// Whether an operand of `&&` is a `let`.
pub fn has_let(e: &Expr) -> bool {
    match e {
        Expr::Let(_) => true,
        Expr::Binary(b) => has_let(&b.left) || has_let(&b.right),
        _ => false,
    }
}

/// Methods whose closures are conditions.
pub fn takes_predicate(name: &str) -> bool {
    let exact = [
        "any",
        "all",
        "filter",
        "find",
        "position",
        "rposition",
        "retain",
        "partition",
        "take_while",
        "skip_while",
        "is_some_and",
        "is_none_or",
        "is_ok_and",
        "rfind",
    ];
    exact.contains(&name)
}

/// Methods that answer yes or no, by their names.
pub fn asks(name: &str) -> bool {
    let begins = ["is_", "has_", "may_", "can_", "needs_"];
    let exact = [
        "any",
        "all",
        "contains",
        "contains_key",
        "same",
        "starts_with",
        "ends_with",
    ];
    begins.iter().any(|b| name.starts_with(b)) || exact.contains(&name)
}

/// Another operator of the IR.
pub fn exchanged(path: &syn::Path) -> Option<&'static str> {
    Some(match path.to_token_stream().to_string().as_str() {
        "BinOp :: Add" => "BinOp::Sub",
        "BinOp :: Sub" => "BinOp::Add",
        "BinOp :: Mul" => "BinOp::Div",
        "BinOp :: Div" => "BinOp::Mul",
        "BinOp :: Rem" => "BinOp::Div",
        "BinOp :: Lt" => "BinOp::Le",
        "BinOp :: Le" => "BinOp::Lt",
        "BinOp :: Gt" => "BinOp::Ge",
        "BinOp :: Ge" => "BinOp::Gt",
        "BinOp :: Eq" => "BinOp::Ne",
        "BinOp :: Ne" => "BinOp::Eq",
        "BinOp :: And" => "BinOp::Or",
        "BinOp :: Or" => "BinOp::And",
        "Rev :: No" => "Rev::Before",
        "Rev :: Before" => "Rev::After",
        "Rev :: After" => "Rev::Before",
        _ => return None,
    })
}

pub fn macro_name(m: &syn::Macro) -> String {
    m.path
        .segments
        .last()
        .map(|s| s.ident.to_string())
        .unwrap_or_default()
}

/// Expressions between commas.
pub fn list(input: syn::parse::ParseStream) -> syn::Result<Punctuated<Expr, syn::Token![,]>> {
    Punctuated::parse_terminated(input)
}

/// Whether a diagnostic is made or tokens are printed there.
pub fn reports(e: &Expr) -> bool {
    let is_code = |a: &Expr| matches!(a, Expr::Path(p) if p.path.segments.first().is_some_and(|s| s.ident == "Code"));
    match e {
        Expr::MethodCall(m) => m.args.iter().any(is_code) || m.method == "expect",
        Expr::Call(c) => {
            c.args.iter().any(is_code)
                || c.func
                    .to_token_stream()
                    .to_string()
                    .starts_with("Diagnostic")
        }
        Expr::Macro(m) => matches!(
            macro_name(&m.mac).as_str(),
            "format"
                | "write"
                | "writeln"
                | "panic"
                | "unreachable"
                | "assert"
                | "debug_assert"
                | "format_ident"
                | "format_args"
        ),
        _ => false,
    }
}

/// Whether a statement, or an arm, is there for what it does.
pub fn is_effect(e: &Expr, semi: bool) -> bool {
    match e {
        Expr::Assign(_) | Expr::ForLoop(_) | Expr::While(_) => true,
        Expr::If(i) => i.else_branch.is_none(),
        Expr::Binary(b) => is_compound(&b.op),
        Expr::Match(_) | Expr::Block(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Return(_) => {
            semi
        }
        Expr::Call(_) => semi,
        Expr::MethodCall(m) => semi || changes(&m.method.to_string()),
        _ => false,
    }
}

fn is_compound(op: &BinOp) -> bool {
    op.to_token_stream().to_string().ends_with('=')
        && !matches!(
            op,
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Le(_) | BinOp::Ge(_)
        )
}

fn changes(name: &str) -> bool {
    let exact = [
        "push",
        "extend",
        "append",
        "clear",
        "retain",
        "for_each",
        "extend_from_slice",
    ];
    exact.contains(&name)
}

/// Whether a pattern takes whatever is left.
pub fn takes_all(p: &syn::Pat) -> bool {
    match p {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(i) => {
            i.subpat.is_none() && i.ident.to_string().starts_with(char::is_lowercase)
        }
        _ => false,
    }
}

/// What a function may return instead of doing its work.
pub fn early_results(output: &ReturnType) -> Vec<(&'static str, TokenStream)> {
    let ReturnType::Type(_, ty) = output else {
        return vec![("", TokenStream::new())];
    };
    let Type::Path(p) = &**ty else {
        return Vec::new();
    };
    let Some(last) = p.path.segments.last() else {
        return Vec::new();
    };
    match last.ident.to_string().as_str() {
        "bool" => vec![("`true`", quote!(true)), ("`false`", quote!(false))],
        "Option" => vec![("`None`", quote!(None))],
        "Vec" | "HashSet" | "HashMap" | "TokenStream" | "BTreeMap" | "BTreeSet" | "Block" => {
            vec![("nothing", quote!(::core::default::Default::default()))]
        }
        _ => Vec::new(),
    }
}

pub fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| {
        a.path().is_ident("test")
            || (a.path().is_ident("cfg") && a.to_token_stream().to_string().contains("test"))
    })
}

/// Functions that make text for people.
pub fn is_printing(name: &str) -> bool {
    ["fmt", "describe", "help", "message", "to_compile_error"].contains(&name)
}

pub fn is_printing_trait(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|s| s.ident == "Display" || s.ident == "Debug")
}
