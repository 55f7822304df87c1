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

    /// The head of the usual answer.
    #[inline]
    pub(crate) fn usual_head(&mut self, head: &Head<'_>, length: u64) -> &mut Self {
        self.put(head.octets()).put(b"Content-Length: ").decimal(length).put(b"\r\n\r\n")
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
        assert!(Encoder::new(&mut room).usual_head(&usual, u64::MAX).len() <= OVERHEAD);
        assert!(Encoder::new(&mut room).chunk_size(usize::MAX).put(b"\r\n").len() <= OVERHEAD);
        assert!(Encoder::new(&mut room).last_chunk(&[]).len() <= OVERHEAD);
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
