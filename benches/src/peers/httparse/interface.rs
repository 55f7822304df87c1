//! How heads are read by httparse's interface, whoever is behind it: `library`, which the file that has this one names.

use std::hint::black_box;
use std::mem::MaybeUninit;

use super::library::{Header, ParserConfig, Request, Response, Status};

use crate::SLOTS;
use crate::contest::each_head;
use crate::corpus::{Item, Kind};
use crate::naive::Head;

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

/// All heads of the item, copied out.
pub(super) fn heads(config: &ParserConfig, item: &Item) -> Vec<Head> {
    let mut heads = Vec::new();
    each_head(&item.slices(), 1, |octets| match item.kind {
        Kind::Request => request(octets, config, |request| {
            heads.push(Head {
                method: request.method.unwrap_or_default().into(),
                target: request.path.unwrap_or_default().into(),
                minor: request.version.unwrap_or(255),
                fields: fields(request.headers),
                ..Head::default()
            });
        }),
        Kind::Response => response(octets, config, |response| {
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

/// Parses all heads of the item so many times, and returns the octets consumed.
#[inline(always)]
pub(super) fn parse(config: &ParserConfig, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
    match item.kind {
        Kind::Request => each_head(buffers, rounds, |octets| {
            request(octets, config, |request| _ = black_box(request))
        }),
        Kind::Response => each_head(buffers, rounds, |octets| {
            response(octets, config, |response| _ = black_box(response))
        }),
    }
}
