//! Hooks: where they run, in which order, and what they leave.

mod behind;
mod chain;
mod content;
mod headers;
mod refused;
mod scopes;
mod table;
