//! Hooks: where they run, in which order, and what they leave.

mod chain;
mod refused;
mod scopes;
mod table;
