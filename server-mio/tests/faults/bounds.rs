//! What peers can make a worker hold, and for how long.

use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Error, Limits, OwnedRequest, Request, sleep,
};
use std::task::{Context, Poll};

use crate::rig::{World, get, millis};

const MIB: usize = 1024 * 1024;
const SECOND: Duration = Duration::from_secs(1);

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/much", |_: &Request<'_>| vec![b'x'; 60_000])
        .post("/", |req: &Request<'_>| req.bytes().len().to_string())
        .any("/hour", |_: OwnedRequest| async {
            sleep(3600 * SECOND).await;
            "an hour later"
        })
}

fn upload(path: &str, octets: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {octets}\r\n\r\n")
}

#[test]
fn stalled_uploads_hold_what_they_may_the_first_goes_on_and_nobody_blocks_others() {
    let limits = Limits { buffered: 4 * MIB, ..Limits::DEFAULT };
    let mut world = World::new(app().limits(limits));
    let peers: Vec<usize> = (0..200)
        .map(|_| {
            let peer = world.ask(upload("/", 2 * MIB));
            world.settle();
            peer
        })
        .collect();
    for _ in 0..16 {
        for &peer in &peers {
            world.send(peer, vec![b'x'; 64 * 1024]);
        }
        world.settle();
        let held = world.driver.buffered();
        assert!(held <= limits.buffered + 64 * 1024 + 2 * MIB, "{held} octets are held");
    }
    assert!(world.driver.buffered() >= limits.buffered, "it is the bound that they wait for");
    let waiting = peers.iter().filter(|&&peer| world.state(peer) == Some(State::Waiting)).count();
    assert!(waiting > 150, "{waiting} wait");
    // Who holds nothing is served, content and all.
    let other = world.ask(get("/") + &upload("/", 5) + "hello");
    world.settle();
    assert_eq!(world.statuses(other), [200, 200]);
    // One of them goes on, and behind it the next one.
    for count in 1..4 {
        let mut goes_on = peers.iter().filter(|&&peer| world.state(peer) == Some(State::Content));
        let peer = *goes_on.next().unwrap();
        assert_eq!(goes_on.count(), 0, "{count}");
        world.send(peer, vec![b'x'; MIB]);
        world.settle();
        assert_eq!(world.statuses(peer), [200], "{count}");
        assert!(world.arrived(peer).ends_with("2097152"));
    }
    world.pass(65 * SECOND);
    for status in [200, 408, 503] {
        let count = peers.iter().filter(|&&peer| world.statuses(peer) == [status]).count();
        assert!(if status == 503 { count > 150 } else { count < 50 }, "{count} got {status}");
    }
    assert!(peers.iter().all(|&peer| world.statuses(peer).len() == 1), "each was told");
    assert_eq!(world.driver.buffered(), 0);
}

#[test]
fn far_beyond_the_bound_nobody_begins_to_hold_anything() {
    let limits = Limits { buffered: MIB, ..Limits::DEFAULT };
    let mut world = World::new(app().limits(limits));
    let begun = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "x".repeat(30_000));
    let peers: Vec<usize> = (0..200)
        .map(|_| {
            let peer = world.ask(&begun);
            world.settle();
            peer
        })
        .collect();
    let held = world.driver.buffered();
    assert!(held <= MIB + MIB / 4 + MIB + 100 * 1024, "{held} octets are held");
    let refused = peers.iter().filter(|&&peer| world.statuses(peer) == [503]).count();
    assert!((100..=150).contains(&refused), "{refused} were refused");
    let other = world.ask(get("/"));
    world.settle();
    assert_eq!(world.statuses(other), [200]);
    world.pass(60 * SECOND);
    assert_eq!(world.driver.buffered(), 0);
    assert!(peers.iter().all(|&peer| world.statuses(peer).len() == 1), "each was told");
}

#[test]
fn requests_of_handlers_that_wait_are_held_too_and_given_back_with_them() {
    for end in ["gone", "deadline", "refused"] {
        let deadlines = Deadlines { handler: Some(60 * SECOND), ..Deadlines::DEFAULT };
        let limits = Limits { buffered: MIB, ..Limits::DEFAULT };
        let mut world = World::new(app().limits(limits).deadlines(deadlines));
        let count = if end == "refused" { 300 } else { 10 };
        let peers: Vec<usize> = (0..count)
            .map(|_| {
                let peer = world.ask(upload("/hour", 20_000) + &"x".repeat(20_000));
                world.settle();
                peer
            })
            .collect();
        let held = world.driver.buffered();
        match end {
            "gone" => {
                assert!((200_000..220_000).contains(&held), "{held}");
                peers.iter().for_each(|&peer| world.end(peer));
                world.pass(12 * SECOND);
            }
            "deadline" => {
                world.pass(62 * SECOND);
                assert!(peers.iter().all(|&peer| world.statuses(peer) == [503]));
            }
            _ => {
                assert!(held <= MIB + MIB / 4 + MIB + 2 * 20_100, "{held}");
                let refused = peers.iter().filter(|&&peer| world.statuses(peer) == [503]).count();
                assert!(refused > 100, "{refused}");
                peers.iter().for_each(|&peer| world.end(peer));
                world.pass(100 * SECOND);
            }
        }
        assert_eq!(world.driver.buffered(), 0, "{end}");
    }
}

