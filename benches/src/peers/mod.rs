//! The parsers that Rajada is compared with. httparse is always there, the others behind the feature `peers`.
//!
//! They differ in what they accept, and a laxer parser has less to do. `tests/strictness.rs` tries this table:
//!
//! | parser | bare LF ends a line | obs-fold | target of UTF-8 | target of other octets above 0x7F | two spaces in the request line |
//! |---|---|---|---|---|---|
//! | rajada | | | | | |
//! | httparse | accepts | | accepts | | |
//! | picohttpparser | accepts | accepts | accepts | accepts | |
//! | thhp | accepts | | | | |
//! | ntex-httparse | accepts | | accepts | accepts | accepts |
//! | milo-parser | | | | | |
//!
//! All refuse control octets in values and octets that no token has in names. All but thhp accept obs-text (0x80 to 0xFF) in values.

pub mod httparse;
#[cfg(feature = "peers")]
pub mod milo;
#[cfg(feature = "peers")]
pub mod ntex;
#[cfg(feature = "peers")]
pub mod picohttpparser;
#[cfg(feature = "peers")]
pub mod thhp;
