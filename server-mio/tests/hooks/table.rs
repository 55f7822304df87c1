//! Every shape of handler behind every chain of hooks, with every end: what runs, in which order, and what it sees of what
//! hooks have attached.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::driver::Driver;
use rajada_mio::{
    App, Clock, Deadlines, Limits, Next, OwnedRequest, Peer, Request, Response, Scope, TestClient,
    sleep, yield_now,
};

/// What has happened, in order.
type Log = Arc<Mutex<Vec<String>>>;

/// What the hook of this number attaches.
struct Mark<const N: usize>;

/// The marks that are seen.
fn marks(req: &Request<'_>) -> String {
    let seen = [
        req.extension::<Mark<0>>().is_some(),
        req.extension::<Mark<1>>().is_some(),
        req.extension::<Mark<2>>().is_some(),
    ];
    (0..3).filter(|number| seen[*number]).map(|number| number.to_string()).collect()
}

fn write(log: &Log, text: impl Into<String>) {
    log.lock().unwrap().push(text.into());
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sync,
    Async,
    Around,
}

const KINDS: [Kind; 3] = [Kind::Sync, Kind::Async, Kind::Around];

fn hook<const N: usize, M>(app: App<M>, kind: Kind, log: &Log) -> App<M> {
    let log = log.clone();
    match kind {
        Kind::Sync => app.before(move |req: &mut Request<'_>, res: &mut Response<'_>| {
            write(&log, format!("sync {N}"));
            req.extend(Mark::<N>);
            res.header("X-Set", N.to_string());
        }),
        Kind::Async => app.before(async move |req: &mut OwnedRequest| {
            yield_now().await;
            write(&log, format!("async {N}"));
            req.extend(Mark::<N>);
        }),
        Kind::Around => app.around(async move |mut req: OwnedRequest, next: Next| {
            write(&log, format!("around {N}"));
            req.extend(Mark::<N>);
            let answer = next.run(req).await;
            yield_now().await;
            write(&log, format!("behind {N}: {}", answer.status().as_u16()));
            answer
        }),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Returns,
    Writes,
    Ready,
    Waits,
}

const SHAPES: [Shape; 4] = [Shape::Returns, Shape::Writes, Shape::Ready, Shape::Waits];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Answer,
    Error,
    Panic,
    Missing,
    Timeout,
    Gone,
    NoRoute,
    NotAllowed,
    TooLarge,
    NoHttp,
}

const ENDS: [End; 10] = [
    End::Answer,
    End::Error,
    End::Panic,
    End::Missing,
    End::Timeout,
    End::Gone,
    End::NoRoute,
    End::NotAllowed,
    End::TooLarge,
    End::NoHttp,
];

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

/// What a handler makes of its request.
fn outcome(end: End) -> Result<Option<&'static str>, Broken> {
    match end {
        End::Error => Err(Broken),
        End::Panic => panic!("a handler of the table"),
        End::Missing => Ok(None),
        _ => Ok(Some("answer")),
    }
}

/// Tells when it is dropped.
struct Guard(Log);

impl Drop for Guard {
    fn drop(&mut self) {
        write(&self.0, "dropped");
    }
}

fn handler(app: Scope, shape: Shape, end: End, log: &Log) -> Scope {
    let log = log.clone();
    let waits = move |log: Log, req: OwnedRequest, parks: bool| async move {
        write(&log, format!("handler sees {}", marks(&req.as_request())));
        if matches!(end, End::Timeout | End::Gone) {
            let _guard = Guard(log);
            sleep(Duration::from_secs(1 << 20)).await;
        } else if parks {
            yield_now().await;
        }
        outcome(end)
    };
    match shape {
        Shape::Returns => app.get("/x", move |req: &Request<'_>| {
            write(&log, format!("handler sees {}", marks(req)));
            outcome(end)
        }),
        Shape::Writes => app.get("/x", move |req: &Request<'_>, res: &mut Response<'_>| {
            write(&log, format!("handler sees {}", marks(req)));
            match outcome(end)? {
                Some(text) => res.text(text),
                None => res.not_found(),
            }
            Ok::<_, Broken>(())
        }),
        Shape::Ready => app.get("/x", move |req: OwnedRequest| waits(log.clone(), req, false)),
        Shape::Waits => app.get("/x", move |req: OwnedRequest| waits(log.clone(), req, true)),
    }
}

fn hooked<M>(app: App<M>, chain: &[Kind], numbers: std::ops::Range<usize>, log: &Log) -> App<M> {
    numbers.fold(app, |app, number| match number {
        0 => hook::<0, M>(app, chain[0], log),
        1 => hook::<1, M>(app, chain[1], log),
        _ => hook::<2, M>(app, chain[2], log),
    })
}

fn app(shape: Shape, end: End, chain: &[Kind], nested: usize, log: &Log) -> App {
    let (failed, missing) = (log.clone(), log.clone());
    let behind = |name: &'static str| {
        let log = log.clone();
        move |req: &Request<'_>, res: &mut Response<'_>| {
            write(&log, format!("{name} sees {} of {}", marks(req), res.status().as_u16()));
        }
    };
    let inner = hooked(handler(App::scope(), shape, end, log), chain, nested..chain.len(), log);
    let inner = inner.after(behind("third")).after(behind("second")).after(behind("first"));
    hooked(App::new(), chain, 0..nested, log)
        .nest("/in", inner)
        .after(behind("last"))
        .limits(Limits { content: 10, ..Limits::DEFAULT })
        .deadlines(Deadlines { handler: Some(Duration::from_secs(5)), ..Deadlines::DEFAULT })
        .on_error(move |_: &Broken, req: &Request<'_>, res: &mut Response<'_>| {
            write(&failed, format!("on_error sees {}", marks(req)));
            res.set_status(rajada_mio::Status::CONFLICT).text("broken");
        })
        .not_found(move |req: &Request<'_>, res: &mut Response<'_>| {
            write(&missing, format!("not_found sees {}", marks(req)));
            res.text("missing");
        })
}

