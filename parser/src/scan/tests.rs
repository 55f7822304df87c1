//! Every level against the class table: every octet, every position, lengths
//! 0..=130, and random slices. A level that this machine lacks is named as
//! skipped.

use super::class::{TARGET, TOKEN, VALUE, belongs};
use super::{Level, Op, Scan, dispatch};
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
    fn run<S: Scan>(self, scan: S) -> usize {
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
