//! From a path and a method to what answers them.

pub(crate) mod methods;
pub(crate) mod path;
mod pattern;
pub(crate) mod statics;
pub(crate) mod table;
mod tails;

pub use pattern::RouteError;
pub(crate) use table::{Pattern, Ranges};
