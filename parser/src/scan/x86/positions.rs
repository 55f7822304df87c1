//! Where the bits of a mask are, as offsets.

use core::mem::MaybeUninit;

/// Writes positions, for [`Blocks::positions`](crate::scan::Blocks::positions): two and four at a time, whether they
/// are there or not. A block seldom holds the ends of more lines, and so there is
/// hardly a branch on how many there are. (After simdjson's `flatten_bits`, which writes
/// eight: Langdale and Lemire, "Parsing gigabytes of JSON per second", "Index extraction".)
#[inline(always)]
pub(super) fn by_pairs(bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
    let count = bits.count_ones() as usize;
    let Some((first, more)) = out.split_first_chunk_mut::<2>() else { return 0 };
    let rest = write_first(bits, at, first);
    if count > 2
        && let Some((second, more)) = more.split_first_chunk_mut::<4>()
    {
        let mut rest = write_first(rest, at, second);
        for place in more {
            if rest == 0 {
                break;
            }
            rest = write_first(rest, at, core::array::from_mut(place));
        }
    }
    count
}

/// Writes the first positions, and returns the bits without these. (The lowest bit is
/// cleared as in Kernighan's way to count, "Bit Twiddling Hacks".)
#[inline(always)]
fn write_first<const N: usize>(mut bits: u64, at: u32, out: &mut [MaybeUninit<u32>; N]) -> u64 {
    for place in out {
        place.write(at.wrapping_add(bits.trailing_zeros()));
        bits &= bits.wrapping_sub(1);
    }
    bits
}
