//! The C ABI of `rajada-parser`.

mod native;
pub mod picohttpparser;
