//! `chunk-size [ chunk-ext ] CRLF`, RFC 9112 section 7.1 and 7.1.1.
//!
//! ```abnf
//! chunk-ext      = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
//! chunk-ext-name = token
//! chunk-ext-val  = token / quoted-string
//! ```

use super::offset;
use crate::scan::class::{TOKEN, VALUE, belongs};
use crate::{Error, ErrorKind, Limits};

/// One size line after another, an octet at a time where it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SizeLine {
    state: State,
    digits: u8,
    size: u64,
    /// Octets of extensions in this line, and in all lines before it.
    extensions: u32,
    extensions_before: u32,
    limit: u32,
    limit_total: u32,
}

/// What was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing of this line.
    Start,
    /// A digit of the size.
    Size,
    /// White space where only `;` may follow.
    Space,
    /// `;`, and white space perhaps.
    Semicolon,
    /// An octet of an extension's name.
    Name,
    /// White space behind a name.
    NameSpace,
    /// `=`, and white space perhaps.
    Equals,
    /// An octet of a token as value.
    Value,
    /// An octet within quotes, or the opening quote.
    Quoted,
    /// A backslash within quotes.
    Escape,
    /// The closing quote.
    QuoteEnd,
    /// CR.
    Cr,
}

/// `2 * 8`: as many digits as 64 bits have.
const MAX_DIGITS: u8 = 16;

impl SizeLine {
    pub(super) const fn new(limits: &Limits) -> SizeLine {
        SizeLine {
            state: State::Start,
            digits: 0,
            size: 0,
            extensions: 0,
            extensions_before: 0,
            limit: limits.chunk_extensions,
            limit_total: limits.chunk_extensions_total,
        }
    }

    /// Whether nothing of a line was taken yet.
    #[inline(always)]
    pub(super) fn is_fresh(&self) -> bool {
        self.state == State::Start
    }

    /// Takes octets up to the end of the line: returns the size when it is
    /// there, and how many octets were taken. `from` is the offset of the first.
    pub(super) fn parse(
        &mut self,
        octets: &[u8],
        from: u64,
    ) -> Result<(Option<u64>, usize), Error> {
        for (index, &octet) in octets.iter().enumerate() {
            let here = offset(from.saturating_add(index as u64));
            if self.state == State::Cr {
                if octet != b'\n' {
                    return Err(Error::new(ErrorKind::BareCr, here - 1));
                }
                return Ok((Some(self.finish()), index + 1));
            }
            self.state = self.after(octet).map_err(|kind| Error::new(kind, here))?;
        }
        Ok((None, octets.len()))
    }

    /// The size, and a fresh start for the next line.
    fn finish(&mut self) -> u64 {
        let size = self.size;
        self.extensions_before += self.extensions;
        (self.state, self.digits, self.size, self.extensions) = (State::Start, 0, 0, 0);
        size
    }

    /// What `octet` makes of the state.
    fn after(&mut self, octet: u8) -> Result<State, ErrorKind> {
        use State::{
            Cr, Equals, Escape, Name, NameSpace, QuoteEnd, Quoted, Semicolon, Size, Space, Start,
            Value,
        };
        let next = match (self.state, octet) {
            (Start | Size, octet) if octet.is_ascii_hexdigit() => {
                self.digit(octet)?;
                return Ok(Size);
            }
            (Start, _) => return Err(ErrorKind::ChunkSize),
            (Size | Name | Value | QuoteEnd, b'\r') => return Ok(Cr),
            (Size | Name | Value | QuoteEnd, b'\n') => return Err(ErrorKind::BareLf),

            (Size | Space | Name | NameSpace | Value | QuoteEnd, b';') => Semicolon,
            (Size | Space | Value | QuoteEnd, b' ' | b'\t') => Space,
            (Size, _) => return Err(ErrorKind::ChunkSize),

            (Semicolon, b' ' | b'\t') => Semicolon,
            (Semicolon | Name, octet) if belongs(octet, TOKEN) => Name,
            (Name | NameSpace, b' ' | b'\t') => NameSpace,
            (Name | NameSpace, b'=') => Equals,

            (Equals, b' ' | b'\t') => Equals,
            (Equals, b'"') => Quoted,
            (Equals | Value, octet) if belongs(octet, TOKEN) => Value,

            (Quoted, b'"') => QuoteEnd,
            (Quoted, b'\\') => Escape,
            (Quoted | Escape, octet) if belongs(octet, VALUE) => Quoted,
            _ => return Err(ErrorKind::ChunkExtension),
        };
        self.count_extension_octet()?;
        Ok(next)
    }

