//! Answers in tests.

use rajada_parser::{Fields, Positions};
use rajada_pipeline::client::{Client, Event, RequestHead};
use rajada_pipeline::{Burst, Content, Incoming, Settings, Store};

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

    /// The head of an answer of 101, and its size.
    #[cfg(feature = "websocket")]
    pub(super) fn parse_head(octets: &[u8]) -> (TestResponse, usize) {
        const END: &[u8] = b"\r\n\r\n";
        let end = octets.windows(END.len()).position(|window| window == END).expect("a head");
        let head = String::from_utf8_lossy(&octets[..end]).into_owned();
        let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let status = Status::SWITCHING_PROTOCOLS;
        (TestResponse { status, headers, content: Vec::new() }, end + END.len())
    }

    /// The answers in `octets`, all that came, to requests with these methods; interim ones are passed over.
    pub(super) fn parse_all(octets: &[u8], methods: &[String]) -> Vec<TestResponse> {
        let mut settings = Settings::DEFAULT;
        (settings.requests_in_flight, settings.content) = (methods.len(), u64::MAX);
        let mut client = Client::<Vec<u8>, _, _>::new();
        client.lend(Box::new(Store::new(&settings)));
        client.pipeline_any_method();
        for method in methods {
            let asked = client.request(&as_asked(method), Content::None);
            asked.expect("nothing is answered behind a tunnel");
            client.transmitted(usize::MAX);
        }
        let (mut burst, mut slots) = (Burst::new(octets), Positions::<100>::new());
        let mut answers: Vec<TestResponse> = Vec::new();
        loop {
            let event = client.receive(&settings, &mut burst, &mut slots);
            match event {
                Event::Response { response, content, .. } => {
                    let status = Status::new(response.code()).expect("a status");
                    let content = match content {
                        Incoming::Whole(content) => content.to_vec(),
                        Incoming::None | Incoming::Streaming(_) => Vec::new(),
                    };
                    answers.push(TestResponse {
                        status,
                        headers: owned(response.fields()),
                        content,
                    });
                }
                Event::Data(data) => {
                    answers.last_mut().expect("content of an answer").content.extend(data);
                }
                Event::Interim { .. } | Event::EndOfMessage { .. } => {}
                Event::NeedData if client.in_flight() > 0 => {
                    let end = client.receive_eof();
                    assert!(matches!(end, Event::EndOfMessage { .. }), "{} answers", answers.len());
                    break;
                }
                Event::Malformed(offence) => panic!("{offence}: {}", octets.escape_ascii()),
                _ => break,
            }
        }
        assert_eq!(answers.len(), methods.len(), "answers: {}", octets.escape_ascii());
        answers
    }
}

/// A request of which an answer can't tell that it was another one.
fn as_asked(method: &str) -> RequestHead<'static> {
    let octets: &[u8] = match method {
        "HEAD" => b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT" => b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n",
        _ => b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    };
    RequestHead::new(octets).expect("a head")
}

fn owned(fields: Fields<'_, '_>) -> Vec<(String, String)> {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    fields.iter().map(|field| (text(field.name), text(field.value))).collect()
}
