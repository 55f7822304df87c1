//! Benchmarks of Rajada, and what it is compared with. Never published.
//!
//! The head benchmark (`cargo run --release -p benches --bin head`) times parsers of message heads on one [corpus]; with the feature `peers`
//! more of them. `cargo bench -p benches --bench head` times the same by Criterion.

pub mod contest;
pub mod corpus;
pub mod head;
pub mod load;
pub mod machine;
pub mod naive;
pub mod peers;
pub mod rajada;
pub mod serve;

/// Room for so many fields, for every contestant alike.
pub const SLOTS: usize = 64;
