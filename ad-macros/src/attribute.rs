//! The arguments of `#[differentiate(…)]`, parsed once.

mod rule;

use crate::diagnostics::{Code, Errors, whole};
use proc_macro2::{Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;

pub use rule::Rule;

/// What the attribute says: which companions are wanted, and where the derivative comes from.
#[derive(Clone)]
pub struct Attribute {
    pub modes: Modes,
    pub origin: Origin,
}

/// Where the derivative of a function comes from.
#[derive(Clone)]
pub enum Origin {
    /// Its body is differentiated.
    Body,
    /// Its partials are stated: `rule(x => …)`.
    Rule(Rule),
    /// Its tangent and its adjoint are written by hand: `custom`.
    Custom(Custom),
}

/// `custom`, where it stands.
#[derive(Clone)]
pub struct Custom {
    pub span: Span,
    /// The modes beside it say what is written; otherwise it may be either or both.
    pub listed: bool,
}

impl Attribute {
    pub fn parse(attr: TokenStream, errors: &mut Errors) -> Attribute {
        let mut all = Attribute {
            modes: Modes::BOTH,
            origin: Origin::Body,
        };
        if attr.is_empty() {
            return all;
        }
        let parser = Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
        let list = match syn::parse::Parser::parse2(parser, attr) {
            Ok(list) => list,
            Err(e) => {
                errors.at(
                    e.span(),
                    Code::Modes,
                    "this is no list of modes",
                    format!("write names with commas between them, as in `#[differentiate(forward, reverse)]`; {KNOWN}"),
                );
                all.modes = Modes::NONE;
                return all;
            }
        };
        let (origins, modes): (Vec<_>, Vec<_>) = list.iter().partition(|m| is_origin(m));
        for meta in &origins {
            all.add(meta, errors);
        }
        // Alone, a rule gives both modes.
        if !modes.is_empty() || origins.is_empty() {
            all.modes = Modes::NONE;
            modes.iter().for_each(|m| all.modes.add(m, errors));
            if let Origin::Custom(custom) = &mut all.origin {
                custom.listed = true;
            }
        }
        all
    }

    fn add(&mut self, meta: &syn::Meta, errors: &mut Errors) {
        if !matches!(self.origin, Origin::Body) {
            errors.at(
                whole(&meta),
                Code::StatedTwice,
                "the derivative of a function is stated once",
                "keep one: a `rule(…)` with a partial for each parameter, or `custom`",
            );
            return;
        }
        if meta.path().is_ident("custom") {
            match meta {
                syn::Meta::Path(_) => {
                    self.origin = Origin::Custom(Custom {
                        span: meta.span(),
                        listed: false,
                    });
                }
                _ => errors.at(
                    whole(&meta),
                    Code::ModeArguments,
                    "`custom` takes no arguments",
                    "the modes beside it say which companions you write: `#[differentiate(custom, reverse)]`",
                ),
            }
            return;
        }
        match Rule::parse(meta) {
            Ok(rule) => self.origin = Origin::Rule(rule),
            Err(e) => errors.push(e),
        }
    }
}

fn is_origin(meta: &syn::Meta) -> bool {
    ["rule", "custom"].iter().any(|n| meta.path().is_ident(n))
}

/// Which companions are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Modes {
    pub forward: bool,
    pub reverse: bool,
    pub hessian: bool,
    pub jacobian: Option<Order>,
    pub sparse: bool,
    pub taylor: bool,
}

/// How Jacobians are computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// In the mode that is cheaper for the shapes at hand.
    Cheapest,
    Forward,
    Reverse,
}

const KNOWN: &str = "known modes: `forward`, `reverse`, `jacobian`, `hessian`, `sparse`, `taylor`, `rule(…)`, `custom`";

