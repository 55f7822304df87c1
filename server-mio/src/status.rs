//! Status codes and their reason phrases.

use core::fmt;

/// A status code, 100 to 599: all that HTTP has classes for (RFC 9110 section 15).
///
/// The constants are the IANA registry of status codes, as it stands in November 2026; unused and unassigned codes are
/// left out, but for the teapot's.
///
/// ```
/// use rajada_mio::Status;
///
/// assert_eq!(Status::NOT_FOUND.as_u16(), 404);
/// assert_eq!(Status::NOT_FOUND.reason(), "Not Found");
/// assert_eq!(Status::try_from(404), Ok(Status::NOT_FOUND));
/// assert_eq!(Status::new(42), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(u16);

impl Status {
    /// The status of a code from 100 to 599; `None` for any other number.
    #[doc(alias = "from_u16")]
    pub const fn new(code: u16) -> Option<Status> {
        if code >= 100 && code <= 599 { Some(Status(code)) } else { None }
    }

    /// The number.
    #[doc(alias = "code")]
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// True for 400 and above.
    #[doc(alias = "is_client_error")]
    #[doc(alias = "is_server_error")]
    pub const fn is_error(self) -> bool {
        self.0 >= 400
    }
}

/// A number that is no status: below 100 or above 599.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadStatus;

impl fmt::Display for BadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status that is not from 100 to 599")
    }
}

impl core::error::Error for BadStatus {}

impl TryFrom<u16> for Status {
    type Error = BadStatus;

    fn try_from(code: u16) -> Result<Status, BadStatus> {
        Status::new(code).ok_or(BadStatus)
    }
}

