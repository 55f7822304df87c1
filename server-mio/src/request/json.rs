//! JSON: content that is read, values that are answers.

use serde::Serialize;
use serde::de::Deserialize;

use super::{ContentError, OwnedRequest, Request, RequestError, place};
use crate::{Body, ContentType, Error, IntoResponse, OwnedResponse, Response, Status};

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

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self, response: &mut Response<'_>) {
        response.json(&self.0);
    }
}

impl Response<'_> {
    /// Sends a value as JSON. One that can't be JSON (a map with keys that are no text) fails the request.
    pub fn json<T: Serialize + ?Sized>(&mut self, value: &T) {
        match written(value) {
            Ok(body) => self.send(ContentType::JSON, body),
            Err(error) => self.fail(error),
        }
    }
}

impl OwnedResponse {
    /// Gives it a value as JSON: application/json, unless a media type was set. One that can't be JSON fails the request,
    /// as with [`Response::json`].
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> OwnedResponse {
        match written(value) {
            Ok(body) => self.with(ContentType::JSON, body),
            Err(error) => {
                self.fail(error);
                self
            }
        }
    }
}

fn written<T: Serialize + ?Sized>(value: &T) -> Result<Body, Error> {
    let octets = serde_json::to_vec(value);
    octets.map(Body::from).map_err(|error| Error::with_status(Status::INTERNAL_SERVER_ERROR, error))
}

impl<'r> Request<'r> {
    /// The content as a value, which may borrow from it. A byte order mark is passed over (RFC 8259 section 8.1 leaves
    /// that to the reader), and no parameter of the media type means anything (its section 11).
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
    /// of (400: [`RequestError::Json`] tells in serde's words what is wrong, and at which field, for which what is wrong is
    /// read a second time); [`RequestError::Unread`].
    #[doc(alias("extractor", "deserialize", "from_json"))]
    pub fn json<T: Deserialize<'r>>(&self) -> Result<T, RequestError> {
        match self.media_type()? {
            Some(media_type) if !media_type.is_json() => {
                return Err(RequestError::MediaType("application/json"));
            }
            _ => {}
        }
        let octets = self.read_bytes()?;
        let octets = octets.strip_prefix(BYTE_ORDER_MARK).unwrap_or(octets);
        serde_json::from_slice(octets)
            .map_err(|error| RequestError::Json(ContentError::of(error).at(place_of::<T>(octets))))
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

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

fn place_of<'r, T: Deserialize<'r>>(octets: &'r [u8]) -> String {
    place::of::<T, _>(&mut serde_json::Deserializer::from_slice(octets))
}
