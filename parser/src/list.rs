//! Lists and parameters in field values.
//!
//! ```abnf
//! #element   = [ element ] *( OWS "," OWS [ element ] )
//! parameters = *( OWS ";" OWS [ parameter-name "=" parameter-value ] )
//! ```
//!
//! RFC 9110 sections 5.6.1 and 5.6.6. Neither commas nor semicolons split
//! within a quoted string (section 5.6.4). A field that stands in several lines
//! is one list:
//!
//! ```
//! use rajada_parser::{Config, Positions, Resume, list};
//!
//! let head = b"HTTP/1.1 200 OK\r\nVary: accept, origin\r\nvary: ,accept-language\r\n\r\n";
//! let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
//! let status = Config::STRICT.parse_response(head, &mut at, &mut slots)?;
//! let (response, _) = status.complete().unwrap();
//! let names: Result<Vec<_>, _> =
//!     response.fields().get_all("vary").flat_map(list::elements).collect();
//! assert_eq!(names.unwrap(), [&b"accept"[..], b"origin", b"accept-language"]);
//! # Ok::<(), rajada_parser::Error>(())
//! ```
//!
//! What has its own grammar is not for these iterators: comments in `Via` may
//! hold commas, entity tags may end in a backslash, and the days in dates are
//! followed by one.

#[cfg(test)]
mod tests;

use core::fmt;
use core::iter::FusedIterator;

use crate::scan::class::{TOKEN, belongs};

/// What is wrong with a list or with parameters. Offsets are octets from the
/// start of what was given to [`elements`] or [`parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListError {
    /// A quoted string begins at this offset and does not end.
    UnterminatedQuote(usize),
    /// At this offset stands an octet that can't be in the name of a parameter,
    /// or the name is missing.
    ParameterName(usize),
    /// At this offset stands an octet that can't be in the value of a
    /// parameter, or the value is missing behind its `=`.
    ParameterValue(usize),
}

impl ListError {
    /// Where it is, in octets.
    pub const fn offset(self) -> usize {
        let (ListError::UnterminatedQuote(offset)
        | ListError::ParameterName(offset)
        | ListError::ParameterValue(offset)) = self;
        offset
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            ListError::UnterminatedQuote(_) => "a quoted string that does not end",
            ListError::ParameterName(_) => "no name of a parameter",
            ListError::ParameterValue(_) => "no value of a parameter",
        };
        write!(f, "{text}, at octet {}", self.offset())
    }
}

impl core::error::Error for ListError {}

/// The elements of a comma-separated list, without the white space around them.
/// Empty elements are left out (RFC 9110 section 5.6.1.2).
///
/// ```
/// use rajada_parser::list::{self, ListError};
///
/// let mut elements = list::elements(b" a, , \"b, \\\" c\";d ,e\t");
/// assert_eq!(elements.next(), Some(Ok(&b"a"[..])));
/// assert_eq!(elements.next(), Some(Ok(&b"\"b, \\\" c\";d"[..])));
/// assert_eq!(elements.next(), Some(Ok(&b"e"[..])));
/// assert_eq!(elements.next(), None);
///
/// let mut elements = list::elements(b"a, \"b, c");
/// assert_eq!(elements.next(), Some(Ok(&b"a"[..])));
/// assert_eq!(elements.next(), Some(Err(ListError::UnterminatedQuote(3))));
/// assert_eq!(elements.next(), None);
/// ```
pub const fn elements(value: &[u8]) -> Elements<'_> {
    Elements(Parts { octets: value, at: 0, separator: b',' })
}

