//! Chunked content: what is accepted, what is refused and where, at any split.

use super::*;
use ErrorKind::*;
use proptest::prelude::*;
use std::vec::Vec;

/// The content and how many octets it took (`None`: more are needed).
type Outcome = Result<Option<(Vec<u8>, usize)>, Error>;

fn decode_with(limits: &Limits, octets: &[u8], ends: &[usize]) -> Outcome {
    let (mut decoder, mut content, mut at) = (ChunkedDecoder::new(limits), Vec::new(), 0);
    for &end in ends.iter().chain([&octets.len()]) {
        loop {
            let (chunk, taken) = decoder.decode(&octets[at..end])?;
            at += taken;
            match chunk {
                Chunk::Data(data) => {
                    assert!(!data.is_empty());
                    content.extend_from_slice(data);
                }
                Chunk::NeedData => break assert_eq!(at, end),
                Chunk::Trailers => return Ok(Some((content, at))),
            }
        }
    }
    Ok(None)
}

fn decode_in_place(limits: &Limits, octets: &[u8], split: usize) -> Outcome {
    let (mut decoder, mut content, mut at) = (ChunkedDecoder::new(limits), Vec::new(), 0);
    for end in [split, octets.len()] {
        let mut piece = octets[at..end].to_vec();
        let decoded = decoder.decode_in_place(&mut piece)?;
        content.extend_from_slice(&piece[..decoded.content]);
        assert_eq!(&piece[decoded.taken..], &octets[at + decoded.taken..end]);
        at += decoded.taken;
        if decoded.done {
            return Ok(Some((content, at)));
        }
    }
    Ok(None)
}

fn outcome_with(limits: &Limits, octets: &[u8]) -> Outcome {
    let expected = decode_with(limits, octets, &[]);
    for split in 0..=octets.len() {
        assert_eq!(decode_with(limits, octets, &[split]), expected, "split at {split}");
        assert_eq!(decode_in_place(limits, octets, split), expected, "in place, at {split}");
    }
    let every: Vec<usize> = (0..octets.len()).collect();
    assert_eq!(decode_with(limits, octets, &every), expected, "octet by octet");
    expected
}

#[track_caller]
fn accepted(octets: &[u8], content: &[u8]) {
    let taken = octets.len() - 2;
    let text = octets.escape_ascii();
    assert_eq!(
        outcome_with(&Limits::DEFAULT, octets),
        Ok(Some((content.to_vec(), taken))),
        "{text}"
    );
}

#[track_caller]
fn refused(octets: &[u8], kind: ErrorKind, offset: usize) {
    let text = octets.escape_ascii();
    assert_eq!(outcome_with(&Limits::DEFAULT, octets), Err(Error::new(kind, offset)), "{text}");
}

