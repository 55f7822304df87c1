//! What the tests share. Some of it is the fuzz targets', too.
#![allow(dead_code, unreachable_pub)]

pub mod book;
pub mod compose;
pub mod naive;
pub mod peers;
pub mod run;
