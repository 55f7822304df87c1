//! xitca-web: its server with one worker.

use xitca_web::{App, handler::handler_service, route::get};

fn main() -> std::io::Result<()> {
    App::new()
        .at("/", get(handler_service(async || peer_common::GREETING)))
        .serve()
        .worker_threads(1)
        .backlog(4096)
        .bind(peer_common::address())?
        .run()
        .wait()
}
