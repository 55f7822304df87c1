//! `GET /demo/stream/{octets}`: so many octets, made while they are sent.

use std::task::{Context, Poll};

use rajada_mio::{Body, BodyStream, Bytes, Error, Request, Status};

use super::LARGEST;

/// Lines of 64 octets, printable and all alike: a place in the answer tells its octet.
static LINES: [u8; 64 * 1024] = lines();

const fn lines() -> [u8; 64 * 1024] {
    let (mut lines, mut at) = ([b'\n'; 64 * 1024], 0);
    while at < lines.len() {
        let column = at % 64;
        if column < 63 {
            #[expect(clippy::cast_possible_truncation, reason = "a column is less than 63")]
            let column = column as u8;
            lines[at] = b'0' + column;
        }
        at += 1;
    }
    lines
}

/// Octets that are still to be sent.
struct Octets {
    length: u64,
    left: u64,
}

impl BodyStream for Octets {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let count = usize::try_from(self.left).map_or(LINES.len(), |left| left.min(LINES.len()));
        let piece = LINES.get(..count).unwrap_or(&LINES);
        self.left -= piece.len() as u64;
        Poll::Ready(Some(Ok(Bytes::from_static(piece))))
    }

    fn length(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// Every piece begins a line, and shares the same memory with all others.
pub(super) fn octets(req: &Request<'_>) -> Result<Body, Error> {
    let length =
        number(req.param("octets")).filter(|length| *length <= LARGEST).ok_or_else(|| {
            let why = format!("octets are a number in digits, from 0 to {LARGEST}");
            Error::message(Status::BAD_REQUEST, why)
        })?;
    Ok(Body::Stream(Box::new(Octets { length, left: length })))
}

/// A number in digits alone: the standard library takes a sign, too.
pub(super) fn number(text: &str) -> Option<u64> {
    text.bytes().all(|octet| octet.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
