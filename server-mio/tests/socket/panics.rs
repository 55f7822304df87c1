//! Code of the application that panics, wherever it can: it costs its own request its answer at most, never those
//! around it, nor a connection, nor the worker.

use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::panic::panic_any;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use rajada_mio::{
    Body, BodyStream, Bytes, Deadlines, Error, Exit, JoinError, JoinHandle, OwnedRequest, Request,
    Response, Status, sleep, spawn, spawn_blocking, yield_now,
};

use crate::serving::{Serving, serve, wait_until};
use crate::world::{App, IS_MOUNTED};

/// Panics when it is told to, and counts how often.
#[derive(Clone, Default, Debug)]
struct Fuse(Arc<AtomicU32>);

/// Panics when it is dropped.
#[derive(Debug)]
struct Bomb(Fuse);

const ON_PURPOSE: &str = "on purpose";

impl Fuse {
    fn blow(&self) -> &'static str {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic!("{}", ON_PURPOSE)
    }

    fn bomb(&self) -> Bomb {
        Bomb(self.clone())
    }

    fn blown(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.blow();
    }
}

/// What the request for `/row` gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    Status(u16),
    /// An answer that has begun and ends early, and the connection with it.
    Cut,
}

use Gets::{Cut, Status as Is};

/// A place that panics.
struct Row {
    name: &'static str,
    /// If nothing is around the handler, and if hooks are: behind these an answer has not left yet.
    gets: [Gets; 2],
    /// How often it panics at least.
    panics: u32,
    is_skipped: bool,
    add: fn(App, Fuse) -> App,
}

fn row(name: &'static str, gets: Gets, add: fn(App, Fuse) -> App) -> Row {
    Row { name, gets: [gets; 2], panics: 1, is_skipped: false, add }
}

impl Row {
    fn with_hooks(self, gets: Gets) -> Row {
        Row { gets: [self.gets[0], gets], ..self }
    }

    /// What it gets if a service is around the handler: that has an answer when its future has ended and its content has
    /// begun.
    fn of_service(self, gets: Gets) -> Row {
        Row { gets: if IS_MOUNTED { [gets; 2] } else { self.gets }, ..self }
    }

    /// Tells of what the server does with what a handler has returned: a service does that itself.
    fn of_handlers_alone(self) -> Row {
        Row { is_skipped: IS_MOUNTED, ..self }
    }

    fn panics(self, panics: u32) -> Row {
        Row { panics, ..self }
    }
}

/// Makes a text of all that is logged, and forgets it.
struct Log;

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        drop(record.args().to_string());
    }

    fn flush(&self) {}
}

/// Keeps what is expected out of the output of the tests, and has errors logged.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if log::set_logger(&Log).is_ok() {
            log::set_max_level(log::LevelFilter::Error);
        }
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<String>();
            if text.is_none_or(|text| text != ON_PURPOSE) && !info.payload().is::<Bomb>() {
                others(info);
            }
        }));
    });
}

/// The application of a row, with hooks around its handler that do nothing, or without.
fn app(add: fn(App, Fuse) -> App, fuse: &Fuse, hooks: bool) -> App {
    let app = App::new().workers(1).get("/fine", |_: &Request<'_>| "fine").deadlines(Deadlines {
        handler: Some(Duration::from_millis(100)),
        check_interval: Duration::from_millis(10),
        ..Deadlines::DEFAULT
    });
    let app = add(app, fuse.clone());
    if !hooks {
        return app;
    }
    app.before(|_: &mut Request<'_>, res: &mut Response<'_>| {
        res.header("X-Before", "set");
    })
    .after(|_: &Request<'_>, res: &mut Response<'_>| {
        res.header("X-After", "set");
    })
}

fn requests(targets: &[&str]) -> String {
    targets.iter().map(|target| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).collect()
}

/// Others are served, and the end is clean.
fn assert_sound(serving: Serving, name: &str) {
    assert_eq!(serving.client().get("/fine").text(), "fine", "{name}: another connection");
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Clean, "{name}");
}

