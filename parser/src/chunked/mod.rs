//! Chunked content, RFC 9112 section 7.1.
//!
//! ```abnf
//! chunked-body   = *chunk last-chunk trailer-section CRLF
//! chunk          = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//! chunk-size     = 1*HEXDIG
//! last-chunk     = 1*("0") [ chunk-ext ] CRLF
//! ```
//!
//! The size line's grammar is in [`size_line`].

mod in_place;
mod size_line;
#[cfg(test)]
mod tests;

pub use in_place::Decoded;

use self::size_line::{SizeLine, UsualLine};
use crate::{Error, ErrorKind, Limits};

/// Decodes chunked content, fed in pieces of any size.
///
/// It holds counters and limits, never octets: the data that it finds is given
/// as slices of the input ([`decode`](Self::decode)) or moved together where
/// it stands ([`decode_in_place`](Self::decode_in_place)).
///
/// ```
/// use rajada_parser::{Chunk, ChunkedDecoder, Limits};
///
/// let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
/// let mut rest = &b"5\r\nhello\r\n7;a=b\r\n, world\r\n0\r\n\r\n"[..];
/// let mut content = Vec::new();
/// loop {
///     let (chunk, taken) = decoder.decode(rest)?;
///     rest = &rest[taken..];
///     match chunk {
///         Chunk::Data(data) => content.extend_from_slice(data),
///         Chunk::NeedData => panic!("cut short"),
///         Chunk::Trailers => break, // for Config::parse_trailers
///     }
/// }
/// assert_eq!(content, b"hello, world");
/// assert_eq!(rest, b"\r\n");
/// # Ok::<(), rajada_parser::Error>(())
/// ```
///
/// # Limits
/// [`Limits::chunk_extensions`], [`Limits::chunk_extensions_total`], and
/// [`Limits::chunk_overhead`]: a peer that sends much framing for little
/// content is refused with [`ErrorKind::ChunkOverhead`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkedDecoder {
    next: Part,
    line: SizeLine,
    usual: UsualLine,
    /// Octets of the current chunk's data that are still to come.
    remaining: u64,
    /// Octets of content so far.
    content: u64,
    /// Octets of framing so far.
    framing: u64,
    overhead: u32,
}

/// Which part of the content comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    SizeLine,
    Data,
    /// The CR behind the data.
    DataCr,
    /// The LF behind that.
    DataLf,
    Trailers,
}

/// What [`ChunkedDecoder::decode`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth case")]
pub enum Chunk<'b> {
    /// Octets of content, never none: a chunk's data or a part of it.
    Data(&'b [u8]),
    /// All octets were taken; the content goes on.
    NeedData,
    /// The last chunk's size line was taken. The trailer section follows, for
    /// [`Config::parse_trailers`](crate::Config::parse_trailers); the message
    /// ends with it and not before.
    Trailers,
}

impl ChunkedDecoder {
    /// A decoder for one message's content.
    pub const fn new(limits: &Limits) -> ChunkedDecoder {
        ChunkedDecoder {
            next: Part::SizeLine,
            line: SizeLine::new(limits),
            usual: UsualLine::NONE,
            remaining: 0,
            content: 0,
            framing: 0,
            overhead: limits.chunk_overhead,
        }
    }

    /// How many octets of content were found so far.
    pub const fn content(&self) -> u64 {
        self.content
    }

    /// How many octets of the current chunk's data are still to come: its size,
    /// less what was found of it; 0 between chunks and where a size line is
    /// incomplete. Known as soon as the size line is complete, so with
    /// [`content`](Self::content) a message can be refused before its octets
    /// come.
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Whether the last chunk was found.
    pub const fn is_done(&self) -> bool {
        matches!(self.next, Part::Trailers)
    }

