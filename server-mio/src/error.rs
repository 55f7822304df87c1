//! What a handler failed with.

#[cfg(not(all(feature = "anyhow", feature = "eyre")))]
mod none;
#[cfg(feature = "anyhow")]
#[path = "error/anyhow_some.rs"]
mod of_anyhow;
#[cfg(feature = "eyre")]
#[path = "error/eyre_some.rs"]
mod of_eyre;
mod or_status;

#[cfg(not(feature = "anyhow"))]
use none as of_anyhow;
#[cfg(not(feature = "eyre"))]
use none as of_eyre;
pub use or_status::OrStatus;

use core::error::Error as StdError;
use core::fmt;
use std::any::Any;
use std::sync::Arc;

use crate::{Headers, JoinError, RequestError, Status};

/// Any error, on its way from a handler to the error handlers of its application.
///
/// Whatever turns into a `Box<dyn std::error::Error + Send + Sync>` turns into one by `?`:
///
/// | value | what [`find`](Self::find) and [`App::on_error`](crate::App::on_error) see in it |
/// |---|---|
/// | every `std::error::Error` that is `Send + Sync` | itself, and its [sources](core::error::Error::source) |
/// | `Box<dyn std::error::Error + Send + Sync>` | what is in the box, and its sources |
/// | `anyhow::Error` with the feature `anyhow` | what it was made of, its contexts, and its sources; without it the sources alone |
/// | `eyre::Report` with the feature `eyre` | the same |
/// | `&'static str`, `String` | nothing: a sentence |
///
/// If no handler of [`App::on_error`](crate::App::on_error) is for what is seen there, it is answered with the status that
/// was given by [`Error::with_status`] or [`OrStatus::or_status`], or with that of the first of these that is seen: a
/// [`RequestError`]'s, 503 for a [`JoinError`] of work that [was refused](JoinError::is_refused); or else with 500. It is
/// logged by the status of its answer, see [`App::on_error`](crate::App::on_error).
///
/// ```
/// use rajada_mio::{App, Error, OwnedRequest, Request};
///
/// type Boxed = Box<dyn std::error::Error + Send + Sync>;
///
/// fn half(text: &str) -> Result<u64, Boxed> {
///     let number: u64 = text.parse()?;
///     if number % 2 == 0 { Ok(number / 2) } else { Err("it is odd".into()) }
/// }
///
/// App::new()
///     .get("/double/{n}", |req: &Request| {
///         let n: u64 = req.param("n").parse()?;
///         Ok::<_, Error>((2 * n).to_string())
///     })
///     .get("/half/{n}", |req: &Request| half(req.param("n")).map(|n| n.to_string()))
///     .get("/file", |_: OwnedRequest| async { Ok::<_, Error>(std::fs::read("missing")?) });
/// ```
pub struct Error {
    cause: Cause,
    status: Status,
    /// Of its answer.
    headers: Headers,
}

/// An error as it came.
enum Cause {
    Boxed(Box<dyn StdError + Send + Sync>),
    Anyhow(of_anyhow::Whole),
    Eyre(of_eyre::Whole),
}

/// Sources that are looked at: whoever is its own source is not followed for ever.
const DEEPEST: usize = 64;

impl Error {
    /// An error that is answered with `status` unless a handler is registered for its type.
    ///
    /// ```
    /// use rajada_mio::{Error, Status};
    ///
    /// let error = "x".parse::<u8>().map_err(|why| Error::with_status(Status::BAD_REQUEST, why)).unwrap_err();
    /// assert_eq!(error.status(), Status::BAD_REQUEST);
    /// ```
    pub fn with_status(
        status: Status,
        source: impl Into<Box<dyn StdError + Send + Sync>> + 'static,
    ) -> Error {
        Error { cause: Cause::of(source), status, headers: Headers::new() }
    }

    /// An error that is a sentence.
    ///
    /// ```
    /// use rajada_mio::{Error, Status};
    ///
    /// assert_eq!(Error::message(Status::CONFLICT, "taken").to_string(), "taken");
    /// ```
    pub fn message(status: Status, text: impl Into<String>) -> Error {
        Error::with_status(status, text.into())
    }

