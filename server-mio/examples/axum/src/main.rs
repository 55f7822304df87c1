//! Serves the application: `axum-application ours`, or `axum-application theirs` with `axum::serve`.

use std::net::SocketAddr;

use axum_application::{application, with_connect_info};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:8080")?;
    println!("listening on http://{}", listener.local_addr()?);
    match std::env::args().nth(1).as_deref() {
        None | Some("ours") => {
            rajada_mio::serve(listener, with_connect_info(application()))?;
        }
        Some("theirs") => {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let service = application().into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await?;
        }
        Some(_) => eprintln!("usage: axum-application [ours|theirs]"),
    }
    Ok(())
}
