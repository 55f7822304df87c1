//! What is wrong with a request, found when it is looked at.

use core::fmt;

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
    /// `Content-Type` can't be understood: 400.
    BadMediaType,
    /// The content is not UTF-8, though it should be text: 400.
    NotUtf8,
    /// A header that must not be repeated has different values: 400.
    RepeatedHeader,
    /// The content is not the JSON that was expected: 400. Where, and what is wrong.
    Json(String),
    /// The content is not a multipart form: 400.
    Multipart(String),
    /// A hook before the handler asks for content, which is not read yet: 500, a mistake of its author.
    Unread,
}

impl RequestError {
    /// The status that it deserves.
    pub fn status(&self) -> Status {
        match self {
            RequestError::MediaType(_) | RequestError::Charset => Status::UNSUPPORTED_MEDIA_TYPE,
            RequestError::Unread => Status::INTERNAL_SERVER_ERROR,
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
            RequestError::RepeatedHeader => {
                f.write_str("a header is repeated with different values")
            }
            RequestError::Json(what) => write!(f, "the content is not the JSON expected: {what}"),
            RequestError::Multipart(what) => {
                write!(f, "the content is not a multipart form: {what}")
            }
            RequestError::Unread => f.write_str("a `before` hook runs before content is read"),
        }
    }
}

impl core::error::Error for RequestError {}
