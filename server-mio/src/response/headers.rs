//! Header fields of an answer, as they will be sent.

use core::fmt;

use rajada_parser::encode::{is_field_value, is_token};
use rajada_parser::list::trim;
use rajada_pipeline::Head;

use crate::{ContentType, MediaType};

/// The header fields of an answer, in the order in which they are sent. Names compare without case (RFC 9110 section
/// 5.1). Whatever is in it can be sent.
///
/// ```
/// use rajada_mio::{App, BadHeader, Headers, Request};
///
/// let mut headers = Headers::new();
/// headers.set("Cache-Control", "no-store")?.add("Vary", "Origin")?.add("Vary", "Accept")?;
/// assert_eq!(headers.get_text("cache-control"), Some("no-store"));
/// assert_eq!(headers.get_all("vary").count(), 2);
/// assert_eq!(headers.iter().last(), Some(("Vary", &b"Accept"[..])));
///
/// // They are a part of an answer, too.
/// App::new().get("/", move |_: &Request| (headers.clone(), "hello"));
/// # Ok::<(), BadHeader>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Whole field lines, each `name: value` and CRLF.
    lines: Vec<u8>,
}

/// A header that can't be sent: its name is no token, its value has control octets such as CR, LF or NUL
/// (RFC 9110 section 5), it is one that the server writes itself, or a `Content-Type` that is none
/// ([`MediaType::parse`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadHeader;

impl fmt::Display for BadHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a header that can't be sent")
    }
}

impl core::error::Error for BadHeader {}

impl Headers {
    /// None.
    pub const fn new() -> Headers {
        Headers { lines: Vec::new() }
    }

    /// The value of the first field called `name`.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.get_all(name).next()
    }

    /// [`get`](Self::get) as text; `None` also if it is not UTF-8.
    pub fn get_text(&self, name: &str) -> Option<&str> {
        core::str::from_utf8(self.get(name)?).ok()
    }

    /// The values of all fields called `name`, in order.
    pub fn get_all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        lines(&self.lines).map(parts)
    }

    /// Whether a field is called `name`.
    #[doc(alias = "contains_key")]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// How many field lines there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a field behind those of its name; a `Content-Type`, of which an answer has one, in place of it.
    ///
    /// # Errors
    /// If it can't be sent; nothing is changed then.
    #[doc(alias = "append")]
    pub fn add(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<&mut Self, BadHeader> {
        let value = checked(name, value.as_ref())?;
        if is_content_type(name) {
            self.remove(name);
        }
        self.push(name, value);
        Ok(self)
    }

    /// Sets a field in place of all of its name.
    ///
    /// # Errors
    /// If it can't be sent; nothing is changed then.
    #[doc(alias = "insert")]
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<&mut Self, BadHeader> {
        let value = checked(name, value.as_ref())?;
        self.remove(name);
        self.push(name, value);
        Ok(self)
    }

    /// Removes all fields of a name. True if there were any.
    #[cold]
    pub fn remove(&mut self, name: &str) -> bool {
        let (mut at, mut kept) = (0, 0);
        while at < self.lines.len() {
            let len = first_len(&self.lines[at..]);
            let stays = !parts(&self.lines[at..at + len]).0.eq_ignore_ascii_case(name);
            if stays {
                self.lines.copy_within(at..at + len, kept);
                kept += len;
            }
            at += len;
        }
        self.lines.truncate(kept);
        kept < at
    }

    /// Removes all of them.
    pub fn clear(&mut self) {
        self.lines.clear();
    }

    /// Sets the media type.
    pub(super) fn set_type(&mut self, content_type: ContentType) {
        self.remove(CONTENT_TYPE);
        self.push(CONTENT_TYPE, content_type.as_str().as_bytes());
    }

    /// Takes the fields of an answer's value: they replace what was set of their names before, but for cookies.
    pub(crate) fn take_over(&mut self, others: &Headers) {
        if !self.is_empty() {
            others.iter().for_each(|(name, _)| {
                if !is_set_cookie(name) {
                    self.remove(name);
                }
            });
        }
        self.lines.extend_from_slice(&others.lines);
    }

    /// Adds a field that was checked.
    fn push(&mut self, name: &str, value: &[u8]) {
        self.lines.extend_from_slice(name.as_bytes());
        self.lines.extend_from_slice(b": ");
        self.lines.extend_from_slice(value);
        self.lines.extend_from_slice(b"\r\n");
    }

    pub(super) fn with_capacity(octets: usize) -> Headers {
        Headers { lines: Vec::with_capacity(octets) }
    }

    pub(super) fn shrink_to(&mut self, octets: usize) {
        self.lines.shrink_to(octets);
    }

    /// The field lines, encoded.
    pub(super) fn as_lines(&self) -> &[u8] {
        &self.lines
    }
}

