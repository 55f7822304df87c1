//! `status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF`, RFC
//! 9112 section 4.

use super::request_line::empty_lines;
use super::{Bounded, HeadKind, ParsedHead, Stop, error};
use crate::resume::{Resume, StartLine, WireVersion};
use crate::scan::Scan;
use crate::scan::lines::{FirstLine, Lines};
use crate::{Config, Error, ErrorKind, Leniency, Limits, Response};

/// The first line of a response.
pub(super) struct StatusLine;

/// `HTTP/1.1`: octets in a version.
const VERSION: usize = 8;
/// `HTTP/1.1 200`: octets in front of the space before the reason phrase.
const CODE_END: usize = 12;

impl HeadKind for StatusLine {
    type Message<'b, 'h> = Response<'b, 'h>;

    #[inline(always)]
    fn message<'b, 'h>(head: ParsedHead<'b, 'h>) -> Result<Response<'b, 'h>, Error> {
        head.record.start.judge_version()?;
        Ok(Response(head))
    }

    #[inline(always)]
    fn parse<S: Scan>(
        scan: S,
        head: Bounded<'_>,
        config: &Config,
        at: &mut Resume,
    ) -> Result<(StartLine, usize), Stop> {
        if config.leniency.empty_lines && matches!(head.octets.first(), Some(b'\r' | b'\n')) {
            return behind_empty_lines(scan, head, config, at);
        }
        status_line(scan, head, config, at)
    }

    #[inline(always)]
    fn parse_usual<'b>(lines: &impl Lines<'b>, line: &FirstLine, _: &Limits) -> Option<StartLine> {
        let (version, code) = usual(lines.octets())?;
        let (_, last) = line.last_eleven;
        let fits =
            (line.end > CODE_END + 1) & (last >> 48 == u64::from_le_bytes(*b"\r\n\0\0\0\0\0\0"));
        let line = StartLine {
            start: 0,
            first_end: CODE_END as u32,
            second_start: CODE_END as u32 + 1,
            second_end: line.end as u32 - 1,
            code,
            version,
            major: 5,
        };
        fits.then_some(line)
    }
}

/// A status line without anything in front of it.
#[inline(always)]
fn status_line<S: Scan>(
    scan: S,
    head: Bounded<'_>,
    config: &Config,
    at: &mut Resume,
) -> Result<(StartLine, usize), Stop> {
    let octets = head.octets;
    let (version, code, code_end, reason) = match usual(octets) {
        Some((version, code)) => (version, code, CODE_END, CODE_END + 1),
        _ => unusual(head, &config.leniency)?,
    };
    let end = scan.value_end(octets, reason.max(at.scanned as usize));
    let line_end = match octets.get(end..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] if config.leniency.bare_lf => 1,
        _ => return Err(not_a_reason(head, end, at)),
    };
    let start = StartLine {
        start: 0,
        first_end: code_end as u32,
        second_start: reason as u32,
        second_end: end as u32,
        code,
        version,
        major: 5,
    };
    Ok((start, end + line_end))
}

/// A status line behind empty lines, which a leniency accepts.
#[cold]
#[inline(never)]
fn behind_empty_lines<S: Scan>(
    scan: S,
    head: Bounded<'_>,
    config: &Config,
    at: &mut Resume,
) -> Result<(StartLine, usize), Stop> {
    let scanned = at.scanned;
    let skipped = empty_lines(head, config, at)? as u32;
    let octets = head.octets.get(skipped as usize..).unwrap_or_default();
    // All offsets from here on count from the line's first octet.
    let mut behind = Resume { scanned: scanned.saturating_sub(skipped), ..Resume::new() };
    let parsed = status_line(scan, Bounded { octets, ..head }, config, &mut behind);
    at.scanned = skipped + behind.scanned;
    let (line, end) = parsed.map_err(|stop| match stop {
        Stop::Error(error) => self::error(error.kind(), skipped as usize + error.offset()),
        Stop::Partial => Stop::Partial,
    })?;
    let line = StartLine {
        start: skipped,
        first_end: skipped + line.first_end,
        second_start: skipped + line.second_start,
        second_end: skipped + line.second_end,
        major: skipped + line.major,
        ..line
    };
    Ok((line, skipped as usize + end))
}

