//! The least that a server can do.

use std::hint::black_box;

use rajada_parser::{Config, Error, Positions, Request, Resume, Status};

use super::{CONTENT, HEAD};

/// Parses, and copies answers.
pub struct Bare {
    parser: Config,
    slots: Positions<64>,
    answer: Vec<u8>,
    out: Vec<u8>,
}

impl Bare {
    /// One for bursts of `depth` requests.
    pub fn new(parser: Config, depth: usize) -> Self {
        let answer =
            [HEAD, format!("Content-Length: {}\r\n\r\n", CONTENT.len()).as_bytes(), CONTENT]
                .concat();
        let out = vec![0; answer.len() * depth];
        Self { parser, slots: Positions::new(), answer, out }
    }

    /// One head after the other and, if `framed`, with the decision of what follows each; how many octets the answers have.
    #[inline(always)]
    pub fn parse(&mut self, octets: &[u8], framed: bool) -> usize {
        let (mut rest, mut end) = (octets, 0);
        while !rest.is_empty() {
            let status = self.parser.parse_request(rest, &mut Resume::new(), &mut self.slots);
            rest = &rest[seen(&status, framed)..];
            end = copy(&self.answer, &mut self.out, end);
        }
        black_box(&self.out);
        end
    }
}

#[inline(always)]
fn seen(status: &Result<Status<Request<'_, '_>>, Error>, framed: bool) -> usize {
    let Ok(Status::Complete(request, octets)) = status else { panic!("no head") };
    black_box(request.target());
    // As the pipeline asks: most requests are plain, and of the others it is asked in full.
    if framed && !request.is_plain() {
        black_box(request.framing().expect("clear framing"));
    }
    *octets
}

#[inline(always)]
fn copy(answer: &[u8], out: &mut [u8], at: usize) -> usize {
    let answer = black_box(answer);
    out[at..at + answer.len()].copy_from_slice(answer);
    at + answer.len()
}
