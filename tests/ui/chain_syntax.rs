//! What stands in a chain is a list.
use chainrule::chain;

fn main() {
    chain![first; second];
}
