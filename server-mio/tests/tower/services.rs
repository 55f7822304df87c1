//! Services as handlers.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Full};
use rajada_mio::{
    App, Bytes, Endpoint, Error, Next, OwnedRequest, Request, RequestBody, RequestError, Response,
    Status, TestClient, sleep, with_extensions,
};
use tower::{Service, service_fn};

use crate::bodies::{Step, Steps};

pub(crate) type Asked = http::Request<RequestBody>;
pub(crate) type Answer<B = Full<Bytes>> = Result<http::Response<B>, Infallible>;

/// Tells what it was asked.
pub(crate) async fn echo(request: Asked) -> Answer {
    let (parts, body) = request.into_parts();
    let content = body.collect().await.unwrap().to_bytes();
    let text = format!("{} {} {}", parts.method, parts.uri, String::from_utf8_lossy(&content));
    Ok(http::Response::builder().header("x-length", content.len()).body(text.into()).unwrap())
}

fn exchanged(client: &mut TestClient, octets: &str) -> String {
    let mut received = Vec::new();
    client.exchange(octets.as_bytes(), &mut received);
    String::from_utf8(received).unwrap()
}

#[test]
fn a_service_answers_beside_handlers_what_no_handler_is_for() {
    let app = App::new()
        .get("/native", |_: &Request<'_>| "native")
        .get("/api/native", |_: &Request<'_>| "native")
        .service("/api/{**rest}", service_fn(echo));
    let mut client = TestClient::new(app);
    assert_eq!(client.get("/native").send().text(), "native");
    assert_eq!(client.get("/api/native").send().text(), "native");
    assert_eq!(client.get("/api/").send().text(), "GET /api/ ");
    assert_eq!(client.get("/api/a%20b?c=d").send().text(), "GET /api/a%20b?c=d ");
    assert_eq!(client.get("/").send().status(), Status::NOT_FOUND);
    let posted = client.post("/api/x").content("text/plain", "content").send();
    assert_eq!((posted.text(), posted.header("x-length")), ("POST /api/x content", Some("7")));
    assert_eq!(posted.header("content-type"), None);
    for method in ["BREW", "OPTIONS", "TRACE", "DELETE"] {
        let text = format!("{method} /api/x ");
        assert_eq!(client.request(method, "/api/x").send().text(), text);
    }
}

#[test]
fn a_service_alone_gets_everything() {
    let mut client = TestClient::new(App::of_service(service_fn(echo)));
    for (line, shown) in [
        ("GET / HTTP/1.1", "GET / "),
        ("TRACE /a/b HTTP/1.1", "TRACE /a/b "),
        ("OPTIONS * HTTP/1.1", "OPTIONS * "),
        ("GET http://a.example/b HTTP/1.1", "GET http://a.example/b "),
    ] {
        let text = exchanged(&mut client, &format!("{line}\r\nHost: a.example\r\n\r\n"));
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with(shown), "{text}");
    }
    let text = exchanged(&mut client, "GET /< HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 400") && text.ends_with("invalid uri character"), "{text}");
}

