//! What the contestants accept: the table in the documentation of `benches::peers`, tried.

use std::panic::{AssertUnwindSafe, catch_unwind};

use benches::corpus::{Item, Kind};
use benches::head::contestants;

/// What a request has wrong, and its octets.
const PROBES: [(&str, &[u8]); 8] = [
    ("bare LF", b"GET / HTTP/1.1\nHost: a\n\n"),
    ("control octet in value", b"GET / HTTP/1.1\r\nHost: a\x01b\r\n\r\n"),
    ("bracket in name", b"GET / HTTP/1.1\r\nHo[st: a\r\n\r\n"),
    ("UTF-8 in target", b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("no UTF-8 in target", b"GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("obs-text in value", b"GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n"),
    ("two spaces", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("folded field", b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"),
];

/// Who accepts which of them, in order.
fn expected(name: &str) -> &'static [&'static str] {
    match name {
        "rajada" => &["obs-text in value"],
        "httparse" => &["bare LF", "UTF-8 in target", "obs-text in value"],
        "picohttpparser" => &[
            "bare LF",
            "UTF-8 in target",
            "no UTF-8 in target",
            "obs-text in value",
            "folded field",
        ],
        "thhp" => &["bare LF"],
        "ntex-httparse" => {
            &["bare LF", "UTF-8 in target", "no UTF-8 in target", "obs-text in value", "two spaces"]
        }
        "milo-parser" => &["obs-text in value"],
        _ => panic!("who is {name}?"),
    }
}

#[test]
fn contestants_accept_what_the_table_says() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut found = Vec::new();
    for mut contestant in contestants() {
        let accepted: Vec<&str> = PROBES
            .iter()
            .filter(|(_, octets)| {
                let item = Item {
                    letter: "-",
                    title: "probe",
                    kind: Kind::Request,
                    buffers: vec![octets.to_vec()],
                    heads: 1,
                };
                catch_unwind(AssertUnwindSafe(|| contestant.parse(&item, &item.slices(), 1)))
                    .is_ok()
            })
            .map(|(what, _)| *what)
            .collect();
        found.push((contestant.name(), contestant.level(), accepted));
    }
    let _ = std::panic::take_hook();
    for (name, level, accepted) in found {
        assert_eq!(expected(name), accepted, "{name} ({level})");
    }
}
