//! axum: `axum::serve` on a runtime of one thread, `TCP_NODELAY` set.

use axum::{Router, routing::get, serve::ListenerExt};

fn main() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let app = Router::new().route("/", get(|| async { peer_common::GREETING }));
        let listener = tokio::net::TcpListener::bind(peer_common::address())
            .await
            .expect("the address is free");
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, app).await.expect("the server runs");
    });
}
