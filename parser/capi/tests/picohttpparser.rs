//! The functions that have picohttpparser's names, called as from C. What it gives for random octets, the fuzz target
//! `picohttpparser` compares.

use std::ffi::{c_char, c_int};
use std::ptr;

use rajada::picohttpparser::{
    ChunkedDecoder, Header, phr_decode_chunked, phr_decode_chunked_is_in_data, phr_parse_headers,
    phr_parse_request, phr_parse_response,
};

const PARTIAL: c_int = -2;
const WRONG: c_int = -1;

/// A part of what was parsed, or nothing (null).
type Text = Option<String>;

/// A field that was written: each half of it, or nothing if it still has what it had before.
type Field = (Option<Text>, Option<Text>);

/// What a field has before a call.
const UNTOUCHED: Header =
    Header { name: ptr::null(), name_len: 7777, value: ptr::null(), value_len: 7777 };

fn text(start: *const c_char, len: usize) -> Text {
    if start.is_null() {
        assert_eq!(len, 0);
        return None;
    }
    // SAFETY: the library says that so many octets are there.
    let octets = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), len) };
    Some(octets.escape_ascii().to_string())
}

fn written(headers: &[Header]) -> Vec<Field> {
    let part = |start, len| (len != 7777).then(|| text(start, len));
    let mut fields: Vec<Field> = headers
        .iter()
        .map(|header| (part(header.name, header.name_len), part(header.value, header.value_len)))
        .collect();
    while fields.last().is_some_and(|field| *field == (None, None)) {
        fields.pop();
    }
    fields
}

/// All that is written by a call.
#[derive(Debug, PartialEq)]
struct Found {
    result: c_int,
    /// Method and target, or the reason alone.
    texts: Vec<Text>,
    minor: c_int,
    code: c_int,
    count: usize,
    fields: Vec<Field>,
}

fn request_with(octets: &[u8], slots: usize, last_len: usize) -> Found {
    let mut headers = vec![UNTOUCHED; slots];
    let (mut method, mut method_len) = (c"x".as_ptr(), 99);
    let (mut path, mut path_len) = (c"x".as_ptr(), 99);
    let (mut minor, mut count) = (99, slots);
    // SAFETY: all of it is here.
    let result = unsafe {
        phr_parse_request(
            octets.as_ptr().cast(),
            octets.len(),
            &mut method,
            &mut method_len,
            &mut path,
            &mut path_len,
            &mut minor,
            headers.as_mut_ptr(),
            &mut count,
            last_len,
        )
    };
    let texts = vec![text(method, method_len), text(path, path_len)];
    Found { result, texts, minor, code: 0, count, fields: written(&headers) }
}

fn request(octets: &[u8]) -> Found {
    request_with(octets, 4, 0)
}

fn response(octets: &[u8]) -> Found {
    let mut headers = [UNTOUCHED; 4];
    let (mut msg, mut msg_len) = (c"x".as_ptr(), 99);
    let (mut minor, mut code, mut count) = (99, 99, headers.len());
    // SAFETY: all of it is here.
    let result = unsafe {
        phr_parse_response(
            octets.as_ptr().cast(),
            octets.len(),
            &mut minor,
            &mut code,
            &mut msg,
            &mut msg_len,
            headers.as_mut_ptr(),
            &mut count,
            0,
        )
    };
    let texts = vec![text(msg, msg_len)];
    Found { result, texts, minor, code, count, fields: written(&headers) }
}

fn some(text: &str) -> Text {
    Some(text.into())
}

fn field(name: &str, value: &str) -> Field {
    (Some(some(name)), Some(some(value)))
}

fn fold(value: &str) -> Field {
    (Some(None), Some(some(value)))
}