pub(super) const CONTENT_TYPE: &str = "Content-Type";

pub(super) fn is_content_type(name: &str) -> bool {
    name.eq_ignore_ascii_case(CONTENT_TYPE)
}

/// Its lines stand each for itself (RFC 6265 section 3).
fn is_set_cookie(name: &str) -> bool {
    name.eq_ignore_ascii_case("Set-Cookie")
}

/// The value of a field without white space around it.
fn checked<'v>(name: &str, value: &'v [u8]) -> Result<&'v [u8], BadHeader> {
    let value = trim(value);
    if !is_token(name.as_bytes())
        || !is_field_value(value)
        || Head::is_added(name.as_bytes())
        || name.eq_ignore_ascii_case("date")
        || is_content_type(name) && MediaType::parse(value).is_none()
    {
        return Err(BadHeader);
    }
    Ok(value)
}

fn lines(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split_inclusive(|&octet| octet == b'\n')
}

/// How long the first line is.
fn first_len(octets: &[u8]) -> usize {
    lines(octets).next().map_or(octets.len(), <[u8]>::len)
}

/// The name and the value of a line that was made here.
fn parts(line: &[u8]) -> (&str, &[u8]) {
    let colon = line.iter().position(|&octet| octet == b':').unwrap_or(line.len());
    let (name, rest) = line.split_at(colon);
    let value = rest.strip_prefix(b": ").and_then(|rest| rest.strip_suffix(b"\r\n"));
    (core::str::from_utf8(name).unwrap_or_default(), value.unwrap_or_default())
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| (name, value.escape_ascii().to_string()));
        f.debug_map().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(headers: &Headers) -> String {
        String::from_utf8(headers.as_lines().to_vec()).unwrap()
    }

    #[test]
    fn fields_are_read_changed_and_removed_by_names_without_case() {
        let mut headers = Headers::new();
        headers.add("A", "1").unwrap().add("b", " 2\t").unwrap().add("a", "").unwrap();
        assert_eq!(shown(&headers), "A: 1\r\nb: 2\r\na: \r\n");
        assert_eq!(headers.get_all("a").collect::<Vec<_>>(), [&b"1"[..], b""]);
        assert_eq!((headers.get("B"), headers.get("c")), (Some(&b"2"[..]), None));
        assert_eq!((headers.len(), headers.contains("B"), headers.contains("")), (3, true, false));
        headers.set("a", "3: 4").unwrap();
        assert_eq!(shown(&headers), "b: 2\r\na: 3: 4\r\n");
        assert_eq!(headers.get_text("A"), Some("3: 4"));
        assert!(headers.remove("B") && !headers.remove("b"));
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("a", &b"3: 4"[..])]);
        assert_eq!(format!("{headers:?}"), "{\"a\": \"3: 4\"}");
        headers.clear();
        assert!(headers.is_empty() && !headers.remove("a"));
    }

    #[test]
    fn what_can_not_be_sent_is_refused_and_changes_nothing() {
        let mut headers = Headers::new();
        headers.set("Content-Type", "text/plain").unwrap().set("a", "b").unwrap();
        let before = headers.clone();
        for (name, value) in [
            ("", "b"),
            ("a b", "b"),
            ("a:", "b"),
            ("a", "b\r\nc: d"),
            ("a", "\0"),
            ("Date", "today"),
            ("content-length", "1"),
            ("Connection", "close"),
            ("content-type", "text"),
        ] {
            assert_eq!(headers.add(name, value).err(), Some(BadHeader), "{name}");
            assert_eq!(headers.set(name, value).err(), Some(BadHeader), "{name}");
        }
        assert_eq!(headers, before);
    }

    #[test]
    fn there_is_one_content_type_and_any_number_of_cookies() {
        let mut headers = Headers::new();
        headers.add("content-type", "a/b").unwrap().add("Content-Type", "c/d").unwrap();
        headers.add("Set-Cookie", "a=b").unwrap().add("X", "1").unwrap();
        let mut others = Headers::new();
        others.add("set-cookie", "c=d").unwrap().add("x", "2").unwrap().add("x", "3").unwrap();
        headers.take_over(&others);
        assert_eq!(
            shown(&headers),
            "Content-Type: c/d\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\nx: 2\r\nx: 3\r\n"
        );
    }
}
