//! Services of tower that answer requests, and layers of tower around our own handlers.
//!
//! A service is a handler like any other: it is polled on its worker, its answer leaves in its turn, and what it does costs
//! its own request a 500 at the most.

mod answer;
mod answer_body;
mod extended;
mod layer;
mod mount;
mod next;
mod request_body;
mod serve;
mod service;

pub use answer_body::{AnswerBody, BodyError};
pub use extended::{Extended, with_extensions};
pub use next::NextService;
pub use request_body::RequestBody;
pub use serve::serve;

/// An error of any type, as services and bodies have it.
type BoxError = Box<dyn core::error::Error + Send + Sync>;
