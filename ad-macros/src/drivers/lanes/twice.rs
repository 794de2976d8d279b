//! The same for the tangents of both sweeps: a forward sweep with its tangent for each lane, whose pullbacks are kept.

use super::*;
use crate::drivers::hessian::TangentSweeps;

/// What stands where, parameter by parameter.
#[derive(Default)]
struct Twice {
    /// Of the form, and of its pullback.
    params: Vec<TokenStream>,
    pulled: Vec<TokenStream>,
    /// Of each forward sweep, and of each pullback.
    args: Vec<TokenStream>,
    given: Vec<TokenStream>,
    /// Before all forward sweeps, before and behind each, and behind all.
    before: TokenStream,
    each: TokenStream,
    after: TokenStream,
    ending: TokenStream,
    /// The same for pullbacks.
    back_before: TokenStream,
    back_each: TokenStream,
    back_after: TokenStream,
    back_ending: TokenStream,
    /// Which inputs are in the sets that come in, and all that goes out depends on: forward and back.
    sets: TokenStream,
    spread: TokenStream,
    back_sets: TokenStream,
    back_spread: TokenStream,
    /// What a pullback returns for this parameter, and what goes out.
    lanes: Vec<TokenStream>,
    results: Vec<TokenStream>,
}

/// What a parameter's shadows are called.
struct Names {
    dot: Ident,
    bar: Ident,
    bar_dot: Ident,
    lane: Ident,
    bar_lane: Ident,
    bar_dot_lane: Ident,
}

impl Names {
    fn of(p: &Param) -> Self {
        let [dot, bar, bar_dot, lane, bar_lane, bar_dot_lane] =
            ["dot", "bar", "bar_dot", "lane", "bar_lane", "bar_dot_lane"].map(|s| own(p, s));
        Self {
            dot,
            bar,
            bar_dot,
            lane,
            bar_lane,
            bar_dot_lane,
        }
    }
}

