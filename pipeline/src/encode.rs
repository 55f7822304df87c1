//! How an answer's framing is written.

use rajada_parser::Field;
use rajada_parser::encode::{LAST_CHUNK, chunk_header};

use crate::Head;

/// Writes into room that was reserved.
pub(crate) struct Encoder<'m> {
    room: &'m mut [u8],
    len: usize,
}

/// The framing fields that a head needs at most, its empty line included, or the header of a chunk.
pub(crate) const OVERHEAD: usize = 96;

/// The line `Connection` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// What the version implies: no line.
    Implied,
    /// To a client of HTTP/1.0 that asked for it.
    KeepAlive,
    Close,
}

/// The framing line of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length(u64),
    Chunked,
}

/// Writes a usual answer, head and content, into room that was reserved for them, and says how many
/// octets it has.
// Always: it is the last step of `respond`, which is called once an answer.
#[inline(always)]
pub(crate) fn usual_answer(room: &mut [u8], head: &[u8], content: &[u8]) -> usize {
    let Some(&end) = ENDS.get(content.len()) else {
        return long_answer(room, head, content);
    };
    let (before, room) = room.split_at_mut(head.len());
    before.copy_from_slice(head);
    // Always as many octets as the longest end may have: a copy of known length is no call.
    let line = room.first_chunk_mut::<24>();
    if let Some(line) = line {
        line[..16].copy_from_slice(b"Content-Length: ");
        line[16..].copy_from_slice(&end);
    }
    let len = 16 + usize::from(end[7]);
    copy(&mut room[len..len + content.len()], content);
    before.len() + len + content.len()
}

/// Copies without a call where the octets are few: the first and the last of them, which may be
/// partly the same. (As C libraries do: glibc's `memmove`, `L(between_8_15)`.)
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8]) {
    let len = from.len();
    if to.len() == len && (8..=16).contains(&len) {
        let (first, last) = (from.first_chunk::<8>(), from.last_chunk::<8>());
        if let (Some(first), Some(last)) = (first, last) {
            to[..8].copy_from_slice(first);
            to[len - 8..].copy_from_slice(last);
        }
    } else {
        to.copy_from_slice(from);
    }
}

/// The number of octets of short content, and the end of a head behind it; in the last octet, how
/// many octets these are.
const ENDS: &[[u8; 8]; 1000] = &{
    let mut ends = [[0; 8]; 1000];
    let mut length = 0;
    while length < ends.len() {
        let digits = [length / 100, length / 10 % 10, length % 10];
        let mut skip = if length > 99 {
            0
        } else if length > 9 {
            1
        } else {
            2
        };
        let mut at = 0;
        while skip < 3 {
            ends[length][at] = b'0' + digits[skip] as u8;
            (skip, at) = (skip + 1, at + 1);
        }
        let (_, rest) = ends[length].split_at_mut(at);
        let (rest, _) = rest.split_at_mut(4);
        rest.copy_from_slice(b"\r\n\r\n");
        ends[length][7] = at as u8 + 4;
        length += 1;
    }
    ends
};

#[inline(never)]
fn long_answer(room: &mut [u8], head: &[u8], content: &[u8]) -> usize {
    let mut encoder = Encoder::new(room);
    encoder.put(head).put(b"Content-Length: ").decimal(content.len() as u64);
    encoder.put(b"\r\n\r\n").put(content).len()
}

impl<'m> Encoder<'m> {
    #[inline]
    pub(crate) fn new(room: &'m mut [u8]) -> Self {
        Self { room, len: 0 }
    }

