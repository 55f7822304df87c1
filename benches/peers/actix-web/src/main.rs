//! actix-web: its server with one worker. The features that only cost (compression, cookies, Unicode routes) are off.

use actix_web::{App, HttpResponse, HttpServer, http::header::ContentType, web};

async fn hello() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(peer_common::GREETING)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| App::new().route("/", web::get().to(hello)))
        .workers(1)
        .backlog(4096)
        .bind(peer_common::address())?
        .run()
        .await
}
