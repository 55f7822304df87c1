//! An HTTP/1.x parser: strict, `no_std`, without allocation, and fast.

#![no_std]
#![deny(unsafe_code)]

#[cfg(test)]
extern crate std;

mod chunked;
mod config;
pub mod date;
pub mod encode;
mod error;
mod field_name;
mod fields;
mod framing;
mod head;
mod leniency;
pub mod list;
mod request;
mod response;
mod resume;
#[allow(unsafe_code)]
mod scan;
mod status;
mod target;

pub use chunked::{Chunk, ChunkedDecoder, Decoded};
pub use config::{Config, Limits};
pub use error::{Error, ErrorKind};
pub use field_name::FieldName;
pub use fields::{Field, FieldIter, Fields, GetAll};
pub use framing::{Authority, BodyLength, Framing};
pub use head::pull;
pub use leniency::Leniency;
pub use request::Request;
pub use response::Response;
pub use resume::Resume;
pub use scan::slots::{BorrowedPositions, FieldPosition, Positions, Slots};
pub use scan::{Level, UnknownLevel};
pub use status::{Status, Version};
pub use target::{
    Form, InvalidPercentEncoding, Query, QueryPair, Target, percent_decode, percent_decode_in_place,
};
