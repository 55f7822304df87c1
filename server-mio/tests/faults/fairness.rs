//! Nobody waits for long because others have much to do.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rajada_mio::{
    App, Body, BodyStream, Bytes, Error, OwnedRequest, Request, Status, spawn, yield_now,
};

use crate::rig::{World, get, millis, takes};

/// Content in pieces, each of which takes its time to be made.
struct Laborious {
    pieces: usize,
    each: Duration,
}

impl BodyStream for Laborious {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        takes(self.each);
        self.pieces -= 1;
        Poll::Ready((self.pieces > 0).then(|| Ok(Bytes::from_static(b"piece"))))
    }
}

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/takes/{ms}", |req: &Request<'_>| {
            takes(millis(req.param("ms").parse().unwrap()));
            "taken"
        })
        .get("/async/{ms}", |req: OwnedRequest| async move {
            takes(millis(req.param("ms").parse().unwrap()));
            yield_now().await;
            takes(millis(req.param("ms").parse().unwrap()));
            "taken"
        })
        .get("/spawn", |_: &Request<'_>| {
            for _ in 0..500 {
                drop(spawn(async { takes(millis(5)) }));
            }
            Status::ACCEPTED
        })
        .get("/stream", |_: &Request<'_>| {
            Body::Stream(Box::new(Laborious { pieces: 200, each: millis(5) }))
        })
}

/// Goes on until the peer has so many answers; how long that takes from now.
fn until(world: &mut World, peer: usize, answers: usize) -> Duration {
    let began = world.now();
    for _ in 0..100_000 {
        if world.statuses(peer).len() >= answers {
            return world.now() - began;
        }
        world.turn();
    }
    panic!("no answer");
}

#[test]
fn whatever_one_connection_has_ordered_keeps_no_other_waiting() {
    for ordered in [
        get("/takes/5").repeat(1500),
        get("/async/5").repeat(1500),
        get("/spawn"),
        get("/stream"),
        get("/stream").repeat(20),
    ] {
        let mut world = World::new(app());
        let other = world.ask(get("/"));
        world.settle();
        let busy = world.ask(&ordered);
        for number in 0..20 {
            world.send(other, get("/"));
            let waited = until(&mut world, other, number + 2);
            assert!(waited <= millis(20), "{waited:?} behind {:?}", &ordered[..20]);
        }
        world.settle();
        assert_eq!(world.statuses(busy).len(), ordered.matches("GET").count());
    }
}

#[test]
fn many_who_have_ordered_much_have_their_turns_in_turns() {
    let mut world = World::new(app());
    let busy: Vec<usize> = (0..5).map(|_| world.ask(get("/takes/5").repeat(300))).collect();
    let other = world.ask(get("/"));
    assert!(until(&mut world, other, 1) <= millis(50));
    world.settle();
    for peer in busy {
        assert_eq!(world.statuses(peer), [200; 300]);
    }
}

/// How long after its burst the first answer leaves, and the last.
fn first_and_last(app: App, burst: &str) -> (Duration, Duration) {
    let mut world = World::new(app);
    let began = world.now();
    let peer = world.ask(burst);
    world.settle();
    assert_eq!(world.statuses(peer).len(), burst.matches("GET").count());
    let since = |time: &Instant| time.duration_since(began);
    let arrivals = world.arrivals(peer);
    (since(arrivals.first().unwrap()), since(arrivals.last().unwrap()))
}

#[test]
fn the_first_answer_leaves_when_it_has_waited_for_one_more_handler() {
    for age in [Duration::ZERO, millis(1), millis(4)] {
        for (each, count) in [(1, 100), (5, 1500), (25, 32), (700, 5)] {
            let burst = get(&format!("/takes/{each}")).repeat(count);
            let (first, last) = first_and_last(app().flush_after(Some(age)), &burst);
            assert!(first <= age + 2 * millis(each), "{age:?}, {count} x {each} ms: {first:?}");
            assert_eq!(last, millis(each) * count as u32);
        }
    }
}

#[test]
fn quick_answers_in_front_of_slow_handlers_wait_for_no_more_than_one() {
    let burst = get("/").repeat(5) + &get("/takes/25").repeat(32);
    let (first, _) = first_and_last(app(), &burst);
    assert!(first <= millis(25), "{first:?}");
}

#[test]
fn without_an_age_a_burst_leaves_when_all_of_it_is_answered() {
    for age in [None, Some(Duration::MAX)] {
        let (first, last) = first_and_last(app().flush_after(age), &get("/takes/1").repeat(2));
        assert_eq!((first, last), (millis(2), millis(2)));
    }
    let (first, last) = first_and_last(app().flush_after(None), &get("/takes/25").repeat(32));
    assert_eq!((first, last), (millis(800), millis(800)));
}
