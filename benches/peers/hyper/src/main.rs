//! hyper: its HTTP/1 connection on a runtime of one thread, `TCP_NODELAY` set. `--pipeline-flush` turns on the option of that name, which
//! gathers the answers of a pipelined burst.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response =
        Response::new(Full::new(Bytes::from_static(peer_common::GREETING.as_bytes())));
    if request.uri().path() == "/" {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    } else {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener =
            TcpListener::bind(peer_common::address()).await.expect("the address is free");
        let mut http = http1::Builder::new();
        http.half_close(true).pipeline_flush(peer_common::given("--pipeline-flush"));
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let _ = stream.set_nodelay(true);
            let connection = http.serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::task::spawn_local(async move {
                let _ = connection.await;
            });
        }
    });
}
