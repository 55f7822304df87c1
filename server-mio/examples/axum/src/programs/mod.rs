//! Small applications, each of one part of axum.

pub mod form;
pub mod hello;
pub mod json;
pub mod multipart;
pub mod sse;
pub mod todos;
