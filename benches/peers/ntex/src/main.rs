//! ntex: its web server with one worker, on its tokio runtime.

use ntex::web;

async fn hello() -> web::HttpResponse {
    web::HttpResponse::Ok().content_type("text/plain").body(peer_common::GREETING)
}

#[ntex::main]
async fn main() -> std::io::Result<()> {
    web::server(async || web::App::new().route("/", web::get().to(hello)))
        .workers(1)
        .backlog(4096)
        .bind(peer_common::address())?
        .run()
        .await
}
