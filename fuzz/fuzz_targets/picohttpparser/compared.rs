//! Beside picohttpparser's C.

#[path = "library.rs"]
mod library;

use libfuzzer_sys::fuzz_target;
use rajada::picohttpparser::ChunkedDecoder;
use rajada_fuzz::compose::{compose, ends};

use library::{Kind, Library, OURS, THEIRS};

const SNIPPETS: &[&[u8]] = &[
    b"\x80",
    b"\xff",
    b"\xc3\xa9",
    b"GET / HTTP/1.1\r\n",
    b"GET  /  HTTP/1.0\n",
    b" HTTP/1.1\r\n",
    b" HTTP/1.",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0  404   Not Found\n",
    b"HTTP/1.",
    b"\r\n",
    b"\n",
    b"\r\n\r\n",
    b"\n\n",
    b"\r",
    b"Host: a\r\n",
    b"A:\r\n",
    b"A: b \t\n",
    b" folded\r\n",
    b"\t\r\n",
    b"Name: some longer value, so that vectors are filled \t\r\n",
    b"A-name-that-is-longer-than-a-vector-of-thirty-two-octets-is: x\r\n",
    b": ",
    b" ",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"0123456789",
    MANY,
    b"0\r\n",
    b"0\r\n\r\n",
    b"1\r\nx\r\n",
    b"10\r\n0123456789abcdef\r\n",
    b"5\r\nhel",
    b"lo\r\n",
    b"00000000",
    b"ffffffff",
    b" ; a",
    b";aaaaaaaaaaaaaaaaaaaaaaaa",
];

/// 32 field lines: four times this is what has room on our stack.
const MANY: &[u8] = b"a:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\n\
a:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\n";

/// How many slots a head is given.
const SLOTS: [usize; 8] = [16, 0, 1, 2, 3, 8, 16, 130];

fuzz_target!(|input: &[u8]| {
    let Some((&[what, more, last, ref cuts @ ..], rest)) = input.split_first_chunk::<7>() else {
        return;
    };
    let octets = compose(rest, SNIPPETS);
    let kind = match what % 4 {
        0 => Kind::Request,
        1 => Kind::Response,
        2 => Kind::Fields,
        _ => return check_chunked(&octets, what, more, last, cuts),
    };
    check_heads(kind, &octets, SLOTS[usize::from(more) % SLOTS.len()], last, cuts);
});

/// A head whole and cut, as a caller does who tells how much it had before, and with any number for that.
fn check_heads(kind: Kind, octets: &[u8], slots: usize, last: u8, cuts: &[u8]) {
    check_head(kind, octets, slots, 0);
    check_head(kind, octets, slots, octets.len().saturating_sub(last.into()));
    // Farther than that picohttpparser reads what is not there.
    check_head(kind, octets, slots, usize::from(last).min(octets.len() + 3));
    let mut before = 0;
    for end in ends(cuts, octets.len()) {
        check_head(kind, &octets[..end], slots, 0);
        check_head(kind, &octets[..end], slots, before);
        before = end;
    }
    check_head(kind, octets, slots, before);
}

fn check_head(kind: Kind, octets: &[u8], slots: usize, last_len: usize) {
    // A copy that ends with the octets, so that AddressSanitizer sees a read behind them.
    let octets: Box<[u8]> = octets.into();
    let parse = |library: &Library| library.parse(kind, &octets, slots, last_len);
    assert_eq!(parse(&OURS), parse(&THEIRS), "ours, theirs: {kind:?}, last_len {last_len}");
}

/// Chunked content in pieces. Also behind its end, and behind what is wrong, both go on in the same way.
fn check_chunked(octets: &[u8], what: u8, more: u8, last: u8, cuts: &[u8]) {
    // So that the bound of overhead is near.
    let total_overhead = if what & 4 == 0 { 0 } else { 100 * 1024 - u64::from(more) };
    let ours = ChunkedDecoder {
        consume_trailer: (what & 8 != 0).into(),
        total_overhead,
        total_read: total_overhead + total_overhead / 3 + u64::from(last),
        ..ChunkedDecoder::default()
    };
    let (mut ours, mut theirs) = (ours, ours);
    let (mut from, mut to) = (0, ends(cuts, octets.len()));
    to.push(octets.len());
    for to in to {
        let piece = &octets[from..to];
        let decoded = OURS.decode(&mut ours, piece);
        assert_eq!(decoded, THEIRS.decode(&mut theirs, piece), "ours, theirs: {from}..{to}");
        assert_eq!(ours, theirs, "{from}..{to}");
        from = to;
    }
}
