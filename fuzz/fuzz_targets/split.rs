//! What arrives in pieces reads like the whole, at any level, be it a request's head, a response's or a trailer section: result, error kind,
//! offset, status, framing.
//!
//! The input's first octet tells the level and the number of pieces, the next octets how long each piece is; the rest is parsed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{Kind, configs, in_pieces, whole};
use rajada_parser::Level;

fuzz_target!(|input: &[u8]| {
    let Some((&first, rest)) = input.split_first() else { return };
    let here: Vec<Level> = Level::ALL.into_iter().filter(|level| level.is_here()).collect();
    let level = here[usize::from(first) % here.len()];
    let Some((lengths, octets)) = rest.split_at_checked(usize::from(first) / 16) else { return };
    let ends: Vec<usize> = lengths
        .iter()
        .scan(0, |end, length| {
            *end += usize::from(*length);
            Some(*end)
        })
        .take_while(|end| *end <= octets.len())
        .collect();
    // Octet by octet too, where that is quick.
    let every: Vec<usize> = (0..octets.len()).take_while(|_| octets.len() <= 256).collect();
    for config in configs() {
        let config = config.at_most(level);
        for kind in Kind::ALL {
            let expected = whole(&config, kind, octets);
            for ends in [&ends, &every] {
                let outcome = in_pieces(&config, kind, octets, ends);
                assert_eq!(expected, outcome, "{kind:?}, pieces end at {ends:?}");
            }
        }
    }
});
