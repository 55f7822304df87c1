//! httparse's interface over Rajada (`parser/httparse`) against httparse 1.10 as published, with all options: results, ends, errors, parts, and
//! what was written to slots, behind heads that are incomplete or wrong as well. There is no difference but in lines with the size of a chunk, where the
//! façade's README lists them; and there, too, none with its feature `exact`.
#![no_main]

#[path = "../../parser/httparse/tests/compare/mod.rs"]
mod compare;
#[allow(dead_code, reason = "one part of the façade's lines")]
#[path = "../../parser/httparse/src/chunk_size/line.rs"]
mod line;

use httparse as published;
use httparse_facade as facade;

use compare::{Options, Parsed, Way};
use line::Line;

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::compose;

const README: &str = include_str!("../../parser/httparse/README.md");

const SNIPPETS: &[&[u8]] = &[
    b"\x80",
    b"\xc3\xa9",
    b"\xff",
    b"GET / HTTP/1.1\r\n",
    b"POST /a?b HTTP/1.0\r\nHost: a\r\n",
    b" HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 404\r\n",
    b"HTTP/1.",
    b"\r\n",
    b"\r\n\r\n",
    b"\n ",
    b"\r\n\t",
    b"Host: a\r\n",
    b"A:\r\n",
    b"A : b\r\n",
    b"(: b\r\n",
    b"Name: some longer value, so that vectors are filled \t\r\n",
    b"A-name-that-is-longer-than-a-vector-of-thirty-two-octets-is: x\r\n",
    b": ",
    b"A: b\r\nC: d\r\nE: f\r\nG: h\r\nI: j\r\nK: l\r\nM: n\r\nO: p\r\nQ: r\r\nS: t\r\n",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"0123456789",
    b"\x00",
    b"\x7f",
];

fuzz_target!(|input: &[u8]| {
    let [options, slots, input @ ..] = input else { return };
    let octets: Box<[u8]> = compose(input, SNIPPETS).into();
    // Half of all inputs have the default options, which are in use.
    let options = if *options >= compare::OPTIONS { Options(0) } else { Options(*options) };
    // One way each, as all of them take longer than what finds a way through them.
    let way = usize::from(*slots / 8 % 8);
    // Most have as many slots as they could want.
    let slots = match *slots {
        few @ 0..0x40 => usize::from(few % 8),
        0x40..0xC0 => compare::SLOTS,
        _ => compare::MANY,
    };
    match Way::ALL.get(way) {
        Some(way) => compare::check_head(*way, &octets, options, slots),
        None => {
            check_size_line(&octets);
            check_size_line(input);
        }
    }
});

fn check_size_line(octets: &[u8]) {
    let theirs = compare::their_size_line(octets);
    let exact = line::size_line::<true>(octets);
    let expected = match theirs {
        (Parsed::Complete(end), size) => Line::Complete(end, size),
        (Parsed::Partial, _) => Line::Partial,
        _ => Line::Invalid,
    };
    assert_eq!(exact, expected, "with the feature `exact`: {}", octets.escape_ascii());
    let ours = compare::our_size_line(octets);
    if ours != theirs {
        let id = compare::is_listed(octets).filter(|_| matches!(ours.0, Parsed::Error(_)));
        let id = id.unwrap_or_else(|| panic!("no intended difference: {ours:?}, {theirs:?}"));
        let in_readme = README.lines().any(|line| {
            line.strip_prefix("| `").is_some_and(|rest| rest.split('`').next() == Some(id))
        });
        assert!(in_readme, "{id} is no row of the README");
    }
}
