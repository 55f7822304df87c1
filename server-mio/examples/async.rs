//! Handlers that wait: for time, for each other, for threads that block.
//!
//! ```sh
//! cargo run -p rajada-mio --example async
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl http://127.0.0.1:8080/sleep/250 http://127.0.0.1:8080/both http://127.0.0.1:8080/file
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::time::Duration;

use rajada_mio::{
    App, Error, OwnedRequest, Request, Status, sleep, spawn, spawn_blocking, timeout,
};

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    App::new()
        // Synchronous and asynchronous handlers live side by side, on one connection too.
        .get("/", |_: &Request| "Hello at once!")
        .get("/sleep/{ms}", nap)
        .get("/both", both)
        .get("/bounded", bounded)
        .get("/file", file)
}

/// An `async fn` owns its request. Requests behind it on the same connection are served while it sleeps.
async fn nap(req: OwnedRequest) -> Result<String, Error> {
    let milliseconds =
        req.param("ms").parse().map_err(|error| Error::with_status(Status::BAD_REQUEST, error))?;
    sleep(Duration::from_millis(milliseconds)).await;
    Ok(format!("slept for {milliseconds} ms"))
}

/// Two things at once: 30 ms in all, not 60.
async fn both(_: OwnedRequest) -> Result<String, Error> {
    let part = |name: &'static str| async move {
        sleep(Duration::from_millis(30)).await;
        name
    };
    let (one, other) = (spawn(part("tea")), spawn(part("toast")));
    Ok(format!("{} and {}", one.await?, other.await?))
}

/// What takes too long is given up.
async fn bounded(_: OwnedRequest) -> (Status, &'static str) {
    match timeout(Duration::from_millis(20), sleep(Duration::from_secs(5))).await {
        Ok(()) => (Status::OK, "in time"),
        Err(_) => (Status::GATEWAY_TIMEOUT, "too late"),
    }
}

/// What blocks belongs on a thread of its own.
async fn file(_: OwnedRequest) -> Result<String, Error> {
    let text = spawn_blocking(|| std::fs::read_to_string("/etc/hostname")).await??;
    Ok(text)
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
