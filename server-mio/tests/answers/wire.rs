//! A client that takes nothing but what the strict parser takes.

use proptest::test_runner::Config as Cases;
use rajada_mio::{App, Request, Response, TestClient};
use rajada_parser::{BodyLength, Chunk, ChunkedDecoder, Config, Limits, Positions, Resume, Status};

/// Few enough to be quick, and nothing is written down.
pub(crate) fn cases() -> Cases {
    Cases { cases: 300, failure_persistence: None, ..Cases::default() }
}

/// An answer as it was received.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) content: Vec<u8>,
}

impl Answer {
    /// The values of the fields called `name`.
    pub(crate) fn all(&self, name: &str) -> Vec<&[u8]> {
        let called = |(own, _): &&(String, Vec<u8>)| own.eq_ignore_ascii_case(name);
        self.fields.iter().filter(called).map(|(_, value)| &**value).collect()
    }

    /// The value of the only field called `name`.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} twice: {self:?}");
        all.first().map(|value| core::str::from_utf8(value).unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        core::str::from_utf8(&self.content).unwrap()
    }
}

/// Asks an application for `/`.
pub(crate) fn ask(app: App, method: &str) -> Answer {
    let request = format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
    exchange(&mut TestClient::new(app), method, request)
}

/// The answer that a function writes.
pub(crate) fn written(write: impl Fn(&mut Response<'_>) + Send + Sync + 'static) -> Answer {
    ask(App::new().get("/", move |_: &Request<'_>, res: &mut Response<'_>| write(res)), "GET")
}

/// Sends a request's octets and reads the answer, of which nothing may be left.
pub(crate) fn exchange(client: &mut TestClient, method: &str, sent: impl AsRef<[u8]>) -> Answer {
    let mut received = Vec::new();
    client.exchange(sent.as_ref(), &mut received);
    read(method, &received)
}

/// The one answer in octets.
fn read(method: &str, octets: &[u8]) -> Answer {
    let mut answers = read_all(method, octets);
    assert_eq!(answers.len(), 1, "{}", octets.escape_ascii());
    answers.remove(0)
}

/// All answers in octets, with nothing between them.
pub(crate) fn read_all(method: &str, octets: &[u8]) -> Vec<Answer> {
    let (mut answers, mut rest) = (Vec::new(), octets);
    while !rest.is_empty() {
        let (mut at, mut slots) = (Resume::new(), Positions::<100>::new());
        let parsed = Config::STRICT.parse_response(rest, &mut at, &mut slots);
        let (response, behind) = match parsed {
            Ok(Status::Complete(response, behind)) => (response, behind),
            other => panic!("{other:?}: {}", octets.escape_ascii()),
        };
        let framing = response.framing(method.as_bytes()).expect("framing");
        rest = &rest[behind..];
        let content = match framing.body {
            BodyLength::None => Vec::new(),
            BodyLength::Exact(length) => take(&mut rest, length as usize).to_vec(),
            BodyLength::Chunked => take_chunks(&mut rest),
            BodyLength::UntilClose => panic!("no end: {}", octets.escape_ascii()),
        };
        let text = |octets: &[u8]| core::str::from_utf8(octets).unwrap().to_owned();
        let fields = response.fields().iter();
        answers.push(Answer {
            status: response.code(),
            reason: text(response.reason()),
            fields: fields.map(|field| (text(field.name), field.value.to_vec())).collect(),
            content,
        });
    }
    answers
}

fn take<'o>(rest: &mut &'o [u8], length: usize) -> &'o [u8] {
    let (taken, behind) = rest.split_at(length);
    *rest = behind;
    taken
}

/// Chunked content, without trailers.
fn take_chunks(rest: &mut &[u8]) -> Vec<u8> {
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    let mut content = Vec::new();
    loop {
        let (chunk, taken) = decoder.decode(rest).expect("chunks");
        *rest = &rest[taken..];
        match chunk {
            Chunk::Data(data) => content.extend_from_slice(data),
            Chunk::Trailers => break,
            Chunk::NeedData => panic!("cut short"),
        }
    }
    assert_eq!(take(rest, 2), b"\r\n");
    content
}