/// What stands before the first `;` of a list element or a value, and the
/// parameters behind it.
///
/// ```
/// use rajada_parser::list;
///
/// let (media_type, mut parameters) = list::parameters(b"text/html; charset=\"utf\\-8\";q=0.5");
/// assert_eq!(media_type, b"text/html");
/// let mut buffer = [0; 8];
/// let charset = parameters.next().unwrap()?;
/// assert!(charset.is("Charset"));
/// assert_eq!(charset.value(&mut buffer), Some(&b"utf-8"[..]));
/// assert_eq!(parameters.next().unwrap()?.raw, Some(&b"0.5"[..]));
/// assert_eq!(parameters.next(), None);
/// # Ok::<(), list::ListError>(())
/// ```
pub fn parameters(element: &[u8]) -> (&[u8], Parameters<'_>) {
    let mut parts = Parts { octets: element, at: 0, separator: b';' };
    let before = match parts.next() {
        Some(Ok((start, end))) => &element[start..end],
        // The error comes again, out of the iterator.
        Some(Err(_)) => {
            parts.at = 0;
            element
        }
        None => b"",
    };
    (trim(before), Parameters(parts))
}

/// `value` without the white space at its ends, which is SP and HTAB and nothing
/// else (RFC 9110 section 5.6.3). Values of fields come without it; parts of them
/// that are taken apart by hand do not.
///
/// ```
/// use rajada_parser::list::trim;
///
/// assert_eq!(trim(b" \ta b "), b"a b");
/// assert_eq!(trim(b"\xC2\xA0a\x0B"), b"\xC2\xA0a\x0B");
/// ```
///
/// ```abnf
/// OWS = *( SP / HTAB )
/// ```
pub fn trim(value: &[u8]) -> &[u8] {
    let outside = |octet: &u8| !is_space(octet);
    let start = value.iter().position(outside).unwrap_or(value.len());
    let end = value.iter().rposition(outside).map_or(start, |last| last + 1);
    &value[start..end]
}

/// Iterates over the elements of a list; see [`elements`]. After an error it
/// has ended.
#[derive(Clone, Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct Elements<'b>(Parts<'b>);

impl<'b> Iterator for Elements<'b> {
    type Item = Result<&'b [u8], ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.0.next()? {
                Err(error) => return Some(Err(error)),
                Ok((start, end)) => match trim(&self.0.octets[start..end]) {
                    b"" => {}
                    element => return Some(Ok(element)),
                },
            }
        }
    }
}

impl FusedIterator for Elements<'_> {}

/// Iterates over parameters; see [`parameters`]. Empty ones are left out. After
/// an error it has ended.
#[derive(Clone, Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct Parameters<'b>(Parts<'b>);

impl<'b> Iterator for Parameters<'b> {
    type Item = Result<Parameter<'b>, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (start, end) = match self.0.next()? {
                Err(error) => return Some(Err(error)),
                Ok(part) => part,
            };
            let parameter = trim(&self.0.octets[start..end]);
            if parameter.is_empty() {
                continue;
            }
            let leading = self.0.octets[start..].iter().take_while(|octet| is_space(octet)).count();
            let parameter = Parameter::parse_at(parameter, start + leading);
            if parameter.is_err() {
                self.0.at = usize::MAX;
            }
            return Some(parameter);
        }
    }
}

impl FusedIterator for Parameters<'_> {}

/// One `name=value`, where the value is a token or a quoted string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter<'b> {
    /// The name, a token. Names compare without case.
    pub name: &'b [u8],
    /// The value as it is written, with its quotes and backslashes. `None`
    /// where there is no `=`: RFC 9110 section 5.6.6 wants one, but other
    /// fields write names alone, such as `includeSubDomains` in
    /// `Strict-Transport-Security` and most directives of `Cache-Control`.
    pub raw: Option<&'b [u8]>,
}

