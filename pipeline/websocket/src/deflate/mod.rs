//! Compressed messages: permessage-deflate (RFC 7692).
//!
//! In the opening handshake a server [accepts](Terms::accept) an offer by its [`Terms`], and a client [checks](Terms::check) the answer.

mod agreed;
mod parameters;
mod terms;
mod window;

pub use agreed::Agreed;
pub use terms::{AnswerError, Terms};
pub use window::WindowBits;
