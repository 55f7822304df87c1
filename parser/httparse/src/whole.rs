//! Whole heads of ASCII in the usual form, of which options say nothing (but see
//! [`response`]).

use rajada_parser::{Config, Limits, TextSlots, Version};

use crate::{Header, ParserConfig, Request, Response};

/// httparse has no limits but its slots.
const CONFIG: Config = Config::STRICT.with_limits(Limits::NONE);

/// Where the head ends, and the headers; or the slots, if it is none of these, or if they are
/// too few. No header is written then that a walk would not write to the same slot.
#[inline(always)]
pub(crate) fn request<'b, 'h>(
    request: &mut Request<'_, 'b>,
    octets: &'b [u8],
    slots: TextSlots<'h, Header<'b>>,
) -> Result<(usize, &'h mut [Header<'b>]), TextSlots<'h, Header<'b>>> {
    let head = CONFIG.parse_request_text(octets, slots)?;
    request.method = Some(head.method());
    request.path = Some(head.target());
    request.version = Some(minor(head.version()));
    Ok((head.len(), head.into_fields()))
}

/// The same of a response. Where values may go on in the next line, what follows a line
/// decides whether it is written, and no head is of this form.
#[inline(always)]
pub(crate) fn response<'b, 'h>(
    response: &mut Response<'_, 'b>,
    octets: &'b [u8],
    config: &ParserConfig,
    slots: TextSlots<'h, Header<'b>>,
) -> Result<(usize, &'h mut [Header<'b>]), TextSlots<'h, Header<'b>>> {
    if config.obsolete_multiline_headers_in_responses_are_allowed() {
        return Err(slots);
    }
    let head = CONFIG.parse_response_text(octets, slots)?;
    response.version = Some(minor(head.version()));
    response.code = Some(head.code());
    response.reason = Some(head.reason());
    Ok((head.len(), head.into_fields()))
}

// Heads of the usual form have no other versions.
#[inline(always)]
fn minor(version: Version) -> u8 {
    match version {
        Version::Http10 => 0,
        _ => 1,
    }
}
