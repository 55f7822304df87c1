//! HTTP/1.x pipeline.
#![no_std]
#![forbid(unsafe_code)]
