//! A peer that is gone holds nothing for ever.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Error, Limits, OwnedRequest, Request, sleep,
    spawn_blocking,
};

use crate::rig::{World, get};

/// Gives nothing, and never ends.
struct Endless;

impl BodyStream for Endless {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Pending
    }
}

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/stream", |_: &Request<'_>| Body::Stream(Box::new(Endless)))
        .get("/never", |_: OwnedRequest| std::future::pending::<&'static str>())
        .get("/later", |_: OwnedRequest| async {
            sleep(Duration::from_secs(9)).await;
            "later"
        })
        .limits(Limits { requests_in_flight: 2, ..Limits::DEFAULT })
}

/// Everything that a peer can leave behind that never ends by itself.
const LEFT: [&str; 7] = [
    "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /never HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n",
    // Behind these nothing is read, so the end is not either.
    "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET /never HTTP/1.0\r\n\r\n",
    "GET /never HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n",
    "GET /never HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
];

#[test]
fn whatever_a_peer_has_left_behind_ends_when_it_has_been_gone_for_so_long() {
    for left in LEFT {
        for together in [true, false] {
            let mut world = World::new(app());
            let peer = world.ask(left);
            if !together {
                world.settle();
                assert_ne!(world.state(peer), Some(State::HalfClosed), "{left:?}");
            }
            world.end(peer);
            world.pass(Duration::from_secs(9));
            assert_eq!(world.state(peer), Some(State::HalfClosed), "{left:?}");
            world.pass(Duration::from_secs(4));
            assert_eq!(world.state(peer), None, "{left:?}");
            assert_eq!(world.driver.connections(), 0);
        }
    }
}

/// A job for a thread that was done, or was dropped without.
struct Job {
    done: bool,
    counts: Arc<[AtomicU32; 2]>,
}

impl Drop for Job {
    fn drop(&mut self) {
        self.counts[usize::from(self.done)].fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn jobs_for_threads_that_have_not_begun_go_with_those_who_wait_for_them() {
    // Jobs dropped, and jobs done.
    let counts: Arc<[AtomicU32; 2]> = Arc::default();
    let (begun, begins) = channel();
    let (release, released) = channel::<()>();
    let released = Arc::new(Mutex::new(released));
    let own = counts.clone();
    let app = app()
        .blocking_threads(1)
        .deadlines(Deadlines { handler: Some(Duration::from_secs(30)), ..Deadlines::DEFAULT })
        .get("/job/{kind}", move |req: OwnedRequest| {
            let job = Job { done: false, counts: own.clone() };
            let (begun, released) = (begun.clone(), released.clone());
            async move {
                let handle = spawn_blocking(move || {
                    let mut job = job;
                    begun.send(()).unwrap();
                    let _ = released.lock().unwrap().recv();
                    job.done = true;
                });
                match req.param("kind") {
                    "awaited" => handle.await.unwrap(),
                    "detached" => drop(handle),
                    _ => {
                        sleep(Duration::from_secs(3600)).await;
                        handle.await.unwrap();
                    }
                }
                "done"
            }
        });
    let mut world = World::new(app);
    let count = |which: usize| counts[which].load(Ordering::SeqCst);
    let peers: Vec<usize> = ["first", "awaited", "awaited", "held", "detached", "awaited", "held"]
        .map(|kind| world.ask(get(&format!("/job/{kind}"))))
        .into();
    world.settle();
    begins.recv().unwrap();
    assert_eq!((count(0), world.statuses(peers[4])), (0, vec![200]));
    peers[..5].iter().for_each(|peer| world.end(*peer));
    world.pass(Duration::from_secs(14));
    assert_eq!(count(0), 3, "their peers are gone");
    world.pass(Duration::from_secs(20));
    assert_eq!(count(0), 5, "their time is over");
    assert_eq!([5, 6].map(|peer| world.statuses(peers[peer])), [[503], [503]]);
    drop(release);
    begins.recv().unwrap();
    assert!(begins.recv_timeout(Duration::from_millis(50)).is_err(), "only two have begun");
    assert_eq!(count(0), 5);
}

#[test]
fn who_stays_is_waited_for() {
    for left in LEFT {
        let mut world = World::new(app());
        let peer = world.ask(left);
        world.pass(Duration::from_secs(3600));
        assert!(world.state(peer).is_some(), "{left:?}");
    }
}

#[test]
fn who_has_only_ended_its_side_gets_all_that_is_coming() {
    let mut world = World::new(app());
    let closing = "GET /later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned();
    let three = get("/") + &get("/later") + &get("/later");
    let peers: Vec<usize> =
        [get("/later"), closing, three.clone()].iter().map(|octets| world.ask(octets)).collect();
    for &peer in &peers {
        world.end(peer);
    }
    world.pass(Duration::from_secs(30));
    for (peer, count) in peers.into_iter().zip([1, 1, 3]) {
        assert_eq!(world.statuses(peer), vec![200; count]);
        assert_eq!(world.state(peer), None);
    }
}

#[test]
fn what_was_kept_of_who_has_ended_its_side_is_answered_and_nothing_is_waited_for_behind_it() {
    for kept in [get("/"), get("/").repeat(5) + "GET / HT"] {
        let mut world = World::new(app());
        // At the bound, so that what follows is kept.
        let peer = world.ask(get("/later").repeat(2) + &kept);
        world.settle();
        world.receive_end(peer);
        assert_eq!(world.state(peer), Some(State::HalfClosed));
        world.pass(Duration::from_secs(9));
        assert_eq!(world.statuses(peer), vec![200; 2 + kept.matches("Host").count()]);
        assert_eq!(world.state(peer), None);
    }
}

#[test]
fn who_does_not_take_its_answers_is_cut_however_its_side_has_ended() {
    for left in LEFT.into_iter().chain(["GET / HTTP/1.1\r\nHost: a\r\n\r\n"]) {
        let mut world = World::new(app());
        let peer = world.connect();
        world.set_stuck(peer, true);
        world.send(peer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        world.send(peer, left);
        world.end(peer);
        world.pass(Duration::from_secs(45));
        assert_eq!(world.state(peer), None, "{left:?}");
    }
}

#[test]
fn those_who_are_gone_do_not_keep_others_out_for_longer_than_the_deadline() {
    let deadlines = Deadlines { half_closed: Duration::from_secs(3), ..Deadlines::DEFAULT };
    let limits = Limits { connections: 50, ..Limits::DEFAULT };
    let mut world = World::new(app().limits(limits).deadlines(deadlines));
    for number in 0..50 {
        let peer = world.ask(LEFT[number % LEFT.len()]);
        world.end(peer);
    }
    world.pass(Duration::from_secs(2));
    assert!(!world.driver.has_room());
    world.pass(Duration::from_secs(3));
    assert_eq!(world.driver.connections(), 0);
    let peer = world.ask(get("/"));
    world.settle();
    assert_eq!(world.statuses(peer), [200]);
}