/// Version and code of a line that begins with `HTTP/1.1` or `HTTP/1.0`, one
/// space, a code and one other space, if there are 16 octets.
#[inline(always)]
fn usual(octets: &[u8]) -> Option<(WireVersion, u16)> {
    // Two integers: octets would be compared one by one.
    let [version, rest] = octets.first_chunk::<16>()?.as_chunks::<8>().0 else { return None };
    let version = WireVersion::usual(*version)?;
    // The spaces in front of the code and behind it are zeros now, and digits below ten:
    // neither they nor six more have a bit in the upper half of an octet.
    let rest = u64::from_le_bytes(*rest) ^ u64::from_le_bytes(*b" 000 \0\0\0");
    let more = rest.wrapping_add(u64::from_le_bytes([0, 6, 6, 6, 0, 0, 0, 0]));
    let outside = u64::from_le_bytes([0xFF, 0xF0, 0xF0, 0xF0, 0xFF, 0, 0, 0]);
    let [_, a, b, c, _, reason, ..] = rest.to_le_bytes();
    let fits = ((rest | more) & outside == 0) & (1..6).contains(&a) & (reason != b' ');
    fits.then_some((version, a as u16 * 100 + b as u16 * 10 + c as u16))
}

/// The number that three digits stand for.
#[inline(always)]
fn code(digits: [u8; 3]) -> Option<u16> {
    digits.iter().try_fold(0, |code, digit| {
        digit.is_ascii_digit().then(|| code * 10 + (digit - b'0') as u16)
    })
}

/// A first line that is another version's, has no reason or more spaces than it
/// should, is not all there, or is none. Returns version and code, where the
/// code ends and where the reason begins.
///
/// What is in front of the reason is looked at anew each time: it is short,
/// unless a leniency lets spaces in.
#[cold]
fn unusual(
    head: Bounded<'_>,
    leniency: &Leniency,
) -> Result<(WireVersion, u16, usize, usize), Stop> {
    let octets = head.octets;
    for (offset, &octet) in octets.iter().enumerate().take(VERSION + 1) {
        let fits = match offset {
            0..=4 => octet == b"HTTP/"[offset],
            6 => octet == b'.',
            VERSION => octet == b' ',
            _ => octet.is_ascii_digit(),
        };
        if !fits {
            return Err(error(ErrorKind::StatusLine, offset));
        }
    }
    let version = octets.first_chunk().copied().map(WireVersion::of);
    let version = version.ok_or_else(|| head.out_of_octets())?;
    let digits = behind_spaces(octets, VERSION, leniency);
    for (offset, &octet) in octets.iter().enumerate().skip(digits).take(3) {
        let valid = match offset - digits {
            0 if !leniency.any_code => matches!(octet, b'1'..=b'5'),
            _ => octet.is_ascii_digit(),
        };
        if !valid {
            return Err(error(ErrorKind::StatusLine, offset));
        }
    }
    let rest = octets.get(digits..).unwrap_or_default();
    let code = rest.first_chunk().and_then(|&digits| code(digits));
    let code = code.ok_or_else(|| head.out_of_octets())?;
    let code_end = digits + 3;
    let reason = match octets.get(code_end) {
        None => return Err(head.out_of_octets()),
        Some(b' ') => behind_spaces(octets, code_end, leniency),
        // A missing space before an empty reason is accepted.
        Some(b'\r') => code_end,
        Some(b'\n') if leniency.bare_lf => code_end,
        Some(b'\n') => return Err(error(ErrorKind::BareLf, code_end)),
        Some(_) => return Err(error(ErrorKind::StatusLine, code_end)),
    };
    Ok((version, code, code_end, reason))
}

/// Where the octets behind the space at `space` begin, and behind all spaces if
/// a leniency accepts more than one.
fn behind_spaces(octets: &[u8], space: usize, leniency: &Leniency) -> usize {
    let rest = octets.get(space + 1..).unwrap_or_default();
    let more = rest.iter().take_while(|&&octet| leniency.spaces && octet == b' ').count();
    space + 1 + more
}

/// Why a reason phrase that ends at `end` has no CR LF behind it.
#[cold]
fn not_a_reason(head: Bounded<'_>, end: usize, at: &mut Resume) -> Stop {
    let kind = match head.octets.get(end..).unwrap_or_default() {
        [] | [b'\r'] => {
            at.scanned = end as u32;
            return head.out_of_octets();
        }
        [b'\r', ..] => ErrorKind::BareCr,
        [b'\n', ..] => ErrorKind::BareLf,
        _ => ErrorKind::Reason,
    };
    error(kind, end)
}
