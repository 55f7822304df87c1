//! From a request line to what answers it. What that is, nobody here knows.

mod edges;
mod leaf;
mod lines;
mod methods;
pub(crate) mod path;
mod pattern;
mod router;
mod shortcuts;

pub(crate) use edges::is_same;
pub(crate) use leaf::{Leaf, Ranges};
pub(crate) use pattern::Pattern;
pub use pattern::RouteError;
pub(crate) use pattern::{SERVER, check_prefix};
pub(crate) use router::{Found, Router, Value};