#[test]
fn a_whole_request_is_given() {
    let octets = b"GET /a\xE9 HTTP/1.7\r\nHost: a\r\nX: \t b c \t\r\nY:\r\n\r\nrest";
    assert_eq!(
        request(octets),
        Found {
            result: octets.len() as c_int - 4,
            texts: vec![some("GET"), some("/a\\xe9")],
            minor: 7,
            code: 0,
            count: 3,
            fields: vec![field("Host", "a"), field("X", "b c"), field("Y", "")],
        }
    );
}

#[test]
fn leniencies_are_those_of_picohttpparser() {
    let octets = b"\nPUT   /   HTTP/1.0\nA: b \r\n \t c \r\n\t\nD: e\r\n\n";
    let found = request(octets);
    assert_eq!((found.result, found.minor, found.count), (octets.len() as c_int, 0, 4));
    let fields = vec![field("A", "b"), fold(" \\t c"), fold(""), field("D", "e")];
    assert_eq!(found.fields, fields);
    let found = response(b"HTTP/1.1   999   Odd\nA: b\n\n");
    assert_eq!((found.result, found.code, found.texts), (27, 999, vec![some("Odd")]));
}

#[test]
fn a_request_in_pieces_gives_what_is_there() {
    let steps: [(&[u8], [Text; 2], c_int); 9] = [
        (b"", [None, None], -1),
        (b"\r", [None, None], -1),
        (b"GET", [None, None], -1),
        (b"GET ", [some("GET"), None], -1),
        (b"GET /", [some("GET"), None], -1),
        (b"GET / ", [some("GET"), some("/")], -1),
        (b"GET / HTTP/1.1", [some("GET"), some("/")], -1),
        (b"GET / HTTP/1.1\r", [some("GET"), some("/")], 1),
        (b"GET / HTTP/1.1\r\n", [some("GET"), some("/")], 1),
    ];
    for (octets, texts, minor) in steps {
        let found = request(octets);
        let expected = Found {
            result: PARTIAL,
            texts: texts.into(),
            minor,
            code: 0,
            count: 0,
            fields: vec![],
        };
        assert_eq!(found, expected, "{}", octets.escape_ascii());
    }
}

#[test]
fn fields_in_pieces_give_what_is_there() {
    let name = || (Some(some("A")), None);
    let steps: [(&[u8], usize, Vec<Field>); 7] = [
        (b"A", 0, vec![]),
        (b"A:", 0, vec![name()]),
        (b"A: b\r", 0, vec![name()]),
        (b"A: b\r\n", 1, vec![field("A", "b")]),
        (b"A: b\r\n\r", 1, vec![field("A", "b")]),
        (b"A: b\r\n ", 1, vec![field("A", "b"), (Some(None), None)]),
        (b"A: b\r\n c\n", 2, vec![field("A", "b"), fold(" c")]),
    ];
    for (octets, count, fields) in steps {
        let found = request(&[b"GET / HTTP/1.1\r\n", octets].concat());
        let seen = (found.result, found.count, found.fields);
        assert_eq!(seen, (PARTIAL, count, fields), "{}", octets.escape_ascii());
    }
}

#[test]
fn what_is_wrong_leaves_what_was_before_it() {
    let head: [(&[u8], [Text; 2], c_int, usize); 5] = [
        (b"G[T / HTTP/1.1\r\n\r\n", [None, None], -1, 0),
        (b"GET  HTTP/1.1\r\n\r\n", [some("GET"), None], -1, 0),
        (b"GET / HTTP/1.x\r\n\r\n", [some("GET"), some("/")], -1, 0),
        (b"GET / HTTP/2.0\r\n\r\n", [some("GET"), some("/")], -1, 0),
        (b"GET / HTTP/1.1\r\nA: b\r\nC : d\r\n\r\n", [some("GET"), some("/")], 1, 1),
    ];
    for (octets, texts, minor, count) in head {
        let found = request(octets);
        let seen = (found.result, found.texts, found.minor, found.count);
        assert_eq!(seen, (WRONG, texts.into(), minor, count), "{}", octets.escape_ascii());
    }
    let unnamed = request(b"GET / HTTP/1.1\r\n: b\r\n\r\n");
    let seen = (unnamed.result, unnamed.count, unnamed.fields);
    assert_eq!(seen, (WRONG, 0, vec![(Some(some("")), None)]));
    // Each digit of a code counts as soon as it is seen, and what is behind it without a space is given.
    let codes: [(&[u8], c_int, Text); 4] = [
        (b"HTTP/1.1 x00 A\r\n\r\n", 0, None),
        (b"HTTP/1.1 4x0 A\r\n\r\n", 400, None),
        (b"HTTP/1.1 42x A\r\n\r\n", 420, None),
        (b"HTTP/1.1 429A \r\n\r\n", 429, some("A ")),
    ];
    for (octets, code, reason) in codes {
        let found = response(octets);
        let seen = (found.result, found.code, found.texts);
        assert_eq!(seen, (WRONG, code, vec![reason]), "{}", octets.escape_ascii());
    }
}

