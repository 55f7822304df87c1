//! Status codes and their reason phrases.

use core::fmt;

/// A status code, 100 to 599: all that HTTP has classes for (RFC 9110 section 15).
///
/// ```
/// use rajada_mio::Status;
///
/// assert_eq!(Status::NOT_FOUND.code(), 404);
/// assert_eq!(Status::NOT_FOUND.reason(), "Not Found");
/// assert_eq!(Status::new(42), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(u16);

impl Status {
    /// The status of a code from 100 to 599; `None` for any other number.
    pub const fn new(code: u16) -> Option<Status> {
        if code >= 100 && code <= 599 { Some(Status(code)) } else { None }
    }

    /// The number.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The reason phrase of the IANA registry of status codes; empty for a code that has none.
    pub fn reason(self) -> &'static str {
        match REASONS.binary_search_by_key(&self.0, |&(code, _)| code) {
            Ok(at) => REASONS[at].1,
            Err(_) => "",
        }
    }

    /// True for 400 and above.
    pub const fn is_error(self) -> bool {
        self.0 >= 400
    }

    /// 200
    pub const OK: Status = Status(200);
    /// 201
    pub const CREATED: Status = Status(201);
    /// 202
    pub const ACCEPTED: Status = Status(202);
    /// 204
    pub const NO_CONTENT: Status = Status(204);
    /// 301
    pub const MOVED_PERMANENTLY: Status = Status(301);
    /// 302
    pub const FOUND: Status = Status(302);
    /// 303
    pub const SEE_OTHER: Status = Status(303);
    /// 304
    pub const NOT_MODIFIED: Status = Status(304);
    /// 307
    pub const TEMPORARY_REDIRECT: Status = Status(307);
    /// 308
    pub const PERMANENT_REDIRECT: Status = Status(308);
    /// 400
    pub const BAD_REQUEST: Status = Status(400);
    /// 401
    pub const UNAUTHORIZED: Status = Status(401);
    /// 403
    pub const FORBIDDEN: Status = Status(403);
    /// 404
    pub const NOT_FOUND: Status = Status(404);
    /// 405
    pub const METHOD_NOT_ALLOWED: Status = Status(405);
    /// 408
    pub const REQUEST_TIMEOUT: Status = Status(408);
    /// 409
    pub const CONFLICT: Status = Status(409);
    /// 410
    pub const GONE: Status = Status(410);
    /// 413
    pub const CONTENT_TOO_LARGE: Status = Status(413);
    /// 414
    pub const URI_TOO_LONG: Status = Status(414);
    /// 415
    pub const UNSUPPORTED_MEDIA_TYPE: Status = Status(415);
    /// 422
    pub const UNPROCESSABLE_CONTENT: Status = Status(422);
    /// 429
    pub const TOO_MANY_REQUESTS: Status = Status(429);
    /// 431
    pub const REQUEST_HEADER_FIELDS_TOO_LARGE: Status = Status(431);
    /// 500
    pub const INTERNAL_SERVER_ERROR: Status = Status(500);
    /// 501
    pub const NOT_IMPLEMENTED: Status = Status(501);
    /// 503
    pub const SERVICE_UNAVAILABLE: Status = Status(503);
    /// 504
    pub const GATEWAY_TIMEOUT: Status = Status(504);
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.reason())
    }
}

/// The IANA registry of HTTP status codes, in order; unused and unassigned codes are left out.
const REASONS: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (102, "Processing"),
    (103, "Early Hints"),
    (104, "Upload Resumption Supported"),
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (207, "Multi-Status"),
    (208, "Already Reported"),
    (226, "IM Used"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Content Too Large"),
    (414, "URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Content"),
    (423, "Locked"),
    (424, "Failed Dependency"),
    (425, "Too Early"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (505, "HTTP Version Not Supported"),
    (506, "Variant Also Negotiates"),
    (507, "Insufficient Storage"),
    (508, "Loop Detected"),
    (510, "Not Extended"),
    (511, "Network Authentication Required"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_are_in_order_so_that_each_is_found() {
        assert!(REASONS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for &(code, reason) in REASONS {
            assert_eq!(Status::new(code).map(Status::reason), Some(reason));
        }
    }

    #[test]
    fn a_code_without_a_reason_is_still_a_status() {
        assert_eq!(Status::new(299).unwrap().reason(), "");
        assert_eq!(Status::new(99), None);
        assert_eq!(Status::new(600), None);
    }
}
