//! A small service: a list of things to do, by JSON.
//!
//! ```sh
//! cargo run -p rajada-mio --example todo
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl -H 'Content-Type: application/json' -d '{"text": "buy tea"}' http://127.0.0.1:8080/todos
//! curl -X PATCH -H 'Content-Type: application/json' -d '{"done": true}' http://127.0.0.1:8080/todos/1
//! curl 'http://127.0.0.1:8080/todos?done=true'
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rajada_mio::{App, Error, Json, Location, Request, Status};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize)]
struct Todo {
    id: u64,
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

#[derive(Default)]
struct Todos {
    last: u64,
    all: BTreeMap<u64, Todo>,
}

/// There is nothing with this id.
#[derive(Debug)]
struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "there is nothing to do with the id {}", self.0)
    }
}

impl std::error::Error for Unknown {}

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    let todos = App::scope()
        .get("", list)
        .post("", add)
        .get("/{id}", |req: &Request| find(&mut todos(req), req).map(|todo| Json(todo.clone())))
        .patch("/{id}", change)
        .delete("/{id}", remove);
    App::new().state(Mutex::<Todos>::default()).nest("/todos", todos).on_error(
        |error: &Unknown, _: &Request| {
            (Status::NOT_FOUND, Json(BTreeMap::from([("error", error.to_string())])))
        },
    )
}

fn list(req: &Request) -> Json<Vec<Todo>> {
    let done = req.query().first("done").and_then(|done| done.parse::<bool>().ok());
    let fits = |todo: &&Todo| done.is_none_or(|done| todo.done == done);
    Json(todos(req).all.values().filter(fits).cloned().collect())
}

fn add(req: &Request) -> Result<(Status, Location, Json<Todo>), Error> {
    let New { text } = req.json()?;
    let mut todos = todos(req);
    todos.last += 1;
    let todo = Todo { id: todos.last, text, done: false };
    todos.all.insert(todo.id, todo.clone());
    let location = Location::new(format!("/todos/{}", todo.id));
    Ok((Status::CREATED, location, Json(todo)))
}

fn change(req: &Request) -> Result<Json<Todo>, Error> {
    let Change { text, done } = req.json()?;
    let mut todos = todos(req);
    let todo = find(&mut todos, req)?;
    todo.text = text.unwrap_or(std::mem::take(&mut todo.text));
    todo.done = done.unwrap_or(todo.done);
    Ok(Json(todo.clone()))
}

fn remove(req: &Request) -> Result<Status, Unknown> {
    let mut todos = todos(req);
    let id = find(&mut todos, req)?.id;
    todos.all.remove(&id);
    Ok(Status::NO_CONTENT)
}

fn todos<'r>(req: &Request<'r>) -> MutexGuard<'r, Todos> {
    req.state::<Mutex<Todos>>().lock().unwrap_or_else(PoisonError::into_inner)
}

fn find<'t>(todos: &'t mut Todos, req: &Request) -> Result<&'t mut Todo, Unknown> {
    let id = req.param("id");
    let todo = id.parse().ok().and_then(|id: u64| todos.all.get_mut(&id));
    todo.ok_or_else(|| Unknown(id.chars().filter(|letter| letter.is_alphanumeric()).collect()))
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
