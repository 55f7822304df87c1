//! Nobody is judged by what the worker has not read.

use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{App, Deadlines, Limits, OwnedRequest, Request, sleep};

use crate::rig::{World, get, millis, takes};

const HOUR: Duration = Duration::from_secs(3600);

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .post("/", |_: &Request<'_>| "posted")
        .get("/much", |_: &Request<'_>| vec![b'x'; 100_000])
        .get("/block", |_: &Request<'_>| {
            takes(Duration::from_secs(100));
            "blocked"
        })
        .get("/hour", |_: OwnedRequest| async {
            sleep(HOUR).await;
            "an hour later"
        })
}

#[test]
fn no_deadline_runs_while_it_is_a_bound_that_keeps_us_from_reading() {
    let limits = Limits { requests_in_flight: 2, ..Limits::DEFAULT };
    let two = get("/hour") + &get("/hour");
    for (app, before, begun, rest) in [
        // As many requests as may be in flight; the next one's head has begun, or is whole.
        (app().limits(limits), two.clone(), "GET / HTTP/1.1\r\n", "Host: a\r\n\r\n"),
        (app().limits(limits), two, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", ""),
        // As much as may be held behind one who waits; the next one's content has begun.
        (
            app(),
            get("/hour") + &get("/much"),
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nb",
            "c",
        ),
    ] {
        let mut world = World::new(app);
        let peer = world.ask(before);
        world.settle();
        world.send(peer, begun);
        world.pass(HOUR - Duration::from_secs(5));
        assert_eq!(world.state(peer), Some(State::Held), "{begun:?}");
        // From then on it has all its time again.
        world.pass(Duration::from_secs(5 + 8));
        world.send(peer, rest);
        world.settle();
        assert_eq!(world.statuses(peer), [200, 200, 200], "{begun:?}");
    }
}

#[test]
fn what_arrives_while_a_handler_blocks_the_worker_is_in_time() {
    let mut world = World::new(app());
    let idle = world.ask(get("/"));
    let opened = world.connect();
    let head = world.ask("GET / HTTP/1.1\r\n");
    let content = world.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nb");
    let stuck = world.connect();
    world.set_stuck(stuck, true);
    world.send(stuck, get("/"));
    world.pass(Duration::from_secs(5));
    let blocked = world.ask(get("/block"));
    world.turn();
    // All of this has happened meanwhile, and the loop is told now.
    world.send(idle, get("/"));
    world.send(opened, get("/"));
    world.send(head, "Host: a\r\n\r\n");
    world.send(content, "c");
    world.set_stuck(stuck, false);
    world.settle();
    for (peer, count) in [(idle, 2), (opened, 1), (head, 1), (content, 1), (stuck, 1), (blocked, 1)]
    {
        assert_eq!(world.statuses(peer), vec![200; count]);
    }
}

#[test]
fn who_could_not_all_be_told_of_in_one_turn_is_not_judged_in_it() {
    let mut world = World::new(app());
    let peers: Vec<usize> = (0..100).map(|_| world.ask("GET / HTTP/1.1\r\n")).collect();
    world.pass(Duration::from_secs(5));
    takes(Duration::from_secs(100));
    for half in [&peers[..50], &peers[50..]] {
        half.iter().for_each(|&peer| world.send(peer, "Host: a\r\n\r\n"));
        world.turn_of(half[0] == peers[50]);
    }
    assert!(peers.iter().all(|&peer| world.statuses(peer) == [200]));
}

#[test]
fn who_waits_for_others_to_have_their_turn_is_not_judged() {
    let deadlines = Deadlines {
        idle: millis(20),
        head: millis(20),
        content: millis(20),
        check_interval: millis(1),
        ..Deadlines::DEFAULT
    };
    let slow = |_: &Request<'_>| {
        takes(millis(50));
        "slow"
    };
    let mut world = World::new(app().get("/slow", slow).deadlines(deadlines));
    let bursts: Vec<usize> = (0..3).map(|_| world.ask(get("/slow").repeat(20))).collect();
    world.settle();
    for peer in bursts {
        assert_eq!(world.statuses(peer), [200; 20]);
    }
}
