//! `Content-Length = 1*DIGIT`, RFC 9110 section 8.6.

use super::Side;
use super::list::elements_of;
use crate::fields::{Fields, Known, Noted};
use crate::{Error, ErrorKind};

/// The value of `Content-Length`, if there is one. Given more than once, always the
/// same, it is an offence in requests, where RFC 9112 section 6.3 would permit it, and
/// none in responses, as that says.
pub(super) fn parse(
    fields: Fields<'_, '_>,
    noted: &Noted,
    side: Side,
) -> Result<Option<u64>, Error> {
    let mut length = None;
    for (position, value) in noted.find(Known::ContentLength, fields) {
        // One length of a few digits is all that nearly every message has.
        if length.is_none()
            && let Some(number) = short_decimal(value)
        {
            length = Some(number);
            continue;
        }
        let refuse = |kind| Err(Error::new(kind, position.value_start as usize));
        for element in elements_of(side, value) {
            let number = match decimal(element) {
                Ok(number) => number,
                Err(kind) => return refuse(kind),
            };
            match length.replace(number) {
                None => {}
                Some(other) if other == number && side == Side::Response => {}
                Some(_) => return refuse(ErrorKind::ContentLengthRepeated),
            }
        }
    }
    Ok(length)
}

/// A number of at most 19 digits, which can't overflow.
#[inline]
pub(super) fn short_decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut number = 0;
    for octet in digits {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

fn decimal(digits: &[u8]) -> Result<u64, ErrorKind> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(ErrorKind::ContentLength);
    }
    digits
        .iter()
        .try_fold(0u64, |number, digit| number.checked_mul(10)?.checked_add((digit - b'0') as u64))
        .ok_or(ErrorKind::ContentLengthOverflow)
}
