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
            let (step, step_taken) = self.step(octets.get(taken..).unwrap_or_default())?;
            let done = match step {
                Step::Data { start, len } => {
                    let start = taken + start;
                    octets.copy_within(start..start + len, content);
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
}
