//! Token mutations: a token, or a group, is left out, repeated, or exchanged with its neighbour or with another one.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// SplitMix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

/// The tokens with one to three mutations.
pub fn mutated(tokens: &TokenStream, rng: &mut Rng) -> TokenStream {
    let mut out = tokens.clone();
    for _ in 0..=rng.below(3) {
        let at = rng.below(count(&out));
        let action = rng.below(4);
        out = change(out, &mut (at as isize), action, rng);
    }
    out
}

fn count(tokens: &TokenStream) -> usize {
    let one = |t: TokenTree| match t {
        TokenTree::Group(g) => 1 + count(&g.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(one).sum()
}

/// Changes the token with the number `at`, counted from the outside in, and from the left.
fn change(tokens: TokenStream, at: &mut isize, action: usize, rng: &mut Rng) -> TokenStream {
    let mut list: Vec<TokenTree> = tokens.into_iter().collect();
    for k in 0..list.len() {
        if *at == 0 {
            *at = -1;
            match action {
                0 => drop(list.remove(k)),
                1 => {
                    let again = list[k].clone();
                    list.insert(k, again);
                }
                2 if k + 1 < list.len() => list.swap(k, k + 1),
                _ => {
                    let other = rng.below(list.len());
                    list.swap(k, other);
                }
            }
            break;
        }
        *at -= 1;
        if let TokenTree::Group(g) = &list[k] {
            let (delimiter, span): (Delimiter, _) = (g.delimiter(), g.span());
            let inner = change(g.stream(), at, action, rng);
            let mut group = Group::new(delimiter, inner);
            group.set_span(span);
            list[k] = TokenTree::Group(group);
            if *at < 0 {
                break;
            }
        }
    }
    list.into_iter().collect()
}