impl<'b> Parameter<'b> {
    /// Reads one parameter, such as a list element of `Cache-Control`. White
    /// space around `=` is refused (RFC 9110 section 5.6.6).
    ///
    /// ```
    /// use rajada_parser::list::Parameter;
    ///
    /// let directive = Parameter::parse(b"max-age=60")?;
    /// assert_eq!((directive.name, directive.raw), (&b"max-age"[..], Some(&b"60"[..])));
    /// assert_eq!(Parameter::parse(b"no-store")?.raw, None);
    /// assert!(Parameter::parse(b"max-age = 60").is_err());
    /// # Ok::<(), rajada_parser::list::ListError>(())
    /// ```
    ///
    /// # Errors
    /// Any [`ListError`].
    pub fn parse(text: &'b [u8]) -> Result<Parameter<'b>, ListError> {
        Parameter::parse_at(text, 0)
    }

    /// `offset` is added to where an error is.
    fn parse_at(text: &'b [u8], offset: usize) -> Result<Parameter<'b>, ListError> {
        let name_end = token_end(text, 0);
        match text.get(name_end) {
            _ if name_end == 0 => Err(ListError::ParameterName(offset)),
            None => Ok(Parameter { name: text, raw: None }),
            Some(b'=') => {
                let value = &text[name_end + 1..];
                check_value(value, offset + name_end + 1)?;
                Ok(Parameter { name: &text[..name_end], raw: Some(value) })
            }
            Some(_) => Err(ListError::ParameterName(offset + name_end)),
        }
    }

    /// Whether this is the parameter `name`, compared without case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value without quotes and backslashes: the message's own octets where
    /// there is none to take away, or else copied into `buffer`. Empty where
    /// there is no `=`.
    ///
    /// `None` if `buffer` is too short; [`raw`](Self::raw)'s length is always
    /// enough.
    pub fn value<'a>(&self, buffer: &'a mut [u8]) -> Option<&'a [u8]>
    where
        'b: 'a,
    {
        let inner = match self.raw.unwrap_or_default() {
            [b'"', inner @ .., b'"'] => inner,
            token => return Some(token),
        };
        if memchr::memchr(b'\\', inner).is_none() {
            return Some(inner);
        }
        let mut written = 0;
        let mut rest = inner;
        while let [octet, behind @ ..] = rest {
            let (octet, behind) = match (octet, behind) {
                (b'\\', [escaped, behind @ ..]) => (escaped, behind),
                _ => (octet, behind),
            };
            *buffer.get_mut(written)? = *octet;
            written += 1;
            rest = behind;
        }
        buffer.get(..written)
    }
}

/// `value` is a token or a quoted string, and nothing more.
fn check_value(value: &[u8], offset: usize) -> Result<(), ListError> {
    let end = match value {
        [b'"', ..] => match quote_end(value, 0) {
            Some(end) => end,
            None => return Err(ListError::UnterminatedQuote(offset)),
        },
        _ => token_end(value, 0),
    };
    if end == 0 || end < value.len() {
        return Err(ListError::ParameterValue(offset + end));
    }
    Ok(())
}

/// What stands between separators that are not quoted, as positions.
#[derive(Clone, Debug)]
struct Parts<'b> {
    octets: &'b [u8],
    /// Where the next part begins; beyond the end if there is none.
    at: usize,
    separator: u8,
}

impl Parts<'_> {
    fn next(&mut self) -> Option<Result<(usize, usize), ListError>> {
        let start = self.at;
        let mut at = start;
        loop {
            let found = memchr::memchr2(self.separator, b'"', self.octets.get(at..)?);
            let end = found.map_or(self.octets.len(), |index| at + index);
            if self.octets.get(end) != Some(&b'"') {
                self.at = end + 1;
                return Some(Ok((start, end)));
            }
            match quote_end(self.octets, end) {
                Some(behind) => at = behind,
                None => {
                    self.at = usize::MAX;
                    return Some(Err(ListError::UnterminatedQuote(end)));
                }
            }
        }
    }
}

/// The offset behind the quoted string that begins at `start`, if it ends.
///
/// ```abnf
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
/// quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
/// ```
fn quote_end(octets: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', octets.get(at..)?)?;
        if octets[found] == b'"' {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

fn token_end(octets: &[u8], from: usize) -> usize {
    let behind = octets[from..].iter().position(|&octet| !belongs(octet, TOKEN));
    behind.map_or(octets.len(), |index| from + index)
}

fn is_space(octet: &u8) -> bool {
    matches!(octet, b' ' | b'\t')
}
