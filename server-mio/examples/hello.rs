//! The smallest server.
//!
//! ```sh
//! cargo run -p rajada-mio --example hello
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl http://127.0.0.1:8080/
//! ```
#![allow(elided_lifetimes_in_paths)]

use rajada_mio::{App, Request};

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    App::new().get("/", |_: &Request| "Hello world!")
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
