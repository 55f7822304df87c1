//! 16 octets at a time in WebAssembly that was compiled with `simd128`.

use core::arch::wasm32::*;

use crate::scan::Level;
use crate::scan::kernel::{Kernel, Vector, instructions};

pub(super) const LEVEL: Level = Level::Simd128;
pub(super) const SCANNER: Kernel<Simd128, 16> = Kernel(Simd128(()));

/// Proof that there are these instructions: the program was compiled with them, and runs nowhere else.
#[derive(Clone, Copy)]
pub(super) struct Simd128(());

impl Vector<16> for Simd128 {
    type Octets = v128;

    instructions! { "simd128",
        fn load(octets: &[u8; 16]) -> v128 {
            // SAFETY: 16 octets are readable, and the load needs no alignment.
            unsafe { v128_load(octets.as_ptr().cast()) }
        }
        fn all(octet: u8) -> v128 { u8x16_splat(octet) }
        fn add(one: v128, other: v128) -> v128 { u8x16_add(one, other) }
        fn or(one: v128, other: v128) -> v128 { v128_or(one, other) }
        fn without(one: v128, other: v128) -> v128 { v128_andnot(one, other) }
        fn equal(one: v128, other: v128) -> v128 { u8x16_eq(one, other) }
        fn above(one: v128, other: v128) -> v128 { i8x16_gt(one, other) }
        fn up_to(one: v128, other: v128) -> v128 { u8x16_le(one, other) }
        fn low(octets: v128) -> v128 { v128_and(octets, u8x16_splat(15)) }
        fn high(octets: v128) -> v128 { u8x16_shr(octets, 4) }
        fn look_up(table: v128, places: v128) -> v128 { u8x16_swizzle(table, places) }
        fn mask(flags: v128) -> u64 { u8x16_bitmask(flags) as u64 }
    }
}
