//! Names of fields that programs ask for, recognised without case.

use core::fmt;

use crate::Field;

/// Declares the names, shortest first, with how they are written.
macro_rules! names {
    ($($name:ident = $text:literal,)*) => {
        /// A field name that is in wide use, recognised by [`FieldName::of`].
        ///
        /// Nothing in a parse recognises names; it costs only those who ask. The
        /// variants are the names of IANA's registry that requests and responses
        /// have most often, in the registry's spelling.
        ///
        /// ```
        /// use rajada_parser::FieldName;
        ///
        /// assert_eq!(FieldName::of(b"content-TYPE"), Some(FieldName::ContentType));
        /// assert_eq!(FieldName::ContentType.as_str(), "Content-Type");
        /// assert_eq!(FieldName::of(b"X-Request-Id"), None);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum FieldName { $(#[doc = concat!("`", $text, "`.")] $name,)* }

        impl FieldName {
            /// All of them, shortest first.
            pub const ALL: &'static [FieldName] = &[$(FieldName::$name),*];

            /// The name as IANA's registry writes it.
            pub const fn as_str(self) -> &'static str {
                match self { $(FieldName::$name => $text,)* }
            }
        }
    };
}

names! {
    Te = "TE",
    Age = "Age",
    Dnt = "DNT",
    Via = "Via",
    Date = "Date",
    ETag = "ETag",
    From = "From",
    Host = "Host",
    Link = "Link",
    Vary = "Vary",
    Allow = "Allow",
    Range = "Range",
    Accept = "Accept",
    Cookie = "Cookie",
    Expect = "Expect",
    Origin = "Origin",
    Pragma = "Pragma",
    Server = "Server",
    Expires = "Expires",
    Referer = "Referer",
    Trailer = "Trailer",
    Upgrade = "Upgrade",
    IfMatch = "If-Match",
    IfRange = "If-Range",
    Location = "Location",
    Priority = "Priority",
    Forwarded = "Forwarded",
    Connection = "Connection",
    KeepAlive = "Keep-Alive",
    SetCookie = "Set-Cookie",
    UserAgent = "User-Agent",
    RetryAfter = "Retry-After",
    Traceparent = "Traceparent",
    ContentType = "Content-Type",
    MaxForwards = "Max-Forwards",
    AcceptRanges = "Accept-Ranges",
    Authorization = "Authorization",
    CacheControl = "Cache-Control",
    ContentRange = "Content-Range",
    IfNoneMatch = "If-None-Match",
    LastModified = "Last-Modified",
    AcceptCharset = "Accept-Charset",
    ContentLength = "Content-Length",
    AcceptEncoding = "Accept-Encoding",
    AcceptLanguage = "Accept-Language",
    ContentEncoding = "Content-Encoding",
    ContentLanguage = "Content-Language",
    ContentLocation = "Content-Location",
    WwwAuthenticate = "WWW-Authenticate",
    SecWebSocketKey = "Sec-WebSocket-Key",
    IfModifiedSince = "If-Modified-Since",
    TransferEncoding = "Transfer-Encoding",
    ProxyAuthenticate = "Proxy-Authenticate",
    ContentDisposition = "Content-Disposition",
    IfUnmodifiedSince = "If-Unmodified-Since",
    ProxyAuthorization = "Proxy-Authorization",
    SecWebSocketAccept = "Sec-WebSocket-Accept",
    SecWebSocketVersion = "Sec-WebSocket-Version",
    SecWebSocketProtocol = "Sec-WebSocket-Protocol",
    ContentSecurityPolicy = "Content-Security-Policy",
    SecWebSocketExtensions = "Sec-WebSocket-Extensions",
    StrictTransportSecurity = "Strict-Transport-Security",
    UpgradeInsecureRequests = "Upgrade-Insecure-Requests",
}

impl FieldName {
    /// Which of the names `name` is, compared without case.
    pub fn of(name: &[u8]) -> Option<FieldName> {
        let start = *FIRST_OF_LEN.get(name.len())? as usize;
        FieldName::ALL[start..]
            .iter()
            .copied()
            .take_while(|known| known.as_str().len() == name.len())
            .find(|known| known.as_str().as_bytes().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Field<'_> {
    /// Which of the widely used names this field has, if one of them.
    pub fn known_name(&self) -> Option<FieldName> {
        FieldName::of(self.name)
    }
}

/// By length, the index in [`FieldName::ALL`] of the first name that is not
/// shorter.
static FIRST_OF_LEN: [u8; 32] = {
    let mut table = [FieldName::ALL.len() as u8; 32];
    let mut len = 0;
    while len < table.len() {
        let mut index = 0;
        while index < FieldName::ALL.len() && FieldName::ALL[index].as_str().len() < len {
            index += 1;
        }
        table[len] = index as u8;
        len += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case() {
        for &name in FieldName::ALL {
            let text = name.as_str();
            assert_eq!(FieldName::of(text.as_bytes()), Some(name), "{text}");
            assert_eq!(FieldName::of(text.to_ascii_lowercase().as_bytes()), Some(name));
            assert_eq!(FieldName::of(text.to_ascii_uppercase().as_bytes()), Some(name));
            assert_eq!(FieldName::of(&text.as_bytes()[1..]), None, "{text}");
        }
    }

    #[test]
    fn names_are_in_the_order_of_their_lengths() {
        assert!(FieldName::ALL.is_sorted_by_key(|name| name.as_str().len()));
    }

    #[test]
    fn other_names_are_not_found() {
        for name in [&b""[..], b"Hos", b"Hostt", b"Content_Length", b"X", &[b'a'; 99]] {
            assert_eq!(FieldName::of(name), None);
        }
    }
}
