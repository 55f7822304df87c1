//! Echoes over WebSocket, each as its own documentation has it for speed, in one thread: `--server` is `axum`, `actix-ws`, `fastwebsockets` or
//! `tungstenite`.
//!
//! `/ws` sends every message back. With the first two, `/room` gets what is sent to `/send`.

mod actix;
mod axum;
mod fastwebsockets;
mod tungstenite;

use std::future::Future;

use tokio::net::{TcpListener, TcpStream};

fn main() {
    let servers: [(&str, fn()); 4] = [
        ("axum", axum::serve),
        ("actix-ws", actix::serve),
        ("fastwebsockets", fastwebsockets::serve),
        ("tungstenite", tungstenite::serve),
    ];
    match servers.iter().find(|(name, _)| peer_common::given(name)) {
        Some((_, serve)) => serve(),
        None => panic!("--server is one of {:?}", servers.map(|(name, _)| name)),
    }
}

/// Runs on tokio's runtime of one thread.
fn block_on(future: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future);
}

async fn listen() -> TcpListener {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket
        .bind(peer_common::address().parse().expect("an address"))
        .and_then(|()| socket.listen(4096))
        .expect("the address is free")
}

/// Accepts connections, each a task.
async fn accept<F: Future<Output = ()> + 'static>(serve: impl Fn(TcpStream) -> F) {
    let listener = listen().await;
    let tasks = tokio::task::LocalSet::new();
    tasks
        .run_until(async {
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    let _ = stream.set_nodelay(true);
                    tokio::task::spawn_local(serve(stream));
                }
            }
        })
        .await;
}
