//! Encoding heads and chunks into a caller's buffer.
//!
//! What is encoded here parses back to the same parts: an octet that would end
//! a line or a token early is refused, so no field that a program generates can
//! begin another one (RFC 9112 section 11.1).
//!
//! ```
//! use rajada_parser::encode::{HeadEncoder, chunk_header, LAST_CHUNK};
//!
//! let mut buffer = [0; 256];
//! let mut head = HeadEncoder::response(&mut buffer, 200, b"OK")?;
//! head.field("Content-Type", b"text/plain")?;
//! head.field("Transfer-Encoding", b"chunked")?;
//! let head = head.finish()?;
//! assert!(head.starts_with(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"));
//! assert!(head.ends_with(b"\r\n\r\n"));
//!
//! let mut header = [0; 18];
//! let content = [chunk_header(5, &mut header), b"hello\r\n", LAST_CHUNK, b"\r\n"].concat();
//! assert_eq!(content, b"5\r\nhello\r\n0\r\n\r\n");
//!
//! let mut head = HeadEncoder::response(&mut buffer, 200, b"OK")?;
//! assert!(head.field("Location", b"/\r\nSet-Cookie: a=b").is_err());
//! # Ok::<(), rajada_parser::encode::EncodeError>(())
//! ```

mod head;
#[cfg(test)]
mod tests;

pub use head::{EncodeError, HeadEncoder, is_field_value, is_token};

/// The size line of the last chunk, `0 CR LF`. The trailer section and an empty
/// line follow it (RFC 9112 section 7.1).
pub const LAST_CHUNK: &[u8] = b"0\r\n";

/// The size line of a chunk with `size` octets of data, without extensions.
/// The data follows it, and CR LF. A size of 0 would be the last chunk.
#[inline]
pub fn chunk_header(size: u64, buffer: &mut [u8; 18]) -> &[u8] {
    let digits = (u64::BITS - size.leading_zeros()).div_ceil(4).max(1) as usize;
    for (index, octet) in buffer[..digits].iter_mut().enumerate() {
        let nibble = size >> (4 * (digits - 1 - index)) & 15;
        *octet = b"0123456789abcdef"[nibble as usize];
    }
    buffer[digits] = b'\r';
    buffer[digits + 1] = b'\n';
    &buffer[..digits + 2]
}
