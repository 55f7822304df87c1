//! One element of `Sec-WebSocket-Extensions`, as either end reads it.

use rajada_parser::list::{self, ListError, Parameter};

use super::WindowBits;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Another extension.
    Other,
    /// `permessage-deflate` with a parameter that is unknown, repeated, or has a value that it can't have.
    Wrong,
    /// `permessage-deflate`.
    Deflate(Parameters),
}

/// The parameters of `permessage-deflate` (RFC 7692 section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Parameters {
    pub(super) server_no_context_takeover: bool,
    pub(super) client_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<WindowBits>,
    /// The inner `None` is the parameter without a value.
    pub(super) client_max_window_bits: Option<Option<WindowBits>>,
}

impl Element {
    /// Reads an element of the list.
    ///
    /// # Errors
    /// What is no extension at all (RFC 6455 section 9.1).
    pub(super) fn read(element: &[u8]) -> Result<Self, ListError> {
        let (name, parameters) = list::parameters(element);
        let is_deflate = name.eq_ignore_ascii_case(b"permessage-deflate");
        let (mut read, mut right, mut count) = (Parameters::default(), true, 0);
        for parameter in parameters {
            // (Read to their end also if one is wrong: one behind it may be malformed.)
            right &= read.add(&parameter?).is_some();
            count += 1;
        }
        // The list reader leaves out empty parameters, which extensions do not have. A semicolon in a quoted value is one
        // too many as well, and wrong in any value.
        let separators = element.iter().filter(|octet| **octet == b';').count();
        Ok(match is_deflate {
            false => Self::Other,
            true if right && separators == count => Self::Deflate(read),
            true => Self::Wrong,
        })
    }
}

impl Parameters {
    /// Takes note of a parameter. `None` if it is not as it has to be.
    fn add(&mut self, parameter: &Parameter<'_>) -> Option<()> {
        if parameter.is("server_no_context_takeover") {
            set(&mut self.server_no_context_takeover, parameter)
        } else if parameter.is("client_no_context_takeover") {
            set(&mut self.client_no_context_takeover, parameter)
        } else if parameter.is("server_max_window_bits") {
            let before = self.server_max_window_bits.replace(bits(parameter)?);
            before.is_none().then_some(())
        } else if parameter.is("client_max_window_bits") {
            let value = if parameter.raw.is_some() { Some(bits(parameter)?) } else { None };
            let before = self.client_max_window_bits.replace(value);
            before.is_none().then_some(())
        } else {
            None
        }
    }
}

/// A parameter without a value, which stands once.
fn set(flag: &mut bool, parameter: &Parameter<'_>) -> Option<()> {
    let before = core::mem::replace(flag, true);
    (!before && parameter.raw.is_none()).then_some(())
}

/// The value of a parameter, quoted or not.
fn bits(parameter: &Parameter<'_>) -> Option<WindowBits> {
    // (Two digits, each behind a backslash, make four octets; what needs more is none of the values.)
    WindowBits::parse(parameter.value(&mut [0; 4])?)
}
