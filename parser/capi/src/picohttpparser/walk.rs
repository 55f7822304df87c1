//! The way through a head that picohttpparser goes, from the left to the right, each part being
//! written as soon as its end is seen: for what the fast way does not take.

use core::ffi::c_int;
use core::ptr;

use super::heads::{FieldsOut, RequestOut, ResponseOut};
use super::out::Out;

/// Why a head goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// More octets are needed.
    Partial,
    /// They would not help.
    Wrong,
}

impl Stop {
    /// What C is told.
    pub(super) fn code(self) -> c_int {
        match self {
            Stop::Partial => -2,
            Stop::Wrong => -1,
        }
    }
}

/// Whether an empty line is in what has arrived since `last_len` octets were there, of which
/// the last three are looked at again: so a peer that sends octet by octet costs no parse each
/// time.
#[cold]
pub(super) fn is_complete(octets: &[u8], last_len: usize) -> Result<(), Stop> {
    let mut walk = Walk { octets, at: last_len.saturating_sub(3) };
    let mut line_ends = 0;
    loop {
        let rest = octets.get(walk.at..).unwrap_or_default();
        let more = memchr::memchr2(b'\r', b'\n', rest).ok_or(Stop::Partial)?;
        if more > 0 {
            line_ends = 0;
            walk.at += more;
        }
        walk.line_end()?;
        line_ends += 1;
        if line_ends == 2 {
            return Ok(());
        }
    }
}

/// A request, from its first octet on. Returns where it ends.
#[cold]
#[inline(never)]
pub(super) fn request(octets: &[u8], out: RequestOut) -> Result<usize, Stop> {
    let mut walk = Walk { octets, at: 0 };
    if matches!(walk.octet()?, b'\r' | b'\n') {
        walk.line_end()?;
    }
    let method = walk.token(b' ')?;
    out.method.set(method);
    walk.skip_spaces()?;
    let target = walk.target()?;
    out.target.set(target);
    walk.skip_spaces()?;
    if method.is_empty() || target.is_empty() {
        return Err(Stop::Wrong);
    }
    walk.version(out.minor)?;
    walk.line_end()?;
    walk.fields(out.fields)
}

/// The same for a response.
#[cold]
#[inline(never)]
pub(super) fn response(octets: &[u8], out: ResponseOut) -> Result<usize, Stop> {
    let mut walk = Walk { octets, at: 0 };
    walk.version(out.minor)?;
    if walk.octet()? != b' ' {
        return Err(Stop::Wrong);
    }
    walk.skip_spaces()?;
    walk.code(out.code)?;
    let rest = walk.line()?;
    let spaces = rest.iter().take_while(|&&octet| octet == b' ').count();
    // What stands behind the code without a space is given, and wrong.
    out.reason.set(rest.get(spaces..).unwrap_or_default());
    if spaces == 0 && !rest.is_empty() {
        return Err(Stop::Wrong);
    }
    walk.fields(out.fields)
}

/// The same for fields alone.
#[cold]
#[inline(never)]
pub(super) fn fields(octets: &[u8], out: FieldsOut) -> Result<usize, Stop> {
    Walk { octets, at: 0 }.fields(out)
}

/// A place in a head.
struct Walk<'b> {
    octets: &'b [u8],
    at: usize,
}

impl<'b> Walk<'b> {
    #[inline(always)]
    fn octet(&self) -> Result<u8, Stop> {
        self.octets.get(self.at).copied().ok_or(Stop::Partial)
    }

