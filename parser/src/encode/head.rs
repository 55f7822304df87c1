//! Request and response heads.

use core::fmt;

use crate::scan::class::{TARGET, TOKEN, VALUE, belongs};

/// Why something can't be encoded. The caller's doing, not the peer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too short. What was encoded before is still whole.
    BufferTooShort,
    /// The method is empty or no token.
    Method,
    /// The request target is empty or holds an octet that no target has.
    Target,
    /// The status code is not within `100..=599`.
    Code,
    /// The reason phrase holds CR, LF, NUL or another control octet.
    Reason,
    /// The field name is empty or no token.
    FieldName,
    /// The field value holds CR, LF, NUL or another control octet.
    FieldValue,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EncodeError::BufferTooShort => "the buffer is too short for the head",
            EncodeError::Method => "the method is no token",
            EncodeError::Target => "an octet that can't be in a request target",
            EncodeError::Code => "a status code outside of 100 to 599",
            EncodeError::Reason => "a control octet in a reason phrase",
            EncodeError::FieldName => "the field name is no token",
            EncodeError::FieldValue => "a control octet in a field value",
        })
    }
}

impl core::error::Error for EncodeError {}

/// Encodes one head into a caller's buffer, line by line.
///
/// A line that is refused, or for which there is no room, leaves the buffer as
/// if it had not been tried.
#[derive(Debug)]
pub struct HeadEncoder<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> HeadEncoder<'a> {
    /// Begins a request with `method SP target SP HTTP/1.1`.
    ///
    /// # Errors
    /// [`EncodeError::Method`], [`EncodeError::Target`],
    /// [`EncodeError::BufferTooShort`].
    pub fn request(
        buffer: &'a mut [u8],
        method: &[u8],
        target: &[u8],
    ) -> Result<Self, EncodeError> {
        check(method, TOKEN, 1, EncodeError::Method)?;
        check(target, TARGET, 1, EncodeError::Target)?;
        HeadEncoder { buffer, len: 0 }.with([method, b" ", target, b" HTTP/1.1\r\n"])
    }

    /// Begins a response with `HTTP/1.1 SP code SP reason`. The reason may be
    /// empty.
    ///
    /// # Errors
    /// [`EncodeError::Code`], [`EncodeError::Reason`],
    /// [`EncodeError::BufferTooShort`].
    pub fn response(buffer: &'a mut [u8], code: u16, reason: &[u8]) -> Result<Self, EncodeError> {
        if !(100..600).contains(&code) {
            return Err(EncodeError::Code);
        }
        check(reason, VALUE, 0, EncodeError::Reason)?;
        let digits = [code / 100, code / 10 % 10, code % 10].map(|digit| b'0' + digit as u8);
        HeadEncoder { buffer, len: 0 }.with([b"HTTP/1.1 ", &digits, b" ", reason, b"\r\n"])
    }

    /// Adds a field line.
    ///
    /// # Errors
    /// [`EncodeError::FieldName`], [`EncodeError::FieldValue`],
    /// [`EncodeError::BufferTooShort`].
    pub fn field(&mut self, name: &str, value: &[u8]) -> Result<&mut Self, EncodeError> {
        check(name.as_bytes(), TOKEN, 1, EncodeError::FieldName)?;
        check(value, VALUE, 0, EncodeError::FieldValue)?;
        self.append([name.as_bytes(), b": ", value, b"\r\n"])?;
        Ok(self)
    }

    /// How many octets were encoded so far.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Never: the first line is there from the start.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What was encoded so far, without the empty line: for a head to which
    /// others add fields.
    pub fn into_lines(self) -> &'a [u8] {
        &self.buffer[..self.len]
    }

    /// Adds the empty line that ends the head, and returns all of it.
    ///
    /// # Errors
    /// [`EncodeError::BufferTooShort`].
    pub fn finish(mut self) -> Result<&'a [u8], EncodeError> {
        self.append([b"\r\n"])?;
        Ok(self.into_lines())
    }

    fn with<const N: usize>(mut self, parts: [&[u8]; N]) -> Result<Self, EncodeError> {
        self.append(parts)?;
        Ok(self)
    }

    /// Appends all parts or nothing.
    fn append<const N: usize>(&mut self, parts: [&[u8]; N]) -> Result<(), EncodeError> {
        let len = parts.iter().map(|part| part.len()).sum();
        let mut rest = self
            .buffer
            .get_mut(self.len..)
            .and_then(|rest| rest.get_mut(..len))
            .ok_or(EncodeError::BufferTooShort)?;
        for part in parts {
            let (here, behind) = rest.split_at_mut(part.len());
            here.copy_from_slice(part);
            rest = behind;
        }
        self.len += len;
        Ok(())
    }
}

/// Refuses `octets` with `error` if there are fewer than `at_least` or one is
/// not of `class`.
fn check(octets: &[u8], class: u8, at_least: usize, error: EncodeError) -> Result<(), EncodeError> {
    let fits = octets.len() >= at_least && octets.iter().all(|&octet| belongs(octet, class));
    if fits { Ok(()) } else { Err(error) }
}
