//! What is to be done: a list that is read and changed.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, patch};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

type Todos = Arc<RwLock<BTreeMap<u32, Todo>>>;

#[derive(Debug, Clone, Serialize)]
struct Todo {
    id: u32,
    text: String,
    done: bool,
}

#[derive(Deserialize)]
struct New {
    text: String,
}

#[derive(Deserialize)]
struct Change {
    text: Option<String>,
    done: Option<bool>,
}

#[derive(Deserialize)]
struct Pages {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

/// The application.
pub fn router() -> Router {
    Router::new()
        .route("/todos", get(list).post(create))
        .route("/todos/{id}", patch(change).delete(delete))
        .with_state(Todos::default())
}

async fn list(State(todos): State<Todos>, Query(pages): Query<Pages>) -> Json<Vec<Todo>> {
    let todos = todos.read().unwrap();
    let shown = todos.values().skip(pages.offset).take(pages.limit.unwrap_or(usize::MAX));
    Json(shown.cloned().collect())
}

async fn create(State(todos): State<Todos>, Json(new): Json<New>) -> (StatusCode, Json<Todo>) {
    let mut todos = todos.write().unwrap();
    let id = todos.last_key_value().map_or(1, |(id, _)| id + 1);
    let todo = Todo { id, text: new.text, done: false };
    todos.insert(id, todo.clone());
    (StatusCode::CREATED, Json(todo))
}

async fn change(
    State(todos): State<Todos>,
    Path(id): Path<u32>,
    Json(change): Json<Change>,
) -> Result<Json<Todo>, StatusCode> {
    let mut todos = todos.write().unwrap();
    let todo = todos.get_mut(&id).ok_or(StatusCode::NOT_FOUND)?;
    if let Some(text) = change.text {
        todo.text = text;
    }
    if let Some(done) = change.done {
        todo.done = done;
    }
    Ok(Json(todo.clone()))
}

async fn delete(State(todos): State<Todos>, Path(id): Path<u32>) -> StatusCode {
    match todos.write().unwrap().remove(&id) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}
