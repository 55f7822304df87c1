//! What came out of a pipeline, parsed again.

use rajada_parser::{BodyLength, Config, Positions, Resume, Status};

/// An answer as its reader sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Whether it says that it is the last one.
    pub close: bool,
    pub content: Vec<u8>,
}

/// The final answers in `wire`, to requests of these methods in their order. Panics at what a strict
/// reader refuses, at content in chunks, and at octets that belong to no answer.
pub fn read(mut wire: &[u8], methods: &[&[u8]]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !wire.is_empty() {
        let mut slots = Positions::<16>::new();
        let parsed = Config::STRICT.parse_response(wire, &mut Resume::new(), &mut slots);
        let Ok(Status::Complete(head, octets)) = parsed else {
            panic!("no answer: {}", wire.escape_ascii())
        };
        let method = methods.get(answers.len()).copied().unwrap_or(b"GET");
        let framing = head.framing(method).expect("clear framing");
        let length = match framing.body {
            BodyLength::None => 0,
            BodyLength::Exact(length) => usize::try_from(length).expect("a length"),
            other => panic!("{other:?}"),
        };
        let (status, close) = (head.code(), head.fields().get("Connection") == Some(b"close"));
        let (content, behind) = wire[octets..].split_at(length);
        if status >= 200 {
            answers.push(Answer { status, close, content: content.to_vec() });
        }
        wire = behind;
    }
    answers
}
