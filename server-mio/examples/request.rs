//! What a request tells.
//!
//! ```sh
//! cargo run -p rajada-mio --example request
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl -b 'theme=dark' 'http://127.0.0.1:8080/dump?a=1&b=x%20y'
//! curl -d 'name=Ada&likes=tea' http://127.0.0.1:8080/form
//! curl -H 'Content-Type: application/json' -d '{"x": 3, "y": 4}' http://127.0.0.1:8080/json
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::fmt::Write;

use rajada_mio::{App, Request, RequestError};

#[derive(serde::Deserialize)]
struct Point {
    x: f64,
    y: f64,
}

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    App::new()
        .any("/dump", dump)
        .post("/text", |req: &Request| req.text().map(str::to_uppercase))
        .post("/form", |req: &Request| {
            let form = req.form()?;
            let likes: Vec<_> = form.all("likes").collect();
            Ok::<_, RequestError>(format!(
                "{} likes {}",
                form.first("name").unwrap_or_default(),
                likes.join(", ")
            ))
        })
        .post("/json", |req: &Request| {
            let point: Point = req.json()?;
            Ok::<_, RequestError>(format!("{}", point.x.hypot(point.y)))
        })
}

/// Nothing of this is looked at before it is asked for.
fn dump(req: &Request) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Debug| {
        writeln!(text, "{name}: {value:?}").unwrap_or_default()
    };
    line("method", &req.method());
    line("path", &req.path());
    line("query", &req.query());
    line("version", &req.version());
    line("host", &req.host());
    line("port", &req.port());
    line("keep alive", &req.keep_alive());
    line("cookies", &req.cookies().map(|cookie| cookie.to_string()).collect::<Vec<_>>());
    line("media type", &req.media_type());
    line("octets of content", &req.bytes().len());
    for field in req.headers() {
        line("header", &field);
    }
    text
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
