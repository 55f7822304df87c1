//! Errors on their way from a handler to an answer.
//!
//! ```sh
//! cargo run -p rajada-mio --example errors
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl -i http://127.0.0.1:8080/half/7 http://127.0.0.1:8080/half/x http://127.0.0.1:8080/tea http://127.0.0.1:8080/panic
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::fmt;
use std::num::ParseIntError;

use rajada_mio::{App, ContentType, Error, Request, Status};

/// An error of this application.
#[derive(Debug)]
enum TeaError {
    OutOfTea,
    OnlyCoffee,
}

impl fmt::Display for TeaError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            TeaError::OutOfTea => "there is no tea left",
            TeaError::OnlyCoffee => "I'm a teapot",
        })
    }
}

impl std::error::Error for TeaError {}

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    App::new()
        // Any error turns into the answer that its type has below, or else into a 500 that tells nothing.
        .get("/half/{n}", |req: &Request| {
            let n: u64 = req.param("n").parse()?;
            let half = n.is_multiple_of(2).then_some(n / 2);
            half.map(|half| half.to_string())
                .ok_or_else(|| Error::message(Status::BAD_REQUEST, "it is odd"))
        })
        .get("/tea", |_: &Request| Err::<&str, _>(TeaError::OutOfTea))
        .get("/coffee", |_: &Request| Err::<&str, _>(TeaError::OnlyCoffee))
        .get("/disk", |_: &Request| std::fs::read_to_string("/no/such/file"))
        .get("/panic", |_: &Request| -> &str {
            panic!("this costs its own request a 500, and nothing else")
        })
        // By type; the first that is declared for a type wins.
        .on_error(|error: &ParseIntError, req: &Request| {
            (Status::BAD_REQUEST, format!("{}: {error}", req.path()))
        })
        .on_error(|error: &TeaError, _: &Request| {
            let status = match error {
                TeaError::OutOfTea => Status::SERVICE_UNAVAILABLE,
                TeaError::OnlyCoffee => Status::IM_A_TEAPOT,
            };
            (status, error.to_string())
        })
        // What is no HTTP at all never comes to a handler.
        .error_page(Status::BAD_REQUEST, ContentType::HTML, "<h1>This is not HTTP</h1>")
}

fn main() -> std::io::Result<()> {
    // While developing: `app().debug(true)` shows the details of errors and panics.
    app().run("127.0.0.1:8080")?;
    Ok(())
}
