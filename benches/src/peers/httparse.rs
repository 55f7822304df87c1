//! [httparse](https://docs.rs/httparse), with uninitialised headers, so that it doesn't pay for clearing them.
//!
//! Laxer than Rajada: a line may end in a bare LF, any number of empty lines may come before the start line, and a target may have octets of
//! 0x80 and above if they are UTF-8. Its SIMD can only be disabled for a whole build, by `CARGO_CFG_HTTPARSE_DISABLE_SIMD=1`.

use std::hint::black_box;
use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Request, Response, Status};

use crate::SLOTS;
use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::machine;
use crate::naive::Head;

/// Whether this build has httparse's SIMD disabled.
pub const WITHOUT_SIMD: bool = matches!(option_env!("CARGO_CFG_HTTPARSE_DISABLE_SIMD"), Some(value) if matches!(value.as_bytes(), b"1"));

/// The contestant.
#[derive(Default)]
pub struct Httparse {
    config: ParserConfig,
}

#[inline(always)]
fn request(octets: &[u8], config: &ParserConfig, mut with: impl FnMut(&Request<'_, '_>)) -> usize {
    let mut headers = [const { MaybeUninit::<Header<'_>>::uninit() }; SLOTS];
    let mut request = Request::new(&mut []);
    match config.parse_request_with_uninit_headers(&mut request, octets, &mut headers) {
        Ok(Status::Complete(consumed)) => {
            with(&request);
            consumed
        }
        _ => 0,
    }
}

#[inline(always)]
fn response(
    octets: &[u8],
    config: &ParserConfig,
    mut with: impl FnMut(&Response<'_, '_>),
) -> usize {
    let mut headers = [const { MaybeUninit::<Header<'_>>::uninit() }; SLOTS];
    let mut response = Response::new(&mut []);
    match config.parse_response_with_uninit_headers(&mut response, octets, &mut headers) {
        Ok(Status::Complete(consumed)) => {
            with(&response);
            consumed
        }
        _ => 0,
    }
}

fn fields(headers: &[Header<'_>]) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers.iter().map(|header| (header.name.into(), header.value.into())).collect()
}

impl Contestant for Httparse {
    fn name(&self) -> &'static str {
        "httparse"
    }

    fn level(&self) -> &'static str {
        if WITHOUT_SIMD { "swar" } else { machine::at_most_avx2() }
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let mut heads = Vec::new();
        each_head(&item.slices(), 1, |octets| match item.kind {
            Kind::Request => request(octets, &self.config, |request| {
                heads.push(Head {
                    method: request.method.unwrap_or_default().into(),
                    target: request.path.unwrap_or_default().into(),
                    minor: request.version.unwrap_or(255),
                    fields: fields(request.headers),
                    ..Head::default()
                });
            }),
            Kind::Response => response(octets, &self.config, |response| {
                heads.push(Head {
                    minor: response.version.unwrap_or(255),
                    status: response.code.unwrap_or(0),
                    reason: response.reason.unwrap_or_default().into(),
                    fields: fields(response.headers),
                    ..Head::default()
                });
            }),
        });
        heads
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        let config = &self.config;
        match item.kind {
            Kind::Request => each_head(buffers, rounds, |octets| {
                request(octets, config, |request| _ = black_box(request))
            }),
            Kind::Response => each_head(buffers, rounds, |octets| {
                response(octets, config, |response| _ = black_box(response))
            }),
        }
    }
}
