//! The interface of [httparse](https://docs.rs/httparse/1.10) 1.10, over `rajada-parser`.
//!
//! Named in `[patch.crates-io]` it takes httparse's place below hyper and all others,
//! unchanged. It accepts, refuses and reports what httparse does, but for the few
//! differences that `README.md` lists; with the feature `exact` there are none.
//!
//! ```text
//!  Request::parse, ParserConfig::parse_request, ..
//!        |
//!        |  whole.rs    a whole head of ASCII in the usual form: parsed by rajada-parser at
//!        |              once, with the processor's vectors
//!        |                 |
//!        |                 +--> complete
//!        v
//!     walk/   all others, from the left to the right, with httparse's answers in its order:
//!             partial heads, wrong ones, bare LF, all leniencies
//! ```
//!
//! ```
//! let head = b"GET /index.html HTTP/1.1\r\nHost: example.org\r\n\r\n";
//! let mut headers = [httparse::EMPTY_HEADER; 16];
//! let mut request = httparse::Request::new(&mut headers);
//! assert_eq!(request.parse(head), Ok(httparse::Status::Complete(head.len())));
//! assert_eq!((request.method, request.path), (Some("GET"), Some("/index.html")));
//! assert_eq!(request.headers[0].value, b"example.org");
//! ```

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

mod chunk_size;
mod config;
mod error;
mod header;
mod request;
mod response;
mod status;
mod walk;
mod whole;

pub use chunk_size::parse_chunk_size;
pub use config::ParserConfig;
pub use error::{Error, InvalidChunkSize};
pub use header::{EMPTY_HEADER, Header, parse_headers};
pub use request::Request;
pub use response::Response;
pub use status::{Result, Status};