/// What has to happen, and the status.
fn expected(shape: Shape, end: End, chain: &[Kind]) -> (Vec<String>, u16) {
    let all: String = (0..chain.len()).map(|number| number.to_string()).collect();
    let mut log = Vec::new();
    let after = |log: &mut Vec<String>, names: &[&str], seen: &str, status: u16| {
        log.extend(names.iter().map(|name| format!("{name} sees {seen} of {status}")));
    };
    if end == End::NoHttp {
        after(&mut log, &["last"], "", 400);
        return (log, 400);
    }
    log.extend(chain.iter().enumerate().map(|(number, kind)| match kind {
        Kind::Sync => format!("sync {number}"),
        Kind::Async => format!("async {number}"),
        Kind::Around => format!("around {number}"),
    }));
    if !matches!(end, End::NoRoute | End::NotAllowed | End::TooLarge) {
        log.push(format!("handler sees {all}"));
    }
    let status = match end {
        End::Answer => 200,
        End::Error => 409,
        End::Panic => 500,
        End::Missing | End::NoRoute => 404,
        End::Timeout => 503,
        End::NotAllowed => 405,
        End::TooLarge => 413,
        End::NoHttp | End::Gone => 0,
    };
    match end {
        End::Error => log.push(format!("on_error sees {all}")),
        End::Missing | End::NoRoute => log.push(format!("not_found sees {all}")),
        End::Timeout | End::Gone => log.push("dropped".to_owned()),
        _ => {}
    }
    if !matches!(end, End::Panic | End::Timeout | End::Gone) {
        let around = chain.iter().enumerate().rev().filter(|(_, kind)| **kind == Kind::Around);
        log.extend(around.map(|(number, _)| format!("behind {number}: {status}")));
    }
    if end != End::Gone {
        after(&mut log, &["first", "second", "third", "last"], &all, status);
    }
    let _ = shape;
    (log, status)
}

/// All chains of up to three hooks.
fn chains() -> Vec<Vec<Kind>> {
    let mut chains = vec![Vec::new()];
    for length in 0..3 {
        let longest: Vec<Vec<Kind>> =
            chains.iter().filter(|chain| chain.len() == length).cloned().collect();
        for chain in longest {
            chains.extend(KINDS.map(|kind| [&chain[..], &[kind]].concat()));
        }
    }
    chains
}

/// Sends a request, and is gone before it is answered.
fn leave_early(app: App, sent: &str) {
    let clock = Clock::manual();
    let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || ());
    let key = {
        let mut turn = driver.turn(clock.now());
        let key = turn.open(Peer::Local, ());
        turn.connection(key).unwrap().receive(sent.as_bytes());
        key
    };
    for _ in 0..20 {
        let mut turn = driver.turn(clock.now());
        turn.run();
        while let Some(key) = turn.poll_ready() {
            turn.connection(key).unwrap().go_on();
        }
        assert!(!turn.connection(key).unwrap().wants_write());
    }
    driver.turn(clock.now()).close(key);
}

fn run(shape: Shape, end: End, chain: &[Kind], nested: usize) {
    let log = Log::default();
    let app = app(shape, end, chain, nested, &log);
    let sent = match end {
        End::NoRoute => "GET /in/nothing HTTP/1.1\r\nHost: a\r\n\r\n",
        End::NotAllowed => "PUT /in/x HTTP/1.1\r\nHost: a\r\n\r\n",
        End::TooLarge => "GET /in/x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n",
        End::NoHttp => "nonsense\r\n\r\n",
        _ => "GET /in/x HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    let mut received = Vec::new();
    if end == End::Gone {
        leave_early(app, sent);
    } else {
        TestClient::with_clock(app, Clock::manual()).exchange(sent.as_bytes(), &mut received);
    }
    let (expected, status) = expected(shape, end, chain);
    let case = format!("{shape:?} {end:?} {chain:?} {nested}");
    assert_eq!(*log.lock().unwrap(), expected, "{case}");
    if end != End::Gone {
        let received = String::from_utf8(received).unwrap();
        assert!(received.starts_with(&format!("HTTP/1.1 {status} ")), "{case}: {received}");
        // What was set before stays, unless an error has taken the place of the answer.
        let sets = chain.iter().filter(|kind| **kind == Kind::Sync).count();
        let set = received.matches("X-Set: ").count();
        if end == End::Answer {
            assert_eq!(set, sets, "{case}: {received}");
        }
    }
}

#[test]
fn every_shape_behind_every_chain_with_every_end() {
    std::panic::set_hook(Box::new(|info| {
        let of_table = info.payload_as_str() == Some("a handler of the table");
        if !of_table {
            eprintln!("{info}");
        }
    }));
    for chain in chains() {
        for nested in 0..=chain.len() {
            for shape in SHAPES {
                for end in ENDS {
                    let waits = matches!(end, End::Timeout | End::Gone);
                    if waits && matches!(shape, Shape::Returns | Shape::Writes) {
                        continue;
                    }
                    run(shape, end, &chain, nested);
                }
            }
        }
    }
}
