//! Enums: variants as values, the question which one it is, and what one holds as a place.

use super::*;

impl Emitter<'_> {
    /// `*match &value { Shape::Circle { r: payload, .. } => payload, _ => … }`: a place.
    pub(super) fn payload(
        &self,
        variant: &Variant,
        value: TokenStream,
        mutable: bool,
    ) -> TokenStream {
        let (krate, path) = (self.krate, &variant.path);
        let payload = Ident::new("payload", Span::mixed_site());
        let field = member(&variant.field);
        let borrow = if mutable { quote!(&mut) } else { quote!(&) };
        quote!(*match #borrow #value { #path { #field: #payload, .. } => #payload, _ => #krate::rt::other_variant() })
    }

    /// Whether a value is of the form of a pattern.
    pub(super) fn matches(&self, p: &Place, args: &[Expr]) -> TokenStream {
        let (place, patterns) = (self.place(p), args.iter().map(|a| self.expr(a)));
        quote!(::core::matches!(#place, #(#patterns)|*))
    }

    /// `Shape::Rect(a, b)`, `Shape::Circle { r: a }`
    pub(super) fn variant(&self, ctor: &Ctor, parts: &[Expr]) -> TokenStream {
        let path = &ctor.path;
        let values: Vec<TokenStream> = parts.iter().map(|e| self.expr(e)).collect();
        let fields: Vec<&Proj> = ctor.fields.iter().map(payload_field).collect();
        let in_order = |(k, f): (usize, &&Proj)| matches!(f, Proj::Tuple(at) if *at == k);
        if fields.iter().enumerate().all(in_order) {
            return quote!(#path(#(#values),*));
        }
        let fields = fields.into_iter().map(member);
        quote!(#path { #(#fields: #values),* })
    }
}

fn payload_field(p: &Proj) -> &Proj {
    match p {
        Proj::Payload(variant) => &variant.field,
        other => other,
    }
}

fn member(p: &Proj) -> TokenStream {
    match p {
        Proj::Tuple(k) => {
            let k = syn::Index::from(*k);
            quote!(#k)
        }
        Proj::Field(name) => {
            let name = ident(name, Span::call_site());
            quote!(#name)
        }
        _ => quote!(),
    }
}
