//! The media type of a request's content.

use super::{OwnedRequest, Request, RequestError};

/// A media type with its parameters (RFC 9110 section 8.3.1), as it stands in `Content-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType<'r> {
    essence: &'r str,
    parameters: &'r str,
}

impl<'r> MediaType<'r> {
    /// Takes the value of `Content-Type` apart; `None` if it has no type and subtype.
    ///
    /// ```
    /// use rajada_mio::MediaType;
    ///
    /// let html = MediaType::parse("Text/HTML; charset=\"utf-8\"").unwrap();
    /// assert!(html.is("text/html"));
    /// assert_eq!(html.charset(), Some("utf-8"));
    /// assert_eq!(MediaType::parse("html"), None);
    /// ```
    pub fn parse(value: &'r str) -> Option<MediaType<'r>> {
        let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
        let essence = essence.trim();
        let (main, sub) = essence.split_once('/')?;
        let is_token =
            |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_graphic());
        (is_token(main) && is_token(sub)).then_some(MediaType { essence, parameters })
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
    pub fn charset(&self) -> Option<&'r str> {
        self.parameter("charset")
    }

    /// The value of a parameter, without its quotes. (Escapes within quotes are left as they are.)
    pub fn parameter(&self, name: &str) -> Option<&'r str> {
        let pairs = self.parameters.split(';').filter_map(|parameter| parameter.split_once('='));
        let named = |&(own, _): &(&str, &str)| own.trim().eq_ignore_ascii_case(name);
        let value = pairs.into_iter().find(named)?.1.trim();
        Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
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
        let value = core::str::from_utf8(value).ok();
        value.and_then(MediaType::parse).map(Some).ok_or(RequestError::BadMediaType)
    }

    /// The content, if its media type is `essence`.
    pub(super) fn content_of(&self, essence: &'static str) -> Result<&'r [u8], RequestError> {
        match self.media_type()? {
            Some(media_type) if media_type.is(essence) => self.read_bytes(),
            _ => Err(RequestError::MediaType(essence)),
        }
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
