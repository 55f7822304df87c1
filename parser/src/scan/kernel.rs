//! Scanning with vector registers, written once: what a level adds is [`Vector`], its registers and
//! instructions. (memchr has such a trait, and searches that are written over it.)

use core::mem::MaybeUninit;

use super::class::{TARGET, TOKEN, VALUE, belongs};
use super::{Blocks, Scan, Window, scalar};

/// `N` octets in a register, and what is done with all of them at once. What flags octets has
/// 0xFF for each that is meant, and 0 for the others.
///
/// The value is the proof that the CPU has the instructions.
pub(super) trait Vector<const N: usize>: Copy {
    /// A register.
    type Octets: Copy;
    /// How many bits [`mask`](Self::mask) has for an octet.
    const BITS: u32 = 1;

    /// These octets.
    fn load(self, octets: &[u8; N]) -> Self::Octets;
    /// This octet in each place.
    fn all(self, octet: u8) -> Self::Octets;
    /// The sums, modulo 256.
    fn add(self, one: Self::Octets, other: Self::Octets) -> Self::Octets;
    /// The bits of either.
    fn or(self, one: Self::Octets, other: Self::Octets) -> Self::Octets;
    /// The bits of the one that the other has not.
    fn without(self, one: Self::Octets, other: Self::Octets) -> Self::Octets;
    /// Flags octets that are the same in both.
    fn equal(self, one: Self::Octets, other: Self::Octets) -> Self::Octets;
    /// Flags those of the one that are above the other's, as signed numbers.
    fn above(self, one: Self::Octets, other: Self::Octets) -> Self::Octets;
    /// Flags those of the one that are not above the other's, as unsigned numbers.
    fn up_to(self, one: Self::Octets, other: Self::Octets) -> Self::Octets;
    /// The four low bits of each octet; for octets of 0x80 and above, any that are a
    /// [`look_up`](Self::look_up)'s place.
    fn low(self, octets: Self::Octets) -> Self::Octets;
    /// The four high bits of each octet.
    fn high(self, octets: Self::Octets) -> Self::Octets;
    /// The entry of `table`, which has the same sixteen again and again, at each place: below 16, or
    /// what [`low`](Self::low) gives.
    fn look_up(self, table: Self::Octets, places: Self::Octets) -> Self::Octets;
    /// The flags as a number, the first octet's lowest.
    fn mask(self, flags: Self::Octets) -> u64;

    /// The flags of two registers, with one bit an octet.
    #[inline(always)]
    fn mask_of_two(self, one: Self::Octets, two: Self::Octets) -> u64 {
        self.mask(one) | self.mask(two) << N
    }

    /// The flags of four, which hold 64 octets.
    #[inline(always)]
    fn mask_of_four(self, [one, two, three, four]: [Self::Octets; 4]) -> u64 {
        self.mask_of_two(one, two) | self.mask_of_two(three, four) << (2 * N)
    }
}

/// Methods of a [`Vector`], each of them compiled for these features, so that it is what it calls when
/// it is inlined.
macro_rules! instructions {
    ($features:literal, $(fn $name:ident($($arg:ident: $type:ty),*) -> $out:ty $body:block)*) => {$(
        #[inline(always)]
        fn $name(self, $($arg: $type),*) -> $out {
            #[inline]
            #[target_feature(enable = $features)]
            fn compiled($($arg: $type),*) -> $out $body
            // SAFETY: `self` proves that the CPU has these instructions.
            #[allow(unused_unsafe, reason = "in WebAssembly, that a program runs is proof enough")]
            unsafe { compiled($($arg),*) }
        }
    )*};
}
pub(super) use instructions;

/// The scanner of a level that has `V`.
#[derive(Clone, Copy)]
pub(super) struct Kernel<V, const N: usize>(pub(super) V);

/// In place of a class: controls, DEL, and octets of 0x80 and above are outside of it.
const UNBROKEN: u8 = 0;

