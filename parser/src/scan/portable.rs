//! Dispatch where no vector instructions are known: SWAR, or less if asked.

use super::class::{HOST, TABLE};
use super::scalar::Scalar;
use super::swar::Swar;
use super::{Choice, Level, Op, enter};

pub(super) fn detect() -> Level {
    Level::Swar
}

/// Whether sixteen octets are of [`HOST`].
#[inline(always)]
pub(super) fn are_host(halves: [[u8; 8]; 2]) -> bool {
    halves.as_flattened().iter().fold(HOST, |all, &octet| all & TABLE[octet as usize]) != 0
}

/// See [`super::dispatch`].
#[inline(always)]
pub(super) fn dispatch<O: Op>(choice: Choice, op: O, second: O::Second, third: O::Third) -> O::Out {
    match choice.level() {
        Level::Scalar => enter(Scalar, op, second, third),
        _ => enter(Swar, op, second, third),
    }
}
