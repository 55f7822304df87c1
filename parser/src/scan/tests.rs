//! Every level against the class table: every octet, every position, lengths
//! 0..=130, and random slices. A level that this machine lacks is named as
//! skipped.

mod memory;

use super::class::{HOST, REG_NAME, TARGET, TOKEN, VALUE, belongs};
use super::slots::{Inside, Writer, sealed::Storage};
use super::{Blocks, Choice, HeadOp, Level, Op, Scan, Window, are_host, dispatch, dispatch_head};
use crate::{Config, FieldPosition, Positions};
use core::mem::MaybeUninit;
use proptest::prelude::*;
use std::vec::Vec;

/// One scan of one class.
struct End<'b> {
    octets: &'b [u8],
    from: usize,
    class: u8,
}

impl Op for End<'_> {
    type Second = ();
    type Third = ();
    type Out = usize;
    #[inline(always)]
    fn run<S: Scan>(self, scan: S, (): (), (): ()) -> usize {
        match self.class {
            TOKEN => scan.token_end(self.octets, self.from),
            TARGET => scan.target_end(self.octets, self.from),
            _ => scan.value_end(self.octets, self.from),
        }
    }
}

fn expected(octets: &[u8], from: usize, class: u8) -> usize {
    (from..octets.len()).find(|&at| !belongs(octets[at], class)).unwrap_or(octets.len())
}

fn levels() -> impl Iterator<Item = Level> {
    Level::ALL.into_iter().filter(|&level| {
        let here = level.is_here();
        if !here {
            std::eprintln!("skipped: this CPU lacks {level}");
        }
        here
    })
}

fn choice(level: Level) -> Choice {
    Choice::BEST.at_most(level)
}

/// Asserts equality on an exact-size heap copy, so that AddressSanitizer sees
/// any read outside of it.
fn check(level: Level, octets: &[u8], from: usize, class: u8) {
    let copy: Vec<u8> = octets.to_vec();
    let found = dispatch(choice(level), End { octets: &copy, from, class });
    assert_eq!(
        found,
        expected(octets, from, class),
        "{level}, class {class}, from {from}, {octets:02x?}"
    );
}

/// What a level says of octets: [`Found`] of the octets from each 32nd on, where targets
/// end, and how many token octets there are in the first block.
struct Masks;

/// Breaks of 64 octets at first look and exactly, twice where there are so many, and
/// the token octets of 32.
type Found = [(u64, u64, u32); 2];

/// Where names begin in the first block.
const STARTS: [usize; 4] = [0, 1, 17, 31];

/// Where targets begin: behind a method of 31 octets at most.
const TARGETS: [usize; 5] = [0, 1, 10, 31, 32];

impl HeadOp<'_> for Masks {
    type Slot = FieldPosition;
    type Out = Option<(Vec<Found>, [[usize; 5]; 2], [u32; 4])>;
    #[inline(always)]
    fn run<S: Scan>(scan: S, octets: &[u8], _: &Config, _: Writer<'_>) -> Self::Out {
        let blocks = scan.blocks()?;
        let window = Window::new(octets)?;
        let beyond = |at: usize| (octets.len() - at).min(32) as u32;
        let each = (0..octets.len()).step_by(32).map(|at| {
            let (breaks, exact) =
                (blocks.breaks::<false>(window, at), blocks.breaks::<true>(window, at));
            let token_len = blocks.token_len_near_end(window, at).min(beyond(at));
            let rest = &octets[at..];
            let (block_breaks, block_exact) = match rest.first_chunk() {
                Some(block) => (blocks.breaks_of::<false>(block), blocks.breaks_of::<true>(block)),
                None => (breaks, exact),
            };
            let part_len = rest.first_chunk().map_or(token_len, |part| blocks.token_len(part));
            [(breaks, exact, token_len), (block_breaks, block_exact, part_len)]
        });
        let (not_token, not_target) = blocks.first_block(window);
        let tokens = STARTS.map(|at| {
            let beyond = (octets.len() - at).min(64 - at) as u32;
            blocks.token_len_in_block(not_token, window, at).min(beyond)
        });
        let len = octets.len();
        let targets = TARGETS.map(|from| blocks.target_end(window, from.min(len), len).min(len));
        let in_block = TARGETS.map(|from| {
            blocks.target_end_in_block(not_target, window, from.min(len), len).min(len.min(64))
        });
        Some((each.collect(), [targets, in_block], tokens))
    }
}

