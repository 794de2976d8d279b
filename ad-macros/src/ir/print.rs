//! The text form of the IR.
use super::*;

pub fn print_block(_func: &Func, _block: &Block) -> String {
    String::new()
}
