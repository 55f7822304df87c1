//! `request-line = method SP request-target SP HTTP-version CRLF`, RFC 9112
//! section 3.

use super::whole::Cursor;
use super::{Bounded, FirstLine, HeadParts, Stop, error};
use crate::resume::{Resume, StartLine, WireVersion};
use crate::scan::{Blocks, Scan};
use crate::{Error, ErrorKind, Limits, Request};

/// The first line of a request.
pub(super) struct RequestLine;

impl FirstLine for RequestLine {
    type Message<'b, 'h> = Request<'b, 'h>;

    #[inline(always)]
    fn message<'b, 'h>(head: HeadParts<'b, 'h>) -> Result<Request<'b, 'h>, Error> {
        // The major version is the sixth octet behind the target and a space.
        head.start.version.judge(head.start.second_end as usize + 6)?;
        Ok(Request(head))
    }

    #[inline(always)]
    fn parse<S: Scan>(
        scan: S,
        head: Bounded<'_>,
        limits: &Limits,
        at: &mut Resume,
    ) -> Result<(StartLine, usize), Stop> {
        let start = match at.known {
            0 => empty_line(head)?,
            _ => at.line as usize,
        };
        let limit = start.saturating_add(limits.request_line as usize);
        let line = if limit < head.octets.len() {
            Bounded::new(head.octets, limit, ErrorKind::TargetTooLong)
        } else {
            head
        };
        let (octets, known) = (line.octets, at.known as usize);

        let method_end = match at.first_end {
            0 => {
                let end = scan.token_end(octets, start.max(known));
                if octets.get(end) != Some(&b' ')
                    || end == start
                    || end - start > limits.method as usize
                {
                    return Err(not_a_method(line, start, end, limits, at));
                }
                end
            }
            end => end as usize,
        };
        let target = method_end + 1;

        let target_end = match at.second_end {
            0 => {
                let end = scan.target_end(octets, target.max(known));
                if octets.get(end) != Some(&b' ') || end == target {
                    return Err(not_a_target(line, start, method_end, end, at));
                }
                end
            }
            end => end as usize,
        };

        let rest = octets.get(target_end + 1..).unwrap_or_default();
        let version = match usual_version(rest) {
            Some(version) => version,
            None => other_version(line, start, method_end, target_end, at)?,
        };
        let start = StartLine {
            start: start as u8,
            first_end: method_end as u32,
            second_end: target_end as u32,
            code: 0,
            version,
        };
        Ok((start, target_end + 1 + 10))
    }

    #[inline(always)]
    fn parse_whole<B: Blocks>(
        cursor: &mut Cursor<'_, B>,
        limits: &Limits,
    ) -> Option<(StartLine, usize)> {
        let octets = cursor.octets;
        let method_end = cursor.token_end(0)?;
        let target = method_end + 1;
        let target_end = cursor.target_end(target)?;
        let version = usual_version(octets.octets().get(target_end + 1..)?)?;
        let end = target_end + 11;
        let fits = (octets.four(method_end) as u8 == b' ')
            & (octets.four(target_end) as u8 == b' ')
            & (target_end > target)
            & (method_end.wrapping_sub(1) < limits.method as usize)
            & (end <= limits.request_line as usize);
        let line = StartLine {
            start: 0,
            first_end: method_end as u32,
            second_end: target_end as u32,
            code: 0,
            version,
        };
        fits.then_some((line, end))
    }
}

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

/// One empty line before the start line is ignored, RFC 9112 section 2.2.
/// Returns where the start line begins.
#[inline(always)]
fn empty_line(head: Bounded<'_>) -> Result<usize, Stop> {
    if head.octets.first() == Some(&b'\r') { skip_empty_line(head) } else { Ok(0) }
}

#[cold]
fn skip_empty_line(head: Bounded<'_>) -> Result<usize, Stop> {
    match head.octets.get(1) {
        Some(b'\n') => Ok(2),
        Some(_) => Err(error(ErrorKind::BareCr, 0)),
        None => Err(head.out_of_octets()),
    }
}

#[cold]
fn not_a_method(
    line: Bounded<'_>,
    start: usize,
    end: usize,
    limits: &Limits,
    at: &mut Resume,
) -> Stop {
    if end - start > limits.method as usize {
        return error(ErrorKind::MethodTooLong, start + limits.method as usize);
    }
    let kind = match line.octets.get(end) {
        None => {
            (at.known, at.line) = (end as u32, start as u32);
            return line.out_of_octets();
        }
        Some(b'\n') => ErrorKind::BareLf,
        Some(b'\r') if end == start => ErrorKind::EmptyLines,
        Some(_) => ErrorKind::Method,
    };
    error(kind, end)
}

#[cold]
fn not_a_target(
    line: Bounded<'_>,
    start: usize,
    method_end: usize,
    end: usize,
    at: &mut Resume,
) -> Stop {
    let kind = match line.octets.get(end) {
        None => {
            (at.known, at.line, at.first_end) = (end as u32, start as u32, method_end as u32);
            return line.out_of_octets();
        }
        Some(b' ') => ErrorKind::TargetEmpty,
        Some(b'\r' | b'\n') if end == method_end + 1 => ErrorKind::TargetEmpty,
        Some(b'\r' | b'\n') => ErrorKind::VersionMissing,
        Some(_) => ErrorKind::Target,
    };
    error(kind, end)
}

/// A version that is neither 1.1 nor 1.0, is not all there, or is none.
///
/// ```abnf
/// HTTP-version = %s"HTTP" "/" DIGIT "." DIGIT
/// ```
#[cold]
fn other_version(
    line: Bounded<'_>,
    start: usize,
    method_end: usize,
    target_end: usize,
    at: &mut Resume,
) -> Result<WireVersion, Stop> {
    let version = target_end + 1;
    let octets = line.octets.get(version..).unwrap_or_default();
    if let Some(offence) = version_offence(octets) {
        return Err(error(offence.0, version + offence.1));
    }
    if octets.len() < 10 {
        at.known = line.octets.len() as u32;
        at.line = start as u32;
        (at.first_end, at.second_end) = (method_end as u32, target_end as u32);
        return Err(line.out_of_octets());
    }
    Ok(match (octets[5], octets[7]) {
        (b'1', b'0') => WireVersion::Http10,
        (b'1', _) => WireVersion::Http11,
        _ => WireVersion::Other,
    })
}

/// The first octet that can't be in `HTTP-version CRLF`, if one is there.
fn version_offence(octets: &[u8]) -> Option<(ErrorKind, usize)> {
    for (offset, &octet) in octets.iter().enumerate() {
        let fits = match offset {
            0..=4 => octet == b"HTTP/"[offset],
            5 | 7 => octet.is_ascii_digit(),
            6 => octet == b'.',
            8 => octet == b'\r',
            9 if octet == b'\n' => return None,
            9 => return Some((ErrorKind::BareCr, 8)),
            _ => return None,
        };
        if !fits {
            let kind = match octet {
                b'\n' if offset == 8 => ErrorKind::BareLf,
                b'\r' | b'\n' if offset == 0 => ErrorKind::VersionMissing,
                _ => ErrorKind::Version,
            };
            return Some((kind, offset));
        }
    }
    None
}
