//! Slow and obvious ways to the answers that the parser must give, written from the RFCs and without a look at the parser: by splitting
//! into lines, elements and characters, with owned strings everywhere.

pub mod chunked;
pub mod date;
pub mod framing;
pub mod host;
pub mod opening;
pub mod text;

/// An offence: what it is, and where.
pub type Offence = (rajada_parser::ErrorKind, usize);
