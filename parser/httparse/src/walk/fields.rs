//! Field lines, one after another.

use super::octets::{is_token, is_value, token_len, value_len};
use super::{Cursor, Stop};
use crate::{Error, Header};

/// What is accepted in field lines beyond the usual; nothing by default.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct FieldRules {
    /// White space between name and colon.
    pub(crate) space_before_colon: bool,
    /// Values that go on in the next line.
    pub(crate) folds: bool,
    /// White space in front of the first name.
    pub(crate) space_before_first: bool,
    /// Lines that are none: they are left out.
    pub(crate) skip_invalid: bool,
}

/// The headers of a section, as far as they are there. Behind the last one it is known what
/// follows: [`end`](Self::end).
pub(super) struct Fields<'b> {
    cursor: Cursor<'b>,
    rules: FieldRules,
    /// Whether no header was found so far.
    is_first: bool,
    /// What is behind the last line.
    end: Option<Result<usize, Stop>>,
}

/// What a line is.
enum Line<'b> {
    Header(Header<'b>),
    /// One that is left out.
    Nothing,
    /// The empty line.
    End,
}

impl<'b> Fields<'b> {
    /// Those that begin at `from`.
    pub(super) fn new(octets: &'b [u8], from: usize, rules: &FieldRules) -> Self {
        Fields { cursor: Cursor::new(octets, from), rules: *rules, is_first: true, end: None }
    }

    /// Where the section ends, or why it doesn't, once there are no more headers.
    pub(super) fn end(&self) -> Result<usize, Stop> {
        self.end.unwrap_or(Err(Stop::Partial))
    }

    fn line(&mut self) -> Result<Line<'b>, Stop> {
        let FieldRules { space_before_colon, space_before_first, .. } = self.rules;
        let start = self.cursor.at();
        match self.cursor.take()? {
            b'\r' => {
                self.cursor.expect(b'\n', Error::NewLine)?;
                return Ok(Line::End);
            }
            b'\n' => return Ok(Line::End),
            b' ' | b'\t' if space_before_first && self.is_first => {
                self.cursor.take_all(b" \t");
                return Ok(Line::Nothing);
            }
            octet if !is_token(octet) => return self.skip(octet, Error::HeaderName),
            _ => {}
        }
        self.cursor.take_by(token_len);
        let name_end = self.cursor.at();
        if space_before_colon {
            self.cursor.take_all(b" \t");
        }
        let octet = self.cursor.take()?;
        if octet != b':' {
            return self.skip(octet, Error::HeaderName);
        }
        let Some(value) = self.value()? else { return Ok(Line::Nothing) };
        let name = self.cursor.text(start, name_end).unwrap_or_default();
        Ok(Line::Header(Header { name, value }))
    }

    /// The value behind a colon. `None` if the line is left out.
    fn value(&mut self) -> Result<Option<&'b [u8]>, Stop> {
        loop {
            self.cursor.take_all(b" \t");
            let start = self.cursor.at();
            match self.cursor.take()? {
                octet if is_value(octet) => return self.value_from(start),
                b'\r' => self.cursor.expect(b'\n', Error::HeaderValue)?,
                b'\n' => {}
                octet => return self.skip(octet, Error::HeaderValue).map(|_| None),
            }
            if !self.goes_on()? {
                return Ok(Some(self.cursor.between(start, start)));
            }
        }
    }

    /// The rest of a value that has an octet, with the lines that it goes on in.
    fn value_from(&mut self, start: usize) -> Result<Option<&'b [u8]>, Stop> {
        loop {
            self.cursor.take_by(value_len);
            let end = self.cursor.at();
            match self.cursor.take()? {
                b'\r' => self.cursor.expect(b'\n', Error::HeaderValue)?,
                b'\n' => {}
                octet => return self.skip(octet, Error::HeaderValue).map(|_| None),
            }
            if !self.goes_on()? {
                return Ok(Some(trimmed(self.cursor.between(start, end))));
            }
        }
    }

    /// Whether the value goes on in the next line. If it may, that line must have begun.
    fn goes_on(&self) -> Result<bool, Stop> {
        if !self.rules.folds {
            return Ok(false);
        }
        Ok(matches!(self.cursor.peek().ok_or(Stop::Partial)?, b' ' | b'\t'))
    }

    /// Takes the rest of a line that is not right because of `octet`, which was taken last.
    /// Where such lines are not left out, or this one can't be, it is the error.
    fn skip(&mut self, mut octet: u8, error: Error) -> Result<Line<'b>, Stop> {
        if !self.rules.skip_invalid {
            return Err(Stop::Error(error));
        }
        loop {
            match octet {
                b'\r' => {
                    self.cursor.expect(b'\n', error)?;
                    return Ok(Line::Nothing);
                }
                b'\n' => return Ok(Line::Nothing),
                b'\0' => return Err(Stop::Error(error)),
                _ => octet = self.cursor.take()?,
            }
        }
    }
}

impl<'b> Iterator for Fields<'b> {
    type Item = Header<'b>;

    fn next(&mut self) -> Option<Header<'b>> {
        while self.end.is_none() {
            match self.line() {
                Ok(Line::Header(header)) => {
                    self.is_first = false;
                    return Some(header);
                }
                Ok(Line::Nothing) => {}
                Ok(Line::End) => self.end = Some(Ok(self.cursor.at())),
                Err(stop) => self.end = Some(Err(stop)),
            }
        }
        None
    }
}

/// A value without the white space and the line ends behind it.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let len = value.iter().rposition(|octet| !is_space(octet)).map_or(value.len(), |last| last + 1);
    value.get(..len).unwrap_or_default()
}
