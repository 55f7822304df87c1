//! What others have agreed on: the types of the crate `http`, and services of tower.

#[cfg(feature = "http")]
pub(crate) mod http;
#[cfg(feature = "tower")]
pub(crate) mod tower;
