//! Functions in the shape of `f_hvp`: for a value that is one real number, its gradient and the product of its Hessian with
//! the direction say all that both sweeps and their tangents need.

use super::*;

impl Subject<'_> {
    /// `f_hvp` as annotated callers would hand both sweeps with their tangents.
    pub fn as_twice(
        &self,
        e: &Emitter,
        p: &Param,
        c: &Callable,
        bar: Option<&VarId>,
    ) -> TokenStream {
        let name = &p.name;
        let given = format_ident!("{}", self.func.unique(&format!("{}_given", plain(name))));
        let (hold, called) = match is_mutable(c) {
            true => (
                quote!(::core::cell::RefCell::new(#name)),
                quote!((*#given.borrow_mut())),
            ),
            false => (quote!(#name), quote!(#given)),
        };
        let gradient = gradient_ty(c, self.krate);
        let kept = recorded_ty(c, self.krate);
        let inferred = c.with_record(quote!((#gradient, #gradient, #kept)));
        let forward = twice_forward(e, c, &called);
        let ty = inferred.forward(Companion::ForwardTangent);
        let back = bar.map(|bar| {
            let (bar, back, ty) = (e.name(*bar), twice_back(e, c), inferred.pull(true));
            quote!(let #bar: #ty = &mut #back;)
        });
        quote!(let #given = #hold; let #name: #ty = &mut #forward; #back)
    }
}

/// `|a0, d0| (value, value_dot, record)`
fn twice_forward(e: &Emitter, c: &Callable, f: &TokenStream) -> TokenStream {
    let (names, record) = recorded(c);
    let (mut params, mut args, mut setup) = (Vec::new(), Vec::new(), TokenStream::new());
    let mut dot = e.zero(&c.output_ty, &quote!(()));
    let mut slopes = part(c, "gradient").into_iter();
    for (k, i) in c.inputs.iter().enumerate() {
        let (a, d) = (&names[k], format_ident!("d{k}"));
        params.extend([quote!(#a), quote!(#d)]);
        args.push(quote!(#a));
        if !i.active {
            continue;
        }
        setup.extend(whole_shadow(e, i, a, &d, false));
        let shared = match i.passing {
            Passing::Value => quote!(&#d),
            _ => quote!(#d),
        };
        args.push(match i.passing {
            Passing::Value => quote!(::core::clone::Clone::clone(&#d)),
            _ => quote!(#d),
        });
        let g = slopes.next();
        dot = match i.known.peel() {
            Ty::Real(_) => quote!(#dot + #g * *(#shared)),
            _ => quote!((#shared).iter().zip(#g.iter()).fold(#dot, |sum, (d, g)| sum + *d * *g)),
        };
    }
    quote! {
        |#(#params),*| {
            let kept = (#(#record,)*);
            #setup
            let (value, gradient, product) = #f(#(#args),*);
            let value_dot = #dot;
            (value, value_dot, (gradient, product, kept))
        }
    }
}

/// `|record, a1, d1, b1, c1, seed, seed_dot| …`
fn twice_back(e: &Emitter, c: &Callable) -> TokenStream {
    let (mut params, mut fields) = (Vec::new(), Vec::new());
    let (mut body, mut results) = (TokenStream::new(), Vec::new());
    let parts = part(c, "gradient").into_iter().zip(part(c, "product"));
    let mut parts = parts.collect::<Vec<_>>().into_iter();
    for (k, i) in c.inputs.iter().enumerate() {
        let [a, d, b, t] = ["a", "d", "b", "t"].map(|n| format_ident!("{n}{k}"));
        let by_value = i.passing == Passing::Value;
        match by_value {
            true => fields.push(quote!(#a)),
            false => params.extend([&a, &d, &b, &t].map(|n| quote!(#n))),
        }
        if !i.active {
            if by_value {
                results.extend([quote!(::core::clone::Clone::clone(&#a)), quote!(#a)]);
            }
            continue;
        }
        let Some((g, h)) = parts.next() else { continue };
        let terms = [quote!(seed * *g), quote!(seed_dot * *g + seed * *h)];
        for (bar, term) in [&b, &t].into_iter().zip(terms) {
            let add = match i.known.peel() {
                Ty::Real(_) => quote!({ let (b, g, h) = (bar, &#g, &#h); *b = *b + #term; }),
                _ => quote! {
                    bar.iter_mut().zip(#g.iter().zip(#h.iter())).for_each(|(b, (g, h))| *b = *b + #term);
                },
            };
            if by_value {
                let zero = e.zero(&i.known, &quote!(#a));
                body.extend(
                    quote!(let #bar = { let mut sum = #zero; let bar = &mut sum; #add sum };),
                );
                results.push(quote!(#bar));
            } else {
                body.extend(quote!(if let ::core::option::Option::Some(bar) = #bar { #add }));
            }
        }
    }
    quote! {
        |record, #(#params,)* seed, seed_dot| {
            let (gradient, product, (#(#fields,)*)) = record;
            #body
            (#(#results,)*)
        }
    }
}

/// The parts of a gradient that belong to the active inputs.
fn part(c: &Callable, name: &str) -> Vec<TokenStream> {
    let name = format_ident!("{name}");
    let count = c.inputs.iter().filter(|i| i.active).count();
    let one = |k: usize| {
        let index = syn::Index::from(k);
        match count {
            1 => quote!(#name),
            _ => quote!(#name.#index),
        }
    };
    (0..count).map(one).collect()
}
