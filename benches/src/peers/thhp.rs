//! [thhp](https://docs.rs/thhp). It chooses its instructions when it is compiled: without `-C target-cpu=native` its SSE4.2 instructions are
//! there but are not inlined. The head benchmark times a build with that flag beside the ordinary one.
//!
//! Laxer than Rajada: a line may end in a bare LF. Stricter: values must be ASCII, because they are given as `str`.

use std::hint::black_box;

use thhp::{Complete, HeaderField, Request, Response};

use crate::SLOTS;
use crate::contest::Contestant;
use crate::corpus::{Item, Kind};
use crate::naive::Head;

/// The contestant. Its collection of fields is a vector with room for all of them; it is allocated once for many rounds, not for a head.
#[derive(Default)]
pub struct Thhp {
    /// So many fields stand in the vector before a head is parsed, so that those of the head lie elsewhere in a page.
    before: usize,
}

/// A page has room for so many fields.
const PAGE: usize = 4096 / size_of::<HeaderField<'_>>();

/// Calls `head` for one head after another, with a vector of the fields `before` each time.
#[inline(always)]
fn each<'b>(
    buffers: &[&'b [u8]],
    before: usize,
    rounds: usize,
    mut head: impl FnMut(&'b [u8], &mut Vec<HeaderField<'b>>) -> usize,
) -> usize {
    let mut fields = Vec::with_capacity(before + SLOTS);
    fields.resize(before, HeaderField { name: "", value: "" });
    let mut octets = 0;
    for _ in 0..rounds {
        for buffer in buffers {
            let mut rest = black_box(*buffer);
            while !rest.is_empty() {
                fields.truncate(before);
                let consumed = head(rest, &mut fields);
                assert!(consumed > 0, "a head can't be parsed");
                octets += consumed;
                rest = &rest[consumed..];
            }
        }
    }
    octets
}

fn copied(fields: &[HeaderField<'_>]) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields.iter().map(|field| (field.name.into(), field.value.into())).collect()
}

impl Contestant for Thhp {
    fn name(&self) -> &'static str {
        "thhp"
    }

    fn level(&self) -> &'static str {
        "sse4.2"
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn place(&mut self, number: usize) {
        self.before = number % PAGE;
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let mut heads = Vec::new();
        each(&item.slices(), 0, 1, |octets, fields| match item.kind {
            Kind::Request => match Request::parse(octets, fields) {
                Ok(Complete((request, consumed))) => {
                    heads.push(Head {
                        method: request.method.into(),
                        target: request.target.into(),
                        minor: request.minor_version,
                        fields: copied(request.headers),
                        ..Head::default()
                    });
                    consumed
                }
                _ => 0,
            },
            Kind::Response => match Response::parse(octets, fields) {
                Ok(Complete((response, consumed))) => {
                    heads.push(Head {
                        minor: response.minor_version,
                        status: response.status,
                        reason: response.reason.into(),
                        fields: copied(response.headers),
                        ..Head::default()
                    });
                    consumed
                }
                _ => 0,
            },
        });
        heads
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        match item.kind {
            Kind::Request => each(buffers, self.before, rounds, |octets, fields| {
                match Request::parse(octets, fields) {
                    Ok(Complete((request, consumed))) => {
                        black_box(&request);
                        consumed
                    }
                    _ => 0,
                }
            }),
            Kind::Response => each(buffers, self.before, rounds, |octets, fields| {
                match Response::parse(octets, fields) {
                    Ok(Complete((response, consumed))) => {
                        black_box(&response);
                        consumed
                    }
                    _ => 0,
                }
            }),
        }
    }
}
