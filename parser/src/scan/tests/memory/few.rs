//! Few octets, as Miri takes thousands of times as long: those at the edges of registers and
//! blocks, and, with the variable `RAJADA_MEMORY` set, some more.

use std::vec::Vec;

/// Of the octets that [`starts`] looks at.
pub(super) fn lengths() -> impl Iterator<Item = usize> {
    let edges = [0, 1, 7, 8, 15, 17, 31, 32, 33, 63, 65];
    edges.into_iter().chain(more(&[2, 9, 16, 40, 64, 95, 96, 97, 100, 127, 128, 129, 200]))
}

/// Where a scan of so many octets begins.
pub(super) fn starts(len: usize) -> impl Iterator<Item = usize> {
    [0, len].into_iter().chain(more(&[1, 2, 8, 31, 32, 33])).filter(move |&from| from <= len)
}

/// Heads in one block, in two and in more, and heads that are wrong or unusual.
pub(super) fn heads() -> impl Iterator<Item = Vec<u8>> {
    let heads: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPUT /b HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
        b"GET /a/longer/target?with=a&query=that HTTP/1.1\r\nHost: host.example\r\nAccept: */*\r\n\
          Cookie: a=bcdefghijklmnopqrstuvwxyz; b=abcdefghijklmnopqrstuvwxyz\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n",
        b"A: b\r\nC-D: \xC3\xA9\tf \r\nG-A-Longer-Name-Than-A-Register-Has: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
        b"\n\nGET  /\x80  HTTP/1.1\nHost : a\n folded\n\n",
    ];
    heads.into_iter().map(Vec::from)
}

/// Where so many octets are cut.
pub(super) fn cuts(len: usize) -> impl Iterator<Item = usize> {
    [33].into_iter().chain(more(&[1, 15, 31, 32, 64, 65, 100])).filter(move |&cut| cut < len)
}

/// These, if more than a taste is asked for.
fn more(wanted: &'static [usize]) -> impl Iterator<Item = usize> {
    let is_asked_for = std::env::var_os("RAJADA_MEMORY").is_some();
    wanted.iter().copied().filter(move |_| is_asked_for)
}