    /// Decodes up to and including the next piece of data, and says how many
    /// octets that took. Call it again with what is behind them.
    ///
    /// # Errors
    /// What can't be right is refused at the lowest offset, which counts from
    /// the first octet of the content. After an error the decoder is not to be
    /// used again.
    // Always: a result that passes through memory keeps the next call waiting for
    // its input.
    #[inline(always)]
    pub fn decode<'b>(&mut self, octets: &'b [u8]) -> Result<(Chunk<'b>, usize), Error> {
        if let Some((start, len)) = self.usual_chunk(octets) {
            return Ok((Chunk::Data(&octets[start..start + len]), start + len + 2));
        }
        self.decode_slowly(octets)
    }

    #[cold]
    fn decode_slowly<'b>(&mut self, octets: &'b [u8]) -> Result<(Chunk<'b>, usize), Error> {
        let (step, taken) = self.step(octets)?;
        let chunk = match step {
            Step::Data { start, len } => Chunk::Data(&octets[start..start + len]),
            Step::NeedData => Chunk::NeedData,
            Step::Trailers => Chunk::Trailers,
        };
        Ok((chunk, taken))
    }

    /// Takes the next chunk if it is all there, its size line is a usual one, and
    /// nothing is wrong: says where its data begins and how long it is. Takes
    /// nothing otherwise.
    #[inline(always)]
    fn usual_chunk(&mut self, octets: &[u8]) -> Option<(usize, usize)> {
        if self.next != Part::SizeLine || !self.line.is_fresh() {
            return None;
        }
        let (len, start) = self.usual.parse(octets)?;
        let end = start + len;
        let framing = self.framing + start as u64;
        if len == 0 || octets.get(end..end + 2) != Some(b"\r\n") || framing > self.framing_allowed()
        {
            return None;
        }
        self.content += len as u64;
        self.framing = framing + 2;
        Some((start, len))
    }

    /// [`decode`](Self::decode) with positions in place of slices, for anything
    /// that is not usual.
    fn step(&mut self, octets: &[u8]) -> Result<(Step, usize), Error> {
        let mut at = 0;
        loop {
            let rest = octets.get(at..).unwrap_or_default();
            match self.next {
                Part::SizeLine => {
                    let (size, taken) = self.line.parse(rest, self.offset())?;
                    at += taken;
                    self.framing += taken as u64;
                    match size {
                        None => return Ok((Step::NeedData, at)),
                        Some(0) => self.next = Part::Trailers,
                        Some(size) => (self.remaining, self.next) = (size, Part::Data),
                    }
                    self.judge_overhead()?;
                }
                Part::Data if rest.is_empty() => return Ok((Step::NeedData, at)),
                Part::Data => {
                    let len = self.remaining.min(rest.len() as u64) as usize;
                    let end = self.take_data(rest, len);
                    return Ok((Step::Data { start: at, len }, at + end));
                }
                Part::DataCr | Part::DataLf => {
                    let Some(&octet) = rest.first() else { return Ok((Step::NeedData, at)) };
                    self.take_data_end(octet)?;
                    at += 1;
                }
                Part::Trailers => return Ok((Step::Trailers, at)),
            }
        }
    }

    /// Takes `len` octets of data, and the line's end behind them where it is
    /// there and the chunk is complete. Returns how many octets that were.
    fn take_data(&mut self, rest: &[u8], len: usize) -> usize {
        self.content += len as u64;
        self.remaining -= len as u64;
        if self.remaining > 0 {
            return len;
        }
        if rest.get(len..len + 2) == Some(b"\r\n") {
            self.framing += 2;
            self.next = Part::SizeLine;
            return len + 2;
        }
        self.next = Part::DataCr;
        len
    }

    /// Takes one octet of the CR LF behind the data.
    fn take_data_end(&mut self, octet: u8) -> Result<(), Error> {
        self.next = match (self.next, octet) {
            (Part::DataCr, b'\r') => Part::DataLf,
            (Part::DataLf, b'\n') => Part::SizeLine,
            (Part::DataLf, _) => return Err(self.error(ErrorKind::BareCr, 1)),
            _ => return Err(self.error(ErrorKind::ChunkEnd, 0)),
        };
        self.framing += 1;
        Ok(())
    }

    /// Refuses framing out of proportion to the content, once a size line is
    /// complete.
    fn judge_overhead(&self) -> Result<(), Error> {
        if self.framing > self.framing_allowed() {
            return Err(self.error(ErrorKind::ChunkOverhead, 0));
        }
        Ok(())
    }

    /// How many octets of framing the content so far pays for.
    #[inline(always)]
    fn framing_allowed(&self) -> u64 {
        self.content.saturating_mul(OVERHEAD_AN_OCTET).saturating_add(self.overhead as u64)
    }

    /// How many octets were taken so far.
    fn offset(&self) -> u64 {
        self.content.saturating_add(self.framing)
    }

    /// The error so many octets before the next one.
    #[cold]
    fn error(&self, kind: ErrorKind, back: u64) -> Error {
        Error::new(kind, offset(self.offset() - back))
    }
}

/// Framing that each octet of content pays for: chunks of one octet and plain
/// size lines (`1 CR LF x CR LF`) stay below.
const OVERHEAD_AN_OCTET: u64 = 8;

/// Offsets beyond `usize` are as good as its maximum.
fn offset(octets: u64) -> usize {
    usize::try_from(octets).unwrap_or(usize::MAX)
}

/// What [`ChunkedDecoder::step`] found.
enum Step {
    Data { start: usize, len: usize },
    NeedData,
    Trailers,
}
