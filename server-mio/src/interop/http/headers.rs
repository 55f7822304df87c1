//! Header fields.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, header};
use rajada_parser::Fields;

use super::Unrepresentable;
use crate::{BadHeader, Headers, Response, ResponsePart};

/// Whether a field of an answer is the server's to write: what frames the content, and what is between two neighbours.
pub(crate) fn is_servers(name: &HeaderName) -> bool {
    const KEEP_ALIVE: &str = "keep-alive";
    [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, DATE].contains(name) || name == KEEP_ALIVE
}

/// Whether an answer with these fields leaves the connection open, as far as it says.
pub(crate) fn leaves_open(headers: &HeaderMap) -> bool {
    let says_close = |value: &HeaderValue| {
        let mut options = value.as_bytes().split(|octet| *octet == b',');
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
    };
    !headers.get_all(header::CONNECTION).iter().any(says_close)
}

/// Fields of a request as the crate `http` has them; `share` makes shared octets of their values.
pub(super) fn made(
    fields: Fields<'_, '_>,
    share: impl Fn(&[u8]) -> Bytes,
) -> Result<HeaderMap, Unrepresentable> {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name).map_err(|_| Unrepresentable::Field)?;
        let value = HeaderValue::from_maybe_shared(share(field.value));
        let value = value.map_err(|_| Unrepresentable::Field)?;
        headers.try_append(name, value).map_err(|_| Unrepresentable::Field)?;
    }
    Ok(headers)
}

/// What makes shared octets of parts of `octets`, of which there is one copy then.
pub(super) fn slices(octets: &[u8]) -> impl Fn(&[u8]) -> Bytes {
    let copy = Bytes::copy_from_slice(octets);
    let begin = octets.as_ptr() as usize;
    move |part| {
        let start = (part.as_ptr() as usize).wrapping_sub(begin);
        match start.checked_add(part.len()) {
            Some(end) if end <= copy.len() => copy.slice(start..end),
            _ => Bytes::copy_from_slice(part),
        }
    }
}

/// All fields but those that the server writes itself: `Content-Length`, `Transfer-Encoding`, `Connection`, `Keep-Alive`
/// and `Date` are left out.
impl TryFrom<&HeaderMap> for Headers {
    type Error = BadHeader;

    /// # Errors
    /// A field that can't be sent: a `Content-Type` that is none.
    fn try_from(theirs: &HeaderMap) -> Result<Headers, BadHeader> {
        let mut headers = Headers::new();
        for (name, value) in theirs.iter().filter(|(name, _)| !is_servers(name)) {
            headers.add(name.as_str(), value)?;
        }
        Ok(headers)
    }
}

impl From<&Headers> for HeaderMap {
    fn from(ours: &Headers) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in ours.iter() {
            // What can be sent is a token, and a value without control octets. There may be more lines than a map holds.
            let name = HeaderName::from_bytes(name.as_bytes()).ok();
            if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
                let _ = headers.try_append(name, value);
            }
        }
        headers
    }
}

/// As [`Headers`] that it is turned into: fields of the server's are left out, and one that can't be sent fails the
/// request with 500.
impl ResponsePart for HeaderMap {
    fn add_to(self, response: &mut Response<'_>) {
        match Headers::try_from(&self) {
            Ok(headers) => headers.add_to(response),
            Err(error) => response.fail(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fields_go_there_and_back(fields in prop::collection::vec(
            ("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", "([\t !-~\u{80}-\u{2ff}]{0,20})"), 0..20,
        )) {
            let mut ours = Headers::new();
            for (name, value) in &fields {
                let _ = ours.add(name, value);
            }
            let theirs = HeaderMap::from(&ours);
            prop_assert_eq!(theirs.len(), ours.len());
            let back = Headers::try_from(&theirs).unwrap();
            for name in theirs.keys() {
                let values = |headers: &Headers| {
                    headers.get_all(name.as_str()).map(<[u8]>::to_vec).collect::<Vec<_>>()
                };
                prop_assert_eq!(values(&ours), values(&back));
            }
            prop_assert_eq!(back.len(), ours.len());
        }
    }

    #[test]
    fn what_the_server_writes_is_left_out_and_what_it_would_not_send_is_refused() {
        let mut theirs = HeaderMap::new();
        for (name, value) in [
            ("content-length", "5"),
            ("transfer-encoding", "chunked"),
            ("connection", "x, Close "),
            ("keep-alive", "timeout=5"),
            ("date", "today"),
            ("x-a", "b"),
        ] {
            theirs.insert(name, HeaderValue::from_static(value));
        }
        let ours = Headers::try_from(&theirs).unwrap();
        assert_eq!(ours.iter().collect::<Vec<_>>(), [("x-a", &b"b"[..])]);
        assert!(!leaves_open(&theirs) && leaves_open(&HeaderMap::new()));
        theirs.insert("content-type", HeaderValue::from_static("text"));
        assert_eq!(Headers::try_from(&theirs), Err(BadHeader));
    }
}
