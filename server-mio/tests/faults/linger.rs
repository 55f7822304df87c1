//! Who lingers behind the last answer has so much time and no more.

use std::time::Duration;

use rajada_mio::driver::State;
use rajada_mio::{App, Deadlines, Request};

use crate::rig::{World, millis};

const LAST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// How long a peer lingers that sends an octet each `pause`.
fn lingers(pause: Duration) -> Duration {
    let deadlines = Deadlines {
        linger: millis(50),
        linger_most: millis(200),
        check_interval: millis(10),
        ..Deadlines::DEFAULT
    };
    let mut world = World::new(App::new().deadlines(deadlines).get("/", |_: &Request<'_>| "last"));
    let peer = world.ask(LAST);
    world.settle();
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
