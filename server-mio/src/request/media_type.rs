//! The media type of a request's content.

use std::borrow::Cow;

use rajada_parser::encode::is_token;
use rajada_parser::list::{self, Parameter};

use super::{OwnedRequest, Request, RequestError};

/// A media type with its parameters, as it stands in `Content-Type` (RFC 9110 section 8.3.1).
///
/// ```abnf
/// media-type = type "/" subtype *( OWS ";" OWS [ parameter-name "=" parameter-value ] )
/// ```
///
/// Type, subtype and names are tokens, values are tokens or quoted strings, in which nothing has a meaning but the quote
/// and the backslash. Octets beyond ASCII are allowed in quoted strings alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType<'r> {
    value: &'r [u8],
    essence: &'r str,
}

impl<'r> MediaType<'r> {
    /// Takes the value of `Content-Type` apart; `None` if it is not of the form above.
    ///
    /// ```
    /// use rajada_mio::MediaType;
    ///
    /// let html = MediaType::parse("Text/HTML; charset=\"utf\\-8\"").unwrap();
    /// assert!(html.is("text/html"));
    /// assert_eq!(html.charset().as_deref(), Some("utf-8"));
    /// for malformed in ["html", "text/plain,x+json", "text/plain; charset=\"utf-8", "text/plain; charset"] {
    ///     assert_eq!(MediaType::parse(malformed), None);
    /// }
    /// ```
    pub fn parse<V: AsRef<[u8]> + ?Sized>(value: &'r V) -> Option<MediaType<'r>> {
        let value = value.as_ref();
        let (essence, mut parameters) = list::parameters(value);
        let slash = essence.iter().position(|&octet| octet == b'/')?;
        let are_tokens = is_token(&essence[..slash]) && is_token(&essence[slash + 1..]);
        let are_pairs =
            parameters.all(|parameter| parameter.is_ok_and(|parameter| parameter.raw.is_some()));
        let essence = core::str::from_utf8(essence).ok()?;
        (are_tokens && are_pairs).then_some(MediaType { value, essence })
    }

    /// Type and subtype, as they were written: compare them by [`is`](Self::is).
    pub fn essence(&self) -> &'r str {
        self.essence
    }

    /// Whether type and subtype are these, compared without case.
    pub fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// Whether it is JSON: `application/json`, or another with the suffix `+json` (RFC 6839).
    pub fn is_json(&self) -> bool {
        let suffix = self.essence.len().checked_sub(5).and_then(|at| self.essence.get(at..));
        self.is("application/json")
            || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json"))
    }

    /// The parameter `charset`.
    pub fn charset(&self) -> Option<Cow<'r, str>> {
        self.parameter("charset")
    }

    /// The value of a parameter, whose name is compared without case; the first one, if there are several. Quotes and
    /// the backslashes of quoted pairs are taken away, octets that are not UTF-8 become U+FFFD.
    pub fn parameter(&self, name: &str) -> Option<Cow<'r, str>> {
        self.values(name).next()
    }

    /// The values of all parameters of this name.
    fn values(&self, name: &str) -> impl Iterator<Item = Cow<'r, str>> {
        let (_, parameters) = list::parameters(self.value);
        let named = parameters.filter_map(Result::ok).filter(move |parameter| parameter.is(name));
        named.map(|parameter| lossy(unquoted(&parameter)))
    }

    /// The value of a parameter that decides how content is read.
    ///
    /// # Errors
    /// It is there more than once, with different values.
    pub(super) fn only(&self, name: &str) -> Result<Option<Cow<'r, str>>, RequestError> {
        let mut values = self.values(name);
        let first = values.next();
        if values.all(|value| Some(value) == first) {
            Ok(first)
        } else {
            Err(RequestError::BadMediaType)
        }
    }

    /// # Errors
    /// Text in it is labelled with another charset than UTF-8.
    pub(super) fn check_charset(&self) -> Result<(), RequestError> {
        match self.only("charset")? {
            Some(charset) if !is_utf8(&charset) => Err(RequestError::Charset),
            _ => Ok(()),
        }
    }
}

/// Whether a label of a charset stands for UTF-8 (WHATWG Encoding, section 4.2), or for US-ASCII, which is a part of it and
/// is read as such.
pub(super) fn is_utf8(label: &str) -> bool {
    let labels = [
        "utf-8",
        "utf8",
        "unicode-1-1-utf-8",
        "unicode11utf8",
        "unicode20utf8",
        "x-unicode20utf8",
        "us-ascii",
        "ascii",
    ];
    let label = list::trim(label.as_bytes());
    labels.iter().any(|known| label.eq_ignore_ascii_case(known.as_bytes()))
}

/// The value of a parameter without its quotes and the backslashes of quoted pairs.
fn unquoted<'b>(parameter: &Parameter<'b>) -> Cow<'b, [u8]> {
    // There is nothing to take away but quotes if no buffer is needed.
    if let Some(value) = parameter.value(&mut []) {
        return Cow::Borrowed(value);
    }
    let mut buffer = vec![0; parameter.raw.map_or(0, <[u8]>::len)];
    let len = parameter.value(&mut buffer).map_or(0, <[u8]>::len);
    buffer.truncate(len);
    Cow::Owned(buffer)
}