#[test]
fn a_service_alone_gets_targets_whose_paths_can_not_be_decoded() {
    let heads = [
        "GET /a%zz?b HTTP/1.1\r\nHost: a.example\r\n",
        "TRACE /%00 HTTP/1.1\r\nHost: a.example\r\n",
        "POST /%ff HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n",
        "GET http://a.example/% HTTP/1.1\r\nHost: a.example\r\n",
    ];
    let answers = |app: App| {
        let mut client = TestClient::new(app);
        heads.map(|head| exchanged(&mut client, &format!("{head}\r\n")))
    };
    let alone = || App::of_service(service_fn(echo));
    for app in [alone(), alone().without_extensions(), alone().on_stop(|_| ())] {
        for (head, text) in heads.iter().zip(answers(app)) {
            let shown = head.split_once(" HTTP").unwrap().0;
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            assert!(text.ends_with(&format!("\r\n\r\n{shown} ")), "{text}");
        }
    }
    // Who looks at paths is never asked for one that is none.
    let among_others = App::new().get("/a", |_: &Request<'_>| "a");
    let among_others = among_others.service("/{**rest}", service_fn(echo));
    let behind_hooks = alone().after(|_: &Request<'_>, _: &mut Response<'_>| {});
    let native = App::new().any("/{**rest}", |_: OwnedRequest| async { "native" });
    for app in [among_others, behind_hooks, native] {
        for text in answers(app) {
            assert!(text.starts_with("HTTP/1.1 400"), "{text}");
        }
    }
}

/// What it tells of the path.
#[test]
fn extensions_have_the_path_of_a_target_as_it_stands_if_it_can_not_be_decoded() {
    let told = with_extensions(service_fn(of_path), |request, extensions| {
        extensions.insert(format!("{} {:?}", request.path(), request.params().next()));
    });
    let mut client = TestClient::new(App::of_service(told));
    for (target, told) in [("/a%41", r#"/aA Some(("rest", "aA"))"#), ("/a%zz?b", "/a%zz None")] {
        assert_eq!(client.get(target).send().text(), told);
    }
}

/// What was put beside a request of its path.
async fn of_path(request: Asked) -> Answer {
    let told = request.extensions().get::<String>().cloned();
    Ok(http::Response::new(told.unwrap_or_default().into()))
}

/// All of a head. It is changed afterwards: what a service does to its request stays in that.
async fn head(request: Asked) -> Answer {
    let (mut parts, _) = request.into_parts();
    let mut text = format!("{} {} {:?}\n", parts.method, parts.uri, parts.version);
    for (name, value) in &parts.headers {
        text += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
    }
    assert_eq!(parts.extensions.get::<&str>(), None);
    parts.extensions.insert("mine");
    parts.headers.insert("x-mine", http::HeaderValue::from_static("mine"));
    parts.headers.remove("host");
    Ok(http::Response::new(text.into()))
}

/// What is used again of one head for the next is theirs alike.
#[test]
fn a_head_is_what_was_sent_whatever_was_sent_before() {
    let alone = || App::of_service(service_fn(head));
    for app in [alone(), alone().without_extensions()] {
        send_heads(app);
    }
}

fn send_heads(app: App) {
    let mut client = TestClient::new(app);
    let long = "x".repeat(3000);
    let targets = ["/", "/a", "/b", "/a?b"];
    let fields = [
        "Host: a\r\n".to_owned(),
        "host: a\r\n".to_owned(),
        "Host: b\r\n".to_owned(),
        "Host: a\r\nX-A: b\r\n".to_owned(),
        "Host: a\r\nX-A: b\r\nx-a: c\r\nX-Empty:\r\n".to_owned(),
        "Host: a\r\nX-A:\r\nx-a: b\r\n".to_owned(),
        format!("Host: a\r\nX-Long: {long}\r\n"),
    ];
    // Each behind itself once, twice, and behind others; of all pairs some are as long as each other.
    for burst in 0..20_usize {
        let (mut sent, mut expected) = (String::new(), Vec::new());
        for round in burst * 30..(burst + 1) * 30 {
            let at = (round / 3) * (round / 50 + 1);
            let (target, fields) = (targets[at % targets.len()], &fields[at / 2 % fields.len()]);
            let version = if round % 7 == 0 { "HTTP/1.0" } else { "HTTP/1.1" };
            let method = ["GET", "PUT"][round / 5 % 2];
            sent +=
                &format!("{method} {target} {version}\r\n{fields}Connection: keep-alive\r\n\r\n");
            let lines = fields.lines().map(|line| {
                let (name, value) = line.split_once(':').unwrap();
                format!("{}: {}\n", name.to_ascii_lowercase(), value.trim())
            });
            let lines: String = lines.collect();
            expected.push(format!("{method} {target} {version}\n{lines}connection: keep-alive\n"));
        }
        let received = exchanged(&mut client, &sent);
        let answers = received.split("HTTP/1.1 200 OK\r\n").skip(1);
        let answers: Vec<&str> = answers
            .filter_map(|answer| answer.split_once("\r\n\r\n"))
            .map(|(_, content)| content)
            .collect();
        assert_eq!(answers, expected);
    }
}

#[test]
fn an_answer_to_head_has_the_length_of_the_services_answer() {
    let service = service_fn(async |request: Asked| -> Answer {
        let answer = http::Response::builder();
        Ok(match request.uri().path() {
            "/told" => answer.header("content-length", "12345").body(Full::default()),
            "/made" => answer.body("12345".into()),
            _ => answer.body(Full::default()),
        }
        .unwrap())
    });
    let mut client = TestClient::new(App::of_service(service));
    for (path, length) in [("/told", Some("12345")), ("/made", Some("5")), ("/nothing", None)] {
        let answer = client.request("HEAD", path).send();
        assert_eq!((answer.header("content-length"), answer.text()), (length, ""), "{path}");
    }
    assert_eq!(client.get("/nothing").send().header("content-length"), Some("0"));
}

#[test]
fn content_leaves_as_it_comes_and_whole_if_it_is_whole() {
    use Step::{Data, Trailers, Wait};
    let service = service_fn(async |request: Asked| {
        let answer = http::Response::builder();
        Ok::<_, Infallible>(
            match request.uri().path() {
                "/pieces" => answer.body(Steps::new([Data("one "), Wait, Data(""), Data("two")])),
                "/late" => answer.body(Steps::new([Wait, Data("late")])),
                "/exact" => answer.body(Steps::new([Data("one "), Wait, Data("two")]).exact(7)),
                "/told" => answer
                    .header("content-length", "7")
                    .body(Steps::new([Data("one "), Data("two")])),
                "/one" => answer.body(Steps::new([Data("one two")]).exact(7)),
                "/trailers" => answer.body(Steps::new([Data("one two"), Trailers])),
                "/trailers/alone" => answer.body(Steps::new([Trailers])),
                _ => answer.body(Steps::new([])),
            }
            .unwrap(),
        )
    });
    let mut client = TestClient::new(App::of_service(service));
    for (path, length, text) in [
        ("/pieces", None, "one two"),
        ("/late", None, "late"),
        ("/exact", Some("7"), "one two"),
        ("/told", Some("7"), "one two"),
        ("/one", Some("7"), "one two"),
        ("/trailers", None, "one two"),
        ("/trailers/alone", None, ""),
        ("/nothing", Some("0"), ""),
    ] {
        let answer = client.get(path).send();
        assert_eq!((answer.header("content-length"), answer.text()), (length, text), "{path}");
    }
}

#[test]
fn content_arrives_while_a_service_reads_it() {
    let service = service_fn(async |request: Asked| -> Answer {
        let mut body = request.into_body();
        let (mut told, hint) = (String::new(), http_body::Body::size_hint(&body).exact());
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) if frame.is_trailers() => {
                    let fields = frame.into_trailers().unwrap();
                    told += &format!("sum {}", fields["x-sum"].to_str().unwrap());
                }
                Ok(frame) => told += &format!("{} ", frame.into_data().unwrap().len()),
                Err(error) => return Ok(http::Response::new(error.to_string().into())),
            }
        }
        Ok(http::Response::new(format!("{hint:?}: {told}").into()))
    });
    let app = || App::new().any("/", Endpoint::of_service(service).content_limit(20));
    let hooked = app().around(async |req: OwnedRequest, next: Next| next.run(req).await);
    for app in [app(), hooked] {
        let mut client = TestClient::new(app);
        // Nobody waits for all of it.
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
        assert_eq!(exchanged(&mut client, head), "HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(exchanged(&mut client, "3\r\nabc\r\n"), "");
        assert_eq!(exchanged(&mut client, "2\r\nde\r\n"), "");
        let text = exchanged(&mut client, "0\r\nX-Sum: 7\r\n\r\n");
        assert!(text.ends_with("None: 3 2 sum 7"), "{text}");
        let whole = client.post("/").content("x/y", "12345").send();
        assert!(whole.text() == "Some(5): 5 " || whole.text() == "None: 5 ", "{}", whole.text());
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let long = format!("{head}15\r\n{}\r\n0\r\n\r\n", "x".repeat(21));
        let text = exchanged(&mut client, &long);
        assert!(text.ends_with(&RequestError::TooLarge.to_string()), "{text}");
    }
}

