//! [picohttpparser](https://github.com/h2o/picohttpparser), the C of the crate `picohttpparser-sys`, compiled with `-msse4 -O3`.
//!
//! That C is older than today's: a fair peer for speed, and no oracle for the newer interface. Laxer than Rajada: a bare LF may end a line, a
//! field may be folded over several lines (each then a field without a name), and targets may have octets of 0x80 and above.

use std::ffi::{c_char, c_int};
use std::hint::black_box;
use std::mem::MaybeUninit;

use picohttpparser_sys::{
    phr_chunked_decoder, phr_decode_chunked, phr_header, phr_parse_request, phr_parse_response,
};

use crate::SLOTS;
use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::naive::Head;

/// The contestant.
#[derive(Default)]
pub struct Picohttpparser;

/// Where the parser puts what it finds: pointers into the octets, and lengths.
struct Found {
    method: *const c_char,
    method_length: usize,
    target: *const c_char,
    target_length: usize,
    minor: c_int,
    status: c_int,
    headers: [MaybeUninit<phr_header>; SLOTS],
    count: usize,
}

impl Found {
    #[inline(always)]
    fn new() -> Found {
        Found {
            method: std::ptr::null(),
            method_length: 0,
            target: std::ptr::null(),
            target_length: 0,
            minor: 0,
            status: 0,
            headers: [const { MaybeUninit::uninit() }; SLOTS],
            count: SLOTS,
        }
    }
}

#[inline(always)]
fn request(octets: &[u8], found: &mut Found) -> usize {
    // SAFETY: the pointers are those of live values, `count` is the number of slots, and the parser writes a header before it counts it.
    let consumed = unsafe {
        phr_parse_request(
            octets.as_ptr().cast(),
            octets.len(),
            &mut found.method,
            &mut found.method_length,
            &mut found.target,
            &mut found.target_length,
            &mut found.minor,
            found.headers.as_mut_ptr().cast(),
            &mut found.count,
            0,
        )
    };
    usize::try_from(consumed).unwrap_or(0)
}

/// The reason takes the place of the target.
#[inline(always)]
fn response(octets: &[u8], found: &mut Found) -> usize {
    // SAFETY: as in `request`.
    let consumed = unsafe {
        phr_parse_response(
            octets.as_ptr().cast(),
            octets.len(),
            &mut found.minor,
            &mut found.status,
            &mut found.target,
            &mut found.target_length,
            found.headers.as_mut_ptr().cast(),
            &mut found.count,
            0,
        )
    };
    usize::try_from(consumed).unwrap_or(0)
}

/// Decodes chunked content in place, all of which is there up to the last chunk's line. How many octets of content stand at the front then.
///
/// # Panics
///
/// If it is malformed or incomplete, or if something follows it.
pub fn decode_chunked(octets: &mut [u8]) -> usize {
    // SAFETY: the structure is integers alone, and zeros are its documented start.
    let mut decoder = unsafe { std::mem::zeroed::<phr_chunked_decoder>() };
    let mut length = octets.len();
    // SAFETY: the pointers are those of live values, and so many octets are there.
    let rest = unsafe { phr_decode_chunked(&mut decoder, octets.as_mut_ptr().cast(), &mut length) };
    assert_eq!(rest, 0, "chunked content, and nothing behind it");
    length
}

/// The octets that the parser points to.
fn copied(octets: &[u8], start: *const c_char, length: usize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    let at = start.addr() - octets.as_ptr().addr();
    octets[at..at + length].into()
}

fn fields(octets: &[u8], found: &Found) -> Vec<(Vec<u8>, Vec<u8>)> {
    let headers = found.headers[..found.count].iter().map(|header| {
        // SAFETY: the parser has written the first `count` headers.
        unsafe { header.assume_init() }
    });
    headers
        .map(|header| {
            (
                copied(octets, header.name, header.name_len),
                copied(octets, header.value, header.value_len),
            )
        })
        .collect()
}

/// One head with its parts copied, and its octets. `None` if it is refused or incomplete.
pub fn read(octets: &[u8], kind: Kind) -> Option<(Head, usize)> {
    let mut found = Found::new();
    let (consumed, head) = match kind {
        Kind::Request => {
            let consumed = request(octets, &mut found);
            let method = copied(octets, found.method, found.method_length);
            let target = copied(octets, found.target, found.target_length);
            (consumed, Head { method, target, ..Head::default() })
        }
        Kind::Response => {
            let consumed = response(octets, &mut found);
            let reason = copied(octets, found.target, found.target_length);
            (consumed, Head { status: found.status as u16, reason, ..Head::default() })
        }
    };
    if consumed == 0 {
        return None;
    }
    Some((Head { minor: found.minor as u8, fields: fields(octets, &found), ..head }, consumed))
}

impl Contestant for Picohttpparser {
    fn name(&self) -> &'static str {
        "picohttpparser"
    }

    fn level(&self) -> &'static str {
        "sse4.2"
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let mut heads = Vec::new();
        each_head(&item.slices(), 1, |octets| {
            let Some((head, consumed)) = read(octets, item.kind) else { return 0 };
            heads.push(head);
            consumed
        });
        heads
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        let one = match item.kind {
            Kind::Request => request,
            Kind::Response => response,
        };
        each_head(buffers, rounds, |octets| {
            let mut found = Found::new();
            let consumed = one(octets, &mut found);
            black_box(&found);
            consumed
        })
    }
}
