//! What the crate `http` can't hold.

use core::fmt;

/// A request that HTTP allows and the types of the crate `http` can't hold, or one of theirs that HTTP does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unrepresentable {
    /// Its target: with `<`, `>` or a backtick in its path, say, or with more than 65,534 octets. Why, is told.
    Target(String),
    /// Its method.
    Method,
    /// A field of its head, or the number of them.
    Field,
    /// Its version: neither HTTP/1.0 nor HTTP/1.1.
    Version,
}

impl fmt::Display for Unrepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrepresentable::Target(why) => write!(f, "a target that can't be handed on: {why}"),
            Unrepresentable::Method => f.write_str("a method that can't be handed on"),
            Unrepresentable::Field => f.write_str("a header that can't be handed on"),
            Unrepresentable::Version => f.write_str("a version that can't be handed on"),
        }
    }
}

impl core::error::Error for Unrepresentable {}