#[test]
fn trailers_are_sent_behind_chunks() {
    use Step::{Data, Trailers, Wait};
    let service = service_fn(async |_: Asked| {
        Ok::<_, Infallible>(http::Response::new(Steps::new([Data("one"), Wait, Trailers])))
    });
    let plain = App::of_service(service);
    let layered =
        App::of_service(service).layer(tower::layer::layer_fn(|next: rajada_mio::NextService| {
            tower::util::MapResponse::new(next, |answer: http::Response<rajada_mio::AnswerBody>| {
                answer.map(|body| body.map_err(|error| error))
            })
        }));
    for app in [plain, layered] {
        let mut client = TestClient::new(app);
        let text = exchanged(&mut client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(text.ends_with("\r\n\r\n3\r\none\r\n0\r\nx-sum: 7\r\n\r\n"), "{text}");
    }
}

#[test]
fn fields_are_the_services_but_for_those_of_the_server() {
    let service = service_fn(async |_: Asked| -> Answer {
        let answer = http::Response::builder()
            .header("date", "today")
            .header("transfer-encoding", "chunked")
            .header("keep-alive", "timeout=5")
            .header("connection", "close")
            .header("set-cookie", "a=b")
            .header("set-cookie", "c=d")
            .header("x-own", "service");
        Ok(answer.body("text".into()).unwrap())
    });
    let app = App::of_service(service)
        .before(|_: &mut Request<'_>, res: &mut Response<'_>| {
            res.header("X-Own", "hook").header("X-Hook", "1").header("Set-Cookie", "e=f");
        })
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            assert_eq!(res.headers().get_text("x-own"), Some("service"));
            res.header("X-Behind", "1");
        });
    let mut client = TestClient::new(app);
    let answer = client.get("/").send();
    assert_ne!(answer.header("date"), Some("today"));
    assert_eq!(answer.header("connection"), Some("close"));
    for name in ["transfer-encoding", "keep-alive"] {
        assert_eq!(answer.header(name), None);
    }
    assert_eq!(answer.header_all("set-cookie").collect::<Vec<_>>(), ["e=f", "a=b", "c=d"]);
    assert_eq!(answer.header_all("x-own").collect::<Vec<_>>(), ["service"]);
    assert_eq!((answer.header("x-hook"), answer.header("x-behind")), (Some("1"), Some("1")));
    assert_eq!(answer.text(), "text");
}