#[test]
fn sizes_and_data() {
    accepted(b"0\r\n\r\n", b"");
    accepted(b"1\r\na\r\n00a\r\n0123456789\r\n000\r\n\r\n", b"a0123456789");
    accepted(b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789");
    accepted(b"0000000000000002\r\nab\r\n0\r\n\r\n", b"ab");
    accepted(b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n");
    refused(b"00000000000000002\r\nab\r\n", ChunkSizeOverflow, 16);
    refused(b"fffffffffffffffff\r\n", ChunkSizeOverflow, 16);
    assert_eq!(outcome_with(&Limits::DEFAULT, b"ffffffffffffffff\r\nabc"), Ok(None));
    for bad in [&b"\r\n"[..], b" 5\r\n", b"+5\r\n", b"-1\r\n", b"g\r\n", b"\n"] {
        refused(bad, ChunkSize, 0);
    }
    refused(b"0x5\r\n", ChunkSize, 1);
    refused(b"5_0\r\n", ChunkSize, 1);
    refused(b"5\n", BareLf, 1);
    refused(b"5\rx", BareCr, 1);
    refused(b"5\r\r\n", BareCr, 1);
    refused(b"5 \r\nhello\r\n", ChunkExtension, 2);
    refused(b"3\r\nabcd\r\n", ChunkEnd, 6);
    refused(b"3\r\nabc\n", ChunkEnd, 6);
    refused(b"3\r\nabc\rx", BareCr, 6);
    refused(b"3\r\nab\r\n0\r\n\r\n", ChunkEnd, 6);
}

#[test]
fn extensions() {
    for good in [
        ";a",
        ";a=b",
        ";a=\"b;c\"",
        " ; a\t=\t\"\\\"\\\\\" ;b",
        ";a=\"\"",
        ";a=b;c=d;e",
        ";a=\"\x7e\t\"",
    ] {
        accepted(std::format!("1{good}\r\nx\r\n0{good}\r\n\r\n").as_bytes(), b"x");
    }
    for (bad, offset) in [
        (";\r\n", 1),
        (";=x\r\n", 1),
        (";[\r\n", 1),
        (";a=\r\n", 3),
        (";a=\"b\r\n", 5),
        (";a \r\n", 3),
        (";a=b \r\n", 5),
        (";a=b c\r\n", 5),
        (";a b\r\n", 3),
        (";a=\"b\"c\r\n", 6),
        (";a\x01\r\n", 2),
        (";a=\"\x7f\"\r\n", 4),
        (";a=\"\\\x01\"\r\n", 5),
        (" x\r\n", 1),
        (";;a\r\n", 1),
        (";a==b\r\n", 3),
        (";a=\"b\\\r\n", 6),
    ] {
        refused(std::format!("1{bad}").as_bytes(), ChunkExtension, 1 + offset);
    }
    refused(b"1;a\nx", BareLf, 3);
}

#[test]
fn limits_on_extensions_and_overhead() {
    let limits = Limits { chunk_extensions: 4, chunk_extensions_total: 6, ..Limits::DEFAULT };
    let error = |kind, offset| Err(Error::new(kind, offset));
    assert!(outcome_with(&limits, b"1;abc\r\nx\r\n0;a\r\n\r\n").unwrap().is_some());
    assert_eq!(outcome_with(&limits, b"1;abcd\r\nx\r\n"), error(ChunkExtensionTooLong, 5));
    assert_eq!(
        outcome_with(&limits, b"1;abc\r\nx\r\n1;ab\r\ny\r\n"),
        error(ChunkExtensionTooLong, 13)
    );
    let limits = Limits { chunk_overhead: 10, ..Limits::DEFAULT };
    assert!(outcome_with(&limits, &[&b"1\r\nx\r\n".repeat(40)[..], b"0\r\n\r\n"].concat()).is_ok());
    let padded = b"000000001\r\nx\r\n".repeat(2);
    assert_eq!(outcome_with(&limits, &padded), error(ChunkOverhead, 11));
    let padded = b"00000001\r\nx\r\n".repeat(3);
    assert_eq!(outcome_with(&limits, &padded), error(ChunkOverhead, 23));
}

#[test]
fn chunks_of_every_size_in_any_order() {
    let (mut octets, mut content) = (Vec::new(), Vec::new());
    for size in (1..=130).chain([1, 1, 16, 16, 15, 17, 4096, 4096, 65_536, 1_048_575, 16, 16]) {
        let data: Vec<u8> = (0..size).map(|index| (index * 7 + size) as u8).collect();
        octets.extend_from_slice(std::format!("{size:x}\r\n").as_bytes());
        octets.extend_from_slice(&data);
        octets.extend_from_slice(b"\r\n");
        content.extend_from_slice(&data);
    }
    octets.extend_from_slice(b"0\r\n\r\n");
    let expected = Ok(Some((content, octets.len() - 2)));
    assert_eq!(decode_with(&Limits::DEFAULT, &octets, &[]), expected);
    assert_eq!(decode_in_place(&Limits::DEFAULT, &octets, 0), expected);
    assert_eq!(decode_in_place(&Limits::DEFAULT, &octets, 12_345), expected);
}

#[test]
fn a_line_that_begins_like_the_last_one_is_another() {
    accepted(b"1\r\na\r\n10\r\n0123456789abcdef\r\n1;x\r\nb\r\n0\r\n\r\n", b"a0123456789abcdefb");
    accepted(b"01\r\na\r\n01\r\nb\r\n1\r\nc\r\n0000001\r\nd\r\n0\r\n\r\n", b"abcd");
    refused(b"1\r\na\r\n1\rXa\r\n", BareCr, 7);
    refused(b"1\r\na\r\n1\n\na\r\n", BareLf, 7);
    refused(b"1\r\na\r\n1\r\na\rX0\r\n\r\n", BareCr, 10);
    refused(b"1\r\na\r\n1\r\nab\r\n", ChunkEnd, 10);
    refused(&[0; 16], ChunkSize, 0);
}

#[test]
fn counters() {
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    let (chunk, taken) = decoder.decode(b"5\r\nhel").unwrap();
    assert_eq!((chunk, taken, decoder.content()), (Chunk::Data(b"hel"), 6, 3));
    assert_eq!(decoder.remaining(), 2);
    assert!(!decoder.is_done());
    assert_eq!(decoder.decode(b"").unwrap(), (Chunk::NeedData, 0));
}

#[test]
fn what_remains_of_a_chunk_is_known_with_its_size() {
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    let pieces: [(&[u8], u64); 9] = [
        (b"1\r\na\r\n", 0),
        (b"f", 0),
        (b"f\r", 0),
        (b"\n", 255),
        (&[b'x'; 200], 55),
        (&[b'x'; 55], 0),
        (b"\r\n", 0),
        (b"ffffffffffffffff\r\n", u64::MAX),
        (b"", u64::MAX),
    ];
    for (piece, remaining) in pieces {
        assert_eq!(decoder.decode(piece).unwrap().1, piece.len());
        assert_eq!(decoder.remaining(), remaining, "behind {}", piece.escape_ascii());
    }
}

proptest! {
    #[test]
    fn any_content_comes_back(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..8),
        rest in proptest::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut octets = Vec::new();
        for chunk in &chunks {
            octets.extend_from_slice(std::format!("{:x}\r\n", chunk.len()).as_bytes());
            octets.extend_from_slice(chunk);
            octets.extend_from_slice(b"\r\n");
        }
        octets.extend_from_slice(b"0\r\n");
        let taken = octets.len();
        octets.extend_from_slice(&rest);
        let expected = Ok(Some((chunks.concat(), taken)));
        prop_assert_eq!(outcome_with(&Limits::DEFAULT, &octets), expected);
    }

    #[test]
    fn random_octets_give_the_same_at_any_split(
        octets in "[0-9a-fA-F;= \t\r\n\"\\\\x]{0,40}"
    ) {
        let _ = outcome_with(&Limits::DEFAULT, octets.as_bytes());
    }
}
