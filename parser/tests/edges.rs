//! Numbers at their edges: fields beyond what can be noted, limits of nothing
//! and of everything, offsets beyond 32 bits, hosts and dates at their borders.

use rajada_parser::{
    Authority, BodyLength, Chunk, ChunkedDecoder, Config, Error, ErrorKind, Framing, Leniency,
    Limits, Positions, Resume, Status, date,
};

const MANY: usize = 3000;

/// The framing of a request with these fields, and whether it could be parsed.
fn framing(version: &str, fields: &str) -> Result<Framing, Error> {
    let head = format!("POST / HTTP/{version}\r\n{fields}\r\n");
    let limits = Limits { fields: u32::MAX, head: u32::MAX, ..Limits::DEFAULT };
    let (mut at, mut slots) = (Resume::new(), Box::new(Positions::<MANY>::new()));
    let config = Config::STRICT.with_limits(limits);
    let status = config.parse_request(head.as_bytes(), &mut at, &mut *slots)?;
    let Status::Complete(request, _) = status else { panic!("incomplete") };
    request.framing()
}

/// What is noted of fields has room for so many; whatever does not fit is
/// looked for.
#[test]
fn no_number_of_fields_hides_one_that_frames() {
    let fields = |line: &str, count| line.repeat(count);
    for count in [0, 1, 253, 254, 255, 256, 257, 511, 512, 1169, 1170, 1171, 1172, 2339, 2342] {
        for filler in ["A: b\r\n", "Hose: b\r\n", "Expert: b\r\n", "Transfer-Encodinx: b\r\n"] {
            let filler = fields(filler, count);
            let host = "Host: a\r\n";
            let chunked = "Transfer-Encoding: chunked\r\n";
            for text in [
                format!("{filler}{host}{chunked}"),
                format!("{host}{filler}{chunked}"),
                format!("{chunked}{filler}{host}"),
                format!("{host}{chunked}{filler}"),
            ] {
                assert_eq!(framing("1.1", &text).unwrap().body, BodyLength::Chunked, "{count}");
            }
            let kind = |text: &str| framing("1.1", text).unwrap_err().kind();
            assert_eq!(kind(&filler), ErrorKind::HostMissing, "{count}");
            assert_eq!(kind(&format!("{host}{filler}{host}")), ErrorKind::HostRepeated, "{count}");
            let both = format!("{host}{filler}Content-Length: 1\r\n{chunked}");
            assert_eq!(kind(&both), ErrorKind::TransferEncodingAndContentLength, "{count}");
            let close = format!("{host}{filler}Connection: close\r\n");
            assert!(!framing("1.1", &close).unwrap().persistent, "{count}");
            assert_eq!(framing("1.0", &filler).unwrap().body, BodyLength::None, "{count}");
        }
    }
}

#[test]
fn limits_of_nothing_refuse_the_first_octet() {
    let none = Limits {
        method: 0,
        request_line: 0,
        head: 0,
        fields: 0,
        chunk_extensions: 0,
        chunk_extensions_total: 0,
        chunk_overhead: 0,
        trailers: 0,
    };
    let config = Config::STRICT.with_limits(none);
    let (mut at, mut slots) = (Resume::new(), Positions::<0>::new());
    assert!(config.parse_request(b"", &mut at, &mut slots).unwrap().is_partial());
    let refused = |outcome: Result<Status<()>, Error>, kind| {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.offset()), (kind, 0));
    };
    let outcome = config.parse_request(b"G", &mut at, &mut slots);
    refused(outcome.map(|_| Status::Partial), ErrorKind::HeadTooLarge);
    let outcome = config.parse_response(b"H", &mut at, &mut slots);
    refused(outcome.map(|_| Status::Partial), ErrorKind::HeadTooLarge);
    let outcome = config.parse_trailers(b"\r", &mut at, &mut slots);
    refused(outcome.map(|_| Status::Partial), ErrorKind::TrailersTooLarge);

    let chunk = |limits: Limits, octets: &[u8]| {
        let outcome = ChunkedDecoder::new(&limits).decode_in_place(&mut octets.to_vec());
        outcome.map(|decoded| decoded.done).map_err(|error| (error.kind(), error.offset()))
    };
    let free = Limits { chunk_overhead: u32::MAX, ..none };
    assert_eq!(chunk(free, b"1\r\nx\r\n0\r\n"), Ok(true));
    assert_eq!(chunk(free, b"1;a\r\n"), Err((ErrorKind::ChunkExtensionTooLong, 1)));
    assert_eq!(chunk(none, b"0\r\n"), Err((ErrorKind::ChunkOverhead, 3)));
    assert_eq!(chunk(Limits { chunk_overhead: 3, ..none }, b"0\r\n"), Ok(true));
    assert_eq!(chunk(Limits { chunk_overhead: 3, ..none }, b"1\r\nx\r\n0\r\n"), Ok(true));
}

