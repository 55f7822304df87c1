//! Chunked content: the decoder, which borrows or works in place, whole and in pieces, against `rajada_fuzz::reference`: content, octets
//! taken, error kind and offset. The trailer section behind it: whole and in pieces alike, and against splitting into lines.
//!
//! The input's first octet tells the limits and the number of pieces, the next octets how long each piece is; the content follows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::{compose, ends};
use rajada_fuzz::reference::chunked::{Found, content};
use rajada_fuzz::reference::{Offence, text};
use rajada_parser::{Chunk, ChunkedDecoder, Config, Error, ErrorKind, Limits, Positions, Resume};

const SNIPPETS: &[&[u8]] = &[
    b"\x80",
    b"\xff",
    b"\r\n",
    b"0\r\n",
    b"0\r\n\r\n",
    b"1\r\nx\r\n",
    b"10\r\n0123456789abcdef\r\n",
    b"5\r\nhel",
    b"lo\r\n",
    b"a",
    b"F",
    b"00000000",
    b"ffffffff",
    b";a",
    b" ; a",
    b"=b",
    b"\t=\t",
    b"=\"c;d\"",
    b"\\\"",
    b"\"",
    b";aaaaaaaaaaaaaaaaaaaaaaaa",
    b"Sum: 42\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: a\r\n",
    b"Expect: a\r\n",
];

fuzz_target!(|input: &[u8]| {
    let Some((&first, rest)) = input.split_first() else { return };
    let Some((lengths, rest)) = rest.split_at_checked(usize::from(first) / 16) else { return };
    let octets = compose(rest, SNIPPETS);
    let ends = ends(lengths, octets.len());
    let limits = match first % 4 {
        0 => Limits { chunk_extensions: 20, chunk_extensions_total: 40, ..Limits::DEFAULT },
        1 => Limits { chunk_overhead: 12, ..Limits::DEFAULT },
        _ => Limits::DEFAULT,
    };
    let expected = content(&octets, &limits);
    let every: Vec<usize> = (0..octets.len()).collect();
    for ends in [&[][..], &ends, &every] {
        assert_eq!(borrowed(&octets, &limits, ends), expected, "borrowed, pieces end at {ends:?}");
        assert_eq!(in_place(&octets, &limits, ends), expected, "in place, pieces end at {ends:?}");
    }
    if let Ok(Found::Whole(_, taken)) = expected {
        check_trailers(&octets[taken..], lengths);
    }
});

fn borrowed(octets: &[u8], limits: &Limits, ends: &[usize]) -> Result<Found, Offence> {
    let (mut decoder, mut content, mut at) = (ChunkedDecoder::new(limits), Vec::new(), 0);
    for &end in ends.iter().chain([&octets.len()]) {
        let piece: Box<[u8]> = octets[at..end].into();
        let mut rest = &piece[..];
        loop {
            let (chunk, taken) = decoder.decode(rest).map_err(offence)?;
            (at, rest) = (at + taken, &rest[taken..]);
            match chunk {
                Chunk::Data(data) => {
                    assert!(!data.is_empty());
                    assert!(piece.as_ptr_range().contains(&data.as_ptr()), "no part of the input");
                    content.extend_from_slice(data);
                }
                Chunk::NeedData => break assert!(rest.is_empty(), "octets left"),
                Chunk::Trailers => {
                    assert!(decoder.is_done());
                    return Ok(Found::Whole(content, at));
                }
            }
            assert_eq!(decoder.content(), content.len() as u64);
        }
    }
    Ok(Found::Part(content))
}

fn in_place(octets: &[u8], limits: &Limits, ends: &[usize]) -> Result<Found, Offence> {
    let (mut decoder, mut content, mut at) = (ChunkedDecoder::new(limits), Vec::new(), 0);
    for &end in ends.iter().chain([&octets.len()]) {
        let mut piece: Box<[u8]> = octets[at..end].into();
        let decoded = decoder.decode_in_place(&mut piece).map_err(offence)?;
        content.extend_from_slice(&piece[..decoded.content]);
        assert_eq!(
            &piece[decoded.taken..],
            &octets[at + decoded.taken..end],
            "what follows was changed"
        );
        at += decoded.taken;
        if decoded.done {
            return Ok(Found::Whole(content, at));
        }
        assert_eq!(at, end, "octets left");
    }
    Ok(Found::Part(content))
}

/// Names and values of a trailer section, and its octets; `None` if it is incomplete.
type Trailers = Option<(Vec<(String, String)>, usize)>;

fn trailers(octets: &[u8], ends: &[usize]) -> Result<Trailers, Offence> {
    let (mut at, mut slots) = (Resume::new(), Positions::<24>::new());
    for &end in ends.iter().chain([&octets.len()]) {
        let piece: Box<[u8]> = octets[..end].into();
        let status = Config::STRICT.parse_trailers(&piece, &mut at, &mut slots).map_err(offence)?;
        if let Some((fields, taken)) = status.complete() {
            let fields =
                fields.iter().map(|field| (text::text(field.name), text::text(field.value)));
            return Ok(Some((fields.collect(), taken)));
        }
    }
    Ok(None)
}

fn check_trailers(octets: &[u8], lengths: &[u8]) {
    let whole = trailers(octets, &[]);
    assert_eq!(trailers(octets, &ends(lengths, octets.len())), whole, "in pieces");
    // A start line in front of it makes it a head.
    let lines = |octets: &[u8]| text::Head::of(&[b"x\r\n", octets].concat()).fields;
    let forbidden = |name: &str| {
        ["host", "content-length", "transfer-encoding"]
            .contains(&name.to_ascii_lowercase().as_str())
    };
    match whole {
        Ok(Some((fields, taken))) => {
            let lines = lines(&octets[..taken]).into_iter().map(|line| (line.name, line.value));
            assert!(fields.iter().all(|(name, _)| !forbidden(name)));
            assert!(lines.eq(fields));
        }
        Err((ErrorKind::TrailerForbidden, offset)) => {
            let section =
                octets.windows(4).position(|window| window == b"\r\n\r\n").expect("its end") + 4;
            let first = lines(&octets[..section]).into_iter().find(|line| forbidden(&line.name));
            assert_eq!(first.map(|line| line.name_at - 3), Some(offset));
        }
        _ => {}
    }
}

fn offence(error: Error) -> Offence {
    (error.kind(), error.offset())
}
