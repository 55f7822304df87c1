//! The interface of picohttpparser, by its names, structs and semantics: that of July 2025, the
//! last one (`include/picohttpparser.h` documents it). A program that is compiled against
//! picohttpparser's header links with this library instead, and behaves the same.
//!
//! A whole head goes through `rajada-parser`, with the leniencies that do not change what its
//! parts are (`heads.rs`). Whatever that does not take goes the way that picohttpparser goes
//! (`walk.rs`): folded lines, several spaces, heads that are incomplete or wrong, those with
//! more fields than there are slots on the stack, and fields without a line in front. So each
//! out-parameter has what picohttpparser leaves in it, also at -1 and -2. Chunks are decoded by
//! its state machine (`chunked.rs`).
//!
//! Nothing here panics, and a panic would end the process at the boundary, as `extern "C"`
//! functions do in Rust: it never unwinds into C.
//!
//! Three calls that are undefined there are not here: with no octets `buf` may be null, with a
//! `last_len` beyond the octets a head is incomplete, and a decoder in a state that no call
//! leaves is refused with -1.

mod chunked;
mod heads;
mod out;
mod position;
mod walk;

pub use chunked::{ChunkedDecoder, phr_decode_chunked, phr_decode_chunked_is_in_data};
pub use heads::{phr_parse_headers, phr_parse_request, phr_parse_response};
pub use out::Header;
