//! NEON: 16 octets at a time on AArch64, of which it is a part.

use core::arch::aarch64::*;

use crate::scan::Level;
use crate::scan::kernel::{Kernel, Vector, instructions};

pub(super) const LEVEL: Level = Level::Neon;

pub(super) const SCANNER: Kernel<Neon, 16> = Kernel(Neon(()));

/// Proof that the CPU has NEON: the target has, or this file would not be compiled.
#[derive(Clone, Copy)]
pub(super) struct Neon(());

impl Vector<16> for Neon {
    type Octets = uint8x16_t;

    const BITS: u32 = 4;

    instructions! { "neon",
        fn load(octets: &[u8; 16]) -> uint8x16_t {
            // SAFETY: 16 octets are readable, and the load needs no alignment.
            unsafe { vld1q_u8(octets.as_ptr()) }
        }
        fn all(octet: u8) -> uint8x16_t { vdupq_n_u8(octet) }
        fn add(one: uint8x16_t, other: uint8x16_t) -> uint8x16_t { vaddq_u8(one, other) }
        fn or(one: uint8x16_t, other: uint8x16_t) -> uint8x16_t { vorrq_u8(one, other) }
        fn without(one: uint8x16_t, other: uint8x16_t) -> uint8x16_t { vbicq_u8(one, other) }
        fn equal(one: uint8x16_t, other: uint8x16_t) -> uint8x16_t { vceqq_u8(one, other) }
        fn above(one: uint8x16_t, other: uint8x16_t) -> uint8x16_t {
            vcgtq_s8(vreinterpretq_s8_u8(one), vreinterpretq_s8_u8(other))
        }
        fn up_to(one: uint8x16_t, other: uint8x16_t) -> uint8x16_t { vcleq_u8(one, other) }
        fn low(octets: uint8x16_t) -> uint8x16_t { vandq_u8(octets, vdupq_n_u8(15)) }
        fn high(octets: uint8x16_t) -> uint8x16_t { vshrq_n_u8::<4>(octets) }
        fn look_up(table: uint8x16_t, places: uint8x16_t) -> uint8x16_t { vqtbl1q_u8(table, places) }
        // Of each two octets the middle eight bits, which are four of each (Danila Kutenin, "Porting
        // x86 vector bitmask optimizations to Arm NEON").
        fn mask(flags: uint8x16_t) -> u64 {
            let nibbles = vshrn_n_u16::<4>(vreinterpretq_u16_u8(flags));
            vget_lane_u64::<0>(vreinterpret_u64_u8(nibbles))
        }
        fn mask_of_two(one: uint8x16_t, two: uint8x16_t) -> u64 {
            let pairs = vpaddq_u8(weighted(one), weighted(two));
            let fours = vpaddq_u8(pairs, pairs);
            vgetq_lane_u32::<0>(vreinterpretq_u32_u8(vpaddq_u8(fours, fours))) as u64
        }
        fn mask_of_four(flags: [uint8x16_t; 4]) -> u64 {
            let [one, two, three, four] = flags;
            let low = vpaddq_u8(weighted(one), weighted(two));
            let high = vpaddq_u8(weighted(three), weighted(four));
            let fours = vpaddq_u8(low, high);
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(fours, fours)))
        }
    }
}

/// Of each eight flags each another bit, so that three sums of neighbours make an octet of them. (As
/// simdjson makes its masks.)
#[inline]
#[target_feature(enable = "neon")]
fn weighted(flags: uint8x16_t) -> uint8x16_t {
    vandq_u8(flags, vreinterpretq_u8_u64(vdupq_n_u64(0x8040_2010_0804_0201)))
}
