//! Companions of `from`: in traits of the run-time library, which have to be in scope. A function of the type's own comes first, as it
//! does in the function itself.

use super::*;

impl Emitter<'_> {
    /// The trait that a call may find its companion in.
    pub(super) fn trait_in_scope(
        &self,
        callee: &Callee,
        args: &[&CallArg],
        companion: Companion,
    ) -> Option<TokenStream> {
        let krate = self.krate;
        let mode = match companion {
            Companion::Primal => return None,
            Companion::Tangent => "Tangent",
            Companion::Forward | Companion::Replay => "Reverse",
            Companion::ForwardTangent => "Hessian",
        };
        let (Callee::Path { prefix, name, .. }, [a]) = (callee, args) else {
            return None;
        };
        if name != "from" || prefix.is_empty() {
            return None;
        }
        let module = match a.arg {
            Arg::Ref(_) | Arg::RefMut(_) => ident("from_ref", Span::call_site()),
            _ => ident("from", Span::call_site()),
        };
        let mode = ident(mode, Span::call_site());
        Some(quote!(#krate::rt::found::#module::#mode))
    }
}