fn check_masks(octets: &[u8]) {
    let copy: Vec<u8> = octets.to_vec();
    let mask = |at, width, has: &dyn Fn(u8) -> bool| {
        let block = octets.iter().skip(at).take(width).enumerate();
        block.fold(0, |mask, (bit, &octet)| mask | (u64::from(has(octet)) << bit))
    };
    let is_break = |octet| !(0x20..0x7F).contains(&octet);
    let outside = |class| move |octet| !belongs(octet, class);
    let beyond = |at: usize| (octets.len() - at).min(32) as u32;
    let each = (0..octets.len()).step_by(32).map(|at| {
        let token_len = mask(at, 32, &outside(TOKEN)).trailing_zeros().min(beyond(at));
        [(mask(at, 64, &is_break), mask(at, 64, &outside(VALUE)), token_len); 2]
    });
    let each: Vec<_> = each.collect();
    let tokens = STARTS.map(|at| {
        let beyond = (octets.len() - at).min(64 - at) as u32;
        mask(at, 64 - at, &outside(TOKEN)).trailing_zeros().min(beyond)
    });
    let targets = TARGETS.map(|from| expected(octets, from.min(octets.len()), TARGET));
    let targets = [targets, targets.map(|end| end.min(64))];
    for level in levels().filter(|&level| level >= Level::Swar) {
        let mut slots = Positions::<1>::new();
        let config = &Config::STRICT;
        let found =
            dispatch_head::<Masks>(choice(level), &copy, config, slots.writer(Inside)).unwrap();
        assert_eq!(found, (each.clone(), targets, tokens), "{level}, {octets:02x?}");
    }
}

/// The positions of the bits of each eight octets.
struct SetBits;

impl HeadOp<'_> for SetBits {
    type Slot = FieldPosition;
    type Out = Option<Vec<[Vec<u32>; 2]>>;
    #[inline(always)]
    fn run<S: Scan>(scan: S, octets: &[u8], _: &Config, _: Writer<'_>) -> Self::Out {
        let blocks = scan.blocks()?;
        let words = octets.as_chunks().0.iter().zip(0..);
        let each = words.map(|(word, at)| {
            let bits = u64::from_le_bytes(*word);
            let mut first = [const { MaybeUninit::new(u32::MAX) }; 64];
            let mut last = first;
            let counts = [
                blocks.positions(bits, at, &mut first),
                blocks.last_positions(bits, at, &mut last),
            ];
            let written = |(out, count): (&[MaybeUninit<u32>; 64], usize)| -> Vec<u32> {
                // SAFETY: all were initialised.
                out[..count].iter().map(|place| unsafe { place.assume_init() }).collect()
            };
            [written((&first, counts[0])), written((&last, counts[1]))]
        });
        Some(each.collect())
    }
}

fn check_positions(words: &[u64]) {
    let octets: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let expected: Vec<_> = words
        .iter()
        .zip(0..)
        .map(|(word, at)| {
            let set = (0..64).filter(|bit| word >> bit & 1 == 1);
            let positions: Vec<u32> = set.map(|bit| at + bit).collect();
            [positions.clone(), positions]
        })
        .collect();
    for level in levels().filter(|&level| level >= Level::Swar) {
        let mut slots = Positions::<1>::new();
        let config = &Config::STRICT;
        let found = dispatch_head::<SetBits>(choice(level), &octets, config, slots.writer(Inside));
        assert_eq!(found.as_ref(), Some(&expected), "{level}");
    }
}

#[test]
fn positions_of_every_count() {
    let all = 0x5555_5555_5555_5555u64;
    let from_below = (0..=64).map(|len: u32| all & u64::MAX.checked_shr(64 - len).unwrap_or(0));
    let from_above = (0..64).map(|len: u32| (all << 1) & u64::MAX << len);
    check_positions(&from_below.chain(from_above).collect::<Vec<_>>());
}

#[test]
#[cfg_attr(miri, ignore = "takes hours; `memory` has a taste")]
fn blocks_of_every_octet_at_every_position_of_every_length() {
    for len in 32..=130usize {
        let mut octets = std::vec![b'a'; len];
        for place in 0..len {
            // Octets at the edges of classes, and some within.
            for octet in [0, 9, 10, 13, 31, 32, 33, 35, 58, 64, 96, 126, 127, 128, 191, 255] {
                octets[place] = octet;
                check_masks(&octets);
            }
            octets[place] = b'a';
        }
    }
    for octet in 0..=255 {
        let octets = [octet; 100];
        check_masks(&octets);
    }
}

#[test]
fn a_window_reads_nothing_outside() {
    let octets: Vec<u8> = (0..40).collect();
    assert!(Window::new(&octets[..31]).is_none());
    let window = Window::new(&octets).unwrap();
    assert_eq!(window.read::<4>(36), (&[36, 37, 38, 39], 0));
    assert_eq!(window.read::<4>(38), (&[36, 37, 38, 39], 2), "moved back");
    assert_eq!(window.read::<32>(8), (octets.last_chunk().unwrap(), 0));
    assert_eq!(window.first(), octets.first_chunk().unwrap());
    // SAFETY: 8 and 32 are 40.
    assert_eq!(unsafe { window.half_at(8) }, octets.last_chunk().unwrap());
}

