extern crate std;

use std::vec;

use super::*;

/// Whether the octets are the beginning of some UTF-8, by the standard library.
fn may_begin(octets: &[u8]) -> bool {
    core::str::from_utf8(octets).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// What the standard library says: the first octet with which no text can begin as these do, and whether all is complete.
fn expected(octets: &[u8]) -> Result<bool, usize> {
    match (1..=octets.len()).find(|end| !may_begin(&octets[..*end])) {
        Some(end) => Err(end - 1),
        None => Ok(core::str::from_utf8(octets).is_ok()),
    }
}

fn in_two(octets: &[u8], at: usize) -> Result<bool, usize> {
    let mut state = Utf8::START;
    state.judge(&octets[..at])?;
    state.judge(&octets[at..]).map_err(|index| at + index)?;
    Ok(state.is_complete())
}

fn check(octets: &[u8]) {
    let expected = expected(octets);
    for at in 0..=octets.len() {
        assert_eq!(in_two(octets, at), expected, "{octets:x?} at {at}");
    }
    if expected != Ok(true) {
        assert_eq!(first_wrong(octets), expected.err().unwrap_or(octets.len()), "{octets:x?}");
    }
}

/// Octets at the edges of the grammar's ranges.
const EDGES: [u8; 26] = [
    0x00, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF,
];

#[test]
fn every_combination_of_edges_at_every_split() {
    for a in EDGES {
        for b in EDGES {
            check(&[a, b]);
            for c in EDGES {
                check(&[a, b, c]);
            }
        }
    }
    for a in [0xE0, 0xE1, 0xED, 0xF0, 0xF1, 0xF4] {
        for b in EDGES {
            for c in [0x61, 0x80, 0xBF, 0xC2] {
                for d in [0x61, 0x80, 0xBF, 0xF0] {
                    check(&[a, b, c, d]);
                }
            }
        }
    }
}

#[test]
fn a_code_point_around_every_place_of_a_block() {
    // Blocks of 16, 32 and 64 octets end somewhere in there, and bulk validation begins.
    for lead in 0..140 {
        for code in ["\u{e9}", "\u{20ac}", "\u{10ffff}"] {
            let mut octets = vec![b'a'; lead];
            octets.extend(code.as_bytes());
            octets.extend([b'b'; 70]);
            assert_eq!(in_two(&octets, octets.len() / 2), Ok(true));
            for at in lead..lead + code.len() {
                assert_eq!(in_two(&octets, at), Ok(true), "{code} behind {lead}, at {at}");
                let mut wrong = octets.clone();
                wrong[at] = 0xFF;
                assert_eq!(in_two(&wrong, at), Err(at), "a wrong octet at {at}");
                assert_eq!(in_two(&wrong, lead / 2), Err(at), "a wrong octet at {at}");
            }
        }
    }
}