    /// The same error, whose answer has a header more, behind those of its name; whoever makes the answer, by
    /// [`App::on_error`](crate::App::on_error) or [`App::on_any_error`](crate::App::on_any_error), finds it set there. Some
    /// statuses ask for one: 401 for `WWW-Authenticate` (RFC 9110 section 15.5.2). A header that can't be sent makes
    /// it another error, a [`BadHeader`](crate::BadHeader) with 500.
    ///
    /// ```
    /// use rajada_mio::{App, Error, Request, Status, TestClient};
    ///
    /// fn closed(_: &Request) -> Result<(), Error> {
    ///     Err(Error::message(Status::SERVICE_UNAVAILABLE, "closed").with_header("Retry-After", "3600"))
    /// }
    ///
    /// let answer = TestClient::new(App::new().get("/", closed)).get("/").send();
    /// assert_eq!(answer.header("retry-after"), Some("3600"));
    /// ```
    #[must_use = "it is the error that has the header"]
    #[doc(alias("Retry-After", "rate limit", "WWW-Authenticate"))]
    pub fn with_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Error {
        match self.headers.add(name, value) {
            Ok(_) => self,
            Err(error) => error.into(),
        }
    }

    /// The status that it is answered with by default.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The headers that its answer has, by [`with_header`](Self::with_header).
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The error itself, if it is of type `E`.
    pub fn downcast_ref<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        match self.cause.of_whole() {
            Some(error) => Some(error),
            None => inside(self.source()),
        }
    }

    /// The first error of type `E`: this one, or one among its sources, from the outside inwards; also inside a `Box`, an
    /// `Arc` or a `std::io::Error`, and what is inside an `anyhow::Error` or an `eyre::Report`, with the features of these names.
    ///
    /// ```
    /// use rajada_mio::Error;
    /// use std::num::ParseIntError;
    ///
    /// let boxed: Box<dyn std::error::Error + Send + Sync> = "x".parse::<u8>().unwrap_err().into();
    /// assert!(Error::from(boxed).find::<ParseIntError>().is_some());
    /// ```
    pub fn find<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        self.cause.of_whole().or_else(|| self.causes().find_map(inside))
    }

    /// How far inside it there is an error of type `E`.
    pub(crate) fn depth<E: StdError + Send + Sync + 'static>(&self) -> Option<usize> {
        match self.cause.of_whole::<E>() {
            Some(_) => Some(0),
            None => self.causes().position(|cause| inside::<E>(cause).is_some()),
        }
    }

    /// The error itself.
    pub fn source(&self) -> &(dyn StdError + Send + Sync + 'static) {
        match &self.cause {
            Cause::Boxed(error) => &**error,
            Cause::Anyhow(error) => of_anyhow::as_error(error),
            Cause::Eyre(error) => of_eyre::as_error(error),
        }
    }

    /// It, and its sources.
    fn causes(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let first: &(dyn StdError + 'static) = self.source();
        core::iter::successors(Some(first), |&error| error.source()).take(DEEPEST)
    }

    /// The same error, answered with another status.
    fn at(self, status: Status) -> Error {
        Error { status, ..self }
    }
}

/// An error of type `E` that is what is looked at, or in a pointer that is.
fn inside<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    let of_io = || error.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref();
    error.downcast_ref().or_else(boxed).or_else(shared).or_else(of_io)
}

impl Cause {
    fn of<E: Into<Box<dyn StdError + Send + Sync>> + 'static>(source: E) -> Cause {
        let mut source = Some(source);
        let any: &mut dyn Any = &mut source;
        if let Some(error) = of_anyhow::take(any) {
            return Cause::Anyhow(error);
        }
        if let Some(error) = of_eyre::take(any) {
            return Cause::Eyre(error);
        }
        match source {
            Some(source) => Cause::Boxed(source.into()),
            None => unreachable!("what was taken has been returned"),
        }
    }

    /// An error of type `E` that only the whole can tell of.
    fn of_whole<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        match self {
            Cause::Boxed(_) => None,
            Cause::Anyhow(error) => of_anyhow::find(error),
            Cause::Eyre(error) => of_eyre::find(error),
        }
    }
}

impl<E: Into<Box<dyn StdError + Send + Sync>> + 'static> From<E> for Error {
    fn from(source: E) -> Error {
        let error = Error::with_status(Status::INTERNAL_SERVER_ERROR, source);
        let of_request = error.find().map(RequestError::status);
        let status = of_request.or_else(|| error.find().map(JoinError::status));
        let status = status.unwrap_or(error.status);
        error.at(status)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.source(), f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Boxed(error) => write!(f, "{error:?}")?,
            Cause::Anyhow(error) => write!(f, "{error:?}")?,
            Cause::Eyre(error) => write!(f, "{error:?}")?,
        }
        write!(f, " ({})", self.status)
    }
}
