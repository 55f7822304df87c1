//! The C ABI of `rajada-parser`. The headers in `include/` are its documentation for C, and
//! `README.md` tells how to build and install it.

pub mod native;
pub mod picohttpparser;
