//! The span of each request, as a subscriber sees it. (Tests of one program may run on many threads: each has a subscriber
//! of its own.)

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::{
    App, Endpoint, Error, Next, OwnedRequest, Request, Response, Status, TestClient, sleep,
    yield_now,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What was seen of spans and events, in order.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Span>,
    /// Those that this thread is in.
    inside: Vec<u64>,
    /// Each event, with the span that it was in.
    events: Vec<(String, Option<u64>)>,
}

#[derive(Debug)]
struct Span {
    name: &'static str,
    is_root: bool,
    fields: BTreeMap<&'static str, String>,
    entered: usize,
    copies: usize,
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Seen {
    /// The span with this number, the first being 1.
    fn with<R>(&self, id: u64, look: impl FnOnce(&mut Span) -> R) -> R {
        look(&mut self.0.lock().unwrap().spans[id as usize - 1])
    }
}

impl Subscriber for Seen {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut span = Span {
            name: attributes.metadata().name(),
            is_root: attributes.is_root(),
            fields: BTreeMap::new(),
            entered: 0,
            copies: 1,
        };
        attributes.record(&mut Fields(&mut span.fields));
        let mut state = self.0.lock().unwrap();
        state.spans.push(span);
        Id::from_u64(state.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.with(id.into_u64(), |span| values.record(&mut Fields(&mut span.fields)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let mut state = self.0.lock().unwrap();
        let inside = state.inside.last().copied();
        state.events.push((fields.remove("message").unwrap_or_default(), inside));
    }

    fn enter(&self, id: &Id) {
        self.with(id.into_u64(), |span| span.entered += 1);
        self.0.lock().unwrap().inside.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        assert_eq!(self.0.lock().unwrap().inside.pop(), Some(id.into_u64()));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.with(id.into_u64(), |span| span.copies += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        self.with(id.into_u64(), |span| {
            span.copies -= 1;
            span.copies == 0
        })
    }
}

/// What is seen while `work` goes on. Every span is left and closed behind it.
fn seen(work: impl FnOnce()) -> (Vec<Span>, Vec<(String, Option<u64>)>) {
    let seen = Seen::default();
    tracing::subscriber::with_default(seen.clone(), work);
    let state = core::mem::take(&mut *seen.0.lock().unwrap());
    assert!(state.inside.is_empty());
    for span in &state.spans {
        assert_eq!((span.name, span.is_root, span.copies), ("request", true, 0), "{span:?}");
    }
    (state.spans, state.events)
}

/// The same, of one request for `/of/7?q=1`.
fn seen_of(app: App) -> (Span, Vec<String>) {
    let (mut spans, events) = seen(|| {
        TestClient::new(app).get("/of/7?q=1").send();
    });
    let span = spans.pop().expect("a request has a span");
    assert!(spans.is_empty(), "and no other one: {spans:?}");
    let inside = events.into_iter().map(|(text, inside)| {
        assert_eq!(inside, Some(1), "{text}");
        text
    });
    (span, inside.collect())
}

#[track_caller]
fn assert_fields(span: &Span, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let is = span.fields.get(name).map(String::as_str);
        assert_eq!(is, Some(*value), "{name} of {:?}", span.fields);
    }
}

const PATTERN: &str = "/of/{id}";

#[test]
fn a_request_is_told_with_the_names_of_opentelemetry() {
    let (span, events) = seen_of(App::new().get(PATTERN, |_: &Request<'_>| {
        tracing::info!("handled");
        Status::ACCEPTED
    }));
    let expected = [
        ("otel.name", "GET /of/{id}"),
        ("otel.kind", "server"),
        ("http.request.method", "GET"),
        ("http.route", PATTERN),
        ("http.response.status_code", "202"),
        ("network.peer.address", "127.0.0.1"),
        ("network.peer.port", "0"),
        ("network.protocol.version", "1.1"),
        ("url.path", "/of/7"),
        ("url.scheme", "http"),
    ];
    assert_fields(&span, &expected);
    // A query may hold secrets, and nothing went wrong.
    assert_eq!(span.fields.len(), expected.len(), "{:?}", span.fields);
    assert_eq!(events, ["handled"]);
}

#[test]
fn a_peer_and_what_it_calls_itself_are_told() {
    use rajada_mio::driver::Driver;
    use rajada_mio::{Clock, Peer};
    let (spans, _) = seen(|| {
        let app = App::new().get("/", |_: &Request<'_>| "fine").prepare().unwrap();
        let clock = Clock::manual();
        let mut driver = Driver::new(&app, clock.clone(), || {});
        let mut turn = driver.turn(clock.now());
        let key = turn.open(Peer::Inet("192.0.2.7:4711".parse().unwrap()), ());
        let mut connection = turn.connection(key).unwrap();
        connection.receive(b"GET / HTTP/1.0\r\nUser-Agent: curl/8\r\n\r\n");
    });
    let [span] = &spans[..] else { panic!("{spans:?}") };
    assert_fields(
        span,
        &[
            ("network.peer.address", "192.0.2.7"),
            ("network.peer.port", "4711"),
            ("network.protocol.version", "1.0"),
            ("user_agent.original", "curl/8"),
            ("http.response.status_code", "200"),
        ],
    );
}

#[test]
fn every_poll_of_an_asynchronous_handler_is_inside() {
    let handler = |_: OwnedRequest| async {
        tracing::info!("before");
        sleep(Duration::from_millis(1)).await;
        tracing::info!("between");
        yield_now().await;
        tracing::info!("behind");
        "fine"
    };
    let (span, events) = seen_of(App::new().get(PATTERN, handler));
    assert_fields(&span, &[("http.route", PATTERN), ("http.response.status_code", "200")]);
    assert_eq!(events, ["before", "between", "behind"]);
    assert!(span.entered >= 3, "{span:?}");
}

#[test]
fn hooks_are_inside_whatever_their_shape() {
    let app = App::new()
        .get(PATTERN, |_: &Request<'_>| tracing::info!("handler"))
        .before(|_: &mut Request<'_>, _: &mut Response<'_>| tracing::info!("before"))
        .around(async |request: OwnedRequest, next: Next| {
            yield_now().await;
            tracing::info!("around");
            next.run(request).await
        })
        .after(|_: &Request<'_>, _: &mut Response<'_>| tracing::info!("after"));
    let (span, events) = seen_of(app);
    assert_fields(&span, &[("http.response.status_code", "200")]);
    assert_eq!(events, ["before", "around", "handler", "after"]);
}

#[test]
fn an_error_is_told_by_its_status() {
    let fails = |status| move |_: &Request<'_>| Err::<(), _>(Error::message(status, "no"));
    let (span, _) = seen_of(App::new().get(PATTERN, fails(Status::BAD_GATEWAY)));
    let expected = [
        ("http.response.status_code", "502"),
        ("error.type", "502"),
        ("otel.status_code", "ERROR"),
    ];
    assert_fields(&span, &expected);
    // What a client has done wrong is no error of this server.
    let (span, _) = seen_of(App::new().get(PATTERN, fails(Status::CONFLICT)));
    assert_fields(&span, &[("http.response.status_code", "409")]);
    assert!(
        !span.fields.contains_key("error.type") && !span.fields.contains_key("otel.status_code")
    );
    let late = |_: OwnedRequest| async {
        yield_now().await;
        Err::<(), _>(Error::message(Status::BAD_GATEWAY, "no"))
    };
    let (span, _) = seen_of(App::new().get(PATTERN, late));
    assert_fields(&span, &expected);
}

#[test]
fn a_panic_is_told_as_500_and_leaves_the_span() {
    let at_once = |_: &Request<'_>| -> &str { panic!("on purpose") };
    let late = |_: OwnedRequest| async {
        yield_now().await;
        panic!("on purpose");
        #[expect(unreachable_code, reason = "the type of the answer")]
        ""
    };
    let hook = |_: &mut Request<'_>, _: &mut Response<'_>| -> () { panic!("on purpose") };
    for app in [
        App::new().get(PATTERN, at_once),
        App::new().get(PATTERN, late),
        App::new().get(PATTERN, |_: &Request<'_>| "fine").before(hook),
    ] {
        let (span, _) = seen_of(app);
        assert_fields(&span, &[("http.response.status_code", "500"), ("error.type", "500")]);
    }
}

#[test]
fn what_no_route_is_for_has_no_route() {
    let (span, _) = seen_of(App::new().get("/", |_: &Request<'_>| "fine"));
    assert_fields(&span, &[("otel.name", "GET"), ("http.response.status_code", "404")]);
    assert!(!span.fields.contains_key("http.route"));
    let (span, _) = seen_of(App::new().post(PATTERN, |_: &Request<'_>| "fine"));
    assert_fields(&span, &[("http.route", PATTERN), ("http.response.status_code", "405")]);
}

#[test]
fn a_method_that_clients_make_up_is_no_name() {
    let (spans, _) = seen(|| {
        TestClient::new(App::new()).request("BREW", "/").send();
    });
    let [span] = &spans[..] else { panic!("{spans:?}") };
    assert_fields(
        span,
        &[
            ("otel.name", "HTTP"),
            ("http.request.method", "_OTHER"),
            ("http.request.method_original", "BREW"),
        ],
    );
}

#[test]
fn a_handler_that_is_out_of_time_is_told_as_503() {
    let forever = |_: OwnedRequest| async {
        std::future::pending::<()>().await;
    };
    let in_time = Endpoint::new(forever).handler_deadline(Duration::from_millis(5));
    let app = App::new().get(PATTERN, in_time);
    let (span, _) = seen_of(app);
    assert_fields(&span, &[("http.response.status_code", "503"), ("error.type", "503")]);
}

#[test]
fn content_that_is_waited_for_belongs_to_the_same_span() {
    let app = App::new()
        .post("/", |request: &Request<'_>| {
            tracing::info!("handler");
            request.bytes().len().to_string()
        })
        .before(|_: &mut Request<'_>, _: &mut Response<'_>| tracing::info!("before"));
    let (spans, events) = seen(|| {
        let (mut client, mut received) = (TestClient::new(app), Vec::new());
        client.exchange(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", &mut received);
        client.exchange(b"abc", &mut received);
        assert!(received.ends_with(b"\r\n\r\n3"), "{}", received.escape_ascii());
    });
    let [span] = &spans[..] else { panic!("{spans:?}") };
    assert_fields(span, &[("http.response.status_code", "200")]);
    assert_eq!(events, [("before".to_owned(), Some(1)), ("handler".to_owned(), Some(1))]);
}

/// Requests of a burst, some of which wait: each event is in the span of its own request.
#[test]
fn each_request_of_a_burst_is_inside_its_own_span() {
    let app = App::new()
        .get("/at-once/{id}", |request: &Request<'_>| {
            tracing::info!("{}", request.path());
        })
        .get("/late/{id}", |request: OwnedRequest| async move {
            yield_now().await;
            tracing::info!("{}", request.path());
        });
    let targets = ["/late/1", "/at-once/2", "/late/3", "/at-once/4"];
    let (spans, events) = seen(|| {
        let burst = targets.map(|target| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        TestClient::new(app).exchange(burst.concat().as_bytes(), &mut Vec::new());
    });
    assert_eq!((spans.len(), events.len()), (targets.len(), targets.len()), "{events:?}");
    for (path, inside) in events {
        let span = &spans[inside.expect("an event has a span") as usize - 1];
        assert_fields(span, &[("url.path", &path), ("http.response.status_code", "200")]);
    }
}
