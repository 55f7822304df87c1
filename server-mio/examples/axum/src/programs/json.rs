//! Values in and out, and rejections of what is none.

use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Sides {
    width: f64,
    height: f64,
}

#[derive(Serialize)]
struct Area {
    area: f64,
}

/// The application.
pub fn router() -> Router {
    Router::new().route("/area", post(area))
}

async fn area(
    sides: Result<Json<Sides>, JsonRejection>,
) -> Result<Json<Area>, (StatusCode, String)> {
    let Json(sides) = sides.map_err(|why| (why.status(), why.body_text()))?;
    Ok(Json(Area { area: sides.width * sides.height }))
}