#[test]
fn slots_for_nothing_hold_a_head_without_fields() {
    let (mut at, mut slots) = (Resume::new(), Positions::<0>::new());
    let head = b"GET / HTTP/1.0\r\n\r\n";
    for end in 0..head.len() {
        let status = Config::STRICT.parse_request(&head[..end], &mut at, &mut slots);
        assert!(status.unwrap().is_partial());
    }
    let status = Config::STRICT.parse_request(head, &mut at, &mut slots).unwrap();
    let (request, taken) = status.complete().unwrap();
    assert_eq!((taken, request.fields().is_empty()), (18, true));
    assert_eq!(request.framing().unwrap().body, BodyLength::None);
    let error = Config::STRICT
        .parse_request(b"GET / HTTP/1.0\r\nA", &mut Resume::new(), &mut slots)
        .unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::TooManyFields, 16));
}

/// Chunks of 1 GiB of the same octets: 20 GiB pass, and no counter wraps.
#[test]
fn content_beyond_four_gigabytes_is_counted() {
    let block = vec![b'x'; 1 << 20];
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    for _ in 0..20 {
        assert_eq!(decoder.decode(b"40000000\r\n").unwrap(), (Chunk::NeedData, 10));
        for _ in 0..1 << 10 {
            assert_eq!(decoder.decode(&block).unwrap(), (Chunk::Data(&block), block.len()));
        }
        assert_eq!(decoder.decode(b"\r\n").unwrap(), (Chunk::NeedData, 2));
    }
    assert_eq!(decoder.content(), 20 << 30);
    let error = decoder.decode(b"x").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::ChunkSize, u32::MAX as usize));

    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    assert_eq!(decoder.decode(b"ffffffffffffffff\r\n").unwrap(), (Chunk::NeedData, 18));
    assert_eq!(decoder.decode(&block).unwrap(), (Chunk::Data(&block), block.len()));
    assert!(!decoder.is_done());
}

#[test]
fn a_missing_host_is_missed_at_the_empty_line() {
    let leniency = Leniency { bare_lf: true, ..Leniency::NONE };
    let config = Config::STRICT.with_leniency(leniency);
    for (end, offset) in [("\r\n\r\n", 2), ("\n\r\n", 1), ("\r\n\n", 2), ("\n\n", 1)] {
        let head = format!("GET / HTTP/1.1{end}");
        let (mut at, mut slots) = (Resume::new(), Positions::<4>::new());
        let status = config.parse_request(head.as_bytes(), &mut at, &mut slots).unwrap();
        let error = status.complete().unwrap().0.framing().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::HostMissing, 14 + offset));
    }
}

