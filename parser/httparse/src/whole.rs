//! Whole heads of ASCII in the usual form: no option says anything about these.

use core::mem::MaybeUninit;

use rajada_parser::{Config, FieldText, Limits, TextSlots, Version};

use crate::header::Slots;
use crate::{Header, Request, Response};

/// httparse has no limits but its slots.
const CONFIG: Config = Config::STRICT.with_limits(Limits::NONE);

/// Heads with more fields are walked. (rajada-parser takes no more for usual, either.)
const MOST: usize = 128;

/// Where the head ends, and the headers; or the slots, if it is none of these, or if they are
/// too few. Nothing is written then.
#[inline(always)]
pub(crate) fn request<'b, S: Slots<'b>>(
    request: &mut Request<'_, 'b>,
    octets: &'b [u8],
    slots: S,
) -> Result<(usize, S::Filled), S> {
    let mut storage = [const { MaybeUninit::uninit() }; MOST];
    let mut positions = TextSlots::new(&mut storage);
    let Some(head) = CONFIG.parse_request_text(octets, &mut positions) else { return Err(slots) };
    let fields = head.fields();
    if fields.len() > slots.len() {
        return Err(slots);
    }
    request.method = Some(head.method());
    request.path = Some(head.target());
    request.version = Some(minor(head.version()));
    // (As many slots as fields: one of the two is counted then, not both.)
    Ok((head.len(), slots.first(fields.len()).fill(headers(fields))))
}

/// The same of a response.
#[inline(always)]
pub(crate) fn response<'b, S: Slots<'b>>(
    response: &mut Response<'_, 'b>,
    octets: &'b [u8],
    slots: S,
) -> Result<(usize, S::Filled), S> {
    let mut storage = [const { MaybeUninit::uninit() }; MOST];
    let mut positions = TextSlots::new(&mut storage);
    let Some(head) = CONFIG.parse_response_text(octets, &mut positions) else { return Err(slots) };
    let fields = head.fields();
    if fields.len() > slots.len() {
        return Err(slots);
    }
    response.version = Some(minor(head.version()));
    response.code = Some(head.code());
    response.reason = Some(head.reason());
    Ok((head.len(), slots.first(fields.len()).fill(headers(fields))))
}

#[inline(always)]
fn headers<'b>(fields: impl Iterator<Item = FieldText<'b>>) -> impl Iterator<Item = Header<'b>> {
    fields.map(|field| Header { name: field.name, value: field.value.as_bytes() })
}

// Heads of the usual form have no other versions.
#[inline(always)]
fn minor(version: Version) -> u8 {
    match version {
        Version::Http10 => 0,
        _ => 1,
    }
}
