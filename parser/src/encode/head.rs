//! Request and response heads.

use core::fmt;

use crate::scan::class::{TARGET, TOKEN, belongs};
use crate::scan::{Choice, Op, Scan, dispatch};

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
        check(is_token(method), EncodeError::Method)?;
        check(is_target(target), EncodeError::Target)?;
        HeadEncoder { buffer, len: 0 }.with([method, b" ", target, b" HTTP/1.1\r\n"])
    }

    /// Begins a response with `HTTP/1.1 SP code SP reason`. The reason may be
    /// empty.
    ///
    /// # Errors
    /// [`EncodeError::Code`], [`EncodeError::Reason`],
    /// [`EncodeError::BufferTooShort`].
    pub fn response(buffer: &'a mut [u8], code: u16, reason: &[u8]) -> Result<Self, EncodeError> {
        check((100..600).contains(&code), EncodeError::Code)?;
        check(is_field_value(reason), EncodeError::Reason)?;
        let digits = [code / 100, code / 10 % 10, code % 10].map(|digit| b'0' + digit as u8);
        HeadEncoder { buffer, len: 0 }.with([b"HTTP/1.1 ", &digits, b" ", reason, b"\r\n"])
    }

    /// Adds a field line.
    ///
    /// # Errors
    /// [`EncodeError::FieldName`], [`EncodeError::FieldValue`],
    /// [`EncodeError::BufferTooShort`].
    pub fn field(&mut self, name: &str, value: &[u8]) -> Result<&mut Self, EncodeError> {
        check(is_token(name.as_bytes()), EncodeError::FieldName)?;
        check(is_field_value(value), EncodeError::FieldValue)?;
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
    #[must_use]
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

fn check(fits: bool, error: EncodeError) -> Result<(), EncodeError> {
    if fits { Ok(()) } else { Err(error) }
}

/// Whether `octets` are a token: a method or a field name (RFC 9110 section
/// 5.6.2).
#[must_use]
pub fn is_token(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|&octet| belongs(octet, TOKEN))
}

/// Whether `octets` can be a field value or a reason phrase: no controls but
/// HTAB, and no DEL (RFC 9110 section 5.5). White space at the ends is
/// accepted; a recipient drops it.
#[must_use]
pub fn is_field_value(octets: &[u8]) -> bool {
    struct IsValue<'b>(&'b [u8]);
    impl Op for IsValue<'_> {
        type Second = ();
        type Third = ();
        type Out = bool;
        #[inline(always)]
        fn run<S: Scan>(self, scan: S, (): (), (): ()) -> bool {
            scan.value_end(self.0, 0) == self.0.len()
        }
    }
    dispatch(Choice::BEST, IsValue(octets))
}

fn is_target(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|&octet| belongs(octet, TARGET))
}
