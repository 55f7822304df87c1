//! Answers in tests.

use rajada_parser::{
    BodyLength, Chunk, ChunkedDecoder, Config, Fields, Positions, Resume, Status as Parsed,
};

use crate::Status;

/// An answer to a [`TestRequest`](super::TestRequest).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResponse {
    status: Status,
    headers: Vec<(String, String)>,
    content: Vec<u8>,
}

impl TestResponse {
    /// The status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The value of the first header called `name`, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_all(name).next()
    }

    /// The values of all headers called `name`, in order.
    pub fn header_all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        let called = |own: &str| own.eq_ignore_ascii_case(name);
        let values = self.headers.iter().filter(|(own, _)| called(own)).map(|(_, value)| &**value);
        values.collect::<Vec<_>>().into_iter()
    }

    /// The content.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The content as text.
    ///
    /// # Panics
    /// If it is not UTF-8.
    pub fn text(&self) -> &str {
        core::str::from_utf8(&self.content).expect("the content is UTF-8")
    }

    /// The content as a value.
    ///
    /// # Panics
    /// If it is not the JSON that the value is made of.
    #[cfg(feature = "json")]
    pub fn json<'s, T: serde::Deserialize<'s>>(&'s self) -> T {
        serde_json::from_slice(&self.content).expect("the content is such JSON")
    }

    /// Takes the answer to a request with `method` from the front of `octets`; interim ones are passed over.
    pub(super) fn parse(octets: &mut &[u8], method: &str) -> TestResponse {
        let mut slots = Positions::<100>::new();
        loop {
            let parsed = Config::STRICT.parse_response(octets, &mut Resume::new(), &mut slots);
            let Ok(Parsed::Complete(head, length)) = parsed else {
                panic!("no answer here: {}", octets.escape_ascii());
            };
            let Ok(framing) = head.framing(method.as_bytes()) else {
                panic!("an answer with ambiguous content: {head:?}");
            };
            *octets = &octets[length..];
            let content = match framing.body {
                BodyLength::None => Vec::new(),
                BodyLength::Exact(length) => take(octets, length as usize),
                BodyLength::Chunked => unchunked(octets),
                BodyLength::UntilClose => take(octets, octets.len()),
            };
            if let Some(status) = Status::new(head.code()).filter(|status| status.code() >= 200) {
                return TestResponse { status, headers: owned(head.fields()), content };
            }
        }
    }
}

fn owned(fields: Fields<'_, '_>) -> Vec<(String, String)> {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    fields.iter().map(|field| (text(field.name), text(field.value))).collect()
}

fn take(octets: &mut &[u8], length: usize) -> Vec<u8> {
    let (content, rest) = octets.split_at_checked(length).expect("the content is complete");
    *octets = rest;
    content.to_vec()
}

fn unchunked(octets: &mut &[u8]) -> Vec<u8> {
    let mut decoder = ChunkedDecoder::new(Config::STRICT.limits());
    let mut content = Vec::new();
    loop {
        let (chunk, length) = decoder.decode(octets).expect("the chunks are well-formed");
        *octets = &octets[length..];
        match chunk {
            Chunk::Data(data) => content.extend_from_slice(data),
            Chunk::NeedData => panic!("the chunks are complete"),
            Chunk::Trailers => break,
        }
    }
    let mut slots = Positions::<100>::new();
    let parsed = Config::STRICT.parse_trailers(octets, &mut Resume::new(), &mut slots);
    let Ok(Parsed::Complete(_, length)) = parsed else { panic!("the trailers are complete") };
    *octets = &octets[length..];
    content
}
