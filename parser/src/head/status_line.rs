//! `status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF`, RFC
//! 9112 section 4.

use super::whole::Cursor;
use super::{Bounded, FirstLine, HeadParts, Stop, error};
use crate::resume::{Resume, StartLine, WireVersion};
use crate::scan::{Blocks, Scan};
use crate::{Error, ErrorKind, Limits, Response};

/// The first line of a response.
pub(super) struct StatusLine;

/// `HTTP/1.1 200`: octets before the reason phrase and the space in front of it.
const CODE_END: usize = 12;

impl FirstLine for StatusLine {
    type Message<'b, 'h> = Response<'b, 'h>;

    #[inline(always)]
    fn message<'b, 'h>(head: HeadParts<'b, 'h>) -> Result<Response<'b, 'h>, Error> {
        // The major version is the sixth octet.
        head.start.version.judge(5)?;
        Ok(Response(head))
    }

    #[inline(always)]
    fn parse<S: Scan>(
        scan: S,
        head: Bounded<'_>,
        _: &Limits,
        at: &mut Resume,
    ) -> Result<(StartLine, usize), Stop> {
        let octets = head.octets;
        let (version, code) = match usual(octets) {
            Some(parts) => parts,
            None => unusual(head)?,
        };
        // A missing space before an empty reason is accepted: then this is the
        // CR, and the value ends where it begins.
        let reason = CODE_END + (octets.get(CODE_END) == Some(&b' ')) as usize;
        let end = scan.value_end(octets, reason.max(at.known as usize));
        if octets.get(end..end + 2) != Some(b"\r\n") {
            return Err(not_a_reason(head, end, at));
        }
        let start = StartLine {
            start: 0,
            first_end: CODE_END as u32,
            second_end: end as u32,
            code,
            version,
        };
        Ok((start, end + 2))
    }

    #[inline(always)]
    fn parse_whole<B: Blocks>(
        cursor: &mut Cursor<'_, B>,
        _: &Limits,
    ) -> Option<(StartLine, usize)> {
        let octets = cursor.octets.octets();
        let (version, code) = usual(octets)?;
        let reason_end = cursor.value_end(CODE_END + 1)?;
        let line = StartLine {
            start: 0,
            first_end: CODE_END as u32,
            second_end: reason_end as u32,
            code,
            version,
        };
        let fits = octets.get(reason_end..reason_end + 2) == Some(b"\r\n");
        fits.then_some((line, reason_end + 2))
    }
}

/// Version and code of a line that begins with `HTTP/1.1` or `HTTP/1.0`, one
/// space, a code and another space.
#[inline(always)]
fn usual(octets: &[u8]) -> Option<(WireVersion, u16)> {
    let (version, rest) = octets.first_chunk::<13>()?.split_first_chunk::<8>()?;
    let version = WireVersion::usual(*version)?;
    let &[b' ', a, b, c, b' '] = rest else { return None };
    code([a, b, c]).filter(|code| (100..600).contains(code)).map(|code| (version, code))
}

/// The number that three digits stand for.
#[inline(always)]
fn code(digits: [u8; 3]) -> Option<u16> {
    digits.iter().try_fold(0, |code, digit| {
        digit.is_ascii_digit().then(|| code * 10 + (digit - b'0') as u16)
    })
}

/// A first line that is another version's, has no reason, is not all there, or
/// is none.
#[cold]
fn unusual(head: Bounded<'_>) -> Result<(WireVersion, u16), Stop> {
    let octets = head.octets;
    for (offset, &octet) in octets.iter().enumerate().take(CODE_END + 1) {
        let fits = match offset {
            0..=4 => octet == b"HTTP/"[offset],
            6 => octet == b'.',
            8 => octet == b' ',
            9 => matches!(octet, b'1'..=b'5'),
            CODE_END => matches!(octet, b' ' | b'\r'),
            _ => octet.is_ascii_digit(),
        };
        if !fits {
            return Err(error(ErrorKind::StatusLine, offset));
        }
    }
    let Some(&[_, _, _, _, _, major, _, minor, _, a, b, c]) = octets.first_chunk::<CODE_END>()
    else {
        return Err(head.out_of_octets());
    };
    let version = match (major, minor) {
        (b'1', b'0') => WireVersion::Http10,
        (b'1', _) => WireVersion::Http11,
        _ => WireVersion::Other,
    };
    Ok((version, code([a, b, c]).unwrap_or_default()))
}

/// Why a reason phrase that ends at `end` has no CR LF behind it.
#[cold]
fn not_a_reason(head: Bounded<'_>, end: usize, at: &mut Resume) -> Stop {
    let kind = match head.octets.get(end..).unwrap_or_default() {
        [] | [b'\r'] => {
            at.known = end as u32;
            return head.out_of_octets();
        }
        [b'\r', ..] => ErrorKind::BareCr,
        [b'\n', ..] => ErrorKind::BareLf,
        _ => ErrorKind::Reason,
    };
    error(kind, end)
}
