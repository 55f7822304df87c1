//! Every level against the class table: every octet, every position, lengths
//! 0..=130, and random slices. A level that this machine lacks is named as
//! skipped.

use super::class::{TARGET, TOKEN, VALUE, belongs};
use super::{Blocks, Level, Op, Scan, Window, dispatch};
use proptest::prelude::*;
use std::vec::Vec;

/// One scan of one class.
struct End<'b> {
    octets: &'b [u8],
    from: usize,
    class: u8,
}

impl Op for End<'_> {
    type Out = usize;
    #[inline(always)]
    fn run<S: Scan>(&mut self, scan: S) -> usize {
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
        let here = level <= Level::detect();
        if !here {
            std::eprintln!("skipped: this CPU lacks {level}");
        }
        here
    })
}

/// Asserts equality on an exact-size heap copy, so that AddressSanitizer sees
/// any read outside of it.
fn check(level: Level, octets: &[u8], from: usize, class: u8) {
    let copy: Vec<u8> = octets.to_vec();
    let found = dispatch(level, End { octets: &copy, from, class });
    assert_eq!(
        found,
        expected(octets, from, class),
        "{level}, class {class}, from {from}, {octets:02x?}"
    );
}

/// What a level's blocks say of the octets from `at` on, or `None` if the level
/// has none: breaks at first look and exactly, octets outside of tokens and of
/// targets, and how many octets the latter two look at.
struct Masks<'b> {
    octets: &'b [u8],
    at: usize,
}

impl Op for Masks<'_> {
    type Out = Option<([u64; 6], usize)>;
    #[inline(always)]
    fn run<S: Scan>(&mut self, scan: S) -> Self::Out {
        let (blocks, octets) = (scan.blocks()?, Window::new(self.octets)?);
        let masks = [
            blocks.breaks::<false>(octets, self.at),
            blocks.breaks::<true>(octets, self.at),
            blocks.not_token(octets, self.at),
            blocks.not_target(octets, self.at),
            blocks.not_token_block(octets, self.at),
            blocks.not_target_block(octets, self.at),
        ];
        Some((masks, S::Blocks::WIDTH))
    }
}

fn check_masks(octets: &[u8], at: usize) {
    let copy: Vec<u8> = octets.to_vec();
    let mask = |width, has: &dyn Fn(u8) -> bool| {
        let block = octets.iter().skip(at).take(width).enumerate();
        block.fold(0, |mask, (bit, &octet)| mask | (u64::from(has(octet)) << bit))
    };
    for level in levels().filter(|&level| level >= Level::Sse42) {
        let (found, width) = dispatch(level, Masks { octets: &copy, at }).unwrap();
        let expected = [
            mask(64, &|octet| !(0x20..0x7F).contains(&octet)),
            mask(64, &|octet| !belongs(octet, VALUE)),
            mask(width, &|octet| !belongs(octet, TOKEN)),
            mask(width, &|octet| !belongs(octet, TARGET)),
            mask(64, &|octet| !belongs(octet, TOKEN)),
            mask(64, &|octet| !belongs(octet, TARGET)),
        ];
        assert_eq!(found, expected, "{level}, at {at}, {octets:02x?}");
    }
}

#[test]
fn blocks_of_every_octet_at_every_position_of_every_length() {
    for len in 32..=130usize {
        let mut octets = std::vec![b'a'; len];
        for place in 0..len {
            // Octets at the edges of classes, and some within.
            for octet in [0, 9, 10, 13, 31, 32, 33, 35, 58, 64, 96, 126, 127, 128, 191, 255] {
                octets[place] = octet;
                for at in (0..len).step_by(32) {
                    check_masks(&octets, at);
                }
            }
            octets[place] = b'a';
        }
    }
    for octet in 0..=255 {
        let octets = [octet; 100];
        check_masks(&octets, 0);
        check_masks(&octets, 64);
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
}

#[test]
fn every_octet_at_every_position_of_every_length() {
    for level in levels() {
        for class in [TOKEN, TARGET, VALUE] {
            for len in 0..=130usize {
                let mut octets = std::vec![b'a'; len];
                assert_eq!(dispatch(level, End { octets: &octets, from: 0, class }), len);
                for at in 0..len {
                    for octet in 0..=255 {
                        octets[at] = octet;
                        let end = dispatch(level, End { octets: &octets, from: 0, class });
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
fn level_names_parse_back() {
    for level in Level::ALL {
        assert_eq!(level.name().parse(), Ok(level));
    }
    assert!("sse2".parse::<Level>().is_err());
}

proptest! {
    #[test]
    fn blocks_of_random_octets(octets in proptest::collection::vec(any::<u8>(), 32..300)) {
        for at in (0..octets.len()).step_by(64) {
            check_masks(&octets, at);
        }
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
