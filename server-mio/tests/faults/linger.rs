//! Who lingers behind the last answer has so much time and no more.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{App, Body, BodySender, Deadlines, Request};

use crate::rig::{World, get, millis, takes};

const LAST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// A peer that has its last answer, and may linger for 50 ms in silence and for 200 ms in all.
fn lingering() -> (World, usize) {
    let deadlines = Deadlines {
        linger: millis(50),
        linger_most: millis(200),
        check_interval: millis(10),
        ..Deadlines::DEFAULT
    };
    let mut world = World::new(App::new().deadlines(deadlines).get("/", |_: &Request<'_>| "last"));
    let peer = world.ask(LAST);
    world.settle();
    (world, peer)
}

/// How long a peer lingers that sends an octet each `pause`.
fn lingers(pause: Duration) -> Duration {
    let (mut world, peer) = lingering();
    assert_eq!(world.state(peer), Some(State::Lingering));
    let begun = world.now();
    loop {
        let sent = world.now();
        world.send(peer, "a");
        while world.now() < sent + pause {
            world.pass(millis(1));
            if world.state(peer).is_none() {
                return world.now() - begun;
            }
        }
    }
}

#[test]
fn silence_ends_it_and_octets_prolong_it_only_so_far() {
    let about = |time, expected| time >= millis(expected) && time <= millis(expected + 20);
    let silent = lingers(Duration::from_secs(1));
    assert!(about(silent, 50), "{silent:?}");
    // However its octets fall between two looks.
    for pause in [1, 9, 20, 35, 45] {
        let time = lingers(millis(pause));
        assert!(about(time, 200), "{pause}: {time:?}");
    }
}

#[test]
fn who_sends_faster_than_is_read_is_ended_too() {
    let (mut world, peer) = lingering();
    let begun = world.now();
    while world.state(peer).is_some() {
        // More than a turn reads: so it is listed whenever it is looked at.
        world.send(peer, vec![b'a'; 1024 * 1024]);
        world.turn();
        takes(millis(1));
        assert!(world.now() < begun + millis(400), "it lingers for ever");
    }
    assert!(world.now() >= begun + millis(190));
}

#[test]
fn an_empty_line_on_an_idle_connection_does_not_hold_the_end() {
    let mut world = World::new(App::new().get("/", |_: &Request<'_>| "last"));
    let idle = world.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let opened = world.connect();
    for peer in [idle, opened] {
        world.send(peer, "\r\n");
    }
    world.settle();
    let now = world.now();
    world.driver.turn(now).shut_down();
    world.pass(millis(1200));
    assert_eq!((world.state(idle), world.state(opened)), (None, None));
}

#[test]
fn whose_answer_can_not_leave_any_more_is_told_so_before_the_peer_closes() {
    let senders = Arc::<Mutex<Vec<BodySender>>>::default();
    let kept = senders.clone();
    let app = App::new().get("/push", move |_: &Request<'_>| {
        let (sender, body) = Body::channel(1000);
        kept.lock().unwrap().push(sender);
        body
    });
    let mut world = World::new(app);
    let peer = world.ask([get("/push"), get("/push")].concat());
    world.settle();
    let [first, second] =
        <[BodySender; 2]>::try_from(core::mem::take(&mut *senders.lock().unwrap())).unwrap();
    first.abort("on purpose");
    assert!(!second.is_closed());
    world.settle();
    assert_eq!(world.state(peer), Some(State::Lingering));
    assert!(second.is_closed());
}