    /// Octets written.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn put(&mut self, octets: &[u8]) -> &mut Self {
        self.room[self.len..self.len + octets.len()].copy_from_slice(octets);
        self.len += octets.len();
        self
    }

    /// The head of any answer.
    pub(crate) fn head(
        &mut self,
        head: &Head<'_>,
        framing: Framing,
        connection: Connection,
    ) -> &mut Self {
        self.put(head.octets()).end_of_head(framing, connection, head.form().offers_upgrade())
    }

    /// The framing fields and the empty line.
    pub(crate) fn end_of_head(
        &mut self,
        framing: Framing,
        connection: Connection,
        upgrade: bool,
    ) -> &mut Self {
        let this = match framing {
            Framing::None => self,
            Framing::Length(length) => self.put(b"Content-Length: ").decimal(length).put(b"\r\n"),
            Framing::Chunked => self.put(b"Transfer-Encoding: chunked\r\n"),
        };
        this.put(match (connection, upgrade) {
            (Connection::Implied, false) => b"",
            (Connection::Implied, true) => b"Connection: upgrade\r\n",
            (Connection::KeepAlive, false) => b"Connection: keep-alive\r\n",
            (Connection::KeepAlive, true) => b"Connection: keep-alive, upgrade\r\n",
            (Connection::Close, false) => b"Connection: close\r\n",
            (Connection::Close, true) => b"Connection: close, upgrade\r\n",
        })
        .put(b"\r\n")
    }

    #[inline]
    pub(crate) fn decimal(&mut self, value: u64) -> &mut Self {
        let (mut left, mut digits) = (value / 10, 1);
        while left > 0 {
            left /= 10;
            digits += 1;
        }
        let room = &mut self.room[self.len..self.len + digits];
        let mut left = value;
        for digit in room.iter_mut().rev() {
            *digit = b'0' + (left % 10) as u8;
            left /= 10;
        }
        self.len += digits;
        self
    }

    /// `chunk-size CRLF`
    pub(crate) fn chunk_size(&mut self, size: usize) -> &mut Self {
        self.put(chunk_header(size as u64, &mut [0; 18]))
    }

    /// `last-chunk trailer-section CRLF`
    pub(crate) fn last_chunk(&mut self, trailers: &[Field<'_>]) -> &mut Self {
        self.put(LAST_CHUNK);
        for field in trailers {
            self.put(field.name).put(b": ").put(field.value).put(b"\r\n");
        }
        self.put(b"\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_fits_the_room_that_is_reserved_for_it() {
        let upgrade = Head::new(b"HTTP/1.1 200 OK\r\nUpgrade: x\r\n").expect("a head");
        let usual = Head::new(b"HTTP/1.1 200 OK\r\n").expect("a head");
        let mut room = [0; 256];
        for head in [usual, upgrade] {
            for framing in [Framing::None, Framing::Length(u64::MAX), Framing::Chunked] {
                for connection in [Connection::Implied, Connection::KeepAlive, Connection::Close] {
                    let mut encoder = Encoder::new(&mut room);
                    let len = encoder.head(&head, framing, connection).len();
                    assert!(len - head.octets().len() <= OVERHEAD);
                }
            }
        }
        assert!(Encoder::new(&mut room).chunk_size(usize::MAX).put(b"\r\n").len() <= OVERHEAD);
        assert!(Encoder::new(&mut room).last_chunk(&[]).len() <= OVERHEAD);
    }

    #[test]
    fn a_usual_answer_tells_its_length() {
        let mut room = [0; 30_000];
        // No two neighbours are alike, so that an octet at a wrong place shows, or one left out.
        let octets: [u8; 20_000] = core::array::from_fn(|at| (at % 251) as u8);
        for length in (0..300).chain(990..1010).chain(9990..10_010) {
            room.fill(0xff);
            let len = usual_answer(&mut room, b"head\r\n", &octets[..length]);
            let (head, content) = room[..len].split_at(len - length);
            let digits = core::str::from_utf8(head).ok().and_then(|head| {
                head.strip_prefix("head\r\nContent-Length: ")?.strip_suffix("\r\n\r\n")
            });
            assert_eq!(digits.map(str::parse), Some(Ok(length)));
            assert_eq!(
                digits.map(str::len),
                Some(length.checked_ilog10().unwrap_or(0) as usize + 1)
            );
            assert_eq!(content, &octets[..length]);
        }
    }

    #[test]
    fn decimals() {
        let mut room = [0; 32];
        for (value, expected) in [
            (0, &b"0"[..]),
            (7, b"7"),
            (10, b"10"),
            (99, b"99"),
            (100, b"100"),
            (u64::MAX, b"18446744073709551615"),
        ] {
            let len = Encoder::new(&mut room).decimal(value).len();
            assert_eq!(&room[..len], expected);
        }
    }
}
