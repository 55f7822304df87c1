//! What a handler failed with.

use core::fmt;
use std::any::{Any, TypeId};

use crate::{JoinError, RequestError, Status};

/// Any error, on its way from a handler to the error handlers of its application.
///
/// Every `std::error::Error` turns into one by `?`. If no handler of
/// [`App::on_error`](crate::App::on_error) is for its type, it is answered with 500, with the status of a
/// [`RequestError`], with 503 for a [`JoinError`] of work that [was refused](JoinError::is_refused), or with the status
/// that was given by [`Error::with_status`]. It is logged by the status of its answer, see
/// [`App::on_error`](crate::App::on_error).
///
/// ```
/// use rajada_mio::{App, Error, OwnedRequest, Request};
///
/// App::new()
///     .get("/double/{n}", |req: &Request| {
///         let n: u64 = req.param("n").parse()?;
///         Ok::<_, Error>((2 * n).to_string())
///     })
///     .get("/file", |_: OwnedRequest| async { Ok::<_, Error>(std::fs::read("missing")?) });
/// ```
pub struct Error {
    source: Box<dyn core::error::Error + Send + Sync>,
    type_id: TypeId,
    status: Status,
}

impl Error {
    /// An error that is answered with `status` unless a handler is registered for its type.
    ///
    /// ```
    /// use rajada_mio::{Error, Status};
    ///
    /// let error = "x".parse::<u8>().map_err(|why| Error::with_status(Status::BAD_REQUEST, why)).unwrap_err();
    /// assert_eq!(error.status(), Status::BAD_REQUEST);
    /// ```
    pub fn with_status<E: core::error::Error + Send + Sync + 'static>(
        status: Status,
        source: E,
    ) -> Error {
        Error { source: Box::new(source), type_id: TypeId::of::<E>(), status }
    }

    /// An error that is a sentence.
    ///
    /// ```
    /// use rajada_mio::{Error, Status};
    ///
    /// assert_eq!(Error::message(Status::CONFLICT, "taken").to_string(), "taken");
    /// ```
    pub fn message(status: Status, text: impl Into<String>) -> Error {
        Error::with_status(status, Message(text.into()))
    }

    /// The status that it is answered with by default.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The error itself, if it is of type `E`.
    pub fn downcast_ref<E: core::error::Error + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }

    /// The error itself.
    pub fn source(&self) -> &(dyn core::error::Error + Send + Sync + 'static) {
        &*self.source
    }

    pub(crate) fn is(&self, id: TypeId) -> bool {
        self.type_id == id
    }
}

impl<E: core::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(source: E) -> Error {
        let any = &source as &dyn Any;
        let of_request = any.downcast_ref().map(RequestError::status);
        let status = of_request.or_else(|| any.downcast_ref().map(JoinError::status));
        let status = status.unwrap_or(Status::INTERNAL_SERVER_ERROR);
        Error::with_status(status, source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.source, self.status)
    }
}

#[derive(Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Message {}
