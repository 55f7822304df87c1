//! Requests of tests.

use rajada_parser::encode::{EncodeError, HeadEncoder};

use super::{TestClient, TestResponse};

/// A request to be sent by a [`TestClient`]: one that a client could send. What no client may send is for
/// [`TestClient::exchange`].
#[derive(Debug, Clone)]
pub struct TestRequest {
    pub(super) method: String,
    target: String,
    headers: Vec<(String, String)>,
    /// As it is sent.
    content: Option<Vec<u8>>,
    is_chunked: bool,
}

impl TestRequest {
    /// A request with any method.
    pub fn new(method: &str, target: &str) -> TestRequest {
        let (method, target) = (method.to_owned(), target.to_owned());
        TestRequest { method, target, headers: Vec::new(), content: None, is_chunked: false }
    }

    /// A `GET`.
    pub fn get(target: &str) -> TestRequest {
        TestRequest::new("GET", target)
    }

    /// A `POST`.
    pub fn post(target: &str) -> TestRequest {
        TestRequest::new("POST", target)
    }

    /// Adds a header. `Host` is `localhost` unless it is set.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> TestRequest {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds content and its type; its length is said.
    #[must_use]
    pub fn content(mut self, media_type: &str, content: impl Into<Vec<u8>>) -> TestRequest {
        (self.content, self.is_chunked) = (Some(content.into()), false);
        self.header("Content-Type", media_type)
    }

    /// Adds content and its type in chunks (RFC 9112 section 7.1), one for each piece that is not empty: its length is not
    /// said.
    ///
    /// ```
    /// use rajada_mio::{App, ContentStream, OwnedRequest, TestClient};
    ///
    /// let app = App::new().post("/", |_: OwnedRequest, mut content: ContentStream| async move {
    ///     content.collect(100).await
    /// });
    /// let mut client = TestClient::new(app);
    /// assert_eq!(client.post("/").chunks("text/plain", ["in ", "pieces"]).send().text(), "in pieces");
    /// ```
    #[must_use]
    pub fn chunks(
        mut self,
        media_type: &str,
        pieces: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> TestRequest {
        let mut octets = Vec::new();
        for piece in pieces {
            let piece = piece.as_ref();
            if !piece.is_empty() {
                octets.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                octets.extend_from_slice(piece);
                octets.extend_from_slice(b"\r\n");
            }
        }
        octets.extend_from_slice(b"0\r\n\r\n");
        (self.content, self.is_chunked) = (Some(octets), true);
        self.header("Content-Type", media_type)
    }

    /// Adds a value as content: application/json.
    ///
    /// # Panics
    /// If the value can't be JSON.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn json(self, value: &impl serde::Serialize) -> TestRequest {
        let content = serde_json::to_vec(value).expect("the value can be JSON");
        self.content("application/json", content)
    }

    /// Adds its octets.
    ///
    /// # Panics
    /// If it can't be sent: it would be another request than the one that was meant.
    pub(super) fn encode(&self, octets: &mut Vec<u8>) {
        if let Err(why) = self.try_encode(octets) {
            panic!("{} {:?} can't be sent: {why}", self.method.escape_debug(), self.target);
        }
    }

    fn try_encode(&self, octets: &mut Vec<u8>) -> Result<(), EncodeError> {
        let content = self.content.as_deref().unwrap_or_default();
        let fields: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        // What stands around method and target, and the fields that are added.
        const MOST_ADDED: usize = 128;
        let mut buffer = vec![0; self.method.len() + self.target.len() + fields + MOST_ADDED];
        let mut head =
            HeadEncoder::request(&mut buffer, self.method.as_bytes(), self.target.as_bytes())?;
        let count = |field: &str| {
            self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(field)).count()
        };
        assert!(count("host") <= 1, "a request has one Host");
        let lengths = count("content-length") + count("transfer-encoding");
        assert!(self.content.is_none() || lengths == 0, "the length of content is written for it");
        if count("host") == 0 {
            head.field("Host", b"localhost")?;
        }
        for (name, value) in &self.headers {
            head.field(name, value.as_bytes())?;
        }
        if self.is_chunked {
            head.field("Transfer-Encoding", b"chunked")?;
        } else if self.content.is_some() {
            head.field("Content-Length", content.len().to_string().as_bytes())?;
        }
        octets.extend_from_slice(head.finish()?);
        octets.extend_from_slice(content);
        Ok(())
    }
}

/// A request that is about to be sent: see [`TestClient::get`].
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct TestCall<'c> {
    pub(super) client: &'c mut TestClient,
    pub(super) request: TestRequest,
}

impl TestCall<'_> {
    /// See [`TestRequest::header`].
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// See [`TestRequest::content`].
    pub fn content(mut self, media_type: &str, content: impl Into<Vec<u8>>) -> Self {
        self.request = self.request.content(media_type, content);
        self
    }

    /// See [`TestRequest::chunks`].
    pub fn chunks(
        mut self,
        media_type: &str,
        pieces: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Self {
        self.request = self.request.chunks(media_type, pieces);
        self
    }

    /// See [`TestRequest::json`].
    ///
    /// # Panics
    /// As [`TestRequest::json`].
    #[cfg(feature = "json")]
    pub fn json(mut self, value: &impl serde::Serialize) -> Self {
        self.request = self.request.json(value);
        self
    }

    /// Sends it and waits for its answer.
    ///
    /// # Panics
    /// As [`TestClient::send_all`].
    pub fn send(self) -> TestResponse {
        let mut answers = self.client.send_all([self.request]);
        answers.pop().expect("one answer for one request")
    }
}