struct User(&'static str);

#[test]
fn types_that_heads_are_kept_ready_for_are_sent_as_any_other() {
    let service = service_fn(async |request: Asked| -> Answer {
        let path = request.uri().path();
        let kind = path[1..].replace('+', " ");
        let status = if kind.starts_with("text/html") { 404 } else { 200 };
        let answer = http::Response::builder().status(status).header("content-type", kind);
        Ok(answer.body(vec![b'x'; path.len() * path.len()].into()).unwrap())
    });
    let app = || App::of_service(service);
    let before = |_: &mut Request<'_>, res: &mut Response<'_>| {
        res.content_type(rajada_mio::ContentType::SVG);
    };
    let after = |_: &Request<'_>, res: &mut Response<'_>| {
        res.header("X-Behind", "1");
    };
    for app in [app(), app().before(before), app().after(after), app().before(before).after(after)]
    {
        let mut client = TestClient::new(app);
        for kind in [
            "text/plain;+charset=utf-8",
            "application/json",
            "text/html;+charset=utf-8",
            "application/octet-stream",
            "application/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "text/x",
        ] {
            let answer = client.get(&format!("/{kind}")).send();
            assert_eq!(
                answer.header_all("content-type").collect::<Vec<_>>(),
                [kind.replace('+', " ")]
            );
            let status = if kind.starts_with("text/html") { 404 } else { 200 };
            let length = (kind.len() + 1) * (kind.len() + 1);
            assert_eq!((answer.status().as_u16(), answer.text().len()), (status, length));
        }
    }
}

#[test]
fn extensions_have_the_request_and_what_hooks_have_attached() {
    #[derive(Clone)]
    struct Theirs(u64);

    let service = service_fn(async |request: Asked| -> Answer {
        let extensions = request.extensions();
        let own = extensions.get::<OwnedRequest>().unwrap();
        let text = format!(
            "{} {} {} {} {}",
            own.peer(),
            own.pattern().unwrap(),
            own.param("rest"),
            own.extension::<User>().unwrap().0,
            extensions.get::<Theirs>().unwrap().0,
        );
        let peer = extensions.get::<String>().unwrap();
        Ok(http::Response::new(format!("{text} {peer}").into()))
    });
    let service = with_extensions(service, |request, extensions| {
        extensions.insert(request.peer().to_string());
    });
    let app = App::new().service("/api/{*rest}", service);
    let attach = |req: &mut Request<'_>, _: &mut Response<'_>| {
        req.extend(User("Ada"));
        let mut theirs = http::Extensions::new();
        theirs.insert(Theirs(7));
        req.extend(theirs);
    };
    let mut client = TestClient::new(app.before(attach));
    let answer = client.get("/api/x").send();
    let peer = answer.text().split(' ').next().unwrap();
    assert_eq!(answer.text(), format!("{peer} /api/{{*rest}} x Ada 7 {peer}"));
}

/// Is ready once every other time, and says so to whoever called it before that.
struct Fussy {
    asked: usize,
    is_ready: bool,
    clones: Arc<AtomicUsize>,
}

impl Clone for Fussy {
    fn clone(&self) -> Fussy {
        self.clones.fetch_add(1, Ordering::SeqCst);
        Fussy { asked: 0, is_ready: false, clones: self.clones.clone() }
    }
}

impl Service<Asked> for Fussy {
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Answer>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.asked += 1;
        if !self.asked.is_multiple_of(3) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Asked) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "the one that is called was not ready");
        std::future::ready(Ok(http::Response::new(format!("asked {} times", self.asked).into())))
    }
}

