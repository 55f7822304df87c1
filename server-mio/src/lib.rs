//! HTTP/1.x server.
#![forbid(unsafe_code)]
