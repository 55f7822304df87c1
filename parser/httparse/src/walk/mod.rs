//! Any head, from the left to the right, octet for octet as httparse goes: what it says of
//! heads that are incomplete or wrong depends on the order in which it looks at them.

mod cursor;
mod fields;
mod octets;
mod start_line;

use self::cursor::{Cursor, Stop};
pub(crate) use self::fields::FieldRules;
use self::fields::Fields;
use rajada_parser::TextSlots;

use crate::{Error, Header, ParserConfig, Request, Response, Result, Status};

/// Parses a request head. What is known of it is known behind a partial one and a wrong one,
/// too.
#[cold]
#[inline(never)]
pub(crate) fn request<'b, 'h>(
    request: &mut Request<'_, 'b>,
    octets: &'b [u8],
    config: &ParserConfig,
    slots: TextSlots<'h, Header<'b>>,
) -> Result<(usize, &'h mut [Header<'b>])> {
    match start_line::request_line(octets, config, request) {
        Ok(end) => fields(octets, end, &config.field_rules_of_requests(), slots),
        Err(stop) => stop.into(),
    }
}

/// Parses a response head.
#[cold]
#[inline(never)]
pub(crate) fn response<'b, 'h>(
    response: &mut Response<'_, 'b>,
    octets: &'b [u8],
    config: &ParserConfig,
    slots: TextSlots<'h, Header<'b>>,
) -> Result<(usize, &'h mut [Header<'b>])> {
    match start_line::status_line(octets, config, response) {
        Ok(end) => fields(octets, end, &config.field_rules_of_responses(), slots),
        Err(stop) => stop.into(),
    }
}

/// Parses field lines from `from` on, and the empty line that ends them.
pub(crate) fn fields<'b, 'h>(
    octets: &'b [u8],
    from: usize,
    rules: &FieldRules,
    slots: TextSlots<'h, Header<'b>>,
) -> Result<(usize, &'h mut [Header<'b>])> {
    let mut fields = Fields::new(octets, from, rules);
    let filled = slots.fill(fields.by_ref());
    // A line behind the last slot is looked at first: it may be wrong itself.
    if fields.next().is_some() {
        return Err(Error::TooManyHeaders);
    }
    match fields.end() {
        Ok(end) => Ok(Status::Complete((end, filled))),
        Err(stop) => stop.into(),
    }
}

impl<T> From<Stop> for Result<T> {
    fn from(stop: Stop) -> Result<T> {
        match stop {
            Stop::Partial => Ok(Status::Partial),
            Stop::Error(error) => Err(error),
        }
    }
}
