//! Request heads.

use core::ops::Range;

use rajada_parser::{FieldPosition, Status, Version};

use super::config::Config;
use super::error::Error;
use super::framing::Framing;
use super::input::Input;
use super::outcome::{Outcome, Output, RAJADA_MISUSE};
use super::resume::{Resume, Section};

/// `rajada_request`: the parts of a request head, as positions in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Request {
    /// Where the head begins in the octets that were given: 0 but in a burst.
    pub start: usize,
    /// Octets in the head.
    pub head_len: usize,
    /// Which of the fields is its first: 0 but in a burst.
    pub first_field: usize,
    /// How many fields it has.
    pub field_count: usize,
    /// First octet of the method.
    pub method_start: u32,
    /// The octet behind the method.
    pub method_end: u32,
    /// First octet of the target.
    pub target_start: u32,
    /// The octet behind the target.
    pub target_end: u32,
    /// 0 if it is handled as HTTP/1.0, 1 if as HTTP/1.1.
    pub minor_version: u32,
    /// 0.
    pub reserved: u32,
    /// What follows the head.
    pub framing: Framing,
    /// 0.
    pub reserved_words: [u64; 2],
}

impl Request {
    /// What is known of a request but its framing.
    pub(super) fn of(request: &rajada_parser::Request<'_, '_>) -> Request {
        let (method_start, method_end) = numbers(request.method_position());
        let (target_start, target_end) = numbers(request.target_position());
        Request {
            head_len: request.octets().len(),
            field_count: request.fields().len(),
            method_start,
            method_end,
            target_start,
            target_end,
            minor_version: minor(request.version()),
            ..Request::default()
        }
    }
}

/// Positions in a head have 32 bits.
pub(super) fn numbers(position: Range<usize>) -> (u32, u32) {
    (position.start as u32, position.end as u32)
}

pub(super) fn minor(version: Version) -> u32 {
    if version == Version::Http10 { 0 } else { 1 }
}

/// Parses a request head and decides its framing.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_parse_request(
    config: *const Config,
    octets: *const u8,
    octets_len: usize,
    resume: *mut Resume,
    fields: *mut FieldPosition,
    fields_capacity: usize,
    request: *mut Request,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let input = unsafe {
        Input::of(Section::Request, config, (octets, octets_len), resume, (fields, fields_capacity))
    };
    let Some(Input { config, octets, mut at, later, mut slots }) = input else {
        return RAJADA_MISUSE;
    };
    // SAFETY: the caller's promise.
    let Some(output) = (unsafe { Output::of(request, error) }) else { return RAJADA_MISUSE };
    let parsed = config.parse_request(octets, &mut at, &mut slots);
    later.keep(at, &parsed);
    let outcome = match parsed {
        Ok(Status::Complete(parsed, _)) => {
            let request = Request::of(&parsed);
            match parsed.framing() {
                Ok(framing) => Outcome::Complete(Request { framing: framing.into(), ..request }),
                Err(error) => Outcome::Refused(request, error),
            }
        }
        Ok(Status::Partial) => Outcome::Incomplete,
        Err(error) => Outcome::Refused(Request::default(), error),
    };
    outcome.tell(output)
}
