//! The example that the documentation of each error kind gives is one.

use std::collections::BTreeMap;

use rajada_parser::{ChunkedDecoder, Config, Error, ErrorKind, Limits, Positions, Resume, Status};

/// By kind, the octets behind `Example:`, as they are written.
fn examples() -> BTreeMap<String, String> {
    let (mut examples, mut example) = (BTreeMap::new(), None);
    for line in include_str!("../src/error.rs").lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// Example: `") {
            example = text.strip_suffix('`').map(String::from);
        } else if let Some((kind, _)) = line.split_once(" = ")
            && let Some(example) = example.take()
        {
            examples.insert(kind.into(), example);
        }
    }
    examples
}

fn octets(text: &str) -> Vec<u8> {
    let text = text.replace("\\r", "\r").replace("\\n", "\n");
    text.replace("\\x00", "\0").replace("\\x01", "\x01").into_bytes()
}

fn limits(kind: ErrorKind) -> Limits {
    let all = Limits::DEFAULT;
    match kind {
        ErrorKind::TargetTooLong => Limits { request_line: 15, ..all },
        ErrorKind::HeadTooLarge => Limits { head: 20, ..all },
        ErrorKind::TooManyFields => Limits { fields: 1, ..all },
        ErrorKind::ChunkExtensionTooLong => Limits { chunk_extensions: 4, ..all },
        ErrorKind::ChunkOverhead => Limits { chunk_overhead: 10, ..all },
        ErrorKind::TrailersTooLarge => Limits { trailers: 8, ..all },
        _ => all,
    }
}

/// What is wrong with the octets, read as what the kind is about.
fn error(kind: ErrorKind, octets: &[u8]) -> Option<Error> {
    let config = Config::STRICT.with_limits(limits(kind));
    let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
    let name = format!("{kind:?}");
    if name.starts_with("Chunk") {
        let mut decoder = ChunkedDecoder::new(config.limits());
        return decoder.decode_in_place(&mut octets.to_vec()).err();
    }
    if name.starts_with("Trailer") {
        return config.parse_trailers(octets, &mut at, &mut slots).err();
    }
    if octets.starts_with(b"HTTP/") {
        return config.parse_response(octets, &mut at, &mut slots).err();
    }
    match config.parse_request(octets, &mut at, &mut slots) {
        Ok(Status::Complete(request, _)) => request.framing().err(),
        Ok(Status::Partial) => None,
        Err(error) => Some(error),
    }
}

#[test]
fn every_kind_is_documented_with_an_example_of_it() {
    let examples = examples();
    for &kind in ErrorKind::ALL {
        let text = examples.get(&format!("{kind:?}"));
        let text = text.unwrap_or_else(|| panic!("{kind:?} has no example"));
        let found = error(kind, &octets(text)).map(|error| error.kind());
        assert_eq!(found, Some(kind), "{text}");
    }
}