#[test]
fn the_very_clone_that_was_ready_is_called_and_used_again() {
    let clones = Arc::new(AtomicUsize::new(0));
    let fussy = Fussy { asked: 0, is_ready: false, clones: clones.clone() };
    let plain = App::new().service("/", fussy.clone());
    let hooked = App::new()
        .service("/", fussy)
        .around(async |req: OwnedRequest, next: Next| next.run(req).await);
    let mut client = TestClient::new(plain);
    let before = clones.load(Ordering::SeqCst);
    for times in [3, 6, 9] {
        assert_eq!(client.get("/").send().text(), format!("asked {times} times"));
    }
    assert_eq!(clones.load(Ordering::SeqCst) - before, 1);
    let mut client = TestClient::new(hooked);
    for _ in 0..2 {
        assert_eq!(client.get("/").send().text(), "asked 3 times");
    }
}

#[test]
fn services_and_their_futures_need_not_be_send() {
    let make = || {
        let count = Rc::new(Cell::new(0));
        service_fn(move |_: Asked| {
            let count = count.clone();
            async move {
                sleep(std::time::Duration::ZERO).await;
                count.set(count.get() + 1);
                Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::from(
                    count.get().to_string(),
                )))
            }
        })
    };
    let app = App::new().get("/", Endpoint::of_services(make));
    let mut client = TestClient::new(app);
    assert_eq!([(); 3].map(|()| client.get("/").send().text().to_owned()), ["1", "2", "3"]);
}

#[test]
fn an_error_of_a_service_is_answered_as_any_error() {
    let service = || {
        service_fn(async |_: Asked| {
            Err::<http::Response<Full<Bytes>>, _>(std::io::Error::other("broken"))
        })
    };
    let mut client = TestClient::new(App::of_service(service()));
    assert_eq!(client.get("/").send().status(), Status::INTERNAL_SERVER_ERROR);
    let told = |error: &std::io::Error, _: &Request<'_>| (Status::BAD_GATEWAY, error.to_string());
    let hooked = App::of_service(service())
        .around(async |req: OwnedRequest, next: Next| next.run(req).await)
        .on_error(told);
    for app in [App::of_service(service()).on_error(told), hooked] {
        let mut client = TestClient::new(app);
        let answer = client.get("/").send();
        assert_eq!((answer.status(), answer.text()), (Status::BAD_GATEWAY, "broken"));
    }
}

#[test]
fn a_service_behind_asynchronous_hooks_answers_as_one_without() {
    async fn user(req: &mut OwnedRequest) -> Result<(), Error> {
        req.extend(User("Ada"));
        Ok(())
    }
    let app = App::of_service(service_fn(echo)).before(user).around(
        async |req: OwnedRequest, next: Next| {
            let mut answer = next.run(req).await;
            answer.set_header("X-Around", "1");
            answer
        },
    );
    let mut client = TestClient::new(app);
    let answer = client.post("/a").content("text/plain", "content").send();
    assert_eq!((answer.text(), answer.header("x-around")), ("POST /a content", Some("1")));
}

#[test]
fn answers_of_a_burst_keep_their_order() {
    let service = service_fn(async |request: Asked| -> Answer {
        if request.uri().path().ends_with('2') {
            sleep(std::time::Duration::ZERO).await;
        }
        Ok(http::Response::new(request.uri().path().to_owned().into()))
    });
    let app = App::of_service(service).get("/native", |_: &Request<'_>| "/native");
    let mut client = TestClient::new(app);
    let paths = ["/1", "/2", "/native", "/3", "/2", "/native"];
    let requests: String =
        paths.iter().map(|path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    let text = exchanged(&mut client, &requests);
    let answered =
        text.split("\r\n\r\n").skip(1).map(|part| part.split("HTTP/1.1").next().unwrap());
    assert_eq!(answered.collect::<Vec<_>>(), paths);
}