fn check(rows: Vec<Row>) {
    hush();
    for Row { name, gets, panics, add, .. } in rows.into_iter().filter(|row| !row.is_skipped) {
        for (hooks, gets) in [false, true].into_iter().zip(gets) {
            let fuse = Fuse::default();
            let serving = serve(app(add, &fuse, hooks));
            let mut client = serving.client();
            client.send(requests(&["/fine", "/row", "/fine"]));
            assert_eq!(client.answer().text(), "fine", "{name}, hooks: {hooks}: before");
            match gets {
                Cut => {
                    if let Some(rest) = client.rest() {
                        client.give_back(rest);
                    }
                    assert_eq!(client.next_of("GET"), None, "{name}, hooks: {hooks}");
                }
                Is(status) => {
                    assert_eq!(client.answer().status, status, "{name}, hooks: {hooks}");
                    assert_eq!(client.answer().text(), "fine", "{name}, hooks: {hooks}: behind");
                    assert_eq!(client.get("/fine").text(), "fine", "{name}, hooks: {hooks}");
                }
            }
            drop(client);
            assert_sound(serving, name);
            assert!(fuse.blown() >= panics, "{name}, hooks: {hooks}: {} panics", fuse.blown());
        }
    }
}

#[test]
fn handlers() {
    check(vec![
        row("returns a value", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| fuse.blow())
        }),
        row("writes", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, _: &mut Response<'_>| {
                fuse.blow();
            })
        }),
        row("writes, behind its answer", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                res.text("written");
                fuse.blow();
            })
        })
        .with_hooks(Is(500))
        .of_service(Is(500)),
        row("asynchronous, when it is called", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| std::future::ready(fuse.blow()))
        }),
        row("asynchronous, at once", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                async move { fuse.blow() }
            })
        }),
        row("asynchronous, later", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                async move {
                    yield_now().await;
                    fuse.blow()
                }
            })
        }),
        row("a payload that panics when it is dropped", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| -> &str { panic_any(fuse.bomb()) })
        }),
        row("such a payload, later", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                async move {
                    yield_now().await;
                    if fuse.blown() == 0 {
                        panic_any(fuse.bomb());
                    }
                    ""
                }
            })
        }),
    ]);
}

#[test]
fn what_stands_around_handlers() {
    check(vec![
        row("before hook", Is(500), |app, fuse| {
            fine(app).before(move |req: &mut Request<'_>, _: &mut Response<'_>| {
                if req.path() == "/row" {
                    fuse.blow();
                }
            })
        }),
        row("before hook of an asynchronous handler", Is(500), |app, fuse| {
            app.get("/row", |_: OwnedRequest| async { "fine" }).before(
                move |req: &mut Request<'_>, _: &mut Response<'_>| {
                    if req.path() == "/row" {
                        fuse.blow();
                    }
                },
            )
        }),
        row("before hook of no handler", Is(500), |app, fuse| {
            app.before(move |req: &mut Request<'_>, _: &mut Response<'_>| {
                if req.path() == "/row" {
                    fuse.blow();
                }
            })
        }),
        row("after hook", Is(500), |app, fuse| after(fine(app), fuse)),
        row("after hook of an asynchronous handler", Is(500), |app, fuse| {
            let app = app.get("/row", |_: OwnedRequest| async {
                yield_now().await;
                "fine"
            });
            after(app, fuse)
        }),
        row("after hook of no handler", Is(500), after),
        row("on_error", Is(500), |app, fuse| {
            app.get("/row", |_: &Request<'_>| "x".parse::<u8>().map(|n| n.to_string())).on_error(
                move |_: &std::num::ParseIntError, _: &Request<'_>, _: &mut Response<'_>| {
                    fuse.blow();
                },
            )
        }),
        row("not_found, no route", Is(500), |app, fuse| {
            app.not_found(move |_: &Request<'_>| fuse.blow())
        }),
        row("not_found, a handler's", Is(500), |app, fuse| {
            app.get("/row", |_: OwnedRequest| async { None::<&str> })
                .not_found(move |_: &Request<'_>| fuse.blow())
        })
        .of_handlers_alone(),
        row("on_sent", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                let fuse = fuse.clone();
                res.on_sent(move || {
                    fuse.blow();
                })
                .text("sent");
            })
        })
        .of_handlers_alone(),
        row("stop hook", Is(200), |app, fuse| {
            fine(app).on_stop(move |_| {
                fuse.blow();
            })
        }),
        row("a task that a stop hook leaves", Is(200), |app, fuse| {
            fine(app).on_stop(move |_| drop(spawn(hold(fuse.bomb()))))
        }),
        row("a worker's own value", Is(200), |app, fuse| {
            fine(app).on_start(move |locals| {
                locals.insert(fuse.bomb());
            })
        }),
    ]);
}

