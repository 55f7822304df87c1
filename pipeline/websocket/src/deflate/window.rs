//! How far back a compressed message may refer.

use core::fmt;

/// The size of an LZ77 window, as its base-2 logarithm: 8 to 15, which is 256 octets to 32 KiB (RFC 7692 section 7.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowBits(u8);

impl WindowBits {
    /// 8: 256 octets.
    pub const MIN: Self = Self(8);
    /// 15: 32 KiB, which all inflate.
    pub const MAX: Self = Self(15);

    /// A window of this logarithm, if there is one.
    pub const fn new(bits: u8) -> Option<Self> {
        match bits {
            8..=15 => Some(Self(bits)),
            _ => None,
        }
    }

    /// The logarithm.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The window's size in octets.
    pub const fn octets(self) -> usize {
        1 << self.0
    }

    /// Reads the value of a parameter: decimal, without a leading zero (RFC 7692 section 7.1.2.1).
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        match *value {
            [digit @ b'8'..=b'9'] => Some(Self(digit - b'0')),
            [b'1', digit @ b'0'..=b'5'] => Some(Self(10 + digit - b'0')),
            _ => None,
        }
    }
}

impl fmt::Display for WindowBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::ToString;

    use super::*;

    #[test]
    fn all_values_of_up_to_three_digits() {
        for number in 0..1000_u16 {
            let expected = u8::try_from(number).ok().and_then(WindowBits::new);
            assert_eq!(expected.is_some(), (8..=15).contains(&number));
            assert_eq!(WindowBits::parse(number.to_string().as_bytes()), expected);
            for text in [
                format!("0{number}"),
                format!("+{number}"),
                format!(" {number}"),
                format!("{number} "),
            ] {
                assert_eq!(WindowBits::parse(text.as_bytes()), None, "{text:?}");
            }
        }
        assert_eq!(WindowBits::parse(b""), None);
    }
}