impl From<Status> for u16 {
    fn from(status: Status) -> u16 {
        status.0
    }
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

/// A constant for each code of a table, and its phrase.
macro_rules! registry {
    ($($(#[$alias:meta])* $code:literal $name:ident, $reason:literal, $source:literal;)*) => {
        impl Status {
            $(
                #[doc = concat!($code, " ", $reason, " (", $source, ")")]
                $(#[$alias])*
                pub const $name: Status = Status($code);
            )*

            /// The reason phrase of the IANA registry of status codes; empty for a code that has none.
            #[doc(alias = "canonical_reason")]
            pub const fn reason(self) -> &'static str {
                match self.0 {
                    $($code => $reason,)*
                    _ => "",
                }
            }
        }

        #[cfg(test)]
        const ALL: &[Status] = &[$(Status::$name),*];
    };
}

registry! {
    100 CONTINUE, "Continue", "RFC 9110 section 15.2.1";
    101 SWITCHING_PROTOCOLS, "Switching Protocols", "RFC 9110 section 15.2.2";
    102 PROCESSING, "Processing", "RFC 2518 section 10.1";
    103 EARLY_HINTS, "Early Hints", "RFC 8297 section 2";
    104 UPLOAD_RESUMPTION_SUPPORTED, "Upload Resumption Supported", "draft-ietf-httpbis-resumable-upload";
    200 OK, "OK", "RFC 9110 section 15.3.1";
    201 CREATED, "Created", "RFC 9110 section 15.3.2";
    202 ACCEPTED, "Accepted", "RFC 9110 section 15.3.3";
    203 NON_AUTHORITATIVE_INFORMATION, "Non-Authoritative Information", "RFC 9110 section 15.3.4";
    204 NO_CONTENT, "No Content", "RFC 9110 section 15.3.5";
    205 RESET_CONTENT, "Reset Content", "RFC 9110 section 15.3.6";
    206 PARTIAL_CONTENT, "Partial Content", "RFC 9110 section 15.3.7";
    207 MULTI_STATUS, "Multi-Status", "RFC 4918 section 11.1";
    208 ALREADY_REPORTED, "Already Reported", "RFC 5842 section 7.1";
    226 IM_USED, "IM Used", "RFC 3229 section 10.4.1";
    300 MULTIPLE_CHOICES, "Multiple Choices", "RFC 9110 section 15.4.1";
    301 MOVED_PERMANENTLY, "Moved Permanently", "RFC 9110 section 15.4.2";
    #[doc(alias = "MOVED_TEMPORARILY")]
    302 FOUND, "Found", "RFC 9110 section 15.4.3";
    303 SEE_OTHER, "See Other", "RFC 9110 section 15.4.4";
    304 NOT_MODIFIED, "Not Modified", "RFC 9110 section 15.4.5";
    305 USE_PROXY, "Use Proxy", "RFC 9110 section 15.4.6";
    307 TEMPORARY_REDIRECT, "Temporary Redirect", "RFC 9110 section 15.4.8";
    308 PERMANENT_REDIRECT, "Permanent Redirect", "RFC 9110 section 15.4.9";
    400 BAD_REQUEST, "Bad Request", "RFC 9110 section 15.5.1";
    401 UNAUTHORIZED, "Unauthorized", "RFC 9110 section 15.5.2";
    402 PAYMENT_REQUIRED, "Payment Required", "RFC 9110 section 15.5.3";
    403 FORBIDDEN, "Forbidden", "RFC 9110 section 15.5.4";
    404 NOT_FOUND, "Not Found", "RFC 9110 section 15.5.5";
    405 METHOD_NOT_ALLOWED, "Method Not Allowed", "RFC 9110 section 15.5.6";
    406 NOT_ACCEPTABLE, "Not Acceptable", "RFC 9110 section 15.5.7";
    407 PROXY_AUTHENTICATION_REQUIRED, "Proxy Authentication Required", "RFC 9110 section 15.5.8";
    408 REQUEST_TIMEOUT, "Request Timeout", "RFC 9110 section 15.5.9";
    409 CONFLICT, "Conflict", "RFC 9110 section 15.5.10";
    410 GONE, "Gone", "RFC 9110 section 15.5.11";
    411 LENGTH_REQUIRED, "Length Required", "RFC 9110 section 15.5.12";
    412 PRECONDITION_FAILED, "Precondition Failed", "RFC 9110 section 15.5.13";
    #[doc(alias = "PAYLOAD_TOO_LARGE")]
    #[doc(alias = "REQUEST_ENTITY_TOO_LARGE")]
    413 CONTENT_TOO_LARGE, "Content Too Large", "RFC 9110 section 15.5.14";
    414 URI_TOO_LONG, "URI Too Long", "RFC 9110 section 15.5.15";
    415 UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type", "RFC 9110 section 15.5.16";
    #[doc(alias = "REQUESTED_RANGE_NOT_SATISFIABLE")]
    416 RANGE_NOT_SATISFIABLE, "Range Not Satisfiable", "RFC 9110 section 15.5.17";
    417 EXPECTATION_FAILED, "Expectation Failed", "RFC 9110 section 15.5.18";
    418 IM_A_TEAPOT, "I'm a teapot", "RFC 2324 section 2.3.2";
    421 MISDIRECTED_REQUEST, "Misdirected Request", "RFC 9110 section 15.5.20";
    #[doc(alias = "UNPROCESSABLE_ENTITY")]
    422 UNPROCESSABLE_CONTENT, "Unprocessable Content", "RFC 9110 section 15.5.21";
    423 LOCKED, "Locked", "RFC 4918 section 11.3";
    424 FAILED_DEPENDENCY, "Failed Dependency", "RFC 4918 section 11.4";
    425 TOO_EARLY, "Too Early", "RFC 8470 section 5.2";
    426 UPGRADE_REQUIRED, "Upgrade Required", "RFC 9110 section 15.5.22";
    428 PRECONDITION_REQUIRED, "Precondition Required", "RFC 6585 section 3";
    429 TOO_MANY_REQUESTS, "Too Many Requests", "RFC 6585 section 4";
    431 REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large", "RFC 6585 section 5";
    451 UNAVAILABLE_FOR_LEGAL_REASONS, "Unavailable For Legal Reasons", "RFC 7725 section 3";
    500 INTERNAL_SERVER_ERROR, "Internal Server Error", "RFC 9110 section 15.6.1";
    501 NOT_IMPLEMENTED, "Not Implemented", "RFC 9110 section 15.6.2";
    502 BAD_GATEWAY, "Bad Gateway", "RFC 9110 section 15.6.3";
    503 SERVICE_UNAVAILABLE, "Service Unavailable", "RFC 9110 section 15.6.4";
    504 GATEWAY_TIMEOUT, "Gateway Timeout", "RFC 9110 section 15.6.5";
    505 HTTP_VERSION_NOT_SUPPORTED, "HTTP Version Not Supported", "RFC 9110 section 15.6.6";
    506 VARIANT_ALSO_NEGOTIATES, "Variant Also Negotiates", "RFC 2295 section 8.1";
    507 INSUFFICIENT_STORAGE, "Insufficient Storage", "RFC 4918 section 11.5";
    508 LOOP_DETECTED, "Loop Detected", "RFC 5842 section 7.2";
    510 NOT_EXTENDED, "Not Extended", "RFC 2774 section 7";
    511 NETWORK_AUTHENTICATION_REQUIRED, "Network Authentication Required", "RFC 6585 section 6";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_in_order_and_all_have_a_reason() {
        assert!(ALL.is_sorted_by(|one, next| one < next));
        assert_eq!(ALL.len(), 63);
        for &status in ALL {
            assert!(!status.reason().is_empty(), "{}", status.0);
            assert_eq!(Status::new(status.as_u16()), Some(status));
        }
    }

    #[test]
    fn a_code_without_a_reason_is_still_a_status() {
        assert_eq!(Status::new(299).unwrap().reason(), "");
        assert_eq!(Status::try_from(100), Ok(Status::CONTINUE));
        for code in [0, 99, 600, u16::MAX] {
            assert_eq!(Status::new(code), None);
            assert_eq!(Status::try_from(code), Err(BadStatus));
        }
    }
}
