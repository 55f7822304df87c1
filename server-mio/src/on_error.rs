//! What can answer an error.

use crate::handler::{Returns, Writes};
use crate::{IntoResponse, Request, Response};

/// What can answer an error of type `E`, see [`App::on_error`](crate::App::on_error). Two shapes of functions and
/// closures are one:
///
/// | shape | for |
/// |---|---|
/// | `Fn(&E, &Request) -> impl IntoResponse` | answers of their own; the status is the error's unless the answer has one |
/// | `Fn(&E, &Request, &mut Response)` | full control |
///
/// `Shape` tells them apart; the compiler finds it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't answer errors of type `{E}`",
    note = "what answers an error is `|error: &E, req: &Request| value` or `|error: &E, req: &Request, res: &mut Response| ..`",
    note = "closures need the types of their arguments written down"
)]
pub trait OnError<E, Shape>: Send + Sync + 'static {
    /// Answers the error.
    fn answer(&self, error: &E, request: &Request<'_>, response: &mut Response<'_>);
}

impl<F, E, R> OnError<E, (Returns, R)> for F
where
    F: Fn(&E, &Request<'_>) -> R + Send + Sync + 'static,
    R: IntoResponse,
{
    fn answer(&self, error: &E, request: &Request<'_>, response: &mut Response<'_>) {
        self(error, request).into_response(response);
    }
}

impl<F, E> OnError<E, (Writes, ())> for F
where
    F: Fn(&E, &Request<'_>, &mut Response<'_>) + Send + Sync + 'static,
{
    fn answer(&self, error: &E, request: &Request<'_>, response: &mut Response<'_>) {
        self(error, request, response);
    }
}
