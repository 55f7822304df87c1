//! Hooks: where they run, in which order, and what they leave.

mod refused;
mod scopes;
