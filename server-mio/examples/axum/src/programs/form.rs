//! A form, shown and sent back.

use axum::response::Html;
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

#[derive(Deserialize)]
struct Letter {
    from: String,
    text: String,
}

/// The application.
pub fn router() -> Router {
    Router::new().route("/", get(show).post(take))
}

async fn show() -> Html<&'static str> {
    Html(
        "<form method=post><input name=from><textarea name=text></textarea><button>Send</button></form>",
    )
}

async fn take(Form(letter): Form<Letter>) -> String {
    format!("{} writes: {}", letter.from, letter.text)
}