fn lossy(octets: Cow<'_, [u8]>) -> Cow<'_, str> {
    match octets {
        Cow::Borrowed(octets) => String::from_utf8_lossy(octets),
        Cow::Owned(octets) => String::from_utf8_lossy(&octets).into_owned().into(),
    }
}

impl<'r> Request<'r> {
    /// The media type of the content, if it is labelled.
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError};
    ///
    /// App::new().post("/", |req: &Request| match req.media_type()? {
    ///     Some(media_type) if media_type.is("text/csv") => Ok("a table"),
    ///     Some(media_type) if media_type.is_json() => Ok("JSON"),
    ///     _ => Err(RequestError::MediaType("text/csv")),
    /// });
    /// ```
    ///
    /// # Errors
    /// A `Content-Type` that can't be understood, or several that differ.
    pub fn media_type(&self) -> Result<Option<MediaType<'r>>, RequestError> {
        let Some(value) = self.single_header("content-type")? else { return Ok(None) };
        MediaType::parse(value).map(Some).ok_or(RequestError::BadMediaType)
    }

    /// The media type of the content, if that is `essence`.
    pub(super) fn media_type_of(
        &self,
        essence: &'static str,
    ) -> Result<MediaType<'r>, RequestError> {
        let media_type = self.media_type()?.filter(|media_type| media_type.is(essence));
        media_type.ok_or(RequestError::MediaType(essence))
    }
}

impl OwnedRequest {
    /// See [`Request::media_type`].
    ///
    /// # Errors
    /// As [`Request::media_type`].
    pub fn media_type(&self) -> Result<Option<MediaType<'_>>, RequestError> {
        self.as_request().media_type()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(value: &str, name: &str) -> Option<String> {
        MediaType::parse(value).expect(value).parameter(name).map(Cow::into_owned)
    }

    #[test]
    fn quoted_strings_are_opaque() {
        for (value, name, expected) in [
            ("text/plain; x=\"; charset=utf-16\"", "charset", None),
            ("text/plain; x=\"; charset=utf-16\"", "X", Some("; charset=utf-16")),
            ("multipart/form-data; boundary=\"a;b\"", "boundary", Some("a;b")),
            ("multipart/form-data; boundary=\"a, b=c\"; x=y", "boundary", Some("a, b=c")),
            ("text/plain; charset=\"utf\\-8\"", "charset", Some("utf-8")),
            ("text/plain;x=\"\\\"\";CHARSET=UTF-8", "charset", Some("UTF-8")),
            ("text/plain ;\tx=\"\\\\\" ; charset=utf-8", "x", Some("\\")),
            ("text/plain; x=\"\"; x=2", "x", Some("")),
            ("text/plain;; ;charset=a;", "charset", Some("a")),
            ("text/plain; xcharset=a", "charset", None),
            ("text/plain; x=\"caf\u{e9}\"", "x", Some("café")),
        ] {
            assert_eq!(parameter(value, name).as_deref(), expected, "{value}");
        }
        let latin = MediaType::parse(b"text/plain; x=\"caf\xe9\"; charset=utf-8").unwrap();
        assert_eq!(latin.parameter("x").as_deref(), Some("caf\u{fffd}"));
        assert_eq!(latin.charset().as_deref(), Some("utf-8"));
    }

    #[test]
    fn types_subtypes_and_names_are_tokens() {
        for value in [
            "text",
            "text/",
            "/plain",
            "text/plain,x+json",
            "text/plain x",
            "text//plain",
            "te xt/plain",
            "tëxt/plain",
            "text/plain; charset",
            "text/plain; charset=",
            "text/plain; =utf-8",
            "text/plain; charset = utf-8",
            "text/plain; charset=\"utf-8",
            "text/plain; charset=\"utf-8\"x",
            "text/plain; a b=c",
            "text/plain; x=ü",
            "application/json\u{a0}",
            "\u{2003}application/json",
            "application/json\u{b}",
            "",
        ] {
            assert_eq!(MediaType::parse(value), None, "{value:?}");
        }
        for (value, essence) in
            [(" a/b\t", "a/b"), ("a/b ;", "a/b"), ("A/b+c.d;e=f", "A/b+c.d"), ("*/*", "*/*")]
        {
            assert_eq!(MediaType::parse(value).unwrap().essence(), essence);
        }
    }

    #[test]
    fn what_is_json() {
        for value in ["application/json", "Application/JSON;x=y", "a/b+json", "application/ld+JSON"]
        {
            assert!(MediaType::parse(value).unwrap().is_json(), "{value}");
        }
        for value in ["text/json", "json/json", "application/jsonp", "a/b+jsonx", "a/json"] {
            assert!(!MediaType::parse(value).unwrap().is_json(), "{value}");
        }
    }

    #[test]
    fn a_parameter_that_decides_is_there_once() {
        let only =
            |value| MediaType::parse(value).unwrap().only("boundary").map(|one| one.is_some());
        assert_eq!(only("a/b; boundary=x; Boundary=\"x\""), Ok(true));
        assert_eq!(only("a/b; boundary=x; boundary=y"), Err(RequestError::BadMediaType));
        assert_eq!(only("a/b; x=y"), Ok(false));
    }
}
