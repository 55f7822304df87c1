//! [ntex-httparse](https://docs.rs/ntex-httparse): a fork of httparse that returns positions and can resume.
//!
//! It parses the start line and each field by a call of its own; the positions are stored here, as its users do. Laxer than Rajada: a bare
//! LF may end a line, spaces in the start line may repeat, and a target may have octets of 0x80 and above.

use std::hint::black_box;

use ntex_httparse::{Header, HeaderParsed, Request, Response, SlicePos, State, Status};

use crate::SLOTS;
use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::machine;
use crate::naive::Head;

/// The contestant.
pub struct Ntex {
    /// [`SLOTS`] of them are in use, from `first` on.
    headers: Vec<Header>,
    first: usize,
}

/// A page has room for so many.
const PAGE: usize = 4096 / size_of::<Header>();

impl Default for Ntex {
    fn default() -> Ntex {
        Ntex { headers: vec![Header::default(); PAGE + SLOTS], first: 0 }
    }
}

/// The fields from `start` on: how many, and where the head ends.
#[inline(always)]
fn section(octets: &[u8], start: usize, headers: &mut [Header]) -> Option<(usize, usize)> {
    let mut state = State { cursor: start, start, ..State::default() };
    for (count, header) in headers.iter_mut().enumerate() {
        match header.parse_with_state(octets, &mut state) {
            Ok(Status::Complete(HeaderParsed::Header(_))) => {}
            Ok(Status::Complete(HeaderParsed::Eof(end))) => return Some((count, end)),
            _ => return None,
        }
    }
    None
}

#[inline(always)]
fn request(
    octets: &[u8],
    headers: &mut [Header],
    mut with: impl FnMut(&Request, &[Header]),
) -> usize {
    let mut request = Request::default();
    let Ok(Status::Complete(start)) = request.parse(octets) else {
        return 0;
    };
    let Some((count, end)) = section(octets, start, headers) else {
        return 0;
    };
    with(&request, &headers[..count]);
    end
}

#[inline(always)]
fn response(
    octets: &[u8],
    headers: &mut [Header],
    mut with: impl FnMut(&Response, &[Header]),
) -> usize {
    let mut response = Response::default();
    let Ok(Status::Complete(start)) = response.parse(octets) else {
        return 0;
    };
    let Some((count, end)) = section(octets, start, headers) else {
        return 0;
    };
    with(&response, &headers[..count]);
    end
}

fn copied(octets: &[u8], position: SlicePos) -> Vec<u8> {
    octets[position.start..position.end].into()
}

fn fields(octets: &[u8], headers: &[Header]) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers
        .iter()
        .map(|header| (copied(octets, header.name), copied(octets, header.value)))
        .collect()
}

impl Contestant for Ntex {
    fn name(&self) -> &'static str {
        "ntex-httparse"
    }

    fn level(&self) -> &'static str {
        machine::at_most_avx2()
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn place(&mut self, number: usize) {
        self.first = number % PAGE;
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let headers = &mut self.headers[self.first..][..SLOTS];
        let mut heads = Vec::new();
        each_head(&item.slices(), 1, |octets| match item.kind {
            Kind::Request => request(octets, headers, |request, headers| {
                heads.push(Head {
                    method: copied(octets, request.method),
                    target: copied(octets, request.path),
                    minor: request.version,
                    fields: fields(octets, headers),
                    ..Head::default()
                });
            }),
            Kind::Response => response(octets, headers, |response, headers| {
                heads.push(Head {
                    minor: response.version,
                    status: response.code,
                    reason: copied(octets, response.reason),
                    fields: fields(octets, headers),
                    ..Head::default()
                });
            }),
        });
        heads
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        let headers = &mut self.headers[self.first..][..SLOTS];
        match item.kind {
            Kind::Request => each_head(buffers, rounds, |octets| {
                request(octets, headers, |request, headers| _ = black_box((request, headers)))
            }),
            Kind::Response => each_head(buffers, rounds, |octets| {
                response(octets, headers, |response, headers| _ = black_box((response, headers)))
            }),
        }
    }
}
