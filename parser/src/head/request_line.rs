//! `request-line = method SP request-target SP HTTP-version CRLF`, RFC 9112
//! section 3.

use super::{Bounded, HeadKind, ParsedHead, Stop, error};
use crate::resume::{Resume, StartLine, WireVersion};
use crate::scan::Scan;
use crate::scan::lines::{FirstLine, Lines};
use crate::{Config, Error, ErrorKind, Leniency, Limits, Request};

/// The first line of a request.
pub(super) struct RequestLine;

impl HeadKind for RequestLine {
    type Message<'b, 'h> = Request<'b, 'h>;

    #[inline(always)]
    fn message<'b, 'h>(head: ParsedHead<'b, 'h>) -> Result<Request<'b, 'h>, Error> {
        head.record.start.judge_version()?;
        Ok(Request(head))
    }

    #[inline(always)]
    fn parse<S: Scan>(
        scan: S,
        head: Bounded<'_>,
        config: &Config,
        at: &mut Resume,
    ) -> Result<(StartLine, usize), Stop> {
        let start = match head.octets.get(at.line as usize) {
            Some(octet) if !matches!(octet, b'\r' | b'\n') || at.scanned > at.line => {
                at.line as usize
            }
            _ => empty_lines(head, config, at)?,
        };
        let limit = start.saturating_add(config.limits.request_line as usize);
        let line = if limit < head.octets.len() {
            Bounded::new(head.octets, limit, ErrorKind::TargetTooLong)
        } else {
            head
        };
        let (octets, scanned) = (line.octets, at.scanned as usize);

        let method_end = match at.first_end {
            0 => {
                let end = scan.token_end(octets, start.max(scanned));
                if octets.get(end) == Some(&b' ')
                    && end > start
                    && end - start <= config.limits.method as usize
                {
                    end
                } else {
                    return Err(not_a_method(line, start, end, config, at));
                }
            }
            end => end as usize,
        };
        at.first_end = method_end as u32;

        let target = match at.second_start {
            0 if octets.get(method_end + 1) != Some(&b' ') => method_end + 1,
            0 => behind_spaces(line, method_end, &config.leniency, ErrorKind::TargetEmpty, at)?,
            start => start as usize,
        };
        if target < octets.len() {
            at.second_start = target as u32;
        }

        let target_end = match at.second_end {
            0 => {
                let end = scan.target_end(octets, target.max(scanned));
                if octets.get(end) == Some(&b' ') && end > target {
                    end
                } else {
                    unusual_target(scan, line, target, end, &config.leniency, at)?
                }
            }
            end => end as usize,
        };
        at.second_end = target_end as u32;

        let rest = octets.get(target_end + 1..).unwrap_or_default();
        let (version, from, len) = match usual_version(rest) {
            Some(version) => (version, target_end + 1, 10),
            None => unusual_version(line, target_end, &config.leniency, at)?,
        };
        let start = StartLine {
            start: start as u32,
            first_end: method_end as u32,
            second_start: target as u32,
            second_end: target_end as u32,
            code: 0,
            version,
            major: from as u32 + 5,
        };
        Ok((start, from + len))
    }

    #[inline(always)]
    fn parse_usual<'b>(
        lines: &impl Lines<'b>,
        line: &FirstLine,
        limits: &Limits,
    ) -> Option<StartLine> {
        let method_len = line.token_len;
        // The octets of a target and no others are in front of SP, version and CR.
        let target = method_len + 1;
        let target_end = line.end - 10;
        let found = lines.target_end(target, target_end);

        let (before, last) = line.last_eleven;
        // (Branches, as nearly all are the first: so the version is known when it is written.)
        let version = match last {
            HTTP_1_1 => WireVersion::Http11,
            HTTP_1_0 => WireVersion::Http10,
            _ => return None,
        };
        let fits = (line.behind_token == b' ')
            & (found == target_end)
            & (found > target as usize)
            & (before == u32::from_le_bytes(*b" HTT"))
            & (method_len.wrapping_sub(1) < limits.method)
            & (line.end < limits.request_line as usize);
        let line = StartLine {
            start: 0,
            first_end: method_len,
            second_start: target,
            second_end: target_end as u32,
            code: 0,
            version,
            major: 0,
        };
        fits.then_some(line)
    }
}

/// The last eight octets of a line with this version.
const HTTP_1_1: u64 = u64::from_le_bytes(*b"TP/1.1\r\n");
const HTTP_1_0: u64 = u64::from_le_bytes(*b"TP/1.0\r\n");

/// The version of what begins with `HTTP/1.1 CR LF` or `HTTP/1.0 CR LF`.
#[inline(always)]
fn usual_version(octets: &[u8]) -> Option<WireVersion> {
    // Two integers to compare: a pattern would be compared octet by octet.
    let (version, line_end) = octets.first_chunk::<10>()?.split_first_chunk::<8>()?;
    if line_end != b"\r\n" {
        return None;
    }
    WireVersion::usual(*version)
}