fn fine(app: App) -> App {
    app.get("/row", |_: &Request<'_>| "fine")
}

fn after(app: App, fuse: Fuse) -> App {
    app.after(move |req: &Request<'_>, _: &mut Response<'_>| {
        if req.path() == "/row" {
            fuse.blow();
        }
    })
}

/// What panics when a [`Stream`] is asked for its next piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    First,
    Second,
    Length,
    None,
}

struct Stream {
    fuse: Fuse,
    panics: Piece,
    given: u32,
    _bomb: Option<Bomb>,
}

impl BodyStream for Stream {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        self.given += 1;
        if (self.panics, self.given) == (Piece::First, 1)
            || (self.panics, self.given) == (Piece::Second, 2)
        {
            self.fuse.blow();
        }
        Poll::Ready((self.given < 3).then(|| Ok(Bytes::from_static(b"piece"))))
    }

    fn length(&self) -> Option<u64> {
        if self.panics == Piece::Length {
            self.fuse.blow();
        }
        None
    }
}

fn stream(fuse: &Fuse, panics: Piece, bomb: bool) -> Body {
    let _bomb = bomb.then(|| fuse.bomb());
    Body::Stream(Box::new(Stream { fuse: fuse.clone(), panics, given: 0, _bomb }))
}

#[test]
fn content() {
    check(vec![
        row("first piece", Cut, |app, fuse| {
            app.get("/row", move |_: &Request<'_>| stream(&fuse, Piece::First, false))
        })
        .of_service(Is(500)),
        row("second piece", Cut, |app, fuse| {
            app.get("/row", move |_: &Request<'_>| stream(&fuse, Piece::Second, false))
        }),
        row("second piece, and when it is dropped", Cut, |app, fuse| {
            app.get("/row", move |_: &Request<'_>| stream(&fuse, Piece::Second, true))
        })
        .panics(2),
        row("length", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| stream(&fuse, Piece::Length, false))
        }),
        row("length, and when it is dropped", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| stream(&fuse, Piece::Length, true))
        })
        .panics(2),
        row("drop of a stream", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| stream(&fuse, Piece::None, true))
        }),
        row("drop of a stream that nothing is sent of", Is(204), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                (Status::NO_CONTENT, stream(&fuse, Piece::None, true))
            })
        }),
        row("drop of a stream that an error has overtaken", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                res.header("Bad Name", "").content(stream(&fuse, Piece::None, true));
            })
        }),
        row("drop of the owners of a stream's pieces", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                let pieces = [10, 0, 4096].map(|length| owned(length, fuse.bomb()));
                Body::Stream(Box::new(Pieces(pieces.into())))
            })
        })
        .panics(3),
        row("a stream's error that can't be shown, nor dropped", Cut, |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                let error = Broken { fuse: fuse.clone(), shown: true, _bomb: Some(fuse.bomb()) };
                Body::Stream(Box::new(Failing(Some(error))))
            })
        })
        .panics(2)
        .of_service(Is(500)),
        row("drop of the owner of octets", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| owned(4096, fuse.bomb()))
        }),
        row("drop of the owner of octets that are taken back", Is(500), |app, fuse| {
            let bomb = fuse.clone();
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                res.content(owned(4096, bomb.bomb()));
                fuse.blow();
            })
            .after(|_: &Request<'_>, _: &mut Response<'_>| {})
        })
        .panics(2),
        row("drop of the owner of octets that a hook discards", Is(403), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| owned(4096, fuse.bomb())).after(
                |req: &Request<'_>, res: &mut Response<'_>| {
                    if req.path() == "/row" {
                        res.discard().set_status(Status::FORBIDDEN).text("hidden");
                    }
                },
            )
        }),
    ]);
}

