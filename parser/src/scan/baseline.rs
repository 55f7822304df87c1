//! Dispatch where the target says what the best level is, and the CPU isn't asked: NEON is a part of AArch64,
//! `simd128` of WebAssembly that was compiled so, and elsewhere no vector instructions are known.

#[cfg_attr(
    all(target_arch = "aarch64", target_endian = "little", target_feature = "neon"),
    path = "neon.rs"
)]
#[cfg_attr(all(target_arch = "wasm32", target_feature = "simd128"), path = "simd128.rs")]
#[cfg_attr(
    not(any(
        all(target_arch = "aarch64", target_endian = "little", target_feature = "neon"),
        all(target_arch = "wasm32", target_feature = "simd128")
    )),
    path = "swar_alone.rs"
)]
mod best;

use super::class::{HOST, TABLE};
use super::scalar::Scalar;
use super::swar::Swar;
use super::{Choice, Level, Op, enter};

#[inline(always)]
pub(super) fn detect() -> Level {
    best::LEVEL
}

/// The level, or what stands for one that other processors have.
pub(super) const fn nearest(level: Level) -> Level {
    match level {
        Level::Scalar | Level::Swar => level,
        _ if (level as u8) < best::LEVEL as u8 => Level::Swar,
        _ => best::LEVEL,
    }
}

/// Whether sixteen octets are of [`HOST`].
#[inline(always)]
pub(super) fn are_host(halves: [[u8; 8]; 2]) -> bool {
    halves.as_flattened().iter().fold(HOST, |all, &octet| all & TABLE[octet as usize]) != 0
}

/// See [`super::dispatch`].
#[inline(always)]
pub(super) fn dispatch<O: Op>(choice: Choice, op: O, second: O::Second, third: O::Third) -> O::Out {
    match choice.number(|| best::LEVEL as u8) {
        SCALAR => enter(Scalar, op, second, third),
        SWAR => enter(Swar, op, second, third),
        _ => enter(best::SCANNER, op, second, third),
    }
}

const SWAR: u8 = Level::Swar as u8;
const SCALAR: u8 = Level::Scalar as u8;
