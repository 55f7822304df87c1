//! What is missing or has failed, and the status that says so.

use crate::{Error, Status};

/// Gives what is not there, or has failed, the status of its answer.
///
/// ```
/// use rajada_mio::{App, Error, OrStatus, Request, Status};
///
/// fn square(req: &Request) -> Result<String, Error> {
///     let number: u32 = req.param("n").parse().or_status(Status::NOT_FOUND)?;
///     let square = number.checked_mul(number).or_status(Status::UNPROCESSABLE_CONTENT)?;
///     Ok(square.to_string())
/// }
///
/// App::new().get("/square/{n}", square);
/// ```
pub trait OrStatus<T> {
    /// The value.
    ///
    /// # Errors
    /// What was the error, answered with `status` unless [`App::on_error`](crate::App::on_error) has a handler for it; for
    /// `None`, the reason phrase of the status as a sentence.
    fn or_status(self, status: Status) -> Result<T, Error>;
}

impl<T> OrStatus<T> for Option<T> {
    fn or_status(self, status: Status) -> Result<T, Error> {
        self.ok_or_else(|| Error::message(status, status.reason()))
    }
}

impl<T, E: Into<Error>> OrStatus<T> for Result<T, E> {
    fn or_status(self, status: Status) -> Result<T, Error> {
        self.map_err(|error| error.into().at(status))
    }
}
