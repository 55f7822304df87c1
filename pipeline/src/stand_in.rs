//! Stands in for the parser's chunked decoder until it is there.

use rajada_parser::{Error, Limits};

#[derive(Debug)]
pub(crate) struct ChunkedDecoder;

#[allow(dead_code)]
pub(crate) enum Chunk<'b> {
    Data(&'b [u8]),
    NeedData,
    Trailers,
}

impl ChunkedDecoder {
    pub(crate) fn new(_: &Limits) -> Self {
        Self
    }

    pub(crate) fn decode<'b>(&mut self, octets: &'b [u8]) -> Result<(Chunk<'b>, usize), Error> {
        Ok((Chunk::NeedData, octets.len()))
    }
}
