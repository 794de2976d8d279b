//! Conversions of `num_traits`: integers become reals, which have no derivative; reals become reals of another width.

use super::*;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// `n.to_f64().unwrap()` is `n as f64`; `T::from(n).unwrap()` is kept, of an integer.
    pub(super) fn conversion(&mut self, m: &syn::ExprMethodCall, name: &str) -> Option<(Expr, Ty)> {
        if !matches!(name, "unwrap" | "expect") || self.holding > 0 {
            return None;
        }
        match &*m.receiver {
            syn::Expr::MethodCall(inner) => self.float_of(inner),
            syn::Expr::Call(c) => {
                let syn::Expr::Path(path) = &*c.func else {
                    return None;
                };
                let name = path.path.segments.last()?.ident.to_string();
                self.converted(&path.path, &name, c, Some(m))
            }
            _ => None,
        }
    }

    fn float_of(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let to = match m.method.to_string().as_str() {
            "to_f64" => quote!(f64),
            "to_f32" => quote!(f32),
            _ => return None,
        };
        let from = &m.receiver;
        if !m.args.is_empty() || self.is_constant_code(from.to_token_stream()) {
            return None;
        }
        let (value, ty) = self.expr(from);
        if matches!(ty.peel(), Ty::Real(Scalar::Param(_))) {
            let to = match m.method == "to_f32" {
                true => Scalar::F32,
                false => Scalar::F64,
            };
            return Some(self.real_as(value, &ty, to, m.method.span()));
        }
        let cast: syn::ExprCast = syn::parse_quote_spanned!(m.method.span()=> (#from) as #to);
        Some(self.cast_value(&cast, value, ty))
    }

    /// `T::from(n)`, `T::from_usize(n)`: of something that is an integer, or taken for one and checked by rustc.
    pub(super) fn converted(
        &mut self,
        path: &syn::Path,
        name: &str,
        c: &syn::ExprCall,
        end: Option<&syn::ExprMethodCall>,
    ) -> Option<(Expr, Ty)> {
        let mut owners = path.segments.iter().rev().map(|s| s.ident.to_string());
        let owner = owners.nth(1)?;
        let real = owner == "Self" || self.generics.reals.contains(&owner);
        if !real
            || c.args.len() != 1
            || !name.starts_with("from")
            || self.is_constant_code(c.args.to_token_stream())
        {
            return None;
        }
        let asked: Option<syn::Type> = match name {
            "from_f64" => Some(syn::parse_quote!(f64)),
            "from_f32" => Some(syn::parse_quote!(f32)),
            _ => None,
        };
        let expected = asked
            .as_ref()
            .map_or(Ty::Unknown, |ty| self.generics.ty(ty));
        let (value, ty) = self.asked_for(asked.as_ref(), |lw| lw.expecting(&c.args[0], &expected));
        let opens = end.is_some() && matches!(name, "from" | "from_f64" | "from_f32");
        if let (Ty::Real(s), true) = (ty.peel(), opens) {
            // A literal alone, or what is only made of such.
            let s = match (s, name) {
                (Scalar::Unknown, "from_f32") => Scalar::F32,
                (Scalar::Unknown, _) => Scalar::F64,
                (s, _) => s.clone(),
            };
            return Some(self.real_as(value, &Ty::Real(s), Scalar::Param(owner), c.func.span()));
        }
        if !matches!(ty.peel(), Ty::Int | Ty::Unknown) {
            let what = path.to_token_stream().to_string().replace(' ', "");
            self.unsupported(
                whole(&c.func),
                Code::Conversion,
                &format!("`{what}` of an active value"),
                "only integers can be converted; compute in one type of reals",
            );
        } else if matches!(ty.peel(), Ty::Unknown) {
            self.claim_integer(&value);
        }
        let value = Expr::Runtime("constant", vec![value]);
        let count = self.name_value("count", value, ty);
        self.func.vars[count.0].constant = true;
        let func = &c.func;
        let name = syn::Ident::new("count", Span::mixed_site());
        let unwrap = end.map(|m| {
            let (method, args) = (&m.method, &m.args);
            quote!(.#method(#args))
        });
        let kept = Opaque {
            tokens: quote!(#func(#name) #unwrap),
            reads: vec![count],
            span: c.span(),
            ty: Ty::Real(Scalar::Param(owner.clone())),
        };
        Some((Expr::Opaque(kept), Ty::Real(Scalar::Param(owner))))
    }
}

/// What a reference is taken of.
pub(super) fn behind_reference(e: &syn::Expr) -> &syn::Expr {
    match e {
        syn::Expr::Reference(r) => &r.expr,
        e => e,
    }
}
