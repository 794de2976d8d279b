//! Wide forms of functions whose own shadows can't be wide: lane by lane, with the plain forms.

/// Tokens whose local names are no user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

mod twice;

use super::home::Needs;
use super::params::{Param, Passing};
use super::{Head, Subject};
use crate::ir::Ty;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// What stands where, parameter by parameter.
#[derive(Default)]
struct ByLane {
    params: Vec<TokenStream>,
    /// Of the sweep.
    args: Vec<TokenStream>,
    before: TokenStream,
    /// Which inputs are in the sets that come in.
    sets: TokenStream,
    /// Before and behind each sweep.
    each: TokenStream,
    after: TokenStream,
    /// Lets all that goes out depend on these.
    spread: TokenStream,
    ending: TokenStream,
}

impl Subject<'_> {
    /// `f_tangent_wide`: one tangent sweep a lane.
    pub fn tangent_by_lanes(&self, plain: &Self) -> TokenStream {
        let (krate, ret, wide) = (self.krate, self.ret(), &self.wide);
        let shadow = self.shadow_ty(&ret);
        let mut code = ByLane::default();
        for p in &self.params {
            self.tangent_lane(p, &mut code);
        }
        let ByLane {
            params,
            args,
            before,
            sets,
            each,
            after,
            spread,
            ending,
        } = code;
        let tangent = plain.tangent_sweep();
        let (result, found) = match self.returns_unit() {
            true => (quote!(), ours!(let (value, lane) = ((), ());)),
            false => (ours!(let (value, lane) =), quote!()),
        };
        let body = ours! {
            #tangent
            let mut all = <#wide as #krate::rt::Wide>::zero();
            #before
            #sets
            let mut found = ::core::option::Option::None;
            for k in 0..#krate::rt::passes::<#wide>() {
                #each
                #result tangent(#(#args),*);
                #found
                #after
                let (_, value_dot) = found.get_or_insert_with(|| {
                    let zero = #krate::rt::wide_zero::<#wide, _>(&value);
                    (value, zero)
                });
                #krate::rt::put_lane::<#wide, _, _>(value_dot, k, &lane);
            }
            let (value, mut value_dot) = found.expect("there is at least one lane");
            if <#wide as #krate::rt::Wide>::IS_SET {
                #krate::rt::spread(&all, &mut value_dot);
                #spread
            }
            #ending
            (value, value_dot)
        };
        let head = Head {
            suffix: "_tangent_wide",
            hidden: true,
            params,
            output: quote!((#ret, #shadow)),
            needs: copied(),
            ..Head::default()
        };
        self.companion(head, &body)
    }

    /// What a parameter adds to that.
    fn tangent_lane(&self, p: &Param, code: &mut ByLane) {
        let (krate, wide) = (self.krate, &self.wide);
        let (name, dot, lane) = (&p.name, own(p, "dot"), own(p, "lane"));
        code.params.push(p.declare());
        code.args.push(self.argument(p));
        let ty = match p.active {
            true => self.shadow_ty(&p.shadow_ty()),
            false => p.shadow_ty(),
        };
        code.params.push(p.optional_shadow(&dot, &ty));
        if p.is_mut() {
            let (start, keep, again) = (own(p, "start"), self.copy_of(p), self.put_start(p));
            code.before.extend(ours!(let #start = #keep;));
            code.each.extend(again);
        }
        if !p.active {
            return;
        }
        let mut set = ours!(#krate::rt::gather(dot, &mut all););
        match p.passing {
            Passing::RefMut => {
                let out = own(p, "out");
                code.before.extend(ours! {
                    let #dot = #dot.expect("the shadow of a `&mut` argument is given");
                    let mut #out = ::core::option::Option::None;
                });
                code.each.extend(
                    ours!(let mut #lane = #krate::rt::lane::<#wide, _, _>(&*#name, &*#dot, k);),
                );
                code.args.push(ours!(&mut #lane));
                code.after.extend(ours! {
                    let out = #out.get_or_insert_with(|| #krate::rt::wide_zero::<#wide, _>(&*#name));
                    #krate::rt::put_lane::<#wide, _, _>(out, k, &#lane);
                });
                code.spread
                    .extend(ours!(if let ::core::option::Option::Some(out) = &mut #out { #krate::rt::spread(&all, out); }));
                let put = self.put_shadow(p, &dot, ours!(out));
                code.ending
                    .extend(ours!(if let ::core::option::Option::Some(out) = #out { #put }));
                set = ours!(let dot = &*#dot; #set);
            }
            passing => {
                let (value, given) = match passing {
                    Passing::Ref => (ours!(#name), ours!(#dot)),
                    _ => (ours!(&#name), ours!(&#dot)),
                };
                code.each.extend(ours! {
                    let #lane = match #given {
                        ::core::option::Option::Some(dot) => #krate::rt::lane::<#wide, _, _>(#value, dot, k),
                        ::core::option::Option::None => #krate::rt::Differentiable::zero_shadow(#value),
                    };
                });
                code.args.push(match passing {
                    Passing::Ref => ours!(&#lane),
                    _ => ours!(#lane),
                });
                set = ours!(if let ::core::option::Option::Some(dot) = #given { #set });
            }
        }
        code.sets.extend(set);
    }

    /// `f_forward_sweep_wide`: its pullback runs both sweeps for each lane.
    pub fn forward_sweep_by_lanes(&self, plain: &Self) -> TokenStream {
        let (krate, wide, ret) = (self.krate, &self.wide, self.ret());
        let mut code = ByLane::default();
        let (mut lanes, mut zeros) = (Vec::new(), TokenStream::new());
        for p in &self.params {
            self.adjoint_lane(p, &mut code, &mut zeros);
            lanes.extend((p.active && p.is_returned()).then(|| own(p, "lane")));
        }
        let bars = self.params.iter().filter(|p| p.is_returned()).map(|p| {
            let bar = own(p, "bar");
            if p.active { quote!(#bar) } else { quote!(()) }
        });
        let bars: Vec<TokenStream> = bars.collect();
        let ByLane {
            params,
            mut args,
            before,
            sets,
            each,
            after,
            spread,
            ending,
        } = code;
        let mut results: Vec<TokenStream> = Vec::new();
        let unit = self.returns_unit();
        if !unit {
            results.push(ours!(value));
            args.push(match self.seed_by_value() {
                true => ours!(seed),
                false => ours!(&seed),
            });
        }
        results.extend(lanes.iter().map(|lane| quote!(#lane)));
        let pattern = match results.as_slice() {
            [] => quote!(_),
            [one] => quote!(#one),
            many => quote!((#(#many),*)),
        };
        let run = ours!(let #pattern = adjoint(#(#args),*););
        let adjoint = plain.adjoint_sweep();
        let primal = plain.primal();
        let given = self.params.iter().map(|p| self.argument(p));
        let forward = ours! {
            #primal
            #before
            let value = primal(#(#given),*);
            let shape = #krate::rt::Differentiable::zero_shadow(&value);
        };
        let seed_ty = self.shadow_ty(&ret);
        let closure = ours! {
            move |#(#params,)* seed: #seed_ty| {
                #adjoint
                let mut all = <#wide as #krate::rt::Wide>::zero();
                #krate::rt::gather(&seed, &mut all);
                #zeros
                #sets
                for k in 0..#krate::rt::passes::<#wide>() {
                    #each
                    let seed = #krate::rt::lane::<#wide, _, _>(&shape, &seed, k);
                    #run
                    #after
                }
                if <#wide as #krate::rt::Wide>::IS_SET { #spread }
                #ending
                (#(#bars,)*)
            }
        };
        let params: Vec<TokenStream> = self.params.iter().map(|p| p.declare()).collect();
        let suffixes = ["_forward_sweep_wide", "_forward_sweep_wide_boxed"];
        self.both_forms(
            suffixes,
            &params,
            &ours!(value),
            1,
            &["mut"],
            (forward, closure),
        )
    }

    /// The function itself. Of itself, it only knows the body: its name may be that of a type's function.
    fn primal(&self) -> TokenStream {
        if self.custom {
            let path = self.by_path("");
            return ours!(let primal = #path;);
        }
        let params = self.sig.inputs.iter().filter_map(|arg| match arg {
            syn::FnArg::Typed(t) => {
                let (pat, ty) = (&t.pat, &t.ty);
                Some(quote!(#pat: #ty))
            }
            syn::FnArg::Receiver(_) => None,
        });
        let output = (!self.returns_unit()).then(|| {
            let ret = self.ret();
            quote!(-> #ret)
        });
        let body = self.body.map(crate::expand::without_loop_attributes);
        ours!(let primal = |#(#params),*| #output #body;)
    }

    fn adjoint_lane(&self, p: &Param, code: &mut ByLane, zeros: &mut TokenStream) {
        let (krate, wide) = (self.krate, &self.wide);
        let (name, bar, lane) = (&p.name, own(p, "bar"), own(p, "lane"));
        let (referent, shadow) = (&p.referent, self.shadow_of(p));
        code.args.push(self.argument(p));
        match p.passing {
            Passing::Ref => {
                code.params.push(ours!(#name: &#referent));
                code.params
                    .push(ours!(mut #bar: ::core::option::Option<&mut #shadow>));
                // What the pullback is given is the same, but lives too short for the sweeps.
                if p.is_static() {
                    let kept = own(p, "kept");
                    code.before.extend(ours!(let #kept = #name;));
                    code.each.extend(ours!(let #name = #kept;));
                }
                if !p.active {
                    return;
                }
                code.args.push(ours!(&mut #lane));
                code.each
                    .extend(ours!(let mut #lane = #krate::rt::Differentiable::zero_shadow(#name);));
                code.after.extend(ours! {
                    if let ::core::option::Option::Some(bar) = &mut #bar {
                        #krate::rt::add_lane::<#wide, _, _>(&mut **bar, k, &#lane);
                    }
                });
                code.spread.extend(
                    ours!(if let ::core::option::Option::Some(bar) = &mut #bar { #krate::rt::spread(&all, &mut **bar); }),
                );
            }
            Passing::RefMut => {
                let (start, again, keep) = (own(p, "start"), self.put_start(p), self.copy_of(p));
                code.before.extend(ours!(let #start = #keep;));
                code.params.push(ours!(#name: &mut #referent));
                code.params
                    .push(ours!(#bar: ::core::option::Option<&mut #shadow>));
                if p.active {
                    self.in_out_lane(p, code, zeros);
                } else {
                    code.each.extend(again.clone());
                }
                code.ending.extend(again);
            }
            _ => {
                let kept = own(p, "kept");
                code.before
                    .extend(ours!(let #kept = ::core::clone::Clone::clone(&#name);));
                code.each
                    .extend(ours!(let #name = ::core::clone::Clone::clone(&#kept);));
                if !p.active {
                    return;
                }
                zeros.extend(ours!(let mut #bar = #krate::rt::wide_zero::<#wide, _>(&#kept);));
                code.after
                    .extend(ours!(#krate::rt::put_lane::<#wide, _, _>(&mut #bar, k, &#lane);));
                code.spread
                    .extend(ours!(#krate::rt::spread(&all, &mut #bar);));
            }
        }
    }

    /// The shadow of an in/out parameter has the shape of the final value, and then that of the value at the start.
    fn in_out_lane(&self, p: &Param, code: &mut ByLane, zeros: &mut TokenStream) {
        let (krate, wide) = (self.krate, &self.wide);
        let (name, bar, lane) = (&p.name, own(p, "bar"), own(p, "lane"));
        let (start, out, last, again) = (
            own(p, "start"),
            own(p, "out"),
            own(p, "last"),
            self.put_start(p),
        );
        let whole = self.is_slice_of(p).then(|| ours!([..]));
        code.args.push(ours!(&mut #lane));
        zeros.extend(ours! {
            let #bar = #bar.expect("the shadow of a `&mut` argument is given");
            let mut #out = #krate::rt::wide_zero::<#wide, _>(&#start #whole);
            let #last = #krate::rt::Differentiable::zero_shadow(&*#name);
        });
        code.sets
            .extend(ours!(#krate::rt::gather(&*#bar, &mut all);));
        code.each.extend(ours! {
            let mut #lane = #krate::rt::lane::<#wide, _, _>(&#last, &*#bar, k);
            #again
        });
        code.after
            .extend(ours!(#krate::rt::put_lane::<#wide, _, _>(&mut #out, k, &#lane);));
        code.spread
            .extend(ours!(#krate::rt::spread(&all, &mut #out);));
        code.ending.extend(self.put_shadow(p, &bar, quote!(#out)));
    }

    fn is_slice_of(&self, p: &Param) -> bool {
        matches!(self.func.var(p.var).ty.peel(), Ty::Slice(_))
    }

    /// A copy of what a `&mut` parameter holds.
    fn copy_of(&self, p: &Param) -> TokenStream {
        let name = &p.name;
        match self.is_slice_of(p) {
            true => quote!(#name.to_vec()),
            false => quote!(::core::clone::Clone::clone(&*#name)),
        }
    }

    /// Puts the first value back.
    fn put_start(&self, p: &Param) -> TokenStream {
        let (name, start) = (&p.name, own(p, "start"));
        match self.is_slice_of(p) {
            true => quote!(#name.clone_from_slice(&#start);),
            false => quote!(::core::clone::Clone::clone_from(&mut *#name, &#start);),
        }
    }

    fn put_shadow(&self, p: &Param, shadow: &Ident, new: TokenStream) -> TokenStream {
        match self.is_slice_of(p) {
            true => quote!(#shadow.clone_from_slice(&#new);),
            false => quote!(*#shadow = #new;),
        }
    }
}

fn copied() -> Needs {
    Needs {
        cloned: true,
        ..Needs::default()
    }
}

/// `x_lane`, but no name of the user's.
pub fn own(p: &Param, suffix: &str) -> Ident {
    let name = p.name.to_string();
    let name = name.trim_start_matches("r#");
    format_ident!("{name}_{suffix}", span = Span::mixed_site())
}
