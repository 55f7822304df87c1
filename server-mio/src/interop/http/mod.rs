//! Requests and answers as values of the crate `http`, and back.
//!
//! Octets are shared where the types allow it: values of fields and content are slices of the request that they come from,
//! or of one with the same fields that has come before. Targets and names of fields that are in no registry are copied, as
//! are fields of answers, which are kept as they leave.

mod headers;
mod lines;
mod refusal;
mod remembered;
mod request;
mod response;
mod status;

#[cfg(feature = "tower")]
pub(crate) use headers::is_servers;
pub(crate) use headers::leaves_open;
pub use refusal::Unrepresentable;
pub(crate) use remembered::{Remembered, Sent};
#[cfg(feature = "tower")]
pub(crate) use request::{receive, receive_lent};
