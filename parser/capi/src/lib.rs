//! The C ABI of `rajada-parser`.

mod native;
mod picohttpparser;
