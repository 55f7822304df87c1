//! Hooks: where they run, in which order, and what they leave.

mod scopes;
