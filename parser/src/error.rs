//! What is wrong with a message.

use core::fmt;

/// A message that is not acceptable: what is wrong with it, where, and which
/// status code it deserves.
///
/// `Error` is what the *peer* did wrong. Incomplete input is never an error; it
/// is [`Status::Partial`](crate::Status::Partial).
///
/// ```
/// use rajada_parser::{Config, ErrorKind, Positions, Resume};
///
/// let head = b"GET /a b HTTP/1.1\r\n\r\n";
/// let error = Config::STRICT
///     .parse_request(head, &mut Resume::new(), &mut Positions::<8>::new())
///     .unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Version);
/// assert_eq!(error.offset(), 7); // the `b` behind the second space
/// assert_eq!(error.status(), 400);
/// assert_eq!(error.to_string(), "no HTTP version behind the target, at octet 7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: u32,
}

impl Error {
    /// An error of `kind` at `offset`, counted in octets.
    #[inline]
    pub(crate) const fn new(kind: ErrorKind, offset: usize) -> Error {
        let offset = if offset > u32::MAX as usize { u32::MAX } else { offset as u32 };
        Error { kind, offset }
    }

    /// What is wrong.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where: octets from the first one of the message (for chunked content and
    /// its trailers, from the first one of the content). It does not depend on
    /// how the message was split. Limits are offended by the first octet beyond
    /// them; a missing field is missed at the empty line that ends the head.
    /// Content can be longer than 4 GiB: what is wrong behind that is at
    /// `u32::MAX`.
    pub const fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The status code of the response that the message deserves: `400` unless
    /// the kind says otherwise. A client that finds the error in a response has
    /// no use for it.
    pub const fn status(&self) -> u16 {
        self.kind.status()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at octet {}", self.kind.text(), self.offset)
    }
}

impl core::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

/// Declares the kinds with what is known of each, in one place.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:literal, $text:literal;)*) => {
        /// What can be wrong with a message, one variant an offence.
        ///
        /// Each says what was found, with octets that have it: `\r`, `\n` and
        /// `\x00` stand for one octet, and limits are the default ones where none
        /// is named. The status code that [`Error::status`] gives is 400 where
        /// none is named.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[$doc])* $kind,)* }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$kind),*];

            /// The status code of the response that such a message deserves.
            pub const fn status(self) -> u16 {
                match self { $(ErrorKind::$kind => $status,)* }
            }

            const fn text(self) -> &'static str {
                match self { $(ErrorKind::$kind => $text,)* }
            }
        }
    };
}

