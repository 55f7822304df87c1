//! Requests and answers as values of the crate `http`.

mod requests;
mod responses;
