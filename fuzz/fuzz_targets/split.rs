//! A head that arrives in pieces reads like the whole head, at any level: result, error kind, offset, status.
//!
//! The input's first octet tells the level and the number of pieces, the next octets how long each piece is; the head follows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{configs, in_pieces, whole};
use rajada_parser::Level;

fuzz_target!(|input: &[u8]| {
    let Some((&first, rest)) = input.split_first() else { return };
    let level = Level::ALL[usize::from(first) % Level::ALL.len()];
    let Some((lengths, octets)) = rest.split_at_checked(usize::from(first) / 16) else { return };
    let ends: Vec<usize> = lengths
        .iter()
        .scan(0, |end, length| {
            *end += usize::from(*length);
            Some(*end)
        })
        .take_while(|end| *end <= octets.len())
        .collect();
    for config in configs() {
        let config = config.at_most(level);
        assert_eq!(
            whole(&config, octets),
            in_pieces(&config, octets, &ends),
            "pieces end at {ends:?}"
        );
    }
    // Octet by octet, where that is quick.
    if octets.len() <= 256 {
        let every: Vec<usize> = (0..octets.len()).collect();
        assert_eq!(
            whole(&configs()[0], octets),
            in_pieces(&configs()[0], octets, &every),
            "octet by octet"
        );
    }
});
