//! What stands below `/demo/`: the framework, to be tried by hand.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::cookie::{Cookie, SameSite};
use rajada_mio::{
    App, Body, BodyStream, Bytes, ContentType, Error, IntoResponse, Json, OwnedRequest, Redirect,
    Request, RequestError, Response, Scope, Sleep, Status, local, sleep, spawn, spawn_blocking,
    timeout,
};

use super::chat::Room;
use super::escaped::escaped;
use super::live::events;
use super::octets::octets;
use super::upload::upload;
use super::{chat, files, pages};

/// Visits of all workers.
#[derive(Default)]
struct Visits(AtomicU64);

/// Visits of one worker.
type Own = Rc<Cell<u64>>;

/// The routes, to be nested.
pub(super) fn scope() -> Scope {
    let tour = App::scope()
        .state(Visits::default())
        .state(Room::new())
        .on_start(|locals| locals.insert(Own::default()))
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Demo", "from a hook behind the handler");
        })
        .any("", with_slash)
        .get("/request", dump)
        .post("/form", form)
        .post("/json", json)
        .get("/cookie", cookie)
        .get("/redirect", |_: &Request<'_>| Redirect::see_other("/demo/"))
        .get("/stream", |_: &Request<'_>, res: &mut Response<'_>| {
            res.send(
                ContentType::TEXT,
                Body::Stream(Box::new(Countdown { next: 10, pause: None })),
            );
        })
        .get("/stream/{octets}", octets)
        .get("/events", events)
        .websocket("/chat/socket", chat::socket())
        .post("/upload", upload())
        .get("/headers", |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Own", "from the handler")
                .text("look at the headers of this answer: X-Own, X-Demo\n");
        })
        .get("/visits", visits)
        .get("/blocking", |_: OwnedRequest| async {
            let slept = spawn_blocking(|| {
                std::thread::sleep(Duration::from_millis(100));
                "a thread slept for 100 ms, and no worker waited for it\n"
            });
            Ok::<_, Error>(slept.await?)
        })
        .get("/timeout", |_: OwnedRequest| async {
            match timeout(Duration::from_millis(100), sleep(Duration::from_secs(60))).await {
                Ok(()) => (Status::OK, "in time\n"),
                Err(_) => (Status::GATEWAY_TIMEOUT, "given up after 100 ms\n"),
            }
        })
        .get("/spawn", |_: OwnedRequest| async {
            let part = |name: &'static str| async move {
                sleep(Duration::from_millis(100)).await;
                name
            };
            let (one, other) = (spawn(part("tea")), spawn(part("toast")));
            Ok::<_, Error>(format!("{} and {}, in 100 ms together\n", one.await?, other.await?))
        })
        .get("/error", |_: &Request<'_>| std::fs::read("/no/such/file"))
        .get("/panic", |_: &Request<'_>| -> &str { panic!("on purpose, at /demo/panic") });
    files::add(pages::add(tour))
}

/// From the path without its slash to the page, with any method and query. It is found by where the request was, so
/// that it works behind a proxy that puts us below a path of its own.
fn with_slash(req: &Request<'_>) -> Redirect {
    match req.query_string() {
        Some(query) => Redirect::permanent(format!("demo/?{query}")),
        None => Redirect::permanent("demo/"),
    }
}

fn dump(req: &Request<'_>) -> String {
    let mut text = format!("{} {} from {}\n", req.method(), req.target(), req.peer());
    for field in req.headers() {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{}: {}", field.name.escape_ascii(), field.value.escape_ascii());
    }
    for (name, value) in req.query() {
        let _ = writeln!(text, "query: {name:?} = {value:?}");
    }
    for cookie in req.cookies() {
        let _ = writeln!(text, "cookie: {:?} = {:?}", cookie.name(), cookie.value());
    }
    text
}

fn form(req: &Request<'_>) -> Result<impl IntoResponse + use<>, RequestError> {
    let form = req.form()?;
    let (name, drink) =
        (form.first("name").unwrap_or_default(), form.first("drink").unwrap_or_default());
    Ok(pages::page(format!("<p>{} would like {}.", escaped(&name), escaped(&drink))))
}

/// The length of a point's vector: any numbers in, one out.
fn json(req: &Request<'_>) -> Result<Json<BTreeMap<&'static str, f64>>, RequestError> {
    let point: BTreeMap<String, f64> = req.json()?;
    let length = point.values().map(|number| number * number).sum::<f64>().sqrt();
    Ok(Json(BTreeMap::from([("length", length)])))
}

fn cookie(req: &Request<'_>, res: &mut Response<'_>) {
    let visits = req
        .cookie("visits")
        .and_then(|visits| visits.parse::<u32>().ok())
        .unwrap_or(0)
        .saturating_add(1);
    let cookie = Cookie::build(("visits", visits.to_string()))
        .path("/demo")
        .http_only(true)
        .same_site(SameSite::Lax);
    res.cookie(cookie).text(&format!("visit {visits}, says your cookie\n"));
}

fn visits(req: &Request<'_>) -> String {
    let all = req.state::<Visits>().0.fetch_add(1, Ordering::Relaxed) + 1;
    let own = local::<Own>().unwrap_or_default();
    own.set(own.get() + 1);
    format!("visit {all}, the {}. of this worker\n", own.get())
}

/// Lines that are made while they are sent.
struct Countdown {
    next: u32,
    pause: Option<Sleep>,
}

impl BodyStream for Countdown {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let pause = self.pause.get_or_insert_with(|| sleep(Duration::from_millis(200)));
        if Pin::new(pause).poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.pause = None;
        let Some(left) = self.next.checked_sub(1) else { return Poll::Ready(None) };
        self.next = left;
        Poll::Ready(Some(Ok(if left == 0 {
            "lift-off\n".into()
        } else {
            format!("{left}\n").into()
        })))
    }
}