#[test]
fn requests_wait_for_places_among_the_tasks_and_what_needs_none_goes_on() {
    let limits = Limits { tasks: 10, ..Limits::DEFAULT };
    let app = app()
        .get("/spawn", |_: OwnedRequest| async {
            let refused = rajada_mio::spawn(async { "never" }).await.unwrap_err();
            format!("{refused}, {}", refused.is_refused())
        })
        .get("/stream", |_: &Request<'_>| Body::Stream(Box::new(Once)));
    let mut world = World::new(app.limits(limits));
    let early = world.ask(get("/spawn"));
    world.settle();
    assert_eq!(world.statuses(early), [500], "there was room for it");
    let peers: Vec<usize> = (0..30).map(|_| world.ask(get("/hour") + &get("/"))).collect();
    let uploads: Vec<usize> = (0..5).map(|_| world.ask(upload("/hour", 2))).collect();
    world.settle();
    uploads.iter().for_each(|&peer| world.send(peer, "hi"));
    world.settle();
    let held = |world: &mut World| {
        let all = peers.iter().chain(&uploads);
        all.filter(|&&peer| world.state(peer) == Some(State::Held)).count()
    };
    assert_eq!(held(&mut world), 25);
    let other = world.ask(get("/") + &get("/stream") + &get("/"));
    world.settle();
    assert_eq!(world.statuses(other), [200, 503, 200]);
    // Each that ends makes room for the next one.
    for gone in 1..=5 {
        world.end(peers[gone - 1]);
        world.pass(12 * SECOND);
        assert_eq!(held(&mut world), 25 - gone);
    }
    world.pass(3 * 3601 * SECOND);
    for &peer in &peers[5..] {
        assert_eq!(world.statuses(peer), [200, 200]);
    }
    assert!(uploads.iter().all(|&peer| world.statuses(peer) == [200]));
}

/// A stream of one piece.
struct Once;

impl BodyStream for Once {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(None)
    }
}

/// A peer sends, or takes, a little every second. How many seconds it has lived, at most `most`.
fn lives(world: &mut World, peer: usize, most: u64, mut step: impl FnMut(&mut World)) -> u64 {
    for second in 0..most {
        if world.state(peer).is_none() {
            return second;
        }
        step(world);
        world.pass(SECOND);
    }
    most
}

const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn who_drips_is_cut_and_who_keeps_the_rate_is_not() {
    for (what, head, piece, status) in [
        ("content", upload("/", MIB), "x", Some(408)),
        ("chunks", CHUNKED.to_owned(), "1\r\nx\r\n", Some(408)),
        ("a chunk's extension", CHUNKED.to_owned() + "5;", "x", None),
        ("content that nobody wants", upload("/none", 60_000), "x", Some(404)),
        (
            "behind the end",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".into(),
            "x",
            Some(200),
        ),
    ] {
        let mut world = World::new(app());
        let peer = world.ask(head);
        world.settle();
        let seconds = lives(&mut world, peer, 60, |world| world.send(peer, piece));
        // Behind it the last answer is there to be read for as long again.
        assert!((10..26).contains(&seconds), "{what}: {seconds} s");
        if let Some(status) = status {
            assert_eq!(world.statuses(peer), [status], "{what}");
        }
    }
    let mut world = World::new(app());
    let peer = world.ask(upload("/", 60 * 600));
    assert_eq!(lives(&mut world, peer, 60, |world| world.send(peer, "x".repeat(600))), 60);
    assert_eq!(world.statuses(peer), [200]);
}

#[test]
fn who_reads_too_slowly_is_cut_and_who_keeps_the_rate_is_not() {
    for (takes, least, most) in [(10, 10, 13), (400, 30, 60), (600, 100, 101)] {
        let mut world = World::new(app());
        let peer = world.connect();
        world.take(peer, 0);
        world.send(peer, get("/much"));
        world.settle();
        let seconds = lives(&mut world, peer, 100, |world| world.take(peer, takes));
        assert!((least..most).contains(&seconds), "{takes} octets a second: {seconds} s");
    }
}

#[test]
fn no_rate_is_asked_for_while_it_is_us_who_are_waited_for() {
    /// Gives a piece every half a minute.
    struct Seldom(u8);
    impl BodyStream for Seldom {
        fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
            let waker = cx.waker().clone();
            self.0 += 1;
            if self.0.is_multiple_of(2) {
                drop(rajada_mio::spawn(async move {
                    sleep(30 * SECOND).await;
                    waker.wake();
                }));
                return Poll::Pending;
            }
            Poll::Ready((self.0 < 20).then(|| Ok("piece".into())))
        }
    }
    let app = app().get("/seldom", |_: &Request<'_>| Body::Stream(Box::new(Seldom(0))));
    let mut world = World::new(app);
    let streamed = world.ask(get("/seldom"));
    let handled = world.ask(get("/hour"));
    world.pass(3601 * SECOND);
    assert_eq!(world.statuses(handled), [200]);
    assert_eq!(world.arrived(streamed).matches("piece").count(), 10);
    assert!(world.arrived(streamed).ends_with("0\r\n\r\n"));
}

#[test]
fn a_peer_that_writes_first_and_reads_then_has_its_answer() {
    let mut world = World::new(app());
    let peer = world.ask(upload("/", 100 * MIB));
    // 20 s at 2 MiB a second: more and longer than is waited for in silence.
    assert_eq!(lives(&mut world, peer, 20, |world| world.send(peer, vec![b'x'; 2 * MIB])), 20);
    assert_eq!(world.statuses(peer), [413]);
    world.end(peer);
    world.settle();
    assert_eq!(world.state(peer), None);
    // But not for ever.
    let peer = world.ask(upload("/", 100 * MIB));
    let seconds = lives(&mut world, peer, 60, |world| world.send(peer, vec![b'x'; MIB]));
    assert!((30..34).contains(&seconds), "{seconds} s");
    let peer = world.ask(upload("/", 100 * MIB));
    world.pass(millis(3500));
    assert_eq!(world.state(peer), None, "it was silent");
}
