//! A server that notes what arrives.

use std::io;
use std::thread::JoinHandle;

use rajada_mio::cookie::Cookie;
use rajada_mio::websocket::{SocketEndpoint, WebSocket};
use rajada_mio::{App, Exit, Handle, Html, Redirect, Request, RequestError, Response};

use crate::arrivals::{Arrival, Arrivals, Content, Part};
use crate::expected::{HELLO, NOWHERE, ODD, USER};

/// A server for the time of a test.
pub(crate) struct Serving {
    pub(crate) arrivals: Arrivals,
    /// Without a slash at its end.
    pub(crate) url: String,
    handle: Handle,
    thread: Option<JoinHandle<io::Result<Exit>>>,
}

pub(crate) fn serve() -> Serving {
    let arrivals = Arrivals::default();
    let server = app(&arrivals).bind("127.0.0.1:0").unwrap();
    let (url, handle) = (format!("http://{}", server.local_address()), server.handle());
    let thread = Some(std::thread::spawn(move || server.run()));
    Serving { arrivals, url, handle, thread }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.handle.cut();
        if let Some(thread) = self.thread.take() {
            let end = thread.join();
            if !std::thread::panicking() {
                end.unwrap().unwrap();
            }
        }
    }
}

fn app(arrivals: &Arrivals) -> App {
    let app = App::new()
        .state(arrivals.clone())
        .get("/", |_: &Request<'_>| Html(include_str!("page.html")))
        .post("/form", |req: &Request<'_>| {
            note(req, Arrival::Form(form(req)?));
            Ok::<_, RequestError>("thanks")
        })
        .post("/upload", |req: &Request<'_>| {
            note(req, Arrival::Upload(parts(req)?));
            Ok::<_, RequestError>("thanks")
        })
        .get("/page", |req: &Request<'_>| {
            note(req, Arrival::Page(req.method().to_owned()));
            HELLO
        })
        .get("/seen", |req: &Request<'_>| {
            note(req, Arrival::Seen(owned(req.query())));
            "thanks"
        })
        .websocket("/ws", SocketEndpoint::new(echo).protocols(&["echo"]))
        .not_found(|_: &Request<'_>| NOWHERE);
    redirects(cookies(app))
}

async fn echo(mut socket: WebSocket) {
    while let Some(message) = socket.recv().await {
        if socket.send(message).await.is_err() {
            break;
        }
    }
}

fn cookies(app: App) -> App {
    app.get("/cookies/set", |_: &Request<'_>, res: &mut Response<'_>| {
        res.cookie(Cookie::build(("plain", "abc")).path("/"))
            .cookie(Cookie::build(("odd", ODD)).path("/").http_only(true))
            .cookie(Cookie::build(("elsewhere", "1")).path("/cookies/elsewhere"))
            .text("set");
    })
    .get("/cookies/forget", |_: &Request<'_>, res: &mut Response<'_>| {
        res.forget_cookie(Cookie::build("plain").path("/"))
            .forget_cookie(Cookie::build("odd").path("/"))
            .forget_cookie(Cookie::build("elsewhere").path("/cookies/elsewhere"))
            .text("forgotten");
    })
    .get("/cookies/see", see)
    .get("/cookies/elsewhere", see)
}

fn see(req: &Request<'_>) -> &'static str {
    let cookies =
        req.cookies().map(|cookie| (cookie.name().to_owned(), cookie.value().to_string()));
    let mut cookies: Vec<_> = cookies.collect();
    cookies.sort();
    let lines = req.header_all("cookie").map(|line| String::from_utf8_lossy(line).into_owned());
    note(
        req,
        Arrival::Cookies {
            path: req.path().to_owned(),
            script: req.query().first("script").map(Into::into),
            cookies,
            lines: lines.collect(),
        },
    );
    "seen"
}

fn redirects(app: App) -> App {
    let user = |req: &Request<'_>| {
        let form = if req.method() == "POST" { form(req)? } else { Vec::new() };
        let (method, target) = (req.method().to_owned(), req.target().to_owned());
        note(req, Arrival::User { method, target, name: req.param("name").to_owned(), form });
        Ok::<_, RequestError>("welcome")
    };
    app.post("/see-other", |_: &Request<'_>| Redirect::see_other(format!("/user/{USER}")))
        .post("/temporary", |_: &Request<'_>| Redirect::temporary(format!("/user/{USER}")))
        .get("/user/{name}", user)
        .post("/user/{name}", user)
}

fn note(req: &Request<'_>, arrival: Arrival) {
    req.state::<Arrivals>().note(arrival);
}

fn form(req: &Request<'_>) -> Result<Vec<(String, String)>, RequestError> {
    req.form().map(owned)
}

fn owned(pairs: rajada_mio::Pairs<'_>) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn parts(req: &Request<'_>) -> Result<Vec<Part>, RequestError> {
    let parts = req.multipart()?.into_iter().map(|part| Part {
        content: Content::of(&part.content),
        name: part.name,
        file_name: part.file_name,
        media_type: part.media_type,
    });
    Ok(parts.collect())
}