impl Subject<'_> {
    /// `f_forward_sweep_tangent_wide`: the plain form once a lane. Adjoints are those of the first.
    pub fn forward_sweep_tangent_by_lanes(&self, plain: &Self) -> TokenStream {
        let (krate, wide) = (self.krate, &self.wide);
        let mut code = Twice::default();
        for p in &self.params {
            match p.passing {
                Passing::Value => self.value_lane(p, &mut code),
                Passing::RefMut => self.changed_lane(p, &mut code),
                _ => self.lent_lane(p, &mut code),
            }
        }
        let TangentSweeps {
            params,
            values,
            forward,
            closure,
        } = match plain.custom {
            true => plain.custom_tangent_sweeps(),
            false => plain.tangent_sweeps(false),
        };
        let Twice {
            args,
            before,
            each,
            after,
            ending,
            sets,
            spread,
            ..
        } = &code;
        let run = ours! {
            let sweep = |#(#params),*| { #forward (#values, #closure) };
            let mut all = <#wide as #krate::rt::Wide>::zero();
            #before
            #sets
            let (mut found, mut pullbacks) = (::core::option::Option::None, #krate::rt::std::vec::Vec::new());
            for k in 0..#krate::rt::passes::<#wide>() {
                #each
                let (value, lane, pullback) = sweep(#(#args),*);
                #after
                pullbacks.push(pullback);
                let (_, value_dot) = found.get_or_insert_with(|| {
                    let zero = #krate::rt::wide_zero::<#wide, _>(&value);
                    (value, zero)
                });
                #krate::rt::put_lane::<#wide, _, _>(value_dot, k, &lane);
            }
            let (value, mut value_dot) = found.expect("there is at least one lane");
            let shape = #krate::rt::Differentiable::zero_shadow(&value);
            if <#wide as #krate::rt::Wide>::IS_SET {
                #krate::rt::spread(&all, &mut value_dot);
                #spread
            }
            #ending
        };
        let pullback = self.pullback_by_lanes(&code);
        let shadows = ["ref", "mut", "mut"];
        self.both_forms(
            self.suffixes_twice(),
            &code.params,
            &ours!(value, value_dot),
            2,
            &shadows,
            (run, pullback),
        )
    }

    fn pullback_by_lanes(&self, code: &Twice) -> TokenStream {
        let (krate, wide, ret) = (self.krate, &self.wide, self.ret());
        let seed_dot = self.shadow_ty(&ret);
        let Twice {
            pulled,
            given,
            back_before,
            back_each,
            back_after,
            back_ending,
            back_sets,
            back_spread,
            lanes,
            results,
            ..
        } = code;
        ours! {
            move |#(#pulled,)* seed: #ret, seed_dot: #seed_dot| {
                let mut all = all;
                #krate::rt::gather(&seed_dot, &mut all);
                #back_before
                #back_sets
                let mut k = 0;
                for mut pullback in pullbacks {
                    #back_each
                    // What is returned need not be `Clone`.
                    let mut again = #krate::rt::Differentiable::zero_shadow(&seed);
                    #krate::rt::Differentiable::accumulate(&mut again, &seed);
                    let seed_dot = #krate::rt::lane::<#wide, _, _>(&shape, &seed_dot, k);
                    let (#(#lanes,)*) = pullback(#(#given,)* again, seed_dot);
                    #back_after
                    k += 1;
                }
                if <#wide as #krate::rt::Wide>::IS_SET { #back_spread }
                #back_ending
                (#(#results,)*)
            }
        }
    }

    /// A parameter of the form, with its direction.
    fn wide_parameter(&self, p: &Param, dot: &Ident) -> [TokenStream; 2] {
        let ty = match p.active {
            true => self.shadow_ty(&p.shadow_ty()),
            false => p.shadow_ty(),
        };
        [p.declare(), p.optional_shadow(dot, &ty)]
    }

    /// By value: adjoints are returned.
    fn value_lane(&self, p: &Param, code: &mut Twice) {
        let (krate, wide, name) = (self.krate, &self.wide, &p.name);
        let Names {
            dot,
            bar,
            bar_dot,
            lane,
            bar_lane,
            bar_dot_lane,
        } = Names::of(p);
        let kept = own(p, "kept");
        code.params.extend(self.wide_parameter(p, &dot));
        code.args.push(self.argument(p));
        if !p.active {
            code.args.push(ours!(::core::option::Option::None));
            code.lanes.extend([ours!(_), ours!(_)]);
            code.results.extend([quote!(()), quote!(())]);
            return;
        }
        code.args.push(ours!(::core::option::Option::Some(#lane)));
        code.sets.extend(ours! {
            if let ::core::option::Option::Some(dot) = &#dot { #krate::rt::gather(dot, &mut all); }
        });
        code.each.extend(ours! {
            let #lane = match &#dot {
                ::core::option::Option::Some(dot) => #krate::rt::lane::<#wide, _, _>(&#name, dot, k),
                ::core::option::Option::None => #krate::rt::Differentiable::zero_shadow(&#name),
            };
        });
        code.before
            .extend(ours!(let #kept = ::core::clone::Clone::clone(&#name);));
        code.back_before.extend(ours! {
            let mut #bar = #krate::rt::Differentiable::zero_shadow(&#kept);
            let mut #bar_dot = #krate::rt::wide_zero::<#wide, _>(&#kept);
        });
        code.lanes
            .extend([quote!(#bar_lane), quote!(#bar_dot_lane)]);
        code.back_after.extend(ours! {
            if k == 0 { #bar = #bar_lane; }
            #krate::rt::put_lane::<#wide, _, _>(&mut #bar_dot, k, &#bar_dot_lane);
        });
        code.back_spread
            .extend(ours!(#krate::rt::spread(&all, &mut #bar_dot);));
        code.results.extend([quote!(#bar), quote!(#bar_dot)]);
    }

    /// By shared reference: adjoints are added to, those of other lanes than the first to nothing.
    fn lent_lane(&self, p: &Param, code: &mut Twice) {
        let (krate, wide, name, referent) = (self.krate, &self.wide, &p.name, &p.referent);
        let shadow = self.shadow_of(p);
        let Names {
            dot,
            bar,
            bar_dot,
            lane,
            bar_dot_lane,
            ..
        } = Names::of(p);
        code.params.extend(self.wide_parameter(p, &dot));
        code.args.push(self.argument(p));
        code.pulled.extend([
            ours!(#name: &#referent),
            ours!(#dot: ::core::option::Option<&#shadow>),
            ours!(mut #bar: ::core::option::Option<&mut #referent>),
            ours!(mut #bar_dot: ::core::option::Option<&mut #shadow>),
        ]);
        code.given.push(ours!(#name));
        let none = || ours!(::core::option::Option::None);
        if !p.active {
            code.args.push(none());
            code.given.extend([none(), none(), none()]);
            return;
        }
        let set = ours! {
            if let ::core::option::Option::Some(dot) = #dot { #krate::rt::gather(dot, &mut all); }
        };
        let slice = ours! {
            let #lane = #dot.map(|dot| #krate::rt::lane::<#wide, _, _>(#name, dot, k));
        };
        let lent = ours!(::core::option::Option::as_ref(&#lane).map(|lane| &lane[..]));
        let lent = match self.is_slice_of(p) {
            true => lent,
            false => ours!(::core::option::Option::as_ref(&#lane)),
        };
        code.sets.extend(set.clone());
        code.each.extend(slice.clone());
        code.args.push(lent.clone());
        code.back_sets.extend(set);
        code.back_each.extend(slice);
        code.back_each.extend(ours! {
            let mut #bar_dot_lane = ::core::option::Option::as_ref(&#bar_dot)
                .map(|_| #krate::rt::Differentiable::zero_shadow(#name));
        });
        let whole = self.is_slice_of(p).then(|| ours!([..]));
        code.given.extend([
            lent,
            ours!(match k { 0 => #bar.as_deref_mut(), _ => ::core::option::Option::None }),
            ours!(::core::option::Option::as_mut(&mut #bar_dot_lane).map(|lane| &mut (*lane) #whole)),
        ]);
        code.back_after.extend(ours! {
            if let (::core::option::Option::Some(bar), ::core::option::Option::Some(lane)) = (&mut #bar_dot, &#bar_dot_lane) {
                #krate::rt::add_lane::<#wide, _, _>(&mut **bar, k, lane);
            }
        });
        code.back_spread.extend(ours! {
            if let ::core::option::Option::Some(bar) = &mut #bar_dot { #krate::rt::spread(&all, &mut **bar); }
        });
    }

    /// By mutable reference: every lane starts from the same, and ends with the same.
    fn changed_lane(&self, p: &Param, code: &mut Twice) {
        let (krate, name, referent) = (self.krate, &p.name, &p.referent);
        let shadow = self.shadow_of(p);
        let (start, last) = (own(p, "start"), own(p, "last"));
        let Names {
            dot, bar, bar_dot, ..
        } = Names::of(p);
        let (copy, again) = (self.copy_of(p), self.put_start(p));
        let to_last = match self.is_slice_of(p) {
            true => ours!(#name.clone_from_slice(&#last);),
            false => ours!(::core::clone::Clone::clone_from(&mut *#name, &#last);),
        };
        code.params.extend(self.wide_parameter(p, &dot));
        code.args.push(self.argument(p));
        code.before.extend(ours!(let #start = #copy;));
        code.each.extend(again);
        code.pulled.extend([
            ours!(#name: &mut #referent),
            ours!(#dot: ::core::option::Option<&mut #shadow>),
            ours!(#bar: ::core::option::Option<&mut #referent>),
            ours!(#bar_dot: ::core::option::Option<&mut #shadow>),
        ]);
        code.back_before.extend(ours!(let #last = #copy;));
        code.back_each.extend(to_last);
        code.given.push(ours!(&mut *#name));
        if !p.active {
            let none = || ours!(::core::option::Option::None);
            code.args.push(none());
            code.given.extend([none(), none(), none()]);
            return;
        }
        self.changed_shadows(p, code);
        let taken = [&dot, &bar, &bar_dot]
            .map(|s| ours!(let #s = #s.expect("the shadow of a `&mut` argument is given");));
        code.back_before.extend(taken);
        code.before
            .extend(ours!(let #dot = #dot.expect("the shadow of a `&mut` argument is given");));
        let set = ours!(#krate::rt::gather(&*#dot, &mut all););
        code.sets.extend(set.clone());
        code.back_sets.extend(set);
        code.back_sets
            .extend(ours!(#krate::rt::gather(&*#bar_dot, &mut all);));
    }

    /// Directions, adjoints and their tangents, which come in in one shape and go out in another.
    fn changed_shadows(&self, p: &Param, code: &mut Twice) {
        let (krate, wide, name) = (self.krate, &self.wide, &p.name);
        let Names {
            dot,
            bar,
            bar_dot,
            lane,
            bar_lane,
            bar_dot_lane,
        } = Names::of(p);
        let some = |lane: &Ident| ours!(::core::option::Option::Some(&mut #lane));
        // Forward: directions of the start become those of the end.
        let out = own(p, "out");
        code.before
            .extend(ours!(let mut #out = ::core::option::Option::None;));
        code.each
            .extend(ours!(let mut #lane = #krate::rt::lane::<#wide, _, _>(&*#name, &*#dot, k);));
        code.args.push(some(&lane));
        code.after.extend(ours! {
            let out = #out.get_or_insert_with(|| #krate::rt::wide_zero::<#wide, _>(&*#name));
            #krate::rt::put_lane::<#wide, _, _>(out, k, &#lane);
        });
        code.spread.extend(
            ours!(if let ::core::option::Option::Some(out) = &mut #out { #krate::rt::spread(&all, out); }),
        );
        let put = self.put_shadow(p, &dot, ours!(out));
        code.ending
            .extend(ours!(if let ::core::option::Option::Some(out) = #out { #put }));
        // And back.
        let [dot_out, bar_out, bar_dot_out] =
            ["dot_out", "bar_out", "bar_dot_out"].map(|s| own(p, s));
        code.back_before.extend(ours! {
            let mut #dot_out = ::core::option::Option::None;
            let mut #bar_out = ::core::option::Option::None;
            let mut #bar_dot_out = ::core::option::Option::None;
        });
        let bar_copy = match self.is_slice_of(p) {
            true => ours!(#bar.to_vec()),
            false => ours!(::core::clone::Clone::clone(&*#bar)),
        };
        code.back_each.extend(ours! {
            let mut #lane = #krate::rt::lane::<#wide, _, _>(&*#name, &*#dot, k);
            let mut #bar_dot_lane = #krate::rt::lane::<#wide, _, _>(&*#name, &*#bar_dot, k);
            let mut #bar_lane = #bar_copy;
        });
        code.given
            .extend([some(&lane), some(&bar_lane), some(&bar_dot_lane)]);
        code.back_after.extend(ours! {
            let out = #dot_out.get_or_insert_with(|| #krate::rt::wide_zero::<#wide, _>(&*#name));
            #krate::rt::put_lane::<#wide, _, _>(out, k, &#lane);
            let out = #bar_dot_out.get_or_insert_with(|| #krate::rt::wide_zero::<#wide, _>(&*#name));
            #krate::rt::put_lane::<#wide, _, _>(out, k, &#bar_dot_lane);
            #bar_out.get_or_insert(#bar_lane);
        });
        code.back_spread.extend(ours! {
            if let ::core::option::Option::Some(out) = &mut #dot_out { #krate::rt::spread(&all, out); }
            if let ::core::option::Option::Some(out) = &mut #bar_dot_out { #krate::rt::spread(&all, out); }
        });
        for (shadow, out) in [(&dot, &dot_out), (&bar, &bar_out), (&bar_dot, &bar_dot_out)] {
            let put = self.put_shadow(p, shadow, ours!(out));
            code.back_ending
                .extend(ours!(if let ::core::option::Option::Some(out) = #out { #put }));
        }
    }
}
