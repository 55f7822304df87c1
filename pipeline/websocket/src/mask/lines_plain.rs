//! Lines, with the instructions that the compiler was told of.

use super::{WIDE, each, each_copied};

pub(super) fn mask(lines: &mut [[u8; WIDE]], twice: u64) {
    each(lines, twice);
}

pub(super) fn copy(lines: &mut [[u8; WIDE]], from: &[[u8; WIDE]], twice: u64) {
    each_copied(lines, from, twice);
}
