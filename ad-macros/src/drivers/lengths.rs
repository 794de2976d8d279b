//! That shadows of slices are as long as their values, said once where a companion begins.

use super::Subject;
use super::params::{Param, Passing};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

impl Subject<'_> {
    /// `let x_dot = of_length(x_dot, x.len());` for each slice that is passed so, by the name that its value has there and that of its
    /// shadow, which may be written to.
    ///
    /// A direction or an adjoint of another shape is an error of the caller. And the compiler, which knows no relation between the two
    /// lengths, would ask for each element of the shadow whether it is there, and could not move what stands behind that question.
    pub fn lengths_agree(
        &self,
        (passing, written): (Passing, bool),
        names: &dyn Fn(&Param) -> Option<(Ident, Ident)>,
    ) -> TokenStream {
        let krate = self.krate;
        self.params
            .iter()
            .filter(|p| p.active && !p.anonymous && p.passing == passing && self.is_slice(p))
            .filter_map(|p| {
                let (value, shadow) = names(p)?;
                let mutable = p.mutable.then(|| quote!(mut));
                let of_length = match written {
                    true => format_ident!("of_length_mut"),
                    false => format_ident!("of_length"),
                };
                Some(quote!(let #mutable #shadow = #krate::rt::#of_length(#shadow, #value.len());))
            })
            .collect()
    }
}
