//! `Index` and `Deref` of user types. What they give is a part of the value, and the same part of the shadow is its shadow: if the
//! index alone selects it. That is checked here; a twin of the function that gives the part to write to goes into an `impl` of the
//! run-time library's `Parts`, since a shadow is added to also where the user's type has no `IndexMut`.

use crate::derive::unused;
use crate::diagnostics::{Code, Culprit, Errors, whole};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::BTreeMap;
use syn::spanned::Spanned;

/// The method of `Index` and its relatives that a block implements.
pub fn method(block: &syn::ItemImpl) -> Option<&syn::ImplItemFn> {
    let (_, path, _) = block.trait_.as_ref()?;
    let name = match path.segments.last()?.ident.to_string().as_str() {
        "Index" => "index",
        "IndexMut" => "index_mut",
        "Deref" => "deref",
        "DerefMut" => "deref_mut",
        _ => return None,
    };
    block.items.iter().find_map(|i| match i {
        syn::ImplItem::Fn(m) if m.sig.ident == name && m.sig.receiver().is_some() => Some(m),
        _ => None,
    })
}

/// Checks the method; that of `Index` gets its twin.
pub fn companions(
    block: &syn::ItemImpl,
    method: &syn::ImplItemFn,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let before = errors.count();
    let mut twin = Twin {
        krate,
        errors,
        deciding: BTreeMap::new(),
        what: method.sig.ident.to_string(),
    };
    let body = twin.block(&method.block);
    let claims: Vec<TokenStream> = twin.deciding.into_values().collect();
    let indexes = method.sig.ident == "index";
    let (Some(body), true) = (body, indexes) else {
        return TokenStream::new();
    };
    let Some(syn::FnArg::Typed(index)) = method.sig.inputs.iter().nth(1) else {
        return TokenStream::new();
    };
    let (pat, ty, own) = (&index.pat, &index.ty, &block.self_ty);
    // rustc misses it too.
    let Some(part) = output(block) else {
        return TokenStream::new();
    };
    let wide = match errors.count() == before {
        true => wide_parts(block, (method, part), &body, krate),
        false => TokenStream::new(),
    };
    let cfgs = block.attrs.iter().filter(|a| a.path().is_ident("cfg"));
    let (generics, _, wheres) = block.generics.split_for_impl();
    quote! {
        #(#cfgs)*
        #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
        impl #generics #krate::rt::Parts<#ty> for #own #wheres {
            type Part = #part;

            #[inline]
            fn part_mut(&mut self, #pat: #ty) -> &mut #part {
                use ::core::ops::{DerefMut as _, IndexMut as _};
                #(#krate::rt::selector(&#claims);)*
                #body
            }
        }

        #wide
    }
}

/// The type of a part.
fn output(block: &syn::ItemImpl) -> Option<&syn::Type> {
    block.items.iter().find_map(|i| match i {
        syn::ImplItem::Type(t) if t.ident == "Output" => Some(&t.ty),
        _ => None,
    })
}

