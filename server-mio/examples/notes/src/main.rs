//! Notes on SQLite, with tokens, CORS, request ids and problem details: `notes FILE`.

use rajada_mio::{App, Error, Json, Location, OwnedRequest, Request, Response, Status};
use rusqlite::{Connection, OptionalExtension, Result as Sql, Row};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, atomic::AtomicU64, atomic::Ordering::Relaxed};

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, token TEXT UNIQUE);
    CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, user INTEGER NOT NULL, text TEXT);";
static NUMBER: AtomicU64 = AtomicU64::new(1);
struct User(i64);

#[derive(Serialize, Deserialize)]
struct Note {
    #[serde(default)]
    id: i64,
    text: String,
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    has: String,
    most: Option<u32>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("notes FILE")?;
    Ok(app(Connection::open(file)?)?.run("127.0.0.1:8080").map(drop)?)
}

pub(crate) fn app(database: Connection) -> Sql<App> {
    database.execute_batch(SCHEMA)?;
    let notes = App::scope().before(authenticate).content_limit(16 * 1024).post("", create);
    let notes = notes.get("", list).get("/{id}", read).put("/{id}", update).delete("/{id}", delete);
    let app = App::new().state(Arc::new(Mutex::new(database))).problem_details();
    Ok(app.before(arrive).after(leave).nest("/notes", notes))
}

fn arrive(req: &mut Request, res: &mut Response) {
    req.extend(NUMBER.fetch_add(1, Relaxed));
    if req.method() == "OPTIONS" {
        res.set_status(Status::NO_CONTENT).empty();
    }
}

fn leave(req: &Request, res: &mut Response) {
    let number = req.extension().copied().unwrap_or_else(|| NUMBER.fetch_add(1, Relaxed));
    res.header("X-Request-Id", number.to_string());
    res.header("Access-Control-Allow-Origin", "*");
    res.header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
    res.header("Access-Control-Allow-Headers", "Authorization, Content-Type");
}

async fn authenticate(req: &mut OwnedRequest) -> Result<(), Error> {
    let unknown = || Error::message(Status::UNAUTHORIZED, "who is it?");
    let unknown = || unknown().with_header("WWW-Authenticate", "Bearer");
    let token = req.bearer_token()?.ok_or_else(unknown)?.to_owned();
    let one = "SELECT id FROM user WHERE token = ?1";
    let id = ask(req, move |db, _| db.query_row(one, [token], |row| row.get(0)).optional()).await?;
    req.extend(User(id.ok_or_else(unknown)?));
    Ok(())
}

async fn create(req: OwnedRequest) -> Result<(Status, Location, Json<Note>), Error> {
    let text = req.json::<Note>()?.text;
    let add = "INSERT INTO note (user, text) VALUES (?1, ?2) RETURNING id, text";
    let made = ask(&req, move |db, me| db.query_row(add, (me, text), note)).await?;
    Ok((Status::CREATED, Location::new(format!("/notes/{}", made.id)), Json(made)))
}

async fn list(req: OwnedRequest) -> Result<Json<Vec<Note>>, Error> {
    let Search { has, most } = req.query_as()?;
    let all = "SELECT id, text FROM note WHERE user = ?1 AND instr(text, ?2) ORDER BY id LIMIT ?3";
    let most = most.unwrap_or(20).min(100);
    let all = ask(&req, move |db, me| db.prepare(all)?.query_map((me, has, most), note)?.collect());
    Ok(Json(all.await?))
}

async fn read(req: OwnedRequest) -> Result<Option<Json<Note>>, Error> {
    let id = req.param_as::<i64>("id")?;
    let one = "SELECT id, text FROM note WHERE user = ?1 AND id = ?2";
    Ok(ask(&req, move |db, me| db.query_row(one, (me, id), note).optional()).await?.map(Json))
}

async fn update(req: OwnedRequest) -> Result<Option<Json<Note>>, Error> {
    let (id, text) = (req.param_as::<i64>("id")?, req.json::<Note>()?.text);
    let set = "UPDATE note SET text = ?3 WHERE user = ?1 AND id = ?2 RETURNING id, text";
    Ok(ask(&req, move |db, me| db.query_row(set, (me, id, text), note).optional()).await?.map(Json))
}

async fn delete(req: OwnedRequest) -> Result<Option<Status>, Error> {
    let id = req.param_as::<i64>("id")?;
    let gone = "DELETE FROM note WHERE user = ?1 AND id = ?2";
    let count = ask(&req, move |db, me| db.execute(gone, (me, id))).await?;
    Ok((count > 0).then_some(Status::NO_CONTENT))
}

async fn ask<T: Send + 'static>(
    req: &OwnedRequest,
    work: impl FnOnce(&Connection, Option<i64>) -> Sql<T> + Send + 'static,
) -> Result<T, Error> {
    let database = req.state::<Arc<Mutex<Connection>>>().clone();
    let user = req.extension::<User>().map(|user| user.0);
    Ok(rajada_mio::spawn_blocking(move || work(&database.lock().unwrap(), user)).await??)
}

fn note(row: &Row) -> Sql<Note> {
    Ok(Note { id: row.get(0)?, text: row.get(1)? })
}
