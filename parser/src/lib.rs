//! An HTTP/1.x parser: strict, `no_std`, without allocation, and fast.

#![no_std]
#![deny(unsafe_code)]

#[cfg(test)]
extern crate std;

mod config;
mod error;
mod fields;
mod head;
mod request;
mod resume;
#[allow(unsafe_code)]
mod scan;
mod status;

pub use config::{Config, Limits};
pub use error::{Error, ErrorKind};
pub use fields::{Field, FieldIter, Fields, GetAll};
pub use request::Request;
pub use resume::Resume;
pub use scan::slots::{FieldPosition, Positions, Slots};
pub use scan::{Level, UnknownLevel};
pub use status::{Status, Version};
