//! Decoding where the octets stand.

use super::{ChunkedDecoder, Step};
use crate::Error;

/// What [`ChunkedDecoder::decode_in_place`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded {
    /// So many octets of content stand at the front of the buffer now.
    pub content: usize,
    /// So many octets of the input were taken; what is behind them stands where
    /// it stood.
    pub taken: usize,
    /// Whether the last chunk was found: the trailer section follows.
    pub done: bool,
}

impl ChunkedDecoder {
    /// Decodes all of `octets`, or all up to the last chunk, and moves the
    /// content to the front of the buffer.
    ///
    /// ```
    /// use rajada_parser::{ChunkedDecoder, Limits};
    ///
    /// let mut buffer = *b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    /// let decoded = ChunkedDecoder::new(&Limits::DEFAULT).decode_in_place(&mut buffer)?;
    /// assert_eq!(&buffer[..decoded.content], b"abcde");
    /// assert!(decoded.done);
    /// assert_eq!(&buffer[decoded.taken..], b"\r\n");
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`decode`](ChunkedDecoder::decode). The buffer may hold a part
    /// of the content then.
    pub fn decode_in_place(&mut self, octets: &mut [u8]) -> Result<Decoded, Error> {
        let (mut content, mut taken) = (0, 0);
        loop {
            self.usual_chunks_in_place(octets, &mut content, &mut taken);
            let (step, step_taken) = self.step(octets.get(taken..).unwrap_or_default())?;
            let done = match step {
                Step::Data { start, len } => {
                    let start = taken + start;
                    move_to_front(octets, start, len, content);
                    content += len;
                    taken += step_taken;
                    continue;
                }
                Step::NeedData => false,
                Step::Trailers => true,
            };
            return Ok(Decoded { content, taken: taken + step_taken, done });
        }
    }

    /// Takes usual chunks as long as there are any.
    #[inline]
    fn usual_chunks_in_place(&mut self, octets: &mut [u8], content: &mut usize, taken: &mut usize) {
        // Of its own, so that it stays in registers.
        let mut decoder = *self;
        let (mut to, mut from) = (*content, *taken);
        while let Some(rest) = octets.get(from..)
            && let Some((start, len)) = decoder.usual_chunk(rest)
        {
            move_to_front(octets, from + start, len, to);
            to += len;
            from += start + len + 2;
        }
        (*content, *taken) = (to, from);
        *self = decoder;
    }
}

/// Moves `octets[from..from + len]` to `to`, which is not behind `from`.
///
/// Chunks of a few dozen octets are common in streams of small records; for them
/// a call of `memmove` would cost more than the move.
#[inline(always)]
fn move_to_front(octets: &mut [u8], mut from: usize, mut len: usize, mut to: usize) {
    const BLOCK: usize = 16;
    if (BLOCK..=4 * BLOCK).contains(&len) {
        while len > 2 * BLOCK {
            move_block(octets, from, BLOCK, to);
            (from, len, to) = (from + BLOCK, len - BLOCK, to + BLOCK);
        }
        move_block(octets, from, len, to);
    } else {
        octets.copy_within(from..from + len, to);
    }
}

/// Moves 16 to 32 octets as two numbers that may overlap. Both are read before
/// one is written.
#[inline(always)]
fn move_block(octets: &mut [u8], from: usize, len: usize, to: usize) {
    let source = &octets[from..from + len];
    let (Some(first), Some(last)) = (source.first_chunk(), source.last_chunk()) else { return };
    let (first, last) = (u128::from_ne_bytes(*first), u128::from_ne_bytes(*last));
    let place = &mut octets[to..to + len];
    if let Some(start) = place.first_chunk_mut() {
        *start = first.to_ne_bytes();
    }
    if let Some(end) = place.last_chunk_mut() {
        *end = last.to_ne_bytes();
    }
}
