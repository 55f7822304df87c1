//! The octet classes in the forms that vector instructions look up. Constants,
//! not statics: the code that uses one has it beside itself, and in registers
//! through a loop.

use crate::scan::class::{TABLE, TOKEN, belongs};

/// [`TABLE`] for octets below 0x80, in two vectors' worth.
pub(super) const ASCII: [[u8; 64]; 2] = {
    let mut halves = [[0; 64]; 2];
    let mut octet = 0;
    while octet < 128 {
        halves[octet / 64][octet % 64] = TABLE[octet];
        octet += 1;
    }
    halves
};

/// `tchar` by nibbles: bit `h` of `TOKEN_ROWS[l]` says whether the octet with
/// high nibble `h` and low nibble `l` is a token octet. Only octets below 0x80
/// can be, so eight bits are enough. Sixteen entries, twice: `vpshufb` looks up
/// within each 128-bit lane.
pub(super) const TOKEN_ROWS: [u8; 32] = {
    let mut rows = [0; 32];
    let mut octet = 0;
    while octet < 128 {
        if belongs(octet as u8, TOKEN) {
            rows[octet & 15] |= 1 << (octet >> 4);
            rows[(octet & 15) + 16] |= 1 << (octet >> 4);
        }
        octet += 1;
    }
    rows
};

/// The bit that stands for a high nibble in [`TOKEN_ROWS`]; none above 7.
pub(super) const NIBBLE_BITS: [u8; 32] = {
    let mut bits = [0; 32];
    let mut high = 0;
    while high < 8 {
        bits[high] = 1 << high;
        bits[high + 16] = 1 << high;
        high += 1;
    }
    bits
};

/// Each entry's own place.
pub(super) const POSITIONS: [u8; 64] = {
    let mut positions = [0; 64];
    let mut place = 0;
    while place < 64 {
        positions[place] = place as u8;
        place += 1;
    }
    positions
};
