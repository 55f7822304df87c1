//! What an answer can be.
//!
//! ```sh
//! cargo run -p rajada-mio --example response
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl -i http://127.0.0.1:8080/html http://127.0.0.1:8080/json http://127.0.0.1:8080/cookie
//! curl -N http://127.0.0.1:8080/stream
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::cookie::{Cookie, SameSite};
use rajada_mio::{
    App, Body, BodyStream, Bytes, CacheControl, ContentType, Error, Html, Json, OwnedRequest,
    OwnedResponse, Redirect, Request, Response, Sleep, Status, sleep,
};

#[derive(serde::Serialize)]
struct Point {
    x: i32,
    y: i32,
}

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    App::new()
        .get("/text", |_: &Request| "text/plain, in UTF-8")
        .get("/html", |_: &Request| Html("<h1>A page</h1>"))
        .get("/json", |_: &Request| Json(Point { x: 3, y: 4 }))
        .get("/status", |_: &Request| (Status::ACCEPTED, "we shall see"))
        .get("/nothing", |_: &Request| Status::NO_CONTENT)
        .get("/perhaps/{what}", |req: &Request| {
            (req.param("what") == "this").then_some("here it is")
        })
        .get("/elsewhere", |_: &Request| Redirect::see_other("/text"))
        .get("/headers", |_: &Request| {
            (ContentType::CSS, [("X-Made-By", "hand")], "p { color: green }")
        })
        .get("/cached", |_: &Request| {
            (CacheControl::public().max_age(Duration::from_secs(60)), "for a minute")
        })
        .get("/cookie", |_: &Request| {
            let theme =
                Cookie::build(("theme", "dark")).path("/").http_only(true).same_site(SameSite::Lax);
            OwnedResponse::new(Status::OK).cookie(theme).text("remember it")
        })
        .get("/later", made_later)
        .get("/told", |_: &Request, res: &mut Response| {
            res.on_sent(|| {
                // There may be no terminal: `println!` would panic.
                let _ = writeln!(std::io::stdout(), "that answer is on its way");
            })
            .text("look at the server's terminal");
        })
        .get("/stream", |_: &Request| Body::Stream(Box::new(Countdown { next: 5, pause: None })))
}

/// A handler of any shape may return a whole answer.
async fn made_later(_: OwnedRequest) -> OwnedResponse {
    sleep(Duration::from_millis(1)).await;
    OwnedResponse::new(Status::CREATED).header("Location", "/text").text("made")
}

/// Content that is made while it is sent.
struct Countdown {
    next: u32,
    pause: Option<Sleep>,
}

impl BodyStream for Countdown {
    fn poll_next(&mut self, cx: &mut Context) -> Poll<Option<Result<Bytes, Error>>> {
        let pause = self.pause.get_or_insert_with(|| sleep(Duration::from_millis(50)));
        if Pin::new(pause).poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.pause = None;
        let piece = match self.next {
            0 => return Poll::Ready(None),
            1 => "lift-off\n".to_owned(),
            number => format!("{}\n", number - 1),
        };
        self.next -= 1;
        Poll::Ready(Some(Ok(piece.into())))
    }
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
