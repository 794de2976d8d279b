//! Loops over slices in pairs.

use super::*;

impl Emitter<'_> {
    /// ```text
    /// let (x_pairs, x_last) = x[..n].as_chunks::<2>();
    /// for (&[x_even, x_odd], [x_bar_even, x_bar_odd]) in x_pairs.iter().zip(x_bar_pairs) { … }
    /// for (&x_even, x_bar_even) in x_last.iter().zip(x_bar_last) { … }
    /// ```
    pub(super) fn pairs(&self, slices: &[PairedSlice], pair: &Block, last: &Block) -> TokenStream {
        let split = slices.iter().map(|s| {
            let slice = self.place_as(&s.place, s.written);
            let (pairs, last) = (self.name(s.pairs), self.name(s.last));
            let chunks = match s.written {
                true => quote!(as_chunks_mut),
                false => quote!(as_chunks),
            };
            quote!(let (#pairs, #last) = #slice.#chunks::<2>();)
        });
        let of_pairs = slices.iter().map(|s| {
            let [a, b] = s.elements.map(|v| self.name(v));
            match s.written {
                true => quote!([#a, #b]),
                false => quote!(&[#a, #b]),
            }
        });
        let of_last = slices.iter().map(|s| {
            let a = self.name(s.elements[0]);
            match s.written {
                true => quote!(#a),
                false => quote!(&#a),
            }
        });
        let iter = |s: &PairedSlice, name: VarId, first: bool| {
            let name = self.name(name);
            match (first, s.written) {
                (false, _) => quote!(#name),
                (true, true) => quote!(#name.iter_mut()),
                (true, false) => quote!(#name.iter()),
            }
        };
        let zip = |part: fn(&PairedSlice) -> VarId| {
            let parts = slices.iter().enumerate();
            parts
                .map(|(k, s)| iter(s, part(s), k == 0))
                .reduce(|all, next| quote!(#all.zip(#next)))
        };
        let nest = |patterns: Vec<TokenStream>| {
            patterns
                .into_iter()
                .reduce(|all, next| quote!((#all, #next)))
        };
        let (of_pairs, of_last) = (nest(of_pairs.collect()), nest(of_last.collect()));
        let (pairs, rest) = (zip(|s| s.pairs), zip(|s| s.last));
        let (pair, last) = (self.block(pair), self.block(last));
        quote! {
            #(#split)*
            for #of_pairs in #pairs { #pair }
            for #of_last in #rest { #last }
        }
    }
}
