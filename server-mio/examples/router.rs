//! Patterns, methods, nesting, and what is answered where there is no route.
//!
//! ```sh
//! cargo run -p rajada-mio --example router
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl -i http://127.0.0.1:8080/user/me http://127.0.0.1:8080/files/a/b http://127.0.0.1:8080/api/v1/status
//! curl -i -X DELETE http://127.0.0.1:8080/
//! ```
#![allow(elided_lifetimes_in_paths)]

use rajada_mio::{App, Html, Request, Response};

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    let v1 = App::scope()
        .get("/status", |_: &Request| "all is well")
        // This hook sees what is below /api/v1 alone.
        .after(|_: &Request, res: &mut Response| {
            res.header("X-Api", "1");
        });
    App::new()
        .get("/", |_: &Request| "GET")
        .route(["PUT", "PATCH"], "/", |req: &Request| req.method().to_owned())
        // A static route comes before one with a parameter.
        .get("/user/me", |_: &Request| "it is you")
        .get("/user/{id}", |req: &Request, res: &mut Response| res.text(req.param("id")))
        .get("/user/{id}/posts/{post}", |req: &Request| {
            format!("{} of {}", req.param("post"), req.param("id"))
        })
        // Everything below, slashes included.
        .get("/files/{*path}", |req: &Request| format!("the file {}", req.param("path")))
        .any("/any", |req: &Request| format!("{} to any", req.method()))
        .nest("/api/v1", v1)
        .not_found(|req: &Request| {
            Html(format!("<h1>There is no {}</h1>", req.path().replace('<', "&lt;")))
        })
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
