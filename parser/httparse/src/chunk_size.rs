//! The line in front of a chunk: its size and its extensions.

mod line;

use self::line::{Line, size_line};
use crate::{InvalidChunkSize, Status};

/// Whether all is accepted that httparse accepts.
const EXACT: bool = cfg!(feature = "exact");

/// Parses the size of a chunk and the rest of its line (RFC 9112 section 7.1). Complete, it is
/// where the line ends, and the size.
///
/// # Errors
/// If the line can't be right: it has no digit or more than 16, white space between digits,
/// CR without LF, or LF without CR. (With the feature `exact` a line may lack digits, which is
/// a size of 0, and extensions may have LF.)
///
/// ```
/// use httparse::{Status, parse_chunk_size};
///
/// assert_eq!(parse_chunk_size(b"1F;a=b\r\nthe chunk"), Ok(Status::Complete((8, 31))));
/// assert_eq!(parse_chunk_size(b"1F;a"), Ok(Status::Partial));
/// assert!(parse_chunk_size(b"1G\r\n").is_err());
/// ```
pub fn parse_chunk_size(buf: &[u8]) -> Result<Status<(usize, u64)>, InvalidChunkSize> {
    match size_line::<EXACT>(buf) {
        Line::Complete(end, size) => Ok(Status::Complete((end, size))),
        Line::Partial => Ok(Status::Partial),
        Line::Invalid => Err(InvalidChunkSize),
    }
}
