//! JSON: content that is read, values that are answers.

use serde::Serialize;
use serde::de::Deserialize;

use super::{OwnedRequest, Request, RequestError};
use crate::{Body, ContentType, Reply, Response, Status};

/// A value that is answered as JSON.
///
/// ```
/// use rajada_mio::{App, Json, Request};
///
/// #[derive(serde::Serialize)]
/// struct Point { x: i32, y: i32 }
///
/// App::new().get("/origin", |_: &Request| Json(Point { x: 0, y: 0 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is its value")]
pub struct Json<T>(pub T);

impl<T: Serialize> Reply for Json<T> {
    fn write(self, response: &mut Response<'_>) {
        response.json(&self.0);
    }
}

impl Response<'_> {
    /// Sends a value as JSON. One that can't be JSON (a map with keys that are no text) fails the request.
    pub fn json<T: Serialize + ?Sized>(&mut self, value: &T) {
        match serde_json::to_vec(value) {
            Ok(octets) => self.send(ContentType::JSON, Body::from(octets)),
            Err(error) => {
                self.fail(crate::Error::with_status(Status::INTERNAL_SERVER_ERROR, error))
            }
        }
    }
}

impl<'r> Request<'r> {
    /// The content as a value, which may borrow from it.
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Point { x: i32, y: i32 }
    ///
    /// App::new().post("/sum", |req: &Request| {
    ///     let point: Point = req.json()?;
    ///     Ok::<_, RequestError>((point.x + point.y).to_string())
    /// });
    /// ```
    ///
    /// # Errors
    /// Content that is labelled with a type that is not JSON (415), or that is not the JSON that the value is made
    /// of (400); [`RequestError::Unread`].
    pub fn json<T: Deserialize<'r>>(&self) -> Result<T, RequestError> {
        match self.media_type()? {
            Some(media_type) if !media_type.is_json() => {
                return Err(RequestError::MediaType("application/json"));
            }
            _ => {}
        }
        serde_json::from_slice(self.read_bytes()?)
            .map_err(|error| RequestError::Json(place(&error)))
    }
}

impl OwnedRequest {
    /// See [`Request::json`].
    ///
    /// # Errors
    /// As [`Request::json`].
    pub fn json<'r, T: Deserialize<'r>>(&'r self) -> Result<T, RequestError> {
        self.as_request().json()
    }
}

/// Where JSON goes wrong and how, without the input itself.
fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Syntax => "a syntax error",
        serde_json::error::Category::Eof => "an early end",
        serde_json::error::Category::Data => "a value of the wrong kind",
        serde_json::error::Category::Io => "unreadable",
    };
    format!("{what} in line {}, column {}", error.line(), error.column())
}