/// Octets, which are not copied if they are many.
fn owned(length: usize, bomb: Bomb) -> Bytes {
    struct Owner(Vec<u8>, #[expect(dead_code)] Bomb);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    Bytes::from_owner(Owner(vec![b'x'; length], bomb))
}

/// Gives what it has, the last one first.
struct Pieces(Vec<Bytes>);

impl BodyStream for Pieces {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(self.0.pop().map(Ok))
    }
}

struct Failing(Option<Broken>);

impl BodyStream for Failing {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(self.0.take().map(|error| Err(error.into())))
    }
}

/// An error that panics when it is shown, when it is dropped, or both.
#[derive(Debug)]
struct Broken {
    fuse: Fuse,
    shown: bool,
    _bomb: Option<Bomb>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.shown { self.fuse.blow() } else { "broken" })
    }
}

impl std::error::Error for Broken {}

/// An error whose text is its answer.
fn broken(fuse: &Fuse, shown: bool, dropped: bool) -> Result<&'static str, Error> {
    let _bomb = dropped.then(|| fuse.bomb());
    Err(Error::with_status(Status::CONFLICT, Broken { fuse: fuse.clone(), shown, _bomb }))
}

#[test]
fn errors() {
    check(vec![
        row("display", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| broken(&fuse, true, false))
        }),
        row("drop", Is(409), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| broken(&fuse, false, true))
        })
        .of_service(Is(500)),
        row("display and drop", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| broken(&fuse, true, true))
        })
        .panics(2)
        .of_handlers_alone(),
        row("display and drop, later", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                async move {
                    yield_now().await;
                    broken(&fuse, true, true)
                }
            })
        })
        .panics(2)
        .of_handlers_alone(),
        row("on_error and drop", Is(500), |app, fuse| {
            let bomb = fuse.clone();
            app.get("/row", move |_: &Request<'_>| broken(&bomb, false, true)).on_error(
                move |_: &Broken, _: &Request<'_>, _: &mut Response<'_>| {
                    fuse.blow();
                },
            )
        })
        .panics(2)
        .of_handlers_alone(),
        row("display of one that is logged, and drop", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                Err::<(), _>(Broken { fuse: fuse.clone(), shown: true, _bomb: Some(fuse.bomb()) })
            })
        })
        .panics(2),
        row("drop of an error behind an answer", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                res.text("answered");
                broken(&fuse, true, true).map(drop)
            })
        })
        .with_hooks(Is(500))
        .of_handlers_alone(),
        row("drop of an error whose handler panics then", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                if let Err(error) = broken(&fuse, true, true) {
                    res.fail(error);
                }
                fuse.blow();
            })
        })
        .panics(2),
        row("drop of a second error", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                res.header("Bad Name", "");
                broken(&fuse, true, true).map(drop)
            })
        }),
    ]);
}