#[test]
fn more_fields_than_elements_are_wrong() {
    let octets = b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\nE: f\r\n\r\n";
    let found = request_with(octets, 2, 0);
    let fields = vec![field("A", "b"), field("C", "d")];
    assert_eq!((found.result, found.count, found.fields), (WRONG, 2, fields));
    assert_eq!(request_with(octets, 3, 0).result, octets.len() as c_int);
    assert_eq!(request_with(b"GET / HTTP/1.1\r\n\r\n", 0, 0).result, 18);
}

#[test]
fn fields_beyond_those_on_the_stack_are_given() {
    for lines in [127, 128, 129, 1000] {
        let fields: String = (0..lines).map(|line| format!("N{line}: {line}\r\n")).collect();
        let octets = format!("GET / HTTP/1.1\r\n{fields}\r\n");
        let found = request_with(octets.as_bytes(), 1000, 0);
        assert_eq!((found.result as usize, found.count), (octets.len(), lines));
        let last = lines - 1;
        assert_eq!(found.fields[last], field(&format!("N{last}"), &last.to_string()));
    }
}

#[test]
fn nothing_is_parsed_before_an_empty_line_arrived() {
    let octets = b"GET / HTTP/1.1\r\nA: b\r\n\r\n";
    for last_len in 1..octets.len() {
        let found = request_with(&octets[..last_len], 4, last_len - 1);
        let seen = (found.result, &found.texts[..], found.fields.len());
        let nothing: (c_int, &[Text], usize) = (PARTIAL, &[None, None], 0);
        // The first call parses.
        if last_len > 1 {
            assert_eq!(seen, nothing);
        }
        assert_eq!(request_with(octets, 4, last_len).result, octets.len() as c_int);
    }
    // An empty line that had arrived before counts no more, nor does one beyond the octets.
    assert_eq!(request_with(b"GET / HTTP/1.1\r\n\r\nabcde", 4, 23).result, PARTIAL);
    assert_eq!(request_with(octets, 4, usize::MAX).result, PARTIAL);
    assert_eq!(request_with(b"GET / HTTP/1.1\r\nA: b\rX\r\n\r\n", 4, 5).result, WRONG);
}

#[test]
fn null_stands_for_no_octets() {
    let (mut headers, mut count) = ([UNTOUCHED; 1], 1);
    // SAFETY: no octet is read.
    let result = unsafe { phr_parse_headers(ptr::null(), 0, headers.as_mut_ptr(), &mut count, 0) };
    assert_eq!((result, count), (PARTIAL, 0));
    let (mut decoder, mut len) = (ChunkedDecoder::default(), 0);
    // SAFETY: no octet is read.
    let result = unsafe { phr_decode_chunked(&mut decoder, ptr::null_mut(), &mut len) };
    assert_eq!((result, len), (-2, 0));
}