#[test]
#[cfg_attr(miri, ignore = "takes hours; `memory` has a taste")]
fn every_octet_at_every_position_of_every_length() {
    for level in levels() {
        for class in [TOKEN, TARGET, VALUE] {
            for len in 0..=130usize {
                let mut octets = std::vec![b'a'; len];
                assert_eq!(dispatch(choice(level), End { octets: &octets, from: 0, class }), len);
                for at in 0..len {
                    for octet in 0..=255 {
                        octets[at] = octet;
                        let end = dispatch(choice(level), End { octets: &octets, from: 0, class });
                        let wanted = if belongs(octet, class) { len } else { at };
                        assert_eq!(
                            end, wanted,
                            "{level}, class {class}, {octet:#x} at {at} of {len}"
                        );
                    }
                    octets[at] = b'a';
                }
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours; `memory` has a taste")]
fn every_start_of_every_length() {
    for level in levels() {
        for class in [TOKEN, TARGET, VALUE] {
            for len in 0..=130usize {
                let mut octets = std::vec![b'x'; len];
                for from in 0..=len {
                    check(level, &octets, from, class);
                }
                for at in (0..len).step_by(7) {
                    octets[at] = b'\n';
                    for from in 0..=len {
                        check(level, &octets, from, class);
                    }
                    octets[at] = b'x';
                }
            }
        }
    }
}

#[test]
fn the_classes_are_those_of_the_rfc() {
    for octet in 0..=255u8 {
        let token = octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
        assert_eq!(belongs(octet, TOKEN), token, "{octet:#x}");
        assert_eq!(belongs(octet, TARGET), octet.is_ascii_graphic() && octet != b'#', "{octet:#x}");
        assert_eq!(
            belongs(octet, VALUE),
            octet == b'\t' || !octet.is_ascii_control(),
            "{octet:#x}"
        );
    }
}

#[test]
fn a_choice_is_never_raised() {
    for &level in &Level::ALL {
        let choice = Choice::BEST.at_most(level);
        assert!(choice.level() <= level && choice.level().is_here(), "{level}");
        assert_eq!(choice.level() == level, level.is_here(), "{level}");
        for &other in &Level::ALL {
            let least = Choice::BEST.at_most(level.min(other)).level();
            for before in [Choice::BEST, Choice::BEST.made()] {
                let choice = before.at_most(level).at_most(other);
                assert_eq!(choice, choice.made(), "{level} {other}");
                assert_eq!(choice.level(), least, "{level} {other}");
                assert_eq!(choice.made().level(), least, "{level} {other}, made");
                assert_eq!(choice.made().number(|| 0), least as u8, "{level} {other}, number");
            }
        }
    }
}

#[test]
fn hosts_are_told_by_each_octet() {
    let expected = |octets: &[u8]| octets.iter().all(|&octet| belongs(octet, HOST));
    for len in [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40] {
        for at in 0..len {
            let mut octets: Vec<u8> = (0..len).map(|at| b"a-0.Z_9"[at % 7]).collect();
            assert!(are_host(&octets), "{len}");
            for octet in 0..=u8::MAX {
                octets[at] = octet;
                assert_eq!(are_host(&octets), expected(&octets), "{}", octets.escape_ascii());
            }
        }
    }
    assert!((0..=u8::MAX).all(|octet| !belongs(octet, HOST) || belongs(octet, REG_NAME)));
}

#[test]
fn level_names_parse_back() {
    for level in Level::ALL {
        assert_eq!(level.name().parse(), Ok(level));
    }
    assert!("sse2".parse::<Level>().is_err());
}

proptest! {
    #[test]
    fn blocks_of_random_octets(octets in proptest::collection::vec(any::<u8>(), 32..300)) {
        check_masks(&octets);
    }

    #[test]
    fn positions_of_random_bits(words in proptest::collection::vec(any::<u64>(), 1..20)) {
        let apart: Vec<u64> = words.iter().map(|word| word & !(word << 1)).collect();
        check_positions(&apart);
    }

    #[test]
    fn random_octets(octets in proptest::collection::vec(any::<u8>(), 0..300), from in 0usize..300) {
        for level in levels() {
            for class in [TOKEN, TARGET, VALUE] {
                check(level, &octets, from.min(octets.len()), class);
            }
        }
    }

    #[test]
    fn mostly_inside(
        mut octets in proptest::collection::vec(0x61u8..0x7B, 0..300),
        odd in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        from in 0usize..300,
    ) {
        if !octets.is_empty() {
            for (index, octet) in odd {
                let at = index.index(octets.len());
                octets[at] = octet;
            }
        }
        for level in levels() {
            for class in [TOKEN, TARGET, VALUE] {
                check(level, &octets, from.min(octets.len()), class);
            }
        }
    }
}
