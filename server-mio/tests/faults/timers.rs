//! A timer is its worker's, wherever its future goes.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use rajada_mio::{App, OwnedRequest, Request, Sleep, sleep};

use crate::rig::{World, get, millis};

thread_local! {
    /// What goes from one worker to another: they may share a thread.
    static CARRIED: RefCell<Vec<Sleep>> = const { RefCell::new(Vec::new()) };
}

fn app() -> App {
    App::new()
        .get("/sleep/{ms}", |req: OwnedRequest| async move {
            sleep(millis(req.param("ms").parse().unwrap())).await;
            "slept"
        })
        .get("/begin/{ms}", |req: OwnedRequest| async move {
            let mut sleep = sleep(millis(req.param("ms").parse().unwrap()));
            let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut sleep).poll(cx))).await;
            assert!(polled.is_pending());
            CARRIED.with_borrow_mut(|carried| carried.push(sleep));
            "begun"
        })
        .get("/go-on", |_: OwnedRequest| async {
            let carried = CARRIED.take();
            for sleep in carried {
                sleep.await;
            }
            "slept"
        })
        .get("/drop", |_: &Request<'_>| {
            drop(CARRIED.take());
            "dropped"
        })
}

/// Two workers of one thread. Timers of the first were begun and carried away; the second has some of its own, at the
/// same places.
fn two() -> (World, World, [usize; 3]) {
    let (mut one, mut other) = (World::new(app()), World::new(app()));
    for time in [40, 60, 80] {
        one.ask(get(&format!("/begin/{time}")));
        one.settle();
    }
    let own = [100, 120, 140].map(|time| other.ask(get(&format!("/sleep/{time}"))));
    other.settle();
    (one, other, own)
}

fn slept(world: &World, peers: [usize; 3]) -> [bool; 3] {
    peers.map(|peer| world.arrived(peer).ends_with("slept"))
}

#[test]
fn a_timer_dropped_elsewhere_cancels_no_other() {
    let (mut one, mut other, own) = two();
    let peer = other.ask(get("/drop"));
    other.settle();
    assert_eq!(other.statuses(peer), [200]);
    other.pass(millis(130));
    assert_eq!(slept(&other, own), [true, true, false]);
    other.pass(millis(20));
    assert_eq!(slept(&other, own), [true; 3]);
    // Where they were begun, somebody is woken for nothing.
    one.pass(Duration::from_secs(1));
}

#[test]
fn a_timer_polled_elsewhere_goes_on_there_and_takes_no_other_over() {
    let (mut one, mut other, own) = two();
    let peer = other.ask(get("/go-on"));
    other.settle();
    other.pass(millis(90));
    assert!(other.arrived(peer).ends_with("slept"));
    assert_eq!(slept(&other, own), [false; 3]);
    other.pass(millis(60));
    assert_eq!(slept(&other, own), [true; 3]);
    one.pass(Duration::from_secs(1));
}
