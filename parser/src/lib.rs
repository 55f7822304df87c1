//! HTTP/1.x parser.
#![no_std]
