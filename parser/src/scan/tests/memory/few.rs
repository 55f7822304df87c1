//! Few octets, as Miri takes thousands of times as long: those at the edges of registers and
//! blocks.

use std::vec::Vec;

/// Of the octets that [`starts`] looks at.
pub(super) fn lengths() -> impl Iterator<Item = usize> {
    [0, 1, 7, 8, 15, 17, 31, 32, 33, 63, 64, 65, 100, 129].into_iter()
}

/// Where a scan of so many octets begins.
pub(super) fn starts(len: usize) -> impl Iterator<Item = usize> {
    [0, 1, len / 2, len].into_iter().filter(move |&from| from <= len)
}

/// Heads in one block, in two and in more, and heads that are wrong or unusual.
pub(super) fn heads() -> impl Iterator<Item = Vec<u8>> {
    let heads: [&[u8]; 7] = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPUT /b HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
        b"GET /a/longer/target?with=a&query=that HTTP/1.1\r\nHost: host.example\r\nAccept: */*\r\n\
          User-Agent: a/1\r\nCookie: a=bcdefghijklmnopqrstuvwxyz; b=abcdefghijklmnopqrstuvwxyz\r\n\
          Connection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
        b"A: b\r\nC-D: \xC3\xA9\tf \r\nG-A-Longer-Name-Than-A-Register-Has: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA : b\r\nno colon here\r\n\r\n",
        b"\n\nGET  /\x80  HTTP/1.1\nHost : a\n folded\n\n",
    ];
    heads.into_iter().map(Vec::from)
}

/// Where so many octets are cut.
pub(super) fn cuts(len: usize) -> impl Iterator<Item = usize> {
    [15, 31, 33, 64, 65].into_iter().chain([len - 1]).filter(move |&cut| cut < len)
}