// (By classes and not by closures: one that holds more than a call or two is no longer inlined, where the
// function around it is compiled without the level's instructions.)
impl<V: Vector<N>, const N: usize> Kernel<V, N> {
    /// Flags octets that are not of the class.
    #[inline(always)]
    fn outside<const CLASS: u8>(self, octets: &[u8; N]) -> V::Octets {
        let Kernel(v) = self;
        let octets = v.load(octets);
        match CLASS {
            // By two look-ups (Langdale and Lemire, "Parsing gigabytes of JSON per second",
            // section 3.1.2).
            TOKEN => {
                let rows = v.look_up(v.load(const { &token_rows() }), v.low(octets));
                let others = v.look_up(v.load(const { &other_rows() }), v.high(octets));
                v.equal(v.without(rows, others), v.all(0))
            }
            // As below, with SP.
            TARGET => {
                let invisible = v.above(v.all(0x22), v.add(octets, v.all(1)));
                v.or(invisible, v.equal(octets, v.all(b'#')))
            }
            VALUE => {
                let control = v.up_to(octets, v.all(0x1F));
                let tab = v.equal(octets, v.all(b'\t'));
                v.or(v.without(control, tab), v.equal(octets, v.all(0x7F)))
            }
            // When one is added, they are below 0x21 as signed octets.
            _ => v.above(v.all(0x21), v.add(octets, v.all(1))),
        }
    }

    /// Their mask, with [`BITS`](Vector::BITS) for each.
    #[inline(always)]
    fn mask<const CLASS: u8>(self, octets: &[u8; N]) -> u64 {
        self.0.mask(self.outside::<CLASS>(octets))
    }

    /// Their mask with one bit for each: of 32 octets or 64.
    #[inline(always)]
    fn mask_of<const CLASS: u8, const L: usize>(self, block: &[u8; L]) -> u64 {
        match block.as_chunks::<N>().0 {
            [one] => self.mask::<CLASS>(one),
            [one, two] => {
                self.0.mask_of_two(self.outside::<CLASS>(one), self.outside::<CLASS>(two))
            }
            [one, two, three, four] => self.0.mask_of_four([
                self.outside::<CLASS>(one),
                self.outside::<CLASS>(two),
                self.outside::<CLASS>(three),
                self.outside::<CLASS>(four),
            ]),
            _ => 0,
        }
    }

    /// How many octets are in front of the first one that a mask has; `N` if it has none.
    #[inline(always)]
    fn in_front(mask: u64) -> u32 {
        match N as u32 * V::BITS {
            64 => mask.trailing_zeros() / V::BITS,
            32 => (mask as u32).trailing_zeros() / V::BITS,
            bits => (mask | 1 << bits).trailing_zeros() / V::BITS,
        }
    }

    /// The first position at or after `from` whose octet is not of the class, or the length.
    #[inline(always)]
    fn first_outside<const CLASS: u8>(self, octets: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some(part) = octets.get(at..).and_then(|rest| rest.first_chunk()) {
            let mask = self.mask::<CLASS>(part);
            if mask != 0 {
                return at + (mask.trailing_zeros() / V::BITS) as usize;
            }
            at += N;
        }
        if at >= octets.len() {
            return octets.len();
        }
        // Fewer than N octets are left: look at the last N, and shift those out
        // that were seen before. (memchr, too, ends with a vector that overlaps the one
        // before. The shift is our own: there, what is seen again is known not to match.)
        match octets.last_chunk() {
            Some(part) => {
                let seen = (at + N - octets.len()) as u32 * V::BITS;
                let mask = self.mask::<CLASS>(part) >> seen;
                let found = at + (mask.trailing_zeros() / V::BITS) as usize;
                if mask == 0 { octets.len() } else { found }
            }
            None => scalar::first_outside(octets, at, CLASS),
        }
    }

    /// A mask of the 64 octets from `at` on, with one bit for each and none for those beyond the
    /// end. `at` is less than the length.
    #[inline(always)]
    fn mask64<const CLASS: u8>(self, octets: Window<'_>, at: usize) -> u64 {
        let len = octets.octets().len();
        if len < 64 {
            return self.mask32::<CLASS>(octets, at) | self.mask32::<CLASS>(octets, at + 32) << 32;
        }
        let start = at.min(len - 64);
        // SAFETY: `start + 64 <= len`.
        let block = unsafe { octets.block_at(start) };
        // `at - start` is below 64, as `at` is less than the length.
        self.mask_of::<CLASS, 64>(block) >> ((at - start) & 63)
    }

    /// The same of 32 octets. `at` is at most 31 octets beyond the end.
    #[inline(always)]
    fn mask32<const CLASS: u8>(self, octets: Window<'_>, at: usize) -> u64 {
        let (block, before) = octets.read::<32>(at);
        // `before` is below 64, as `at` is at most 31 octets beyond the end.
        self.mask_of::<CLASS, 32>(block) >> (before & 63)
    }

