//! Closures that are handed to a callee.

use super::*;

impl Emitter<'_> {
    pub(super) fn lambda(&self, l: &Lambda) -> TokenStream {
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        let reverse = matches!(l.sweep, Sweep::Reverse { .. });
        if let Sweep::Reverse { record, .. } = &l.sweep {
            let names = record.iter().map(|v| self.declared(*v));
            params.push(quote!((#(#names,)*)));
        }
        for p in &l.params {
            let by_value = p.reference(self.func).is_none();
            if reverse && by_value {
                continue;
            }
            let name = self.declared(p.var);
            params.push(match self.ty(&self.func.var(p.var).ty) {
                Some(ty) => quote!(#name: #ty),
                None => name,
            });
            for (k, s) in p.shadows.iter().enumerate() {
                let Some(s) = s else {
                    params.push(quote!(_));
                    continue;
                };
                let name = self.name(*s);
                params.push(quote!(#name));
                // Behind a tangent stand adjoints.
                let adjoint = reverse && (p.shadows.len() == 1 || k > 0);
                prologue.extend(self.shadow_given(p, *s, adjoint));
            }
        }
        if let Sweep::Reverse { seeds, .. } = &l.sweep {
            params.extend(seeds.iter().map(|v| self.declared(*v)));
        }
        let body = self.block(&l.body);
        let kept = |v: &VarId| {
            let name = self.name(*v);
            let twice = matches!(&l.sweep, Sweep::Forward(record) if record.contains(v));
            match twice && self.func.var(*v).ty.is_copy() != Some(true) {
                true => quote!(::core::clone::Clone::clone(&#name)),
                false => quote!(#name),
            }
        };
        let results = l.results.iter().map(kept);
        let record = match &l.sweep {
            Sweep::Forward(record) => {
                let names = record.iter().map(|v| self.name(*v));
                Some(quote!((#(#names,)*)))
            }
            _ => None,
        };
        let all = quote!((#(#results,)* #record));
        let all = match l.wrapper {
            Some(wrapper) => wrapper.around(all),
            None => all,
        };
        quote!(&mut |#(#params),*| { #prologue #body #all })
    }

    /// A variable in a pattern.
    fn declared(&self, v: VarId) -> TokenStream {
        let name = self.name(v);
        match self.func.var(v).mutable {
            true => quote!(mut #name),
            false => quote!(#name),
        }
    }

    /// A shadow that may not be given: zero, and what is added to it is lost.
    fn shadow_given(&self, p: &LambdaParam, shadow: VarId, adjoint: bool) -> TokenStream {
        let (name, value) = (self.name(shadow), self.name(p.var));
        let zero = self.zero(&self.func.var(p.var).ty, &quote!(#value));
        let mutable = match self.func.var(shadow).mutable {
            true => quote!(mut),
            false => quote!(),
        };
        let reference = match p.reference(self.func) {
            None => return quote!(let #mutable #name = #name.unwrap_or_else(|| #zero);),
            Some(true) => {
                return quote!(let #name = #name.expect("the shadow of a `&mut` argument is given"););
            }
            Some(false) if adjoint => quote!(&mut),
            Some(false) => quote!(&),
        };
        let whole = match self.func.var(p.var).ty.peel() {
            Ty::Slice(_) => quote!([..]),
            _ => quote!(),
        };
        let own = format_ident!("{name}_own");
        quote! {
            let mut #own;
            let #name = match #name {
                ::core::option::Option::Some(given) => given,
                ::core::option::Option::None => { #own = #zero; #reference #own #whole }
            };
        }
    }
}
