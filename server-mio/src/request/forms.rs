//! Queries and forms as values.

use serde::de::Deserialize;
use serde_html_form::Deserializer;

use super::{ContentError, OwnedRequest, Request, RequestError, place};

impl Request<'_> {
    /// The query as a value that owns its text: a `struct` whose fields are its names. A name that is repeated is a `Vec`;
    /// one that may be missing is an `Option`, or has `#[serde(default)]`; an `enum` is one of its words. Names that the value
    /// lacks are passed over. Decoded as by [`query`](Self::query).
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError, TestClient};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Search { q: String, page: Option<u32>, #[serde(default)] tag: Vec<String> }
    ///
    /// let app = App::new().get("/search", |req: &Request| {
    ///     let Search { q, page, tag } = req.query_as()?;
    ///     Ok::<_, RequestError>(format!("{q} in {tag:?}, page {}", page.unwrap_or(1)))
    /// });
    /// let mut client = TestClient::new(app);
    /// assert_eq!(client.get("/search?q=a+b&tag=x&tag=y").send().text(), r#"a b in ["x", "y"], page 1"#);
    /// let refused = client.get("/search?q=a&page=two").send();
    /// assert_eq!(refused.text(), "the query is wrong: page: invalid digit found in string");
    /// ```
    ///
    /// # Errors
    /// What is not the value that is asked for (400: [`RequestError::Query`] has the name, and what is wrong).
    pub fn query_as<T: for<'de> Deserialize<'de>>(&self) -> Result<T, RequestError> {
        read(self.query_octets().unwrap_or_default()).map_err(RequestError::Query)
    }

    /// A form as a value that owns its text, as [`query_as`](Self::query_as).
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Login { name: String, #[serde(default)] remember: bool }
    ///
    /// App::new().post("/login", |req: &Request| {
    ///     let Login { name, remember } = req.form_as()?;
    ///     Ok::<_, RequestError>(format!("hello {name}{}", if remember { ", for long" } else { "" }))
    /// });
    /// ```
    ///
    /// # Errors
    /// As [`form`](Self::form); what is not the value that is asked for (400: [`RequestError::Form`] has the name, and what
    /// is wrong).
    pub fn form_as<T: for<'de> Deserialize<'de>>(&self) -> Result<T, RequestError> {
        read(self.form()?.encoded()).map_err(RequestError::Form)
    }
}

impl OwnedRequest {
    /// See [`Request::query_as`].
    ///
    /// # Errors
    /// As [`Request::query_as`].
    pub fn query_as<T: for<'de> Deserialize<'de>>(&self) -> Result<T, RequestError> {
        self.as_request().query_as()
    }

    /// See [`Request::form_as`].
    ///
    /// # Errors
    /// As [`Request::form_as`].
    pub fn form_as<T: for<'de> Deserialize<'de>>(&self) -> Result<T, RequestError> {
        self.as_request().form_as()
    }
}

fn read<T: for<'de> Deserialize<'de>>(encoded: &[u8]) -> Result<T, ContentError> {
    T::deserialize(Deserializer::from_bytes(encoded)).map_err(|error| {
        let place = place::of::<T, _>(Deserializer::from_bytes(encoded));
        ContentError::of(error).at(place)
    })
}