    /// The mask of the `N` octets from `at` on, which is less than the length, without those
    /// beyond the end.
    #[inline(always)]
    fn not_token_near_end(self, octets: Window<'_>, at: usize) -> u64 {
        let (part, before) = octets.read::<N>(at);
        // `before` is below `N`.
        self.mask::<TOKEN>(part) >> ((before as u32 * V::BITS) & 63)
    }
}

impl<V: Vector<N>, const N: usize> Scan for Kernel<V, N> {
    type Blocks = Self;

    #[inline(always)]
    fn blocks(self) -> Option<Self> {
        Some(self)
    }

    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        self.first_outside::<TOKEN>(octets, from)
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        self.first_outside::<TARGET>(octets, from)
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        self.first_outside::<VALUE>(octets, from)
    }
}

// SAFETY: the methods are held to the class tables by the tests of `scan`, for every
// octet at every place, and no break is of `TOKEN` in these.
unsafe impl<V: Vector<N>, const N: usize> Blocks for Kernel<V, N> {
    #[inline(always)]
    fn breaks_of<const EXACT: bool>(self, block: &[u8; 64]) -> u64 {
        if EXACT { self.mask_of::<VALUE, 64>(block) } else { self.mask_of::<UNBROKEN, 64>(block) }
    }

    #[inline(always)]
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64 {
        if EXACT { self.mask64::<VALUE>(octets, at) } else { self.mask64::<UNBROKEN>(octets, at) }
    }

    #[inline(always)]
    fn token_len(self, octets: &[u8; 32]) -> u32 {
        match octets.as_chunks::<N>().0 {
            [one] => Self::in_front(self.mask::<TOKEN>(one)),
            // Most names are this short.
            [one, two] => match self.mask::<TOKEN>(one) {
                0 => N as u32 + Self::in_front(self.mask::<TOKEN>(two)),
                mask => mask.trailing_zeros() / V::BITS,
            },
            _ => 0,
        }
    }

    #[inline(always)]
    fn token_len_near_end(self, octets: Window<'_>, at: usize) -> u32 {
        match self.not_token_near_end(octets, at) {
            0 if N < 32 => {
                let second = (at + N).min(octets.octets().len() - 1);
                let mask = self.not_token_near_end(octets, second);
                N as u32 + mask.trailing_zeros() / V::BITS
            }
            mask => mask.trailing_zeros() / V::BITS,
        }
    }

    #[inline(always)]
    fn target_end(self, octets: Window<'_>, from: usize, end: usize) -> usize {
        let found = self.mask_of::<TARGET, 32>(octets.first()) >> (from & 63);
        if found != 0 {
            return from + found.trailing_zeros() as usize;
        }
        let (mut at, last) = (32, octets.octets().len() - 32);
        while at < end {
            let found = if at <= last {
                // SAFETY: `last + 32 <= len`.
                self.mask_of::<TARGET, 32>(unsafe { octets.half_at(at) })
            } else {
                self.mask32::<TARGET>(octets, at)
            };
            if found != 0 {
                return at + found.trailing_zeros() as usize;
            }
            at += 32;
        }
        at
    }

    #[inline(always)]
    fn first_block(self, octets: Window<'_>) -> (u64, u64) {
        (self.mask64::<TOKEN>(octets, 0), 0)
    }

    #[inline(always)]
    fn positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        by_pairs(bits, at, out)
    }
}

/// Writes positions, for [`Blocks::positions`]: two and four at a time, whether they
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

/// `tchar` by nibbles: bit `h` of entry `l` says whether the octet with high nibble `h` and low
/// nibble `l` is a token octet. Only octets below 0x80 can be, so eight bits are enough.
const fn token_rows<const N: usize>() -> [u8; N] {
    let (mut rows, mut at) = ([0; N], 0);
    while at < 8 * N {
        if belongs((at / N * 16 + at % 16) as u8, TOKEN) {
            rows[at % N] |= 1 << (at / N);
        }
        at += 1;
    }
    rows
}

/// For each high nibble, the bits of [`token_rows`] that are others'; above 7 all are.
const fn other_rows<const N: usize>() -> [u8; N] {
    let (mut rows, mut at) = ([0xFF; N], 0);
    while at < N {
        if at % 16 < 8 {
            rows[at] = !(1 << (at % 16));
        }
        at += 1;
    }
    rows
}
