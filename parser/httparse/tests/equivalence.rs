//! The façade beside httparse as published: the same results, errors, ends, and headers written.
#![allow(unreachable_pub, reason = "the module is a fuzz target's, too")]

mod compare;

use compare::{OPTIONS, Options, Parsed, check_heads, is_listed, our_size_line, their_size_line};
use httparse as facade;
use released as published;

/// Heads and fields of which each is tried whole, cut at each octet, and with each octet exchanged.
const HEADS: [&[u8]; 14] = [
    b"GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nA: b\r\n\r\nmore",
    b"\r\n\nPOST  /a?b  HTTP/1.0\n A: b\r\nB:\t c \t\nC: \r\n\n",
    b"GET /\xc3\xa9 HTTP/1.1\r\nCookie: \xe9\r\nLong-name-of-more-than-thirty-two-octets: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost : a\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 0\r\n\r\nmore",
    b"HTTP/1.0  404  Not Found\r\nA : b\r\nB: c\r\n\td \r\n\r\n",
    b"HTTP/1.1 200\r\nA:\r\n b\r\nC: \r\n \r\n\r\n",
    b"HTTP/1.1 999 \xe9\n\t A: b\n(: c\n: d\nE\x00: f\nG\n\n",
    b"A: b\r\nC: d\r\n\r\n",
    b"GET / HTTP/1.1\r\nA\x7f: b\r\nB: c\x01d\r\nC d: e\r\n f\r\nF: g\r\n\r\n",
    b"GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1\r\nA: b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nA: b\rc\r\nB: \r\n\r\n",
    b"HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n e\r\nF: g\r\n\x01\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\nC: d\r\n\r\nmore octets, so that there are 64 in all",
];

/// Octets that mean something somewhere, and some that do not.
const OCTETS: &[u8] = b"\0\t\n\r !:;AZ/1\x7f\x80\xff";

#[test]
fn heads_with_all_options() {
    for head in HEADS {
        for options in (0..OPTIONS).map(Options) {
            for slots in [0, 1, 2, 8] {
                check_heads(head, options, slots);
            }
        }
    }
}

/// Heads with up to 128 fields are parsed at once, those with more are walked through.
#[test]
fn heads_with_about_as_many_fields_as_are_parsed_at_once() {
    for count in [23, 24, 25, 64, 65, 127, 128, 129, 130, 139] {
        for line_end in ["\r\n", "\n"] {
            for start in [&["GET / HTTP/1.1", line_end][..], &["HTTP/1.1 200 OK", line_end], &[]] {
                let fields = (0..count).map(|number| format!("Name-{number}: value{line_end}"));
                let head: String =
                    [start.concat()].into_iter().chain(fields).chain([line_end.into()]).collect();
                for cut in 0..4 {
                    let octets = &head.as_bytes()[..head.len() - cut];
                    for slots in [count - 1, count, count + 1] {
                        check_heads(octets, Options(0), slots);
                        check_heads(octets, Options(0x7F), slots);
                    }
                }
            }
        }
    }
}

#[test]
fn heads_that_end_at_each_octet() {
    for head in HEADS {
        for len in 0..=head.len() {
            for options in [0, 0x7F, 0x02, 0x60].map(Options) {
                check_heads(&head[..len], options, 2);
            }
        }
    }
}

#[test]
fn heads_with_each_octet_exchanged() {
    for head in HEADS {
        for at in 0..head.len() {
            for &octet in OCTETS {
                let mut head = head.to_vec();
                head[at] = octet;
                for options in [0, 0x7F, 0x1F].map(Options) {
                    check_heads(&head, options, 3);
                }
            }
        }
    }
}

const SIZE_LINES: [&[u8]; 14] = [
    b"4\r\nRust",
    b"0\r\n\r\n",
    b"aBcDeF09\r\n",
    b"FFFFFFFFFFFFFFFF\r\n",
    b"00000000000000000\r\n",
    b"5 \t;a=b\r\n",
    b"5 5\r\n",
    b"5;a\nb\r\n",
    b"5\n",
    b"5\ra",
    b"\r\n",
    b";a\r\n",
    b" \r\n",
    b"5;a\r\r\n",
];