/// Gives a decoder each of `pieces`. The last result, all content, and what is left of the last piece.
fn decode(decoder: &mut ChunkedDecoder, pieces: &[&[u8]]) -> (isize, Vec<u8>, Vec<u8>) {
    let (mut result, mut content, mut left) = (-2, Vec::new(), Vec::new());
    for piece in pieces {
        assert_eq!(result, -2, "it ended before");
        let (mut octets, mut len) = (piece.to_vec(), piece.len());
        // SAFETY: all of it is here.
        result = unsafe { phr_decode_chunked(decoder, octets.as_mut_ptr().cast(), &mut len) };
        content.extend_from_slice(&octets[..len]);
        let behind = usize::try_from(result).unwrap_or(0);
        left = octets[len..len + behind].to_vec();
    }
    (result, content, left)
}

const CHUNKS: &[u8] = b"6 ;a=b\r\nhello \r\n5\r\nworld\r\n0\r\nSum: 1\nA: b\r\n\r\nGET /";

#[test]
fn chunks_are_decoded_in_their_place() {
    let mut decoder = ChunkedDecoder::default();
    let trailers = b"Sum: 1\nA: b\r\n\r\nGET /";
    let expected = (trailers.len() as isize, b"hello world".to_vec(), trailers.to_vec());
    assert_eq!(decode(&mut decoder, &[CHUNKS]), expected);
    let mut decoder = ChunkedDecoder { consume_trailer: 1, ..ChunkedDecoder::default() };
    assert_eq!(decode(&mut decoder, &[CHUNKS]), (5, b"hello world".to_vec(), b"GET /".to_vec()));
}

#[test]
fn chunks_may_be_cut_anywhere() {
    let end = CHUNKS.len() - 5;
    for first in 1..end {
        for second in first..end {
            let mut decoder = ChunkedDecoder { consume_trailer: 1, ..ChunkedDecoder::default() };
            let pieces = [&CHUNKS[..first], &CHUNKS[first..second], &CHUNKS[second..]];
            let decoded = decode(&mut decoder, &pieces);
            assert_eq!(decoded, (5, b"hello world".to_vec(), b"GET /".to_vec()));
        }
    }
}

#[test]
fn it_is_told_whether_data_comes_next() {
    let mut decoder = ChunkedDecoder::default();
    let mut is_in_data = Vec::new();
    for octet in b"2\r\nab\r\n" {
        assert_eq!(decode(&mut decoder, &[&[*octet]]).0, -2);
        // SAFETY: it is here.
        is_in_data.push(unsafe { phr_decode_chunked_is_in_data(&mut decoder) });
    }
    assert_eq!(is_in_data, [0, 0, 1, 1, 0, 0, 0]);
}

#[test]
fn wrong_chunks_are_refused() {
    for octets in [
        &b"z\r\n"[..],
        b";\r\n",
        b"1x\r\na\r\n",
        b"1\na\r\n",
        b"1\ra",
        b"1;a\n",
        b"1\r\nab\r\n",
        b"1\r\na\rb",
        b"1\r\na\n",
        b"00000000000000001\r\n",
    ] {
        let mut decoder = ChunkedDecoder::default();
        assert_eq!(decode(&mut decoder, &[octets]).0, -1, "{}", octets.escape_ascii());
    }
    let mut corrupt = ChunkedDecoder { state: 8, ..ChunkedDecoder::default() };
    assert_eq!(decode(&mut corrupt, &[b"1"]).0, -1);
}

#[test]
fn overhead_is_bounded() {
    // Of chunks with one octet five sixths are none of content.
    let mut decoder = ChunkedDecoder::default();
    let refused = (1..100_000)
        .find(|_| decode(&mut decoder, &[b"1\r\na\r\n"]).0 == -1)
        .expect("it is refused at some time");
    assert_eq!(refused, 100 * 1024 / 5);
    // With three quarters it is not refused.
    let mut decoder = ChunkedDecoder::default();
    for _ in 0..100_000 {
        assert_eq!(decode(&mut decoder, &[b"2\r\naa\r\n"]).0, -2);
    }
}
