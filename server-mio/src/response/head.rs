//! What stands before the content of an answer: its status and its headers.

use super::headers::is_content_type;
use super::{BadHeader, ContentType, Headers, Response};
use crate::Status;

impl Response<'_> {
    /// The status that is set.
    #[doc(alias = "current_status")]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Sets the status; 200 unless it is set.
    #[inline]
    pub fn set_status(&mut self, status: Status) -> &mut Self {
        self.status = status;
        self.unusual = true;
        self
    }

    /// The headers that are set. A hook [behind](crate::App::after) a handler sees all of them but those that the server
    /// writes itself: `Date`, `Content-Length`, `Transfer-Encoding`, `Connection`.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Response, TestClient};
    ///
    /// let app = App::new().get("/", |_: &Request| "hello").after(|_: &Request, res: &mut Response| {
    ///     if !res.headers().contains("Cache-Control") {
    ///         res.header("Cache-Control", "no-store");
    ///     }
    ///     assert_eq!(res.headers().get_text("content-type"), Some("text/plain; charset=utf-8"));
    /// });
    /// assert_eq!(TestClient::new(app).get("/").send().header("cache-control"), Some("no-store"));
    /// ```
    #[doc(alias("header_map", "HeaderMap"))]
    pub fn headers(&self) -> &Headers {
        &self.desk.fields
    }

    /// Adds a header behind those of its name; a `Content-Type`, of which an answer has one, in place of it. One that can't
    /// be sent (see [`BadHeader`]) fails the request with 500. White space around the value
    /// is no part of it and is not sent (RFC 9110 section 5.5): the client gets what is left. What the value of a
    /// particular header looks like is the caller's matter.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Response};
    ///
    /// App::new().get("/", |req: &Request, res: &mut Response| {
    ///     // Whatever the client has put into the query, it can't begin another header.
    ///     res.header("X-Query", req.query_string().unwrap_or_default()).text("look at the headers");
    /// });
    /// ```
    #[doc(alias("append_header", "add_header"))]
    pub fn header(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        if let Err(error) = self.try_header(name, value) {
            self.fail(error.into());
        }
        self
    }

    /// Adds a header, as [`header`](Self::header) does.
    ///
    /// # Errors
    /// If it can't be sent; nothing is added then.
    pub fn try_header(
        &mut self,
        name: &str,
        value: impl AsRef<[u8]>,
    ) -> Result<&mut Self, BadHeader> {
        self.desk.fields.add(name, value)?;
        Ok(self.changed(name))
    }

    /// Sets a header in place of all of its name. One that can't be sent fails the request, as with
    /// [`header`](Self::header).
    #[doc(alias("insert_header", "replace_header"))]
    pub fn set_header(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        match self.desk.fields.set(name, value) {
            Ok(_) => self.changed(name),
            Err(error) => {
                self.fail(error.into());
                self
            }
        }
    }

    /// Removes all headers of a name. Without its `Content-Type`, an answer has none.
    #[doc(alias = "delete_header")]
    pub fn remove_header(&mut self, name: &str) -> &mut Self {
        self.desk.fields.remove(name);
        self.changed(name)
    }

    /// Sets the media type; the calls that send content have their own for when none was set. An answer has one: what was
    /// set last, by this or as a [`header`](Self::header), stands (RFC 9110 section 5.3).
    ///
    /// ```
    /// use rajada_mio::{App, ContentType, Request, Response};
    ///
    /// const CSV: ContentType = ContentType::new("text/csv; charset=utf-8");
    ///
    /// App::new().get("/table", |_: &Request, res: &mut Response| res.content_type(CSV).text("a,b\n1,2\n"));
    /// ```
    pub fn content_type(&mut self, content_type: ContentType) -> &mut Self {
        self.desk.fields.set_type(content_type);
        self.typed = true;
        self.unusual = true;
        self
    }

    /// Sets headers in place of those of their names.
    pub(crate) fn take_headers(&mut self, headers: &Headers) {
        self.typed |= headers.contains(super::headers::CONTENT_TYPE);
        self.unusual = true;
        self.desk.fields.take_over(headers);
    }

    /// Takes note that headers of this name were changed.
    fn changed(&mut self, name: &str) -> &mut Self {
        self.typed |= is_content_type(name);
        self.unusual = true;
        self
    }
}