kinds! {
    /// More than one empty line, or something that only looks like one, before
    /// the start line. RFC 9112 section 2.2.
    ///
    /// Example: `\r\n\r\nGET / HTTP/1.1\r\n`
    EmptyLines = 400, "more than one empty line before the start line";
    /// The method is empty or holds an octet that no token has. RFC 9110
    /// section 9.1.
    ///
    /// Example: `G@T / HTTP/1.1\r\n`
    Method = 400, "an octet that can't be in a method";
    /// The method is longer than [`Limits::method`](crate::Limits::method). RFC
    /// 9112 section 3. Status 501.
    ///
    /// Example: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\n`
    MethodTooLong = 501, "a method longer than any known one";
    /// The target is empty. RFC 9112 section 3.2.
    ///
    /// Example: `GET  HTTP/1.1\r\n`
    TargetEmpty = 400, "no request target";
    /// The target holds a control octet, `#`, DEL or an octet of 0x80 or above.
    /// RFC 9112 section 3.2.
    ///
    /// Example: `GET /a#b HTTP/1.1\r\n`
    Target = 400, "an octet that can't be in a request target";
    /// The request line is longer than
    /// [`Limits::request_line`](crate::Limits::request_line). Status 414. With
    /// a limit of 15:
    ///
    /// Example: `GET /a HTTP/1.1\r\n`
    TargetTooLong = 414, "a request line over the limit";
    /// The target is in none of the four forms, or not in one that goes with
    /// the method. RFC 9112 section 3.2. Found by framing.
    ///
    /// Example: `GET * HTTP/1.1\r\nHost: a\r\n\r\n`
    TargetForm = 400, "a request target in a form that the method does not take";
    /// The line ends behind the target: the HTTP/0.9 form. RFC 9112 section 3.
    ///
    /// Example: `GET /\r\n`
    VersionMissing = 400, "no HTTP version in the request line";
    /// What stands where the version belongs is none, or a second space. RFC
    /// 9112 section 2.3.
    ///
    /// Example: `GET / HTTP/1.10\r\n`
    Version = 400, "no HTTP version behind the target";
    /// A major version other than 1, in a head that is otherwise complete. RFC
    /// 9110 section 15.6.6. Status 505.
    ///
    /// Example: `PRI * HTTP/2.0\r\n\r\n`
    VersionUnsupported = 505, "a major version other than 1";
    /// The status line does not begin with a version, one space and a status
    /// code of three digits from 100 to 599. RFC 9112 section 4.
    ///
    /// Example: `HTTP/1.1 20 OK\r\n`
    StatusLine = 400, "no status line";
    /// The reason phrase holds a control octet. RFC 9112 section 4.
    ///
    /// Example: `HTTP/1.1 200 O\x01K\r\n`
    Reason = 400, "a control octet in the reason phrase";
    /// LF without CR before it. RFC 9112 section 2.2.
    ///
    /// Example: `GET / HTTP/1.1\nHost: a\n\n`
    BareLf = 400, "LF without CR before it";
    /// CR without LF behind it; the offset is the CR's. RFC 9112 section 2.2.
    ///
    /// Example: `GET / HTTP/1.1\r\nA: b\rc\r\n`
    BareCr = 400, "CR without LF behind it";
    /// Space or tab between the start line and the first field. RFC 9112
    /// section 2.2.
    ///
    /// Example: `GET / HTTP/1.1\r\n Host: a\r\n`
    SpaceBeforeFields = 400, "white space before the first field";
    /// A field line that begins with space or tab. RFC 9112 section 5.2.
    ///
    /// Example: `GET / HTTP/1.1\r\nA: b\r\n c\r\n`
    ObsFold = 400, "a folded field line";
    /// A field line that begins with a colon. RFC 9112 section 5.
    ///
    /// Example: `GET / HTTP/1.1\r\n: b\r\n`
    FieldNameEmpty = 400, "a field without a name";
    /// An octet that no token has, in a field name. RFC 9110 section 5.1.
    ///
    /// Example: `GET / HTTP/1.1\r\nA[0]: b\r\n`
    FieldName = 400, "an octet that can't be in a field name";
    /// Space or tab between field name and colon. RFC 9112 section 5.1.
    ///
    /// Example: `GET / HTTP/1.1\r\nA : b\r\n`
    SpaceBeforeColon = 400, "white space behind a field name";
    /// The line ends within the field name. RFC 9112 section 5.
    ///
    /// Example: `GET / HTTP/1.1\r\nA\r\n`
    ColonMissing = 400, "a field line without a colon";
    /// A control octet other than HTAB, or DEL, in a field value. RFC 9110
    /// section 5.5.
    ///
    /// Example: `GET / HTTP/1.1\r\nA: b\x00\r\n`
    FieldValue = 400, "a control octet in a field value";
    /// The head is longer than [`Limits::head`](crate::Limits::head). RFC 6585
    /// section 5. Status 431. With a limit of 20:
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\n\r\n`
    HeadTooLarge = 431, "a head over the limit";
    /// More fields than [`Limits::fields`](crate::Limits::fields), or than
    /// there are slots; the offset is the first octet of the first field too
    /// many. RFC 6585 section 5. Status 431. With a limit of 1:
    ///
    /// Example: `GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n`
    TooManyFields = 431, "more fields than the limit";
    /// No `Host` in an HTTP/1.1 request. RFC 9112 section 3.2. Found by
    /// framing.
    ///
    /// Example: `GET / HTTP/1.1\r\n\r\n`
    HostMissing = 400, "no Host field";
    /// More than one `Host` line, equal or not. RFC 9112 section 3.2. Found by
    /// framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n`
    HostRepeated = 400, "more than one Host field";
    /// `Host` is empty, or not `uri-host [ ":" port ]`. RFC 9110 section 7.2.
    /// Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: user@a\r\n\r\n`
    Host = 400, "no host and port in the Host field";
    /// The authority of an absolute-form target is not `Host`'s. Stricter than
    /// RFC 9112 section 3.2.2. Found by framing.
    ///
    /// Example: `GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n`
    HostMismatch = 400, "a Host field that differs from the target's authority";
    /// `Transfer-Encoding` in an HTTP/1.0 message. RFC 9112 section 6.1. Found
    /// by framing.
    ///
    /// Example: `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n`
    TransferEncodingVersion = 400, "Transfer-Encoding in HTTP/1.0";
    /// `Transfer-Encoding` together with `Content-Length`. RFC 9112 section
    /// 6.1. Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`
    TransferEncodingAndContentLength = 400, "Transfer-Encoding beside Content-Length";
    /// The codings do not end in exactly one `chunked`, or are no list of plain
    /// tokens. RFC 9112 section 6.1. Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n`
    TransferEncoding = 400, "a Transfer-Encoding that does not end in one chunked";
    /// A coding before `chunked` that is not known. RFC 9112 section 6.1.
    /// Status 501. Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n`
    TransferCodingUnknown = 501, "an unknown transfer coding";
    /// `Content-Length` or `Transfer-Encoding` in a request by CONNECT, which has no
    /// content: whether what follows is content or the tunnel's, two recipients could
    /// read differently. RFC 9110 section 9.3.6. Found by framing.
    ///
    /// Example: `CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\n`
    ConnectContent = 400, "a length or a coding in a request by CONNECT";
    /// `Content-Length` is not a number in decimal digits. RFC 9110 section
    /// 8.6. Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n`
    ContentLength = 400, "a Content-Length that is not a number";
    /// More than one `Content-Length`, in several lines or as a list: in
    /// requests, equal or not; in responses, with different values. RFC 9112
    /// section 6.3. Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n`
    ContentLengthRepeated = 400, "more than one Content-Length";
    /// `Content-Length` exceeds 64 bits. RFC 9110 section 8.6. Found by
    /// framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n`
    ContentLengthOverflow = 400, "a Content-Length over 64 bits";
    /// An expectation other than `100-continue`. RFC 9110 section 10.1.1.
    /// Status 417. Found by framing.
    ///
    /// Example: `GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n`
    Expectation = 417, "an unknown expectation";
    /// A chunk size that is not in hexadecimal digits. RFC 9112 section 7.1.
    ///
    /// Example: `0x5\r\n`
    ChunkSize = 400, "an octet that can't be in a chunk size";
    /// A chunk size of more than 16 digits. RFC 9112 section 7.1.
    ///
    /// Example: `00000000000000005\r\n`
    ChunkSizeOverflow = 400, "a chunk size of more than 16 digits";
    /// A malformed chunk extension. RFC 9112 section 7.1.1.
    ///
    /// Example: `5;=b\r\n`
    ChunkExtension = 400, "a malformed chunk extension";
    /// Chunk extensions longer than
    /// [`Limits::chunk_extensions`](crate::Limits::chunk_extensions) or, in
    /// all,
    /// [`Limits::chunk_extensions_total`](crate::Limits::chunk_extensions_total).
    /// With a limit of 4:
    ///
    /// Example: `5;name\r\n`
    ChunkExtensionTooLong = 400, "chunk extensions over the limit";
    /// Chunk data is not followed by CR LF. RFC 9112 section 7.1.
    ///
    /// Example: `3\r\nhello\r\n`
    ChunkEnd = 400, "chunk data that is not of its size";
    /// More octets of chunk framing than the content is worth: see
    /// [`Limits::chunk_overhead`](crate::Limits::chunk_overhead). With a limit
    /// of 10:
    ///
    /// Example: `000000001\r\nx\r\n`
    ChunkOverhead = 400, "more chunk framing than content";
    /// The trailer section is longer than
    /// [`Limits::trailers`](crate::Limits::trailers). Status 431. With a limit
    /// of 8:
    ///
    /// Example: `Sum: 42\r\n\r\n`
    TrailersTooLarge = 431, "a trailer section over the limit";
    /// `Content-Length`, `Transfer-Encoding` or `Host` in a trailer section.
    /// RFC 9110 section 6.5.1.
    ///
    /// Example: `Content-Length: 5\r\n\r\n`
    TrailerForbidden = 400, "a field that can't be a trailer";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_kind_says_what_it_is() {
        for (index, kind) in ErrorKind::ALL.iter().enumerate() {
            assert!(kind.text().len() > 8, "{kind:?}");
            assert!((400..600).contains(&kind.status()), "{kind:?}");
            assert!(
                !ErrorKind::ALL[..index].iter().any(|other| other.text() == kind.text()),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn an_error_is_small_and_readable() {
        assert!(size_of::<Error>() <= 8);
        let error = Error::new(ErrorKind::BareLf, 17);
        assert_eq!(error.to_string(), "LF without CR before it, at octet 17");
    }
}