/// What was meant by a name that is no mode: that of other tools, or one that begins in the same way.
fn nearest(name: &str) -> String {
    let meant = match name {
        "backward" | "adjoint" | "gradient" | "grad" | "vjp" | "pullback" => Some("reverse"),
        "tangent" | "derivative" | "jvp" | "pushforward" | "dual" => Some("forward"),
        "hvp" | "second_order" => Some("hessian"),
        "series" | "jet" => Some("taylor"),
        _ => [
            "forward",
            "reverse",
            "jacobian",
            "hessian",
            "sparse",
            "taylor",
            "rule(…)",
            "custom",
        ]
        .into_iter()
        .find(|mode| name.len() >= 3 && mode.get(..3) == name.get(..3)),
    };
    match meant {
        Some(meant) => format!("write `{meant}`; {KNOWN}"),
        None => KNOWN.to_string(),
    }
}

impl Modes {
    const NONE: Modes = Modes {
        forward: false,
        reverse: false,
        hessian: false,
        jacobian: None,
        sparse: false,
        taylor: false,
    };

    const BOTH: Modes = Modes {
        forward: true,
        reverse: true,
        ..Modes::NONE
    };

    /// `sparse` goes with `jacobian` and `hessian`; alone, it means Jacobians.
    pub fn sparse_jacobian(&self) -> bool {
        self.sparse && (self.jacobian.is_some() || !self.hessian)
    }

    pub fn sparse_hessian(&self) -> bool {
        self.sparse && self.hessian
    }

    fn add(&mut self, meta: &syn::Meta, errors: &mut Errors) {
        let name = meta
            .path()
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        if !matches!(meta, syn::Meta::Path(_))
            && matches!(
                name.as_str(),
                "forward" | "reverse" | "hessian" | "sparse" | "taylor"
            )
        {
            errors.at(
                whole(&meta),
                Code::ModeArguments,
                format!("the mode `{name}` takes no arguments"),
                format!("write `{name}` alone, as in `#[differentiate({name})]`"),
            );
            return;
        }
        match name.as_str() {
            "forward" => self.forward = true,
            "reverse" => self.reverse = true,
            "hessian" => {
                self.hessian = true;
                self.forward = true;
                self.reverse = true;
            }
            "jacobian" => {
                self.jacobian = order(meta, errors);
                self.forward = true;
                self.reverse = true;
            }
            "taylor" => {
                self.taylor = true;
                self.forward = true;
            }
            "sparse" => {
                self.sparse = true;
                self.forward = true;
                self.reverse = true;
            }
            _ => errors.at(
                whole(meta.path()),
                Code::Modes,
                format!(
                    "unknown mode `{}`",
                    quote::ToTokens::to_token_stream(meta.path())
                ),
                nearest(&name),
            ),
        }
    }
}

/// `jacobian`, `jacobian(forward)`, `jacobian(reverse)`.
fn order(meta: &syn::Meta, errors: &mut Errors) -> Option<Order> {
    let given = match meta {
        syn::Meta::Path(_) => return Some(Order::Cheapest),
        syn::Meta::List(list) => list.tokens.to_string(),
        syn::Meta::NameValue(_) => String::new(),
    };
    match given.as_str() {
        "forward" => Some(Order::Forward),
        "reverse" => Some(Order::Reverse),
        _ => {
            errors.at(
                whole(meta),
                Code::ModeArguments,
                "`jacobian` knows two arguments only, `forward` and `reverse`",
                "write `jacobian` for the cheaper mode, `jacobian(forward)` or `jacobian(reverse)` for one of them",
            );
            None
        }
    }
}

/// The path of the facade crate, whatever the user called the dependency.
pub fn facade() -> TokenStream {
    use proc_macro_crate::{FoundCrate, crate_name};
    match crate_name("chainrule") {
        Ok(FoundCrate::Name(name)) if name != "chainrule" => {
            let name = syn::Ident::new(&name, Span::call_site());
            quote::quote!(::#name)
        }
        _ => quote::quote!(::chainrule),
    }
}
