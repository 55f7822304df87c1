//! A client of the tokio ecosystem in a handler: this server asks another one, by hyper.
//!
//! Each in a terminal of its own:
//!
//! ```sh
//! cargo run -p rajada-mio --example hello
//! cargo run -p rajada-mio --features tokio --example tokio_client
//! curl http://127.0.0.1:8081/ask
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::net::SocketAddr;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rajada_mio::{App, Error, OwnedRequest};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// Where the other server is.
struct Other(SocketAddr);

/// A runtime for what needs one: its timers and sockets are on a thread of their own, the handlers stay where they
/// are.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

/// The application, for the test of this example too.
pub(crate) fn app(runtime: &Runtime, other: SocketAddr) -> App {
    App::new().tokio(runtime.handle().clone()).state(Other(other)).get("/ask", ask)
}

async fn ask(req: OwnedRequest) -> Result<String, Error> {
    let Other(other) = *req.state();
    let stream = TcpStream::connect(other).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request =
        hyper::Request::get("/").header("Host", other.to_string()).body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let content = answer.into_body().collect().await?.to_bytes();
    Ok(format!("it says {status}: {}", String::from_utf8_lossy(&content)))
}

fn main() -> std::io::Result<()> {
    let runtime = runtime()?;
    app(&runtime, SocketAddr::from(([127, 0, 0, 1], 8080))).run("127.0.0.1:8081")?;
    Ok(())
}
