//! The order of effects: handlers of a connection are at work beside each other only if all of their requests have
//! safe methods (RFC 9112 section 9.3.2).

use std::cell::{Cell, RefCell};
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Error, Limits, OwnedRequest, Request, sleep,
};
use rajada_testkit::{Book, LayerName};

use crate::rig::{World, get, takes};

const KIB: usize = 1024;
const SECOND: Duration = Duration::from_secs(1);

thread_local! {
    /// What the resource is.
    static NUMBER: Cell<u64> = const { Cell::new(0) };
    /// Handlers that were called, and those that have ended.
    static CALLED: Cell<usize> = const { Cell::new(0) };
    static GROUPS: RefCell<Groups> = const { RefCell::new(Groups { sizes: Vec::new(), ended: true }) };
}

/// How many handlers were called before any of them had ended, and so on.
struct Groups {
    sizes: Vec<usize>,
    ended: bool,
}

impl Groups {
    fn begin(&mut self) {
        match self.sizes.last_mut() {
            Some(size) if !self.ended => *size += 1,
            _ => self.sizes.push(1),
        }
        self.ended = false;
    }
}

/// A number to be put, which takes a second, and to be got; and what takes an hour.
fn app() -> App {
    App::new()
        .get("/n", |_: &Request<'_>| NUMBER.get().to_string())
        .get("/late", |_: OwnedRequest| async {
            sleep(SECOND).await;
            NUMBER.get().to_string()
        })
        .put("/n", |req: OwnedRequest| async move {
            sleep(SECOND).await;
            NUMBER.set(req.text().unwrap_or_default().parse().unwrap_or_default());
            "put"
        })
        .post("/", |req: &Request<'_>| req.bytes().len().to_string())
        .any("/hour", |_: OwnedRequest| async {
            CALLED.set(CALLED.get() + 1);
            sleep(3600 * SECOND).await;
            "an hour later"
        })
        .post("/panics", |_: OwnedRequest| async {
            sleep(SECOND).await;
            assert!(CALLED.get() > usize::MAX / 2, "on purpose");
            "unreachable"
        })
        .post("/stream", |_: &Request<'_>| Body::Stream(Box::new(Ticking(3, None))))
}

/// A piece each second.
struct Ticking(usize, Option<std::pin::Pin<Box<dyn Future<Output = ()>>>>);

impl BodyStream for Ticking {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.0 == 0 {
            NUMBER.set(7);
            return Poll::Ready(None);
        }
        let waits = self.1.get_or_insert_with(|| Box::pin(sleep(SECOND)));
        if waits.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        (self.0, self.1) = (self.0 - 1, None);
        Poll::Ready(Some(Ok(Bytes::from_static(b"tick"))))
    }
}

fn put(path: &str, content: &str) -> String {
    let length = content.len();
    format!("PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{content}")
}

/// The contents of all answers, which have a length.
fn contents(world: &World, peer: usize) -> Vec<String> {
    let arrived = world.arrived(peer);
    let answers = arrived.split("HTTP/1.1 ").skip(1);
    answers.map(|answer| answer.split_once("\r\n\r\n").unwrap_or_default().1.to_owned()).collect()
}

#[test]
fn a_get_behind_a_put_sees_what_that_has_changed() {
    let mut world = World::new(app());
    let peer = world.ask(put("/n", "7") + &get("/n") + &get("/n"));
    world.settle();
    assert_eq!(world.state(peer), Some(State::Held));
    assert!(world.statuses(peer).is_empty(), "none can be answered yet");
    world.pass(2 * SECOND);
    assert_eq!(contents(&world, peer), ["put", "7", "7"]);
    assert_eq!(world.state(peer), Some(State::Idle));
    assert_eq!(world.driver.buffered(), 0);
}

#[test]
fn a_put_waits_for_what_is_in_front_of_it() {
    let mut world = World::new(app());
    let peer = world.ask(get("/late") + &get("/n") + &put("/n", "7") + &get("/late"));
    world.pass(4 * SECOND);
    assert_eq!(contents(&world, peer), ["0", "0", "put", "7"]);
}

#[test]
fn the_order_of_effects_can_be_lifted() {
    let mut world = World::new(app().unsafe_in_parallel(true));
    let peer = world.ask(put("/n", "7") + &get("/n"));
    world.pass(2 * SECOND);
    assert_eq!(contents(&world, peer), ["put", "0"]);
}

#[test]
fn the_cases_of_the_protocol_hold_however_they_are_split() {
    let handler = |_: OwnedRequest| async {
        GROUPS.with_borrow_mut(Groups::begin);
        sleep(SECOND).await;
        GROUPS.with_borrow_mut(|groups| groups.ended = true);
        "served"
    };
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let cases = book.cases_of(LayerName::Server).filter(|case| !case.together.is_empty());
    let mut count = 0;
    for case in cases {
        count += 1;
        for at in (0..case.octets.len()).step_by(7) {
            let mut world = World::new(App::new().any("/{*path}", handler).any("/", handler));
            let (first, second) = case.octets.split_at(at);
            let peer = world.ask(first);
            world.settle();
            world.send(peer, second);
            world.pass(20 * SECOND);
            let sizes = GROUPS.with_borrow_mut(|groups| std::mem::take(&mut groups.sizes));
            assert_eq!(sizes, case.together, "{} split at {at}", case.id);
            let answers = vec![200; case.together.iter().sum()];
            assert_eq!(world.statuses(peer), answers, "{} split at {at}", case.id);
        }
    }
    assert!(count >= 8, "only {count} cases");
}

#[test]
fn no_deadline_of_the_peer_runs_for_what_waits() {
    // A head, and content, of which the rest is still to come.
    for (begun, rest, deadline) in [
        ("GET /n HTTP/1.1\r\nHo", "st: a\r\n\r\n", Deadlines::DEFAULT.head),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe",
            "llo",
            Deadlines::DEFAULT.content,
        ),
    ] {
        for comes in [true, false] {
            let mut world = World::new(app());
            let peer = world.ask(put("/hour", "") + begun);
            world.pass(3599 * SECOND);
            assert_eq!(world.state(peer), Some(State::Held));
            assert!(world.statuses(peer).is_empty());
            world.pass(2 * SECOND);
            // It runs from when the peer is waited for.
            world.pass(deadline - 5 * SECOND);
            assert_eq!(world.statuses(peer), [200]);
            if comes {
                world.send(peer, rest);
                world.settle();
                assert_eq!(world.statuses(peer), [200, 200]);
            } else {
                world.pass(10 * SECOND);
                assert_eq!(world.statuses(peer), [200, 408]);
            }
        }
    }
}

#[test]
fn what_waits_is_read_no_further_than_one_read_and_counts_as_kept() {
    let mut world = World::new(app());
    let content = 1024 * KIB;
    let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {content}\r\n\r\n");
    let peer = world.ask(get("/hour") + &head);
    world.settle();
    for _ in 0..content / KIB {
        world.send(peer, [b'x'; KIB]);
        world.settle();
    }
    assert_eq!(world.state(peer), Some(State::Held));
    let buffered = world.driver.buffered();
    assert!((head.len()..64 * KIB).contains(&buffered), "{buffered}");
    assert!(world.unread(peer) >= content - 64 * KIB, "{}", world.unread(peer));
    world.pass(3601 * SECOND);
    assert_eq!(contents(&world, peer), ["an hour later", &content.to_string()]);
    assert_eq!((world.driver.buffered(), world.unread(peer)), (0, 0));
}

#[test]
fn bounds_hold_beside_the_order_of_effects() {
    let limits = Limits { requests_in_flight: 3, ..Limits::DEFAULT };
    let mut world = World::new(app().limits(limits));
    CALLED.set(0);
    let peer = world.ask(put("/hour", "") + &get("/hour").repeat(5) + &put("/hour", ""));
    for called in [1, 4, 6, 7] {
        world.settle();
        assert_eq!(CALLED.get(), called);
        world.pass(3601 * SECOND);
    }
    assert_eq!(world.statuses(peer), [200; 7]);
}

#[test]
fn a_lost_answer_lets_what_waits_go_on() {
    let deadlines = Deadlines { handler: Some(5 * SECOND), ..Deadlines::DEFAULT };
    for (octets, status) in [
        ("POST /panics HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 500),
        (put("/hour", ""), 503),
        (put("/missing", "7"), 404),
        ("DELETE /n HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 405),
    ] {
        let mut world = World::new(app().deadlines(deadlines));
        let peer = world.ask(octets + &get("/n"));
        world.pass(10 * SECOND);
        assert_eq!(world.statuses(peer), [status, 200]);
    }
}

#[test]
fn a_stream_is_an_answer_when_it_has_ended() {
    let mut world = World::new(app());
    let post = "POST /stream HTTP/1.1\r\nHost: a\r\n\r\n";
    let peer = world.ask(post.to_owned() + &get("/n"));
    world.pass(5 * SECOND / 2);
    assert_eq!(world.statuses(peer), [200]);
    assert_eq!(world.state(peer), Some(State::Held));
    world.pass(SECOND);
    assert_eq!(world.statuses(peer), [200, 200]);
    assert!(world.arrived(peer).ends_with("\r\n\r\n7"), "{}", world.arrived(peer));
}

#[test]
fn a_peer_that_has_ended_its_side_is_answered_what_waits() {
    let mut world = World::new(app());
    let peer = world.ask(put("/n", "7") + &get("/n"));
    world.end(peer);
    world.pass(3 * SECOND);
    assert_eq!(contents(&world, peer), ["put", "7"]);
    assert_eq!(world.state(peer), None, "both sides have ended");
}

#[test]
fn service_ends_behind_what_waits() {
    let mut world = World::new(app());
    let peer = world.ask(put("/n", "7") + &get("/n"));
    world.settle();
    let now = world.now();
    world.driver.turn(now).shut_down();
    world.pass(3 * SECOND);
    assert_eq!(contents(&world, peer), ["put", "7"]);
    for _ in 0..5 {
        takes(3 * SECOND);
        world.turn();
    }
    assert_eq!(world.state(peer), None, "it has ended");
}

#[test]
fn a_peer_that_is_gone_takes_what_waits_with_it() {
    let mut world = World::new(app());
    CALLED.set(0);
    let peer = world.ask(put("/hour", "") + &put("/hour", ""));
    world.settle();
    world.vanish(peer);
    world.pass(7300 * SECOND);
    assert_eq!(CALLED.get(), 1, "nobody is there to be served");
    assert_eq!((world.state(peer), world.driver.buffered()), (None, 0));
}
