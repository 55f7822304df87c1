//! The first line of a head.

use super::octets::{is_token, target_len, token_len, value_len};
use super::{Cursor, Stop};
use crate::{Error, ParserConfig, Request, Response};

/// Parses a request line and the empty lines in front of it, and returns where it ends.
pub(super) fn request_line<'b>(
    octets: &'b [u8],
    config: &ParserConfig,
    request: &mut Request<'_, 'b>,
) -> Result<usize, Stop> {
    let several_spaces = config.multiple_spaces_in_request_line_delimiters_are_allowed();
    let mut cursor = Cursor::new(octets, 0);
    empty_lines(&mut cursor)?;
    request.method = Some(method(&mut cursor)?);
    more_spaces(&mut cursor, several_spaces)?;
    request.path = Some(target(&mut cursor)?);
    more_spaces(&mut cursor, several_spaces)?;
    request.version = Some(version(&mut cursor)?);
    line_end(&mut cursor, Error::NewLine)?;
    Ok(cursor.at())
}

/// Parses a status line and the empty lines in front of it, and returns where it ends.
pub(super) fn status_line<'b>(
    octets: &'b [u8],
    config: &ParserConfig,
    response: &mut Response<'_, 'b>,
) -> Result<usize, Stop> {
    let several_spaces = config.multiple_spaces_in_response_status_delimiters_are_allowed();
    let mut cursor = Cursor::new(octets, 0);
    empty_lines(&mut cursor)?;
    response.version = Some(version(&mut cursor)?);
    cursor.expect(b' ', Error::Version)?;
    more_spaces(&mut cursor, several_spaces)?;
    response.code = Some(code(&mut cursor)?);
    response.reason = Some(if cursor.peek() == Some(b' ') {
        cursor.take()?;
        more_spaces(&mut cursor, several_spaces)?;
        reason(&mut cursor)?
    } else {
        line_end(&mut cursor, Error::Status)?;
        ""
    });
    Ok(cursor.at())
}

fn empty_lines(cursor: &mut Cursor<'_>) -> Result<(), Stop> {
    loop {
        match cursor.peek() {
            Some(b'\r' | b'\n') => line_end(cursor, Error::NewLine)?,
            Some(_) => return Ok(()),
            None => return Err(Stop::Partial),
        }
    }
}

/// Takes CR LF or LF, and has this error for all else.
fn line_end(cursor: &mut Cursor<'_>, error: Error) -> Result<(), Stop> {
    match cursor.take()? {
        b'\r' => cursor.expect(b'\n', error),
        b'\n' => Ok(()),
        _ => Err(Stop::Error(error)),
    }
}

/// Takes all spaces, if there may be several. What follows them must be there.
fn more_spaces(cursor: &mut Cursor<'_>, several: bool) -> Result<(), Stop> {
    if several {
        cursor.take_all(b" ");
        cursor.peek().ok_or(Stop::Partial)?;
    }
    Ok(())
}

/// A token, and the space behind it.
fn method<'b>(cursor: &mut Cursor<'b>) -> Result<&'b str, Stop> {
    let start = cursor.at();
    if !is_token(cursor.take()?) {
        return Err(Stop::Error(Error::Token));
    }
    cursor.take_by(token_len);
    let end = cursor.at();
    cursor.expect(b' ', Error::Token)?;
    cursor.text(start, end).ok_or(Stop::Error(Error::Token))
}

/// UTF-8 without controls and spaces, and the space behind it.
fn target<'b>(cursor: &mut Cursor<'b>) -> Result<&'b str, Stop> {
    let start = cursor.at();
    cursor.take_by(target_len);
    let end = cursor.at();
    cursor.expect(b' ', Error::Token)?;
    let target = cursor.text(start, end).filter(|target| !target.is_empty());
    target.ok_or(Stop::Error(Error::Token))
}

/// `HTTP/1.0` or `HTTP/1.1`. The last octet is not judged before it is there, and neither are
/// others behind one that is wrong.
fn version(cursor: &mut Cursor<'_>) -> Result<u8, Stop> {
    for octet in *b"HTTP/1." {
        cursor.expect(octet, Error::Version)?;
    }
    match cursor.take()? {
        b'0' => Ok(0),
        b'1' => Ok(1),
        _ => Err(Stop::Error(Error::Version)),
    }
}

/// Three digits.
fn code(cursor: &mut Cursor<'_>) -> Result<u16, Stop> {
    let mut code = 0;
    for _ in 0..3 {
        let digit = cursor.take()?.wrapping_sub(b'0');
        if digit > 9 {
            return Err(Stop::Error(Error::Status));
        }
        code = 10 * code + u16::from(digit);
    }
    Ok(code)
}

/// A reason phrase, and the end of its line. Nothing is given of one that is not ASCII.
fn reason<'b>(cursor: &mut Cursor<'b>) -> Result<&'b str, Stop> {
    let start = cursor.at();
    cursor.take_by(value_len);
    let end = cursor.at();
    line_end(cursor, Error::Status)?;
    Ok(cursor.text(start, end).filter(|reason| reason.is_ascii()).unwrap_or_default())
}
