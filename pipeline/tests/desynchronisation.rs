//! What a proxy built on both sides forwards has, for the server behind it, the boundaries that the
//! proxy saw.

#[path = "common/proxy.rs"]
#[allow(unreachable_pub)]
mod proxy;

use proptest::prelude::*;
use proxy::check;
use rajada_testkit::{Book, Message};

#[test]
fn every_protocol_case() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    for case in book.cases {
        if let Message::Requests = case.message
            && case.octets.len() < 4000
        {
            check(&case.octets, usize::MAX);
            check(&case.octets, 1);
        }
    }
}

/// Lines that servers and proxies have disagreed on, and what makes them complete.
const SNIPPETS: &[&[u8]] = &[
    b"GET /a HTTP/1.1\r\nHost: h\r\n",
    b"POST /b HTTP/1.1\r\nHost: h\r\n",
    b"GET /c HTTP/1.0\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length : 5\r\n",
    b"Content-Length: +5\r\n",
    b"Content-Length: 5, 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: xchunked\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n",
    b"Transfer-Encoding\r\n : chunked\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: Content-Length\r\n",
    b"Upgrade: x\r\nConnection: upgrade\r\n",
    b"X: y\r\n",
    b"\r\n",
    b"\n",
    b"hello",
    b"5\r\nhello\r\n",
    b"5;a=b\r\nhello\r\n",
    b"5 \r\nhello\r\n",
    b"0\r\n\r\n",
    b"0\r\nX: y\r\n\r\n",
    b"00000000000000005\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_mixture(snippets in prop::collection::vec(prop::sample::select(SNIPPETS), 0..20), size in 1..100_usize) {
        check(&snippets.concat(), size);
    }
}