#[test]
fn authorities() {
    let long = "a".repeat(300);
    for (text, host, port) in [
        ("a", "a", None),
        ("a:", "a", None),
        ("a:0", "a", Some(0)),
        ("a:65535", "a", Some(65535)),
        ("a:00080", "a", Some(80)),
        ("127.0.0.1:1", "127.0.0.1", Some(1)),
        ("999.999.999.999", "999.999.999.999", None),
        ("[::]", "[::]", None),
        ("[::ffff:1.2.3.4]:443", "[::ffff:1.2.3.4]", Some(443)),
        ("[v1.a]", "[v1.a]", None),
        ("[V1.a]:80", "[V1.a]", Some(80)),
        ("[vfF0.:]:", "[vfF0.:]", None),
        ("[v1.-._~!$&'()*+,;=:Zz09]", "[v1.-._~!$&'()*+,;=:Zz09]", None),
        ("[v1..]:1", "[v1..]", Some(1)),
        ("%41%62:1", "%41%62", Some(1)),
        ("a_b-c.~!$&'()*+;=", "a_b-c.~!$&'()*+;=", None),
        (&long, &long, None),
    ] {
        let authority = Authority::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((authority.host(), authority.port()), (host.as_bytes(), port), "{text}");
    }
    for text in [
        "",
        ":",
        ":80",
        "a:b",
        "a:65536",
        "a:+1",
        "a:-1",
        "a: 1",
        "a:1:2",
        "a:99999999999999999999",
        "u@a",
        "a/",
        "a?",
        "a#",
        "a b",
        "a,b",
        "a\\b",
        "%",
        "%4",
        "%4g",
        "[",
        "[]",
        "[::1",
        "::1",
        "[::1]x",
        "[::1]80",
        "[::1]]",
        "[[::1]",
        "[::1%25lo]",
        "[::1%lo]",
        "[1.2.3.4]",
        "[v.a]",
        "[v1]",
        "[v1.]",
        "[v1:a]",
        "[vg.a]",
        "[v1g.a]",
        "[v-1.a]",
        "[v1.a/b]",
        "[v1.a?b]",
        "[v1.a@b]",
        "[v1.%61]",
        "[v1.a b]",
        "[v1.\"]",
        "[v1.[]",
        "[v1.\u{e9}]",
        "[ v1.a]",
        "[v1.a",
        "v1.a]",
        "[v1.a]b",
        "[v1.a]:b",
        "[v1.a]:65536",
        "[v1.a],[v1.a]",
        "[1.a]",
        "[w1.a]",
        "[v]",
        "[v.]",
        "[::1]:65536",
        "[:::]",
        "[1:2:3:4:5:6:7:8:9]",
        "a\t",
        "\u{e9}",
        "a\0",
    ] {
        assert_eq!(Authority::parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn dates_at_the_ends_of_months_and_years() {
    // Every day from 1970 to 2404: one behind the other, and back again.
    let mut before = [0; date::LEN];
    for day in 0..158_500_u64 {
        let text = date::format(day * 86_400);
        assert_ne!(text, before);
        assert_eq!(date::parse(&text), Some(day * 86_400));
        assert_eq!(date::parse(&date::format(day * 86_400 + 86_399)), Some(day * 86_400 + 86_399));
        before = text;
    }
    for (text, seconds) in [
        ("Sat, 31 Dec 1994 23:59:60 GMT", Some(788_918_399)),
        ("Fri, 31 Dec 9999 23:59:60 GMT", Some(date::MAX)),
        ("Thu, 29 Feb 2024 00:00:00 GMT", Some(1_709_164_800)),
        ("Wed, 29 Feb 2023 00:00:00 GMT", None),
        ("Mon, 29 Feb 2100 00:00:00 GMT", None),
        ("Wed, 31 Apr 2024 00:00:00 GMT", None),
        ("Mon, 99 Jan 2024 00:00:00 GMT", None),
        ("Mon, 00 Mar 2024 00:00:00 GMT", None),
        ("Mon, 01 Jan 2024 00:60:00 GMT", None),
        ("Mon, 01 Jan 2024 00:00:61 GMT", None),
        ("Mon, 01 Jan 2024 -1:00:00 GMT", None),
        ("Mon, 01 Jan 2024 00:00:00 gmt", None),
        ("mon, 01 Jan 2024 00:00:00 GMT", None),
        ("Mon, 01 anF 2024 00:00:00 GMT", None),
        ("Mon, 01 Jan 2024 00:00:00 GMT ", None),
    ] {
        assert_eq!(date::parse(text.as_bytes()), seconds, "{text}");
    }
}
