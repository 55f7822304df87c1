//! Fields without a first line: trailers, and those that belong to no message.

use rajada_parser::{FieldPosition, Fields, Status};

use super::config::Config;
use super::error::Error;
use super::input::Input;
use super::outcome::{Outcome, Output, RAJADA_MISUSE};
use super::resume::{self, Resume};

/// `rajada_section`: how many fields were found, in how many octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Section {
    /// Octets in the section, its empty line included.
    pub section_len: usize,
    /// How many fields it has.
    pub field_count: usize,
}

/// Parses a trailer section.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_parse_trailers(
    config: *const Config,
    octets: *const u8,
    octets_len: usize,
    resume: *mut Resume,
    fields: *mut FieldPosition,
    fields_capacity: usize,
    trailers: *mut Section,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let input = unsafe {
        Input::of(
            resume::Section::Trailers,
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
    let Some(output) = (unsafe { Output::of(trailers, error) }) else { return RAJADA_MISUSE };
    let parsed = config.parse_trailers(octets, &mut at, &mut slots);
    later.keep(at, &parsed);
    outcome(parsed).tell(output)
}

/// Parses field lines that belong to no message.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_parse_fields(
    config: *const Config,
    octets: *const u8,
    octets_len: usize,
    resume: *mut Resume,
    fields: *mut FieldPosition,
    fields_capacity: usize,
    section: *mut Section,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let input = unsafe {
        Input::of(
            resume::Section::Fields,
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
    let Some(output) = (unsafe { Output::of(section, error) }) else { return RAJADA_MISUSE };
    let parsed = config.parse_fields(octets, &mut at, &mut slots);
    later.keep(at, &parsed);
    outcome(parsed).tell(output)
}

fn outcome(parsed: Result<Status<Fields<'_, '_>>, rajada_parser::Error>) -> Outcome<Section> {
    match parsed {
        Ok(Status::Complete(fields, section_len)) => {
            Outcome::Complete(Section { section_len, field_count: fields.len() })
        }
        Ok(Status::Partial) => Outcome::Incomplete,
        Err(error) => Outcome::Refused(Section::default(), error),
    }
}
