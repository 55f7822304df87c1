//! Octets that are no head of an answer: each is refused for what it is, so that an answer can't be
//! split by what a head was made of (RFC 9112 section 11.1).

use rajada_pipeline::{Head, HeadError, PreparedHead};

fn refused(octets: &[u8], why: HeadError) {
    let shown = octets.escape_ascii();
    assert_eq!(Head::new(octets).err(), Some(why), "{shown}");
    assert_eq!(PreparedHead::new(octets.to_vec()).err(), Some(why), "{shown}");
}

/// Behind a status line.
fn field_refused(line: &[u8], why: HeadError) {
    refused(&[b"HTTP/1.1 200 OK\r\n", line, b"\r\n"].concat(), why);
    refused(&[b"HTTP/1.1 200 OK\r\na: b\r\n", line, b"\r\nc: d\r\n"].concat(), why);
}

/// Octets that end a line for some recipient, or a string, and other controls. `HTAB` is none.
fn controls() -> impl Iterator<Item = u8> {
    (0..0x20).filter(|&octet| octet != b'\t').chain([0x7f])
}

#[test]
fn controls_in_a_value() {
    for octet in controls() {
        for value in [&[octet][..], &[b'b', octet, b'c'], &[b'b', octet], &[octet, b'b']] {
            field_refused(&[b"a: ", value].concat(), HeadError::Value);
        }
    }
}

#[test]
fn controls_in_a_name() {
    for octet in controls().chain(*b"\t (){}/,;=@[]\\\"") {
        for name in [&[octet][..], &[b'a', octet, b'b'], &[b'a', octet], &[octet, b'a']] {
            field_refused(&[name, b": b"].concat(), HeadError::Name);
        }
    }
    field_refused(b": b", HeadError::Name);
}

#[test]
fn controls_in_a_reason() {
    for octet in controls() {
        refused(&[b"HTTP/1.1 200 O", &[octet][..], b"K\r\n"].concat(), HeadError::Line);
    }
}

#[test]
fn folded_lines() {
    for fold in [&b"a: b\r\n c"[..], b"a: b\r\n\tc", b"a: b\r\n c: d", b"a: b\r\n"] {
        field_refused(fold, HeadError::Name);
    }
}

#[test]
fn lines_that_do_not_end() {
    for head in
        ["", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r", "HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\na: b\n"]
    {
        refused(head.as_bytes(), HeadError::Line);
    }
    for rest in ["a: b", "a: b\r", "a: b\n", "a: b\r\nc: d", "\r", "\n"] {
        refused(format!("HTTP/1.1 200 OK\r\n{rest}").as_bytes(), HeadError::Line);
    }
    // The pipeline adds the empty line itself.
    refused(b"HTTP/1.1 200 OK\r\n\r\n", HeadError::Name);
    refused(b"HTTP/1.1 200 OK\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\n", HeadError::Name);
}

#[test]
fn status_lines() {
    for line in [
        "HTTP/1.0 200 OK",
        "http/1.1 200 OK",
        "HTTP/1.1 200",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 099 OK",
        "HTTP/1.1 600 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        " HTTP/1.1 200 OK",
    ] {
        refused(format!("{line}\r\n").as_bytes(), HeadError::Line);
    }
}

#[test]
fn fields_that_frame() {
    for name in ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"] {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            for value in ["", "0", "chunked", "close"] {
                field_refused(format!("{name}: {value}").as_bytes(), HeadError::Framing);
            }
            assert!(Head::is_added(name.as_bytes()));
        }
    }
}

#[test]
fn all_else_is_taken() {
    for head in [
        &b"HTTP/1.1 200 \r\n"[..],
        b"HTTP/1.1 599 What \tever \xff\r\n",
        b"HTTP/1.1 200 OK\r\na:\r\nb: \r\nc:d\r\nContent_Length: 5\r\n",
        b"HTTP/1.1 200 OK\r\na: b\tc \x80\xff\r\n",
    ] {
        assert!(Head::new(head).is_ok(), "{}", head.escape_ascii());
    }
}