    fn digit(&mut self, octet: u8) -> Result<(), ErrorKind> {
        if self.digits == MAX_DIGITS {
            return Err(ErrorKind::ChunkSizeOverflow);
        }
        self.digits += 1;
        self.size = self.size << 4 | (octet as char).to_digit(16).unwrap_or(0) as u64;
        Ok(())
    }

    fn count_extension_octet(&mut self) -> Result<(), ErrorKind> {
        let room = self.limit.min(self.limit_total.saturating_sub(self.extensions_before));
        if self.extensions >= room {
            return Err(ErrorKind::ChunkExtensionTooLong);
        }
        self.extensions += 1;
        Ok(())
    }
}

/// The usual line: one to six digits and CR LF. The last one is kept, because
/// the chunks of a message tend to be of one size.
///
/// A line that equals the last one is no more than a comparison, which the CPU
/// foretells: it goes on with the size it knows and need not wait for digits to
/// become an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UsualLine {
    /// Eight octets that begin with the line.
    line: u64,
    /// By so many bits to the left, nothing but the line is left of them.
    shift: u32,
    size: u32,
    /// Octets of the line.
    taken: u32,
}

impl UsualLine {
    /// No line yet. Its size is none, whatever it is found equal to.
    pub(super) const NONE: UsualLine = UsualLine { line: 0, shift: 0, size: 0, taken: 8 };

    /// The size and the octets of the line that `octets` begin with. `None` if it
    /// is not a usual one, and near the end of `octets`. The size may be 0.
    #[inline(always)]
    pub(super) fn parse(&mut self, octets: &[u8]) -> Option<(usize, usize)> {
        let octets = octets.first_chunk::<8>()?;
        let line = u64::from_le_bytes(*octets);
        if (line ^ self.line) << self.shift == 0 {
            return Some((self.size as usize, self.taken as usize));
        }
        let (size, taken) = read(octets)?;
        *self = UsualLine { line, shift: 64 - 8 * taken, size, taken };
        Some((size as usize, taken as usize))
    }
}

/// The size that a line stands for and the octets of the line, if it is a usual
/// one.
///
/// How many digits there are is a branch and no computation, so that the CPU
/// goes on by its guess.
#[inline(always)]
fn read(octets: &[u8; 8]) -> Option<(u32, u32)> {
    let [a, b, c, d, e, f, ..] = octets.map(|octet| HEX[octet as usize] as u32);
    let (size, seen, end) = if octets[1] == b'\r' {
        (a, a, 1)
    } else if octets[2] == b'\r' {
        (a << 4 | b, a | b, 2)
    } else if octets[3] == b'\r' {
        (a << 8 | (b << 4 | c), a | b | c, 3)
    } else if octets[4] == b'\r' {
        ((a << 4 | b) << 8 | (c << 4 | d), a | b | c | d, 4)
    } else if octets[5] == b'\r' {
        (a << 16 | (b << 4 | c) << 8 | (d << 4 | e), a | b | c | d | e, 5)
    } else if octets[6] == b'\r' {
        let pairs = [a << 4 | b, c << 4 | d, e << 4 | f];
        (pairs[0] << 16 | pairs[1] << 8 | pairs[2], a | b | c | d | e | f, 6)
    } else {
        return None;
    };
    (seen < 16 && octets[end + 1] == b'\n').then_some((size, end as u32 + 2))
}

/// The value of each hexadecimal digit, and 255 for all other octets.
static HEX: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value];
        table[digit as usize] = value as u8;
        table[digit.to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    table
};
