//! What a function returns: the type of its value, and the wrapper around it.

use super::Subject;
use crate::ir::Wrapper;
use crate::lower::{inner_type, with_inner};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl Subject<'_> {
    /// The value's type as written, without its wrapper; `()` where nothing is.
    pub fn ret(&self) -> TokenStream {
        match &self.sig.output {
            syn::ReturnType::Type(_, ty) => match inner_type(ty) {
                Some((_, inner)) => inner.to_token_stream(),
                None => ty.to_token_stream(),
            },
            syn::ReturnType::Default => quote!(()),
        }
    }

    /// The type of a companion whose values have this type: in the function's wrapper.
    pub fn wrapped(&self, values: TokenStream) -> TokenStream {
        match (&self.sig.output, self.func.wrapper) {
            (syn::ReturnType::Type(_, ty), Some(_)) => {
                let values = if values.is_empty() {
                    quote!(())
                } else {
                    values
                };
                with_inner(ty, &values)
            }
            _ => values,
        }
    }

    /// The values of a companion, in the function's wrapper.
    pub fn wrap(&self, values: TokenStream) -> TokenStream {
        match self.func.wrapper {
            None => values,
            Some(wrapper) if values.is_empty() => wrapper.around(quote!(())),
            Some(wrapper) => wrapper.around(values),
        }
    }

    /// Whether an error may leave the function.
    pub fn is_fallible(&self) -> bool {
        matches!(self.func.wrapper, Some(Wrapper::Result | Wrapper::Option))
    }
}