    fn rest(&self) -> &'b [u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    /// What was passed since `start`.
    fn since(&self, start: usize) -> &'b [u8] {
        self.octets.get(start..self.at).unwrap_or_default()
    }

    /// CR LF, or LF alone.
    fn line_end(&mut self) -> Result<(), Stop> {
        let mut octet = self.octet()?;
        if octet == b'\r' {
            self.at += 1;
            octet = self.octet()?;
        }
        if octet != b'\n' {
            return Err(Stop::Wrong);
        }
        self.at += 1;
        Ok(())
    }

    /// The octet here, and the spaces behind it; something else must follow.
    fn skip_spaces(&mut self) -> Result<(), Stop> {
        self.at += 1;
        while self.octet()? == b' ' {
            self.at += 1;
        }
        Ok(())
    }

    /// A token, which may be empty, up to this octet, which is of none.
    #[inline(always)]
    fn token(&mut self, end: u8) -> Result<&'b [u8], Stop> {
        let rest = self.rest();
        let len = rest.iter().position(|&octet| !TOKEN[octet as usize]).ok_or(Stop::Partial)?;
        let token = rest.get(..len).unwrap_or_default();
        self.at += len;
        if self.octet()? == end { Ok(token) } else { Err(Stop::Wrong) }
    }

    /// Anything but controls, up to a space.
    fn target(&mut self) -> Result<&'b [u8], Stop> {
        let rest = self.rest();
        let is_end = |octet: &u8| matches!(octet, 0..=b' ' | 0x7F);
        let len = rest.iter().position(is_end).ok_or(Stop::Partial)?;
        let target = rest.get(..len).unwrap_or_default();
        self.at += len;
        if self.octet()? == b' ' { Ok(target) } else { Err(Stop::Wrong) }
    }

    /// `HTTP/1.` and a digit, which is looked at once another octet is behind it.
    fn version(&mut self, minor: Out<c_int>) -> Result<(), Stop> {
        let version = self.rest().first_chunk::<9>().ok_or(Stop::Partial)?;
        match version {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', digit @ b'0'..=b'9', _] => {
                minor.set((digit - b'0').into());
                self.at += 8;
                Ok(())
            }
            _ => Err(Stop::Wrong),
        }
    }

    /// Three digits, which are looked at once another octet is behind them. Each counts as soon
    /// as it is seen.
    fn code(&mut self, out: Out<c_int>) -> Result<(), Stop> {
        let [digits @ .., _] = self.rest().first_chunk::<4>().ok_or(Stop::Partial)?;
        let mut code = 0;
        for (digit, weight) in digits.iter().zip([100, 10, 1]) {
            if !digit.is_ascii_digit() {
                return Err(Stop::Wrong);
            }
            code += c_int::from(digit - b'0') * weight;
            out.set(code);
        }
        self.at += 3;
        Ok(())
    }

    /// The rest of a line, which has no controls but HTAB. Its end is passed.
    fn line(&mut self) -> Result<&'b [u8], Stop> {
        let start = self.at;
        self.at += text_len(self.rest());
        let text = self.since(start);
        self.line_end()?;
        Ok(text)
    }

    /// Field lines, and the empty line behind them.
    fn fields(&mut self, out: FieldsOut) -> Result<usize, Stop> {
        let mut count = 0;
        loop {
            let octet = self.octet()?;
            if matches!(octet, b'\r' | b'\n') {
                self.line_end()?;
                return Ok(self.at);
            }
            let header = out.headers.at(count).ok_or(Stop::Wrong)?;
            if count > 0 && matches!(octet, b' ' | b'\t') {
                header.set_name(ptr::null(), 0);
            } else {
                let name = self.token(b':')?;
                header.set_name(name.as_ptr().cast(), name.len());
                if name.is_empty() {
                    return Err(Stop::Wrong);
                }
                self.at += 1;
                while matches!(self.octet()?, b' ' | b'\t') {
                    self.at += 1;
                }
            }
            let value = self.line()?;
            let blanks = value.iter().rev().take_while(|octet| matches!(octet, b' ' | b'\t'));
            let len = value.len() - blanks.count();
            header.set_value(value.get(..len).unwrap_or_default());
            count += 1;
            out.count.set(count);
        }
    }
}

/// How many octets at the start are no controls but HTAB.
#[inline(always)]
fn text_len(octets: &[u8]) -> usize {
    // Sixteen at a time, which the compiler makes vectors of.
    let (blocks, _) = octets.as_chunks::<16>();
    let is_text =
        |block: &&[u8; 16]| !block.iter().fold(false, |any, &octet| any | is_control(octet));
    let len = 16 * blocks.iter().take_while(is_text).count();
    len + text_len_of_few(octets.get(len..).unwrap_or_default())
}

/// The same, eight at a time.
#[inline(always)]
fn text_len_of_few(octets: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let (words, _) = octets.as_chunks::<8>();
    let mut len = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Of octets below 0x80: no bit but the highest is carried to another octet.
        let low = word & !HIGH;
        let not_below = low + ONES * (0x80 - 0x20);
        let not_del = (low ^ (ONES * 0x7F)) + ONES * 0x7F;
        let not_tab = (low ^ (ONES * 0x09)) + ONES * 0x7F;
        let control = !((not_below | !not_tab) & not_del | word) & HIGH;
        if control != 0 {
            return len + control.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    let rest = octets.get(len..).unwrap_or_default();
    len + rest.iter().take_while(|octet| !is_control(**octet)).count()
}

/// Whether it ends a line: controls but HTAB do.
#[inline(always)]
fn is_control(octet: u8) -> bool {
    (octet < b' ') & (octet != b'\t') | (octet == 0x7F)
}

/// `tchar`, RFC 9110 section 5.6.2.
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 128 {
        let other = matches!(
            octet,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        );
        table[octet as usize] = octet.is_ascii_alphanumeric() || other;
        octet += 1;
    }
    table
};
