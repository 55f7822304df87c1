//! Response heads.

use rajada_parser::{FieldPosition, Status};

use super::config::Config;
use super::error::Error;
use super::framing::Framing;
use super::input::Input;
use super::outcome::{Outcome, Output, RAJADA_MISUSE};
use super::raw;
use super::request::{minor, numbers};
use super::resume::{Resume, Section};

/// `rajada_response`: the parts of a response head, as positions in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Response {
    /// Octets in the head.
    pub head_len: usize,
    /// How many fields it has.
    pub field_count: usize,
    /// First octet of the reason phrase.
    pub reason_start: u32,
    /// The octet behind the reason phrase.
    pub reason_end: u32,
    /// 0 if it is handled as HTTP/1.0, 1 if as HTTP/1.1.
    pub minor_version: u32,
    /// The status code.
    pub code: u16,
    /// 0.
    pub reserved: u16,
    /// What follows the head.
    pub framing: Framing,
    /// 0.
    pub reserved_words: [u64; 2],
}

impl Response {
    /// What is known of a response but its framing.
    fn of(response: &rajada_parser::Response<'_, '_>) -> Response {
        let (reason_start, reason_end) = numbers(response.reason_position());
        Response {
            head_len: response.octets().len(),
            field_count: response.fields().len(),
            reason_start,
            reason_end,
            minor_version: minor(response.version()),
            code: response.code(),
            ..Response::default()
        }
    }
}

/// Parses a response head and decides its framing, by the method of the request.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_parse_response(
    config: *const Config,
    octets: *const u8,
    octets_len: usize,
    method: *const u8,
    method_len: usize,
    resume: *mut Resume,
    fields: *mut FieldPosition,
    fields_capacity: usize,
    response: *mut Response,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let input = unsafe {
        Input::of(
            Section::Response,
            config,
            (octets, octets_len),
            resume,
            (fields, fields_capacity),
        )
    };
    let Some(Input { config, octets, mut at, later, mut slots }) = input else {
        return RAJADA_MISUSE;
    };
    // SAFETY: the caller's promise.
    let Some(method) = (unsafe { raw::slice(method, method_len) }) else { return RAJADA_MISUSE };
    // SAFETY: the caller's promise.
    let Some(output) = (unsafe { Output::of(response, error) }) else { return RAJADA_MISUSE };
    let parsed = config.parse_response(octets, &mut at, &mut slots);
    later.keep(at, &parsed);
    let outcome = match parsed {
        Ok(Status::Complete(parsed, _)) => {
            let response = Response::of(&parsed);
            match parsed.framing(method) {
                Ok(framing) => Outcome::Complete(Response { framing: framing.into(), ..response }),
                Err(error) => Outcome::Refused(response, error),
            }
        }
        Ok(Status::Partial) => Outcome::Incomplete,
        Err(error) => Outcome::Refused(Response::default(), error),
    };
    outcome.tell(output)
}