#[test]
fn answers_that_cannot_be_sent() {
    let rows = vec![
        row("a status 1xx", Is(500), |app, _| {
            app.get("/row", |_: &Request<'_>| (Status::new(150).unwrap(), "final?"))
        }),
        row("a status 1xx, later", Is(500), |app, _| {
            app.get("/row", |_: OwnedRequest| async {
                yield_now().await;
                (Status::new(150).unwrap(), "final?")
            })
        }),
        row("a header", Is(500), |app, _| {
            app.get("/row", |_: &Request<'_>, res: &mut Response<'_>| {
                res.header("X-Split", "a\r\nX-Other: b").text("sent?");
            })
        }),
        row("a header of a hook", Is(500), |app, _| {
            fine(app).after(|req: &Request<'_>, res: &mut Response<'_>| {
                if req.path() == "/row" {
                    res.header("Content-Length", "7");
                }
            })
        }),
    ];
    check(rows.into_iter().map(|row| row.panics(0)).collect());
}

/// A future that never ends, and panics when it is dropped.
async fn hold(bomb: Bomb) {
    pending::<()>().await;
    drop(bomb);
}

/// Ready, and panics when it is dropped, which is behind its answer.
struct Ready(#[expect(dead_code)] Bomb, u32);

impl Future for Ready {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'static str> {
        if self.1 == 0 {
            return Poll::Ready("ready");
        }
        self.1 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn what_is_dropped() {
    check(vec![
        row("an extension", Is(200), |app, fuse| extended(fine(app), fuse)),
        row("two extensions", Is(200), |app, fuse| extended_twice(fine(app), fuse)).panics(2),
        row("an extension of an asynchronous handler", Is(200), |app, fuse| {
            let app = app.get("/row", |_: OwnedRequest| async {
                yield_now().await;
                "fine"
            });
            extended(app, fuse)
        }),
        row("two extensions of an asynchronous handler", Is(200), |app, fuse| {
            let app = app.get("/row", |_: OwnedRequest| async {
                yield_now().await;
                "fine"
            });
            extended_twice(app, fuse)
        })
        .panics(2),
        row("extensions of a handler that panics", Is(500), |app, fuse| {
            let own = fuse.clone();
            let app = app.get("/row", move |_: OwnedRequest| {
                let fuse = own.clone();
                async move {
                    yield_now().await;
                    fuse.blow()
                }
            });
            extended_twice(app, fuse)
        })
        .panics(3),
        row("an extension of no handler", Is(404), extended),
        row("a value of a handler", Is(500), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                let _bomb = fuse.bomb();
                "dropped"
            })
        }),
        row("a value of a handler that has written", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>, res: &mut Response<'_>| {
                let _bomb = fuse.bomb();
                res.text("dropped");
            })
        })
        .with_hooks(Is(500))
        .of_service(Is(500)),
        row("a value of an asynchronous handler", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let bomb = fuse.bomb();
                async move {
                    yield_now().await;
                    drop(bomb);
                    "dropped"
                }
            })
        }),
        row("a future that is ready", Is(200), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| Ready(fuse.bomb(), 0))
        })
        .with_hooks(Is(500))
        .of_service(Is(500)),
        row("a future that is ready later", Is(200), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| Ready(fuse.bomb(), 2))
        })
        .with_hooks(Is(500))
        .of_service(Is(500)),
        row("a future whose time is over", Is(503), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| hold(fuse.bomb()))
        }),
    ]);
}

fn extended(app: App, fuse: Fuse) -> App {
    app.before(move |req: &mut Request<'_>, _: &mut Response<'_>| {
        if req.path() == "/row" {
            req.extend(fuse.bomb());
        }
    })
}

fn extended_twice(app: App, fuse: Fuse) -> App {
    let again = fuse.clone();
    extended(app, fuse).before(move |req: &mut Request<'_>, _: &mut Response<'_>| {
        if req.path() == "/row" {
            req.extend(Some(again.bomb()));
        }
    })
}

/// Panics when it is woken, and may wake the one it is for before that.
struct Wakes {
    inner: Option<Waker>,
    fuse: Fuse,
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        if let Some(inner) = &self.inner {
            inner.wake_by_ref();
        }
        self.fuse.blow();
    }
}

/// Polls a future with a waker that panics.
async fn woken<F: Future>(fuse: Fuse, passes_on: bool, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let inner = passes_on.then(|| cx.waker().clone());
        let waker = Waker::from(Arc::new(Wakes { inner, fuse: fuse.clone() }));
        future.as_mut().poll(&mut Context::from_waker(&waker))
    })
    .await
}

