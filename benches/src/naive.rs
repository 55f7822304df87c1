//! Heads taken apart in the most obvious way: right for well-formed heads, and the measure for all contestants.

use crate::corpus::{Item, Kind};

/// A head, its parts copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Of a request; empty for a response.
    pub method: Vec<u8>,
    /// Of a request; empty for a response.
    pub target: Vec<u8>,
    /// The digit behind `HTTP/1.`.
    pub minor: u8,
    /// Of a response; 0 for a request.
    pub status: u16,
    /// Of a response; empty for a request.
    pub reason: Vec<u8>,
    /// Names and values, in order.
    pub fields: Vec<(Vec<u8>, Vec<u8>)>,
}

/// All heads of an item, in order.
///
/// # Panics
///
/// If a head of the corpus is not well-formed.
pub fn heads(item: &Item) -> Vec<Head> {
    let mut heads = Vec::new();
    for buffer in &item.buffers {
        let text = std::str::from_utf8(buffer).expect("the corpus is ASCII");
        let mut pieces: Vec<&str> = text.split("\r\n\r\n").collect();
        assert_eq!(Some(""), pieces.pop(), "a buffer ends with an empty line");
        heads.extend(pieces.into_iter().map(|piece| head(piece, item.kind)));
    }
    heads
}

fn head(text: &str, kind: Kind) -> Head {
    let mut lines = text.split("\r\n");
    let mut head = start_line(lines.next().expect("a start line"), kind);
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a colon and a space");
        head.fields.push((name.into(), value.into()));
    }
    head
}

fn start_line(line: &str, kind: Kind) -> Head {
    let parts: Vec<&str> = line.splitn(3, ' ').collect();
    let [first, second, third] = parts[..] else { panic!("three parts: {line}") };
    let (version, rest) = match kind {
        Kind::Request => {
            (third, Head { method: first.into(), target: second.into(), ..Head::default() })
        }
        Kind::Response => {
            let status = second.parse().expect("a status code");
            (first, Head { status, reason: third.into(), ..Head::default() })
        }
    };
    Head {
        minor: version
            .strip_prefix("HTTP/1.")
            .and_then(|digit| digit.parse().ok())
            .expect("a version"),
        ..rest
    }
}
