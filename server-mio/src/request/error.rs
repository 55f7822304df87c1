//! What is wrong with a request, found when it is looked at.

use core::fmt;
use std::sync::Arc;

use crate::Status;

/// What an accessor of a request found wrong. A handler that passes it on by `?` answers with its
/// [`status`](Self::status).
///
/// ```
/// use rajada_mio::{RequestError, Status};
///
/// assert_eq!(RequestError::NotUtf8.status(), Status::BAD_REQUEST);
/// assert_eq!(RequestError::MediaType("application/json").status(), Status::UNSUPPORTED_MEDIA_TYPE);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The content is not of this media type: 415.
    MediaType(&'static str),
    /// The content is labelled with a charset that is not UTF-8: 415.
    Charset,
    /// `Content-Type` can't be understood, or lacks the boundary that its type demands: 400.
    BadMediaType,
    /// The content is not UTF-8, though it should be text: 400.
    NotUtf8,
    /// A header that must not be repeated has different values: 400. Its name.
    RepeatedHeader(String),
    /// A parameter of the path is not what it should be: 400. Its name, as the [place](ContentError::place), and what is
    /// wrong.
    Param(ContentError),
    /// A header is not what it should be: 400. Its name, and what is wrong.
    Header(ContentError),
    /// The query is not the value that was expected: 400. The name, and what is wrong.
    Query(ContentError),
    /// The form is not the value that was expected: 400. The name, and what is wrong.
    Form(ContentError),
    /// The content is not the JSON that was expected: 400. Where, and what is wrong.
    Json(ContentError),
    /// The content is not a multipart form: 400. Where, and what is wrong.
    Multipart(ContentError),
    /// A hook before the handler asks for content, which is not read yet, or a handler asks for content elsewhere than of its
    /// [`ContentStream`](crate::ContentStream): 500, a mistake of its author.
    Unread,
    /// A hook waits for content, or a handler takes it, and there is more than its route or scope takes: 413.
    TooLarge,
    /// Somebody waits for content of a request that has ended before it was read: 400, which nobody is sent.
    Over,
    /// Content that is taken as it arrives is malformed (RFC 9112 section 7.1): the status that this deserves, and what is
    /// wrong.
    Malformed(Status, ContentError),
    /// The peer has sent its content too slowly, or none of it for too long: 408.
    Late,
    /// There was no room for more content of anybody: 503.
    Crowded,
    /// The peer has gone before its content was complete: 400, which nobody is sent.
    Cut,
}

impl RequestError {
    /// The status that it deserves.
    pub fn status(&self) -> Status {
        match self {
            RequestError::MediaType(_) | RequestError::Charset => Status::UNSUPPORTED_MEDIA_TYPE,
            RequestError::Unread => Status::INTERNAL_SERVER_ERROR,
            RequestError::TooLarge => Status::CONTENT_TOO_LARGE,
            RequestError::Malformed(status, _) => *status,
            RequestError::Late => Status::REQUEST_TIMEOUT,
            RequestError::Crowded => Status::SERVICE_UNAVAILABLE,
            _ => Status::BAD_REQUEST,
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestError::MediaType(expected) => write!(f, "the content should be {expected}"),
            RequestError::Charset => f.write_str("the content should be UTF-8"),
            RequestError::BadMediaType => f.write_str("Content-Type is malformed"),
            RequestError::NotUtf8 => f.write_str("the content is not UTF-8"),
            RequestError::RepeatedHeader(name) => {
                write!(f, "{name} is repeated with different values")
            }
            RequestError::Param(what) => write!(f, "a parameter of the path is wrong: {what}"),
            RequestError::Header(what) => write!(f, "a header is wrong: {what}"),
            RequestError::Query(what) => write!(f, "the query is wrong: {what}"),
            RequestError::Form(what) => write!(f, "the form is wrong: {what}"),
            RequestError::Json(what) => write!(f, "the content is not the JSON expected: {what}"),
            RequestError::Multipart(what) => {
                write!(f, "the content is not a multipart form: {what}")
            }
            RequestError::Unread => f.write_str(
                "a `before` hook runs before content is read, and a handler with a stream has it there",
            ),
            RequestError::TooLarge => f.write_str("there is more content than is taken"),
            RequestError::Over => f.write_str("the request has ended before its content was read"),
            RequestError::Malformed(_, what) => write!(f, "the content is malformed: {what}"),
            RequestError::Late => f.write_str("the content came too slowly"),
            RequestError::Crowded => f.write_str("there is no room for more content"),
            RequestError::Cut => f.write_str("the peer has gone within the content"),
        }
    }
}