const EXACT: bool = cfg!(feature = "exact");

/// Whether both come to the same, or the difference is a listed one and is to be.
fn check_size_line(octets: &[u8]) {
    let (ours, theirs) = (our_size_line(octets), their_size_line(octets));
    if ours != theirs {
        let listed = matches!(ours.0, Parsed::Error(_)) && is_listed(octets).is_some();
        assert!(
            listed && cfg!(not(feature = "exact")),
            "{}: {ours:?}, {theirs:?}",
            octets.escape_ascii()
        );
    }
}

#[test]
fn lines_with_sizes_of_chunks() {
    for line in SIZE_LINES {
        for len in 0..=line.len() {
            check_size_line(&line[..len]);
        }
        for at in 0..line.len() {
            for octet in 0..=255 {
                let mut line = line.to_vec();
                line[at] = octet;
                check_size_line(&line);
            }
        }
    }
}

#[test]
fn what_is_listed_is_refused_unless_it_is_to_be_exact() {
    for line in [&b"\r\n"[..], b" \r\n", b";a\r\n", b"5;a\nb\r\n"] {
        let (theirs, ours) = (their_size_line(line), our_size_line(line));
        assert_eq!(theirs.0, Parsed::Complete(line.len()), "{}", line.escape_ascii());
        assert_eq!(ours == theirs, EXACT, "{}", line.escape_ascii());
    }
}

#[test]
fn words_are_the_same() {
    fn words(error: &dyn std::error::Error) -> String {
        #[expect(deprecated, reason = "it is httparse's")]
        let description = error.description();
        format!("{error}, {error:?}, {description}")
    }
    let ours = facade::Header { name: "A", value: b"b" };
    let theirs = published::Header { name: "A", value: b"b" };
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    let ours = facade::Header { value: b"\xff", ..ours };
    let theirs = published::Header { value: b"\xff", ..theirs };
    assert_eq!(format!("{ours:#?}"), format!("{theirs:#?}"));
    assert_eq!(
        format!("{:?}", facade::ParserConfig::default()),
        format!("{:?}", published::ParserConfig::default())
    );
    let errors = |octets: &[u8]| {
        let (mut ours, mut theirs) = ([facade::EMPTY_HEADER; 1], [published::EMPTY_HEADER; 1]);
        let ours = facade::Request::new(&mut ours).parse(octets).expect_err("a wrong head");
        let theirs = published::Request::new(&mut theirs).parse(octets).expect_err("a wrong head");
        assert_eq!(words(&ours), words(&theirs));
        words(&ours)
    };
    let heads: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\n:",
        b"GET / HTTP/1.1\r\nA: \0",
        b"\r\r",
        b"(",
        b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\n",
        b"GET / HTTP/2.0\r\n",
    ];
    let mut all = Vec::from(heads.map(errors));
    assert_eq!(words(&facade::Error::Status), words(&published::Error::Status));
    all.dedup();
    assert_eq!(all.len(), heads.len());
    let ours = facade::parse_chunk_size(b"x").expect_err("no size");
    let theirs = published::parse_chunk_size(b"x").expect_err("no size");
    assert_eq!(format!("{ours}, {ours:?}"), format!("{theirs}, {theirs:?}"));
    assert_eq!(format!("{:?}", facade::EMPTY_HEADER), format!("{:?}", published::EMPTY_HEADER));
    let (mut ours, mut theirs) = ([facade::EMPTY_HEADER; 1], [published::EMPTY_HEADER; 1]);
    assert_eq!(
        format!("{:?}", facade::Request::new(&mut ours)),
        format!("{:?}", published::Request::new(&mut theirs))
    );
    assert_eq!(
        format!("{:?}", facade::Response::new(&mut ours)),
        format!("{:?}", published::Response::new(&mut theirs))
    );
}

#[test]
#[should_panic(expected = "Tried to unwrap Status::Partial")]
fn nothing_comes_of_a_partial_head() {
    facade::Status::<usize>::Partial.unwrap();
}