#[test]
fn tasks_and_wakers() {
    check(vec![
        row("a task", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                let fuse = fuse.clone();
                drop(spawn(async move { fuse.blow() }));
                "spawned"
            })
        }),
        row("a task that is waited for", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                async move { spawn(async move { fuse.blow() }).await }
            })
        }),
        row("drop of a task's future", Is(200), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let task = spawn(Ready(fuse.bomb(), 1));
                async move { task.await.or(Ok::<_, JoinError>("lost")) }
            })
        }),
        row("drop of a task that never ends", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                drop(spawn(hold(fuse.bomb())));
                "spawned"
            })
        }),
        row("drop of what a task gives to nobody", Is(200), |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                let bomb = fuse.bomb();
                drop(spawn(async move { bomb }));
                "spawned"
            })
        }),
        row("a blocking job", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                spawn_blocking(move || fuse.blow())
            })
        }),
        row("a blocking job that nobody waits for, and then another", Is(200), |app, fuse| {
            app.blocking_threads(1).get("/row", move |_: OwnedRequest| {
                let fuse = fuse.clone();
                drop(spawn_blocking(move || panic_any(fuse.bomb())));
                spawn_blocking(|| "another")
            })
        }),
        row("a waker", Is(200), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                woken(fuse.clone(), true, sleep(Duration::from_millis(10)))
            })
        }),
        row("a waker that wakes nobody", Is(503), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                woken(fuse.clone(), false, sleep(Duration::from_millis(10)))
            })
        }),
        row("a waker of a task", Is(200), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let task = spawn(async {
                    yield_now().await;
                    "done"
                });
                woken(fuse.clone(), true, task)
            })
        }),
        row("a task, and the waker of who waits for it", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let own = fuse.clone();
                let task: JoinHandle<&str> = spawn(async move {
                    yield_now().await;
                    own.blow()
                });
                woken(fuse.clone(), true, task)
            })
        })
        .panics(2),
        row("a blocking job, and the waker of who waits for it", Is(500), |app, fuse| {
            app.get("/row", move |_: OwnedRequest| {
                let own = fuse.clone();
                let job: JoinHandle<&str> = spawn_blocking(move || {
                    std::thread::sleep(Duration::from_millis(10));
                    own.blow()
                });
                woken(fuse.clone(), true, job)
            })
        })
        .panics(2),
    ]);
}

/// Gives a large piece again and again, and panics when it is dropped.
struct Endless(Bytes, #[expect(dead_code)] Bomb);

impl BodyStream for Endless {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(Some(Ok(self.0.clone())))
    }
}

#[test]
fn what_is_dropped_with_a_connection() {
    hush();
    let rows = vec![
        row("a future", Cut, |app, fuse| app.get("/row", move |_: OwnedRequest| hold(fuse.bomb()))),
        row("a future with two extensions", Cut, |app, fuse| {
            let own = fuse.clone();
            let app = app.get("/row", move |_: OwnedRequest| hold(own.bomb()));
            extended_twice(app, fuse)
        })
        .panics(3),
        row("two callbacks", Cut, |app, fuse| {
            app.get("/row", move |_: OwnedRequest| pending::<()>()).before(
                move |req: &mut Request<'_>, res: &mut Response<'_>| {
                    if req.path() == "/row" {
                        let (one, two) = (fuse.bomb(), fuse.bomb());
                        res.on_sent(move || drop(one)).on_sent(move || drop(two));
                    }
                },
            )
        })
        .panics(2),
        row("a stream, and the owner of its pieces", Cut, |app, fuse| {
            app.get("/row", move |_: &Request<'_>| {
                Body::Stream(Box::new(Endless(owned(4096, fuse.bomb()), fuse.bomb())))
            })
        })
        .panics(2),
        row("answers that have not left", Cut, |app, fuse| {
            app.get("/row", move |_: OwnedRequest| pending::<()>())
                .get("/behind", move |_: &Request<'_>| owned(4096, fuse.bomb()))
        })
        .panics(2),
    ];
    for Row { name, panics, add, .. } in rows {
        for goes in [true, false] {
            let fuse = Fuse::default();
            let app = app(add, &fuse, false).deadlines(Deadlines::DEFAULT);
            let serving = serve(app.grace(Duration::from_millis(50)));
            let mut client = serving.client();
            client.send(requests(&["/fine", "/row", "/behind", "/behind"]));
            assert_eq!(client.answer().text(), "fine", "{name}");
            // The worker gets around to the others.
            assert_eq!(serving.client().get("/fine").text(), "fine", "{name}");
            if goes {
                socket2::SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
                drop(client);
                wait_until(|| fuse.blown() >= panics);
                assert_sound(serving, name);
            } else {
                // The server goes.
                serving.handle.shut_down();
                assert_eq!(serving.join(), Exit::Cut, "{name}");
                assert!(fuse.blown() >= panics, "{name}: {} panics", fuse.blown());
            }
        }
    }
}