impl core::error::Error for RequestError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            RequestError::Param(what)
            | RequestError::Header(what)
            | RequestError::Query(what)
            | RequestError::Form(what)
            | RequestError::Json(what)
            | RequestError::Malformed(_, what)
            | RequestError::Multipart(what) => what.source.as_deref().map(|source| source as _),
            _ => None,
        }
    }
}

/// What is wrong with content: where, and in whose words.
///
/// It is shown as one line of at most 512 octets of text, whatever the content holds: what is longer is cut, and
/// controls are escaped. Two are equal if they say the same.
#[derive(Debug, Clone)]
pub struct ContentError {
    place: String,
    what: String,
    source: Option<Arc<dyn core::error::Error + Send + Sync>>,
}

/// Octets of a path, and of what is said about it.
const LONGEST_PLACE: usize = 128;
const LONGEST_WORDS: usize = 384;

impl ContentError {
    /// Says what is wrong: for what a handler finds itself, in content that was readable.
    ///
    /// ```
    /// use rajada_mio::{ContentError, RequestError};
    ///
    /// let what = ContentError::new("0 are too few").at("items[3].number");
    /// let text = "the content is not the JSON expected: items[3].number: 0 are too few";
    /// assert_eq!(RequestError::Json(what).to_string(), text);
    /// ```
    pub fn new(what: impl fmt::Display) -> ContentError {
        ContentError { place: String::new(), what: line(what, LONGEST_WORDS), source: None }
    }

    /// Says it in the words of a library's error, which becomes the [source](core::error::Error::source) of the
    /// [`RequestError`].
    pub fn of(error: impl core::error::Error + Send + Sync + 'static) -> ContentError {
        let told = ContentError::new(&error);
        ContentError { source: Some(Arc::new(error)), ..told }
    }

    /// The same, at a [place](Self::place).
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> ContentError {
        ContentError { place: line(place, LONGEST_PLACE), ..self }
    }

    /// Where: the path of a JSON value, such as `items[3].price`; the name of a parameter, a header, a field of a query or of
    /// a form; the octet of a form in several parts, such as `octet 120`. Empty where it is the value as a whole.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl PartialEq for ContentError {
    fn eq(&self, other: &ContentError) -> bool {
        (&self.place, &self.what) == (&other.place, &other.what)
    }
}

impl Eq for ContentError {}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => f.write_str(&self.what),
            place => write!(f, "{place}: {}", self.what),
        }
    }
}

/// Text of a stranger as one line of at most `most` octets, and dots behind what is left out.
fn line(text: impl fmt::Display, most: usize) -> String {
    let mut line = String::new();
    for part in text.to_string().chars() {
        let escape = part.is_control().then(|| part.escape_default());
        let before = line.len();
        match escape {
            Some(escape) => line.extend(escape),
            None => line.push(part),
        }
        if line.len() > most - "...".len() {
            line.truncate(before);
            line.push_str("...");
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_strangers_are_one_line_of_bounded_length() {
        assert_eq!(line("a\r\n\u{85}b", 100), "a\\r\\n\\u{85}b");
        assert_eq!(line("12345", 9), "12345");
        for text in ["x", "é", "☃", "\n", "\u{7f}"] {
            for most in 3..20 {
                let cut = line(text.repeat(100), most);
                assert!(cut.len() <= most && cut.ends_with("..."), "{cut}");
            }
        }
        let long = "☃".repeat(1 << 20);
        let error = ContentError::new(&long).at(&long);
        assert!(error.to_string().len() <= 514, "{error}");
        assert!(error.place().starts_with("☃☃"));
    }
}
