//! Names and values: of a query, of a form.

use core::fmt;
use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::media_type::is_utf8;
use super::{OwnedRequest, Request, RequestError};

/// The field in which a form says how it is encoded (WHATWG HTML, section 4.10.22.4; RFC 7578 section 4.6). One that was
/// left empty says nothing.
pub(super) const CHARSET: &str = "_charset_";

/// Names and values, decoded while they are iterated over: percent-encodings once, `+` to a space, octets that are
/// not UTF-8 to U+FFFD (WHATWG URL, section 5.1).
#[derive(Clone)]
pub struct Pairs<'r> {
    encoded: &'r [u8],
    inner: form_urlencoded::Parse<'r>,
}

impl<'r> Pairs<'r> {
    fn new(encoded: &'r [u8]) -> Pairs<'r> {
        Pairs { encoded, inner: form_urlencoded::parse(encoded) }
    }

    /// As they are encoded.
    #[cfg(feature = "forms")]
    pub(super) fn encoded(&self) -> &'r [u8] {
        self.encoded
    }

    /// The first value of a name.
    pub fn first(&self, name: &str) -> Option<Cow<'r, str>> {
        self.all(name).next()
    }

    /// The values of a name, in order.
    pub fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = Cow<'r, str>> + use<'r, 'n> {
        let pairs = form_urlencoded::parse(self.encoded);
        pairs.filter(move |(own, _)| own == name).map(|(_, value)| value)
    }
}

impl<'r> Iterator for Pairs<'r> {
    type Item = (Cow<'r, str>, Cow<'r, str>);

    fn next(&mut self) -> Option<Self::Item> {
        self.inner.next()
    }
}

impl fmt::Debug for Pairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<'r> Request<'r> {
    /// Names and values of the query; none where there is no query. Octets that are not UTF-8 become U+FFFD: who must
    /// know looks at [`query_string`](Self::query_string).
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().get("/search", |req: &Request| match req.query().first("q") {
    ///     Some(words) => format!("nothing about {words}"),
    ///     None => "search for what?".to_owned(),
    /// });
    /// ```
    #[doc(alias("query params", "query_params", "search params", "extractor"))]
    pub fn query(&self) -> Pairs<'r> {
        Pairs::new(self.query_octets().unwrap_or_default())
    }

    /// Names and values of a form: content of the type application/x-www-form-urlencoded (WHATWG URL, section 5).
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError};
    ///
    /// App::new().post("/login", |req: &Request| {
    ///     let form = req.form()?;
    ///     Ok::<_, RequestError>(format!("hello {}", form.first("name").unwrap_or_default()))
    /// });
    /// ```
    ///
    /// # Errors
    /// Content of another type (415); that is not UTF-8 once it is decoded (400), or is labelled with another charset, by
    /// the media type or by its field `_charset_` (415: nothing of it would be what was typed); [`RequestError::Unread`].
    #[doc(alias("urlencoded", "post data", "extractor"))]
    pub fn form(&self) -> Result<Pairs<'r>, RequestError> {
        self.media_type_of("application/x-www-form-urlencoded")?.check_charset()?;
        let octets = self.read_bytes()?;
        // No character is split by `&` or `=`, so what is text as a whole is text in each part.
        let text = percent_decode(octets).decode_utf8().map_err(|_| RequestError::NotUtf8)?;
        let pairs = Pairs::new(octets);
        // Hardly any form names its charset, and so hardly any is taken apart for that.
        if !text.contains(CHARSET)
            || pairs.all(CHARSET).all(|label| label.is_empty() || is_utf8(&label))
        {
            Ok(pairs)
        } else {
            Err(RequestError::Charset)
        }
    }
}

impl OwnedRequest {
    /// See [`Request::query`].
    pub fn query(&self) -> Pairs<'_> {
        self.as_request().query()
    }

    /// See [`Request::form`].
    ///
    /// # Errors
    /// As [`Request::form`].
    pub fn form(&self) -> Result<Pairs<'_>, RequestError> {
        self.as_request().form()
    }
}
