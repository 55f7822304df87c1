//! What the reference server serves.

mod chat;
mod escaped;
#[cfg(feature = "multipart")]
mod files;
#[cfg(not(feature = "multipart"))]
#[path = "no_files.rs"]
mod files;
mod live;
mod octets;
mod pages;
mod socket;
mod tour;
mod upload;

use std::time::Duration;

use rajada_mio::{App, Error, OwnedRequest, Request, Response, Status, sleep, yield_now};

/// The longest that `/delay/{ms}` waits.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// Octets that are uploaded or streamed at once, at most: 8 GiB.
const LARGEST: u64 = 8 << 30;

/// The routes.
pub(crate) fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "Hello world!")
        .post("/", echo)
        .post("/echo", echo)
        .get("/async", hello_async)
        .get("/ready", |_: OwnedRequest| async { "Hello async!" })
        .get("/delay/{ms}", delay)
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .websocket("/ws", socket::echoes())
        .websocket("/ws/received", socket::received_echoes())
        .nest("/demo", tour::scope())
}

/// The content back, in the type it came in, if it is one.
fn echo(req: &Request<'_>, res: &mut Response<'_>) {
    if let (Some(media_type), Ok(Some(_))) = (req.header("content-type"), req.media_type()) {
        res.header("Content-Type", media_type);
    }
    res.bytes(req.bytes());
}

async fn hello_async(_: OwnedRequest) -> &'static str {
    yield_now().await;
    "Hello async!"
}

async fn delay(req: OwnedRequest) -> Result<String, Error> {
    let number = req.param("ms").parse::<u64>();
    let milliseconds = number.map_err(|error| Error::with_status(Status::BAD_REQUEST, error))?;
    sleep(Duration::from_millis(milliseconds).min(LONGEST_DELAY)).await;
    Ok(milliseconds.to_string())
}
