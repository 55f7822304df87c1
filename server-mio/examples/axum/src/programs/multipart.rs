//! Files of a form, part by part.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::http::StatusCode;
use axum::routing::post;

/// The application.
pub fn router() -> Router {
    Router::new().route("/", post(take)).layer(DefaultBodyLimit::max(64 * 1024))
}

async fn take(mut form: Multipart) -> Result<String, (StatusCode, String)> {
    let mut told = String::new();
    while let Some(part) = form.next_field().await.map_err(refused)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().unwrap_or_default().to_owned();
        let octets = part.bytes().await.map_err(refused)?;
        told.push_str(&format!("{name} {file} {} octets\n", octets.len()));
    }
    Ok(told)
}

fn refused(error: axum::extract::multipart::MultipartError) -> (StatusCode, String) {
    (error.status(), error.body_text())
}