/// One empty line before the request line is ignored, RFC 9112 section 2.2, and
/// any number with a leniency. Returns where the start line begins.
#[cold]
pub(super) fn empty_lines(
    head: Bounded<'_>,
    config: &Config,
    at: &mut Resume,
) -> Result<usize, Stop> {
    let Leniency { bare_lf, empty_lines, .. } = config.leniency;
    let mut start = at.line as usize;
    while start == 0 || empty_lines {
        match head.octets.get(start..).unwrap_or_default() {
            [b'\r', b'\n', ..] => start += 2,
            [b'\n', ..] if bare_lf => start += 1,
            [] | [b'\r'] => break,
            [b'\r', ..] => return Err(error(ErrorKind::BareCr, start)),
            _ => break,
        }
    }
    (at.line, at.scanned) = (start as u32, start as u32);
    match head.octets.get(start..).unwrap_or_default() {
        [] => Err(head.out_of_octets()),
        [b'\r'] if start == 0 || empty_lines => Err(head.out_of_octets()),
        _ => Ok(start),
    }
}

/// What is wrong with a method that is no token, has no space behind it or is too
/// long; or that it is not all there.
#[cold]
fn not_a_method(
    line: Bounded<'_>,
    start: usize,
    end: usize,
    config: &Config,
    at: &mut Resume,
) -> Stop {
    let limit = config.limits.method as usize;
    if end - start > limit {
        return error(ErrorKind::MethodTooLong, start + limit);
    }
    let kind = match line.octets.get(end) {
        None => {
            (at.scanned, at.line) = (end as u32, start as u32);
            return line.out_of_octets();
        }
        Some(b'\n') => ErrorKind::BareLf,
        Some(b'\r') if end == start => ErrorKind::EmptyLines,
        Some(_) => ErrorKind::Method,
    };
    error(kind, end)
}

/// Where the octets behind the space at `space` and all that follow it begin:
/// several spaces are `kind`, unless a leniency accepts them.
#[cold]
fn behind_spaces(
    line: Bounded<'_>,
    space: usize,
    leniency: &Leniency,
    kind: ErrorKind,
    at: &mut Resume,
) -> Result<usize, Stop> {
    if !leniency.spaces {
        return Err(error(kind, space + 1));
    }
    let from = (at.scanned as usize).max(space);
    let rest = line.octets.get(from..).unwrap_or_default();
    let behind = from + rest.iter().take_while(|&&octet| octet == b' ').count();
    if behind == line.octets.len() {
        at.scanned = behind as u32;
        return Err(line.out_of_octets());
    }
    Ok(behind)
}

/// A target that is empty, holds an octet that is none of a target's, has no
/// space behind it or is not all there. Returns its end if a leniency accepts
/// it.
#[cold]
#[inline(never)]
fn unusual_target<S: Scan>(
    scan: S,
    line: Bounded<'_>,
    target: usize,
    mut end: usize,
    leniency: &Leniency,
    at: &mut Resume,
) -> Result<usize, Stop> {
    while leniency.target_octets && matches!(line.octets.get(end), Some(b'#' | 0x80..)) {
        end = scan.target_end(line.octets, end + 1);
    }
    let kind = match line.octets.get(end) {
        None => {
            at.scanned = end as u32;
            return Err(line.out_of_octets());
        }
        Some(b' ') if end > target => return Ok(end),
        Some(b' ' | b'\r' | b'\n') if end == target => ErrorKind::TargetEmpty,
        Some(b'\r' | b'\n') => ErrorKind::VersionMissing,
        Some(_) => ErrorKind::Target,
    };
    Err(error(kind, end))
}

/// A version that is neither 1.1 nor 1.0, is not all there, or is none. Returns
/// it, its offset, and how long it is with the line's end.
///
/// ```abnf
/// HTTP-version = %s"HTTP" "/" DIGIT "." DIGIT
/// ```
#[cold]
fn unusual_version(
    line: Bounded<'_>,
    target_end: usize,
    leniency: &Leniency,
    at: &mut Resume,
) -> Result<(WireVersion, usize, usize), Stop> {
    let version = match line.octets.get(target_end + 1) {
        Some(b' ') => behind_spaces(line, target_end, leniency, ErrorKind::Version, at)?,
        _ => target_end + 1,
    };
    let octets = line.octets.get(version..).unwrap_or_default();
    match version_len(octets, leniency.bare_lf) {
        Ok(len) => {
            let version_octets = octets.first_chunk().copied().unwrap_or_default();
            Ok((WireVersion::of(version_octets), version, len))
        }
        Err(None) => {
            at.scanned = version as u32;
            Err(line.out_of_octets())
        }
        Err(Some((kind, offset))) => Err(error(kind, version + offset)),
    }
}

/// How long the version at the start of `octets` is with the line's end. The
/// error is the first octet that can't be right, or `None` where octets are
/// missing.
fn version_len(octets: &[u8], bare_lf: bool) -> Result<usize, Option<(ErrorKind, usize)>> {
    for (offset, &octet) in octets.iter().enumerate() {
        let fits = match offset {
            0..=4 => octet == b"HTTP/"[offset],
            5 | 7 => octet.is_ascii_digit(),
            6 => octet == b'.',
            8 if octet == b'\n' && bare_lf => return Ok(9),
            8 => octet == b'\r',
            _ if octet == b'\n' => return Ok(10),
            _ => return Err(Some((ErrorKind::BareCr, 8))),
        };
        if !fits {
            let kind = match octet {
                b'\n' if offset == 8 => ErrorKind::BareLf,
                b'\r' | b'\n' if offset == 0 => ErrorKind::VersionMissing,
                _ => ErrorKind::Version,
            };
            return Err(Some((kind, offset)));
        }
    }
    Err(None)
}