/// The same for the wide shadow, whose fields have the same names.
fn wide_parts(
    block: &syn::ItemImpl,
    (method, part): (&syn::ImplItemFn, &syn::Type),
    exclusive: &TokenStream,
    krate: &TokenStream,
) -> TokenStream {
    let Some(syn::FnArg::Typed(index)) = method.sig.inputs.iter().nth(1) else {
        return TokenStream::new();
    };
    let (pat, ty, own) = (&index.pat, &index.ty, &block.self_ty);
    let scalar = unused("D", &block.generics);
    let mut generics = block.generics.clone();
    let promises = generics.type_params().map(|p| &p.ident);
    let promises: Vec<syn::WherePredicate> = promises
        .map(|p| syn::parse_quote!(#p: #krate::rt::Widen<#scalar>))
        .collect();
    generics.make_where_clause().predicates.extend(promises);
    generics
        .params
        .push(syn::parse_quote!(#scalar: #krate::rt::Wide));
    let part = wide_ty(part, &scalar, krate);
    let wide = quote!(<#own as #krate::rt::Widen<#scalar>>::Wide);
    let this = Ident::new("wide", Span::mixed_site());
    let (shared, exclusive) = (
        without_self(method.block.to_token_stream(), &this),
        without_self(exclusive.clone(), &this),
    );
    let cfgs = block.attrs.iter().filter(|a| a.path().is_ident("cfg"));
    let (params, _, wheres) = generics.split_for_impl();
    quote! {
        #(#cfgs)*
        #[allow(warnings, clippy::all, clippy::pedantic)]
        impl #params #krate::rt::WideParts<#scalar, #wide, #ty> for #own #wheres {
            type Part = #part;

            #[inline]
            fn wide_part(#this: &#wide, #pat: #ty) -> &#part #shared

            #[inline]
            fn wide_part_mut(#this: &mut #wide, #pat: #ty) -> &mut #part {
                use ::core::ops::{DerefMut as _, IndexMut as _};
                #exclusive
            }
        }
    }
}

/// The type of a part's wide shadow.
fn wide_ty(ty: &syn::Type, scalar: &Ident, krate: &TokenStream) -> TokenStream {
    match ty {
        syn::Type::Slice(s) => {
            let elem = wide_ty(&s.elem, scalar, krate);
            quote!([#elem])
        }
        ty => quote!(<#ty as #krate::rt::Widen<#scalar>>::Wide),
    }
}

fn without_self(tokens: TokenStream, this: &Ident) -> TokenStream {
    let each = tokens.into_iter().map(|t| match t {
        TokenTree::Ident(i) if i == "self" => this.clone().into(),
        TokenTree::Group(g) => {
            let mut group = proc_macro2::Group::new(g.delimiter(), without_self(g.stream(), this));
            group.set_span(g.span());
            group.into()
        }
        other => other,
    });
    each.collect()
}

/// Methods that give a part of what they are called on, and those that give it to write to.
const PARTS: &[(&str, &str)] = &[
    ("get", "get_mut"),
    ("index", "index_mut"),
    ("deref", "deref_mut"),
    ("as_ref", "as_mut"),
    ("as_slice", "as_mut_slice"),
    ("first", "first_mut"),
    ("last", "last_mut"),
    ("front", "front_mut"),
    ("back", "back_mut"),
    ("unwrap", "unwrap"),
    ("expect", "expect"),
];

struct Twin<'a> {
    krate: &'a TokenStream,
    errors: &'a mut Errors,
    /// Fields that decide which part is selected, by how they are written.
    deciding: BTreeMap<String, TokenStream>,
    what: String,
}

impl Twin<'_> {
    fn reject(&mut self, at: impl Into<Culprit>, why: &str) -> Option<TokenStream> {
        let what = &self.what;
        let instead = match what.starts_with("index") {
            true => {
                "select a part of `self` by the index alone, as in `&self.data[i * self.columns + j]` or `match i { 0 => &self.x, … }`"
            }
            false => "give a part of `self`, as in `&self.inner`",
        };
        let message = format!("{why} in `{what}` can't be differentiated");
        self.errors.at(at, Code::Selection, message, instead);
        None
    }

    /// A block that ends in a part of `self`.
    fn block(&mut self, b: &syn::Block) -> Option<TokenStream> {
        let Some((syn::Stmt::Expr(last, None), rest)) = b.stmts.split_last() else {
            if let Some(syn::Stmt::Macro(m)) = b.stmts.last()
                && crate::ir::never_returns(&m.mac.to_token_stream())
            {
                return Some(b.to_token_stream());
            }
            return self.reject(b.span(), "this block");
        };
        let mut out = TokenStream::new();
        for s in rest {
            match s {
                syn::Stmt::Local(l) => {
                    let init = l.init.as_ref();
                    let init = init.filter(|i| i.diverge.is_none());
                    let Some(init) = init else {
                        return self.reject(whole(l), "this statement");
                    };
                    self.decides(init.expr.to_token_stream());
                }
                syn::Stmt::Macro(_) => {}
                syn::Stmt::Expr(syn::Expr::If(i), _)
                    if i.else_branch.is_none() && leaves(&i.then_branch) =>
                {
                    self.decides(i.cond.to_token_stream());
                }
                other => return self.reject(whole(other), "this statement"),
            }
            out.extend(s.to_token_stream());
        }
        let last = self.reference(last)?;
        Some(quote!({ #out #last }))
    }

    /// An expression that refers to a part of `self`.
    fn reference(&mut self, e: &syn::Expr) -> Option<TokenStream> {
        match e {
            syn::Expr::Paren(p) => self.reference(&p.expr),
            syn::Expr::Group(g) => self.reference(&g.expr),
            syn::Expr::Reference(r) => {
                let place = self.place(&r.expr)?;
                Some(quote!(&mut #place))
            }
            syn::Expr::Block(b) if b.label.is_none() => self.block(&b.block),
            syn::Expr::If(i) => {
                let cond = &i.cond;
                self.decides(cond.to_token_stream());
                let then = self.block(&i.then_branch);
                let Some((_, els)) = &i.else_branch else {
                    return self.reject(i.span(), "this `if`");
                };
                let (then, els) = (then?, self.reference(els)?);
                Some(quote!(if #cond #then else { #els }))
            }
            syn::Expr::Match(m) => {
                let scrutinee = &m.expr;
                self.decides(scrutinee.to_token_stream());
                let mut arms = TokenStream::new();
                for a in &m.arms {
                    let (pat, guard) = (&a.pat, a.guard.as_ref().map(|(_, g)| g));
                    guard.iter().for_each(|g| self.decides(g.to_token_stream()));
                    let guard = guard.map(|g| quote!(if #g));
                    let body = self.reference(&a.body)?;
                    arms.extend(quote!(#pat #guard => { #body }));
                }
                Some(quote!(match #scrutinee { #arms }))
            }
            syn::Expr::Macro(m) if crate::ir::never_returns(&m.to_token_stream()) => {
                Some(e.to_token_stream())
            }
            syn::Expr::MethodCall(m) => self.part(m),
            other => self.reject(whole(other), "this expression"),
        }
    }

    fn part(&mut self, m: &syn::ExprMethodCall) -> Option<TokenStream> {
        let Some((_, exclusive)) = PARTS.iter().find(|(a, b)| m.method == a || m.method == b)
        else {
            return self.reject(m.method.span(), &format!("the method `{}`", m.method));
        };
        self.decides(m.args.to_token_stream());
        let inner = match &*m.receiver {
            syn::Expr::MethodCall(inner) => self.part(inner)?,
            receiver => self.place(receiver)?,
        };
        let (name, args) = (Ident::new(exclusive, m.method.span()), &m.args);
        Some(quote!(#inner.#name(#args)))
    }

    /// A part of `self` as a place.
    fn place(&mut self, e: &syn::Expr) -> Option<TokenStream> {
        match e {
            syn::Expr::Paren(p) => self.place(&p.expr),
            syn::Expr::Group(g) => self.place(&g.expr),
            syn::Expr::Path(p) if p.path.is_ident("self") => Some(quote!(self)),
            syn::Expr::Field(f) => {
                let (base, member) = (self.place(&f.base)?, &f.member);
                Some(quote!(#base.#member))
            }
            syn::Expr::Index(i) => {
                let index = &i.index;
                self.decides(index.to_token_stream());
                let base = match &*i.expr {
                    syn::Expr::MethodCall(m) => self.part(m)?,
                    base => {
                        let base = self.place(base)?;
                        quote!(&mut #base)
                    }
                };
                let (krate, name) = (self.krate, Ident::new("selected", Span::mixed_site()));
                // The index may ask for the length of what it selects from.
                Some(quote!((*{ let #name = #index; #krate::rt::part_mut(#base, #name) })))
            }
            syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                let inner = match &*u.expr {
                    syn::Expr::MethodCall(m) => self.part(m)?,
                    e => self.place(e)?,
                };
                Some(quote!((*#inner)))
            }
            syn::Expr::MethodCall(m) => self.part(m),
            other => self.reject(whole(other), "what is no part of `self`"),
        }
    }

    /// Code that decides which part is selected: of `self` it may only read what is the same in its shadow.
    fn decides(&mut self, tokens: TokenStream) {
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        let mut k = 0;
        while k < all.len() {
            match &all[k] {
                TokenTree::Group(g) => self.decides(g.stream()),
                TokenTree::Ident(i) if i == "self" => {
                    k = self.field(&all, k);
                    continue;
                }
                _ => {}
            }
            k += 1;
        }
    }

    /// `self.a.b` or `self.a.len()`, from the `self` on; returns what stands behind.
    fn field(&mut self, all: &[TokenTree], start: usize) -> usize {
        let mut path = TokenStream::from(all[start].clone());
        let mut k = start + 1;
        loop {
            let dot = matches!(all.get(k), Some(TokenTree::Punct(p)) if p.as_char() == '.');
            let (true, Some(member @ (TokenTree::Ident(_) | TokenTree::Literal(_)))) =
                (dot, all.get(k + 1))
            else {
                break;
            };
            if let Some(TokenTree::Group(_)) = all.get(k + 2) {
                let asks = matches!(member, TokenTree::Ident(i) if i == "len" || i == "is_empty");
                if !asks || k == start + 1 {
                    self.reject(member.span(), "a method that decides what is selected");
                }
                return k + 3;
            }
            path.extend([all[k].clone(), member.clone()]);
            k += 2;
        }
        if k == start + 1 {
            self.reject(all[start].span(), "what is done with all of `self`");
        } else {
            self.deciding.insert(path.to_string(), path);
        }
        k
    }
}

/// Whether a block ends in a panic.
fn leaves(b: &syn::Block) -> bool {
    match b.stmts.last() {
        Some(syn::Stmt::Macro(m)) => crate::ir::never_returns(&m.mac.to_token_stream()),
        Some(syn::Stmt::Expr(e, _)) => crate::ir::never_returns(&e.to_token_stream()),
        _ => false,
    }
}
