//! Each bound of `docs/bounds.md` that no other test drives to its end, measured.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Error, Limits, OwnedRequest, Request, sleep,
};

use crate::rig::{World, get};

const KIB: usize = 1024;
const SECOND: Duration = Duration::from_secs(1);

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .post("/", |req: &Request<'_>| req.bytes().len().to_string())
        .get("/hour", |_: OwnedRequest| async {
            sleep(3600 * SECOND).await;
            "an hour later"
        })
}

/// What a worker keeps at most while a peer sends pieces, as long as it is read.
fn most_kept(world: &mut World, peer: usize, pieces: usize, piece: &[u8]) -> usize {
    let mut most = 0;
    for _ in 0..pieces {
        world.send(peer, piece);
        world.settle();
        most = most.max(world.driver.buffered());
    }
    most
}

#[test]
fn a_head_is_kept_up_to_its_bound() {
    let mut world = World::new(app());
    let peer = world.ask("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    let most = most_kept(&mut world, peer, 200, &[b'x'; KIB]);
    // It grows by doubling; beside it stands where its fields are.
    let head = Limits::DEFAULT.head as usize;
    assert!((head..=2 * head + 6 * KIB).contains(&most), "{most}");
    assert_eq!(world.statuses(peer), [431]);
    assert_eq!(world.driver.buffered(), 0);
}

#[test]
fn content_is_kept_up_to_its_bound() {
    let content = Limits::DEFAULT.content as usize;
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut world = World::new(app());
    let peer = world.ask(head);
    let chunk = [b"10000\r\n", &[b'x'; 64 * KIB][..], b"\r\n"].concat();
    let most = most_kept(&mut world, peer, 40, &chunk);
    assert!((content / 2..=2 * content).contains(&most), "{most}");
    assert_eq!(world.statuses(peer), [413]);
    assert_eq!(world.driver.buffered(), 0);
}

#[test]
fn answers_that_nobody_reads_are_held_up_to_their_bound() {
    thread_local! {
        static MADE: Cell<usize> = const { Cell::new(0) };
    }
    for answer in [1, 1000, 1 << 20] {
        MADE.set(0);
        let mut world = World::new(app().get("/x", move |_: &Request<'_>| {
            MADE.set(MADE.get() + answer);
            vec![b'x'; answer]
        }));
        let peer = world.connect();
        world.set_stuck(peer, true);
        for _ in 0..100 {
            world.send(peer, get("/x").repeat(100));
            world.settle();
        }
        assert_eq!(world.state(peer), Some(State::Writing));
        assert!(MADE.get() <= Limits::DEFAULT.held + answer, "{} of {answer}", MADE.get());
        assert!(world.driver.buffered() <= 128 * KIB, "what was read is kept, once");
    }
}

#[test]
fn a_stream_waits_for_who_does_not_read_it() {
    /// For ever pieces of 4 KiB; counts them.
    struct Endless(Rc<Cell<usize>>);
    impl BodyStream for Endless {
        fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
            self.0.set(self.0.get() + 1);
            Poll::Ready(Some(Ok(Bytes::from(vec![b'x'; 4 * KIB]))))
        }
    }
    thread_local! {
        static PIECES: Rc<Cell<usize>> = Rc::default();
    }
    let app = app()
        .get("/endless", |_: &Request<'_>| Body::Stream(Box::new(Endless(PIECES.with(Rc::clone)))));
    let mut world = World::new(app);
    let peer = world.connect();
    world.set_stuck(peer, true);
    world.send(peer, get("/endless"));
    world.settle();
    let made = PIECES.with(|pieces| pieces.get()) * 4 * KIB;
    assert!(made <= Limits::DEFAULT.held + 8 * KIB, "{made} octets were made");
    world.pass(35 * SECOND);
    assert_eq!(world.state(peer), None, "it has not read for so long");
}

#[test]
fn content_that_nobody_wants_is_drained_up_to_its_bound() {
    let drain = Limits::DEFAULT.drain;
    for (content, next) in [(drain, 200), (drain + 1, 0)] {
        let mut world = World::new(app());
        let peer = world
            .ask(format!("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: {content}\r\n\r\n"));
        world.settle();
        for _ in 0..content.div_ceil(KIB) {
            world.send(peer, [b'x'; KIB]);
            world.settle();
            assert_eq!(world.driver.buffered(), 0, "none of it is kept");
        }
        world.settle();
        let mut statuses = vec![404];
        if next == 200 {
            world.send(peer, get("/"));
            world.settle();
            statuses.push(200);
        }
        assert_eq!(world.statuses(peer), statuses, "{content}");
        let lingers = world.state(peer) == Some(State::Lingering);
        assert_eq!(lingers, next == 0, "{content}");
    }
}

#[test]
fn requests_in_flight_are_as_many_as_may_be() {
    thread_local! {
        static BEGUN: Cell<usize> = const { Cell::new(0) };
    }
    let app = app().get("/count", |_: OwnedRequest| async {
        BEGUN.set(BEGUN.get() + 1);
        sleep(3600 * SECOND).await;
        "an hour later"
    });
    let mut world = World::new(app);
    let peer = world.ask(get("/count").repeat(1000));
    world.pass(1800 * SECOND);
    assert_eq!(BEGUN.get(), Limits::DEFAULT.requests_in_flight);
    assert_eq!(world.state(peer), Some(State::Held));
    assert!(world.driver.buffered() < 128 * KIB, "one read, and what the handlers have");
}

#[test]
fn each_deadline_ends_what_it_is_for() {
    let all = Deadlines::DEFAULT;
    for (what, deadline, octets, stuck, ends) in [
        ("first octet", all.first_octet, "", false, false),
        ("head", all.head, "GET / HTTP/1.1\r\n", false, false),
        (
            "content",
            all.content,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nb",
            false,
            false,
        ),
        ("idle", all.idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, false),
        ("write", all.write, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, false),
        ("half closed", all.half_closed, "GET /hour HTTP/1.1\r\nHost: a\r\n\r\n", false, true),
    ] {
        let mut world = World::new(app());
        let peer = world.connect();
        world.set_stuck(peer, stuck);
        if !octets.is_empty() {
            world.send(peer, octets);
        }
        world.settle();
        if ends {
            world.end(peer);
        }
        world.settle();
        let state = world.state(peer);
        world.pass(deadline - SECOND);
        assert_eq!(world.state(peer), state, "{what}: it has its time");
        world.pass(3 * SECOND);
        let after = world.state(peer);
        assert!(matches!(after, None | Some(State::Lingering)), "{what}: {after:?}");
        world.pass(all.linger + 2 * SECOND);
        assert_eq!(world.state(peer), None, "{what}");
    }
}
