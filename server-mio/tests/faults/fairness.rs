//! Nobody waits for long because others have much to do.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rajada_mio::{
    App, Body, BodyStream, Bytes, Error, OwnedRequest, Request, Status, local, spawn, yield_now,
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

/// Content in pieces of nothing, for ever.
struct Nothing(Rc<Cell<usize>>);

impl BodyStream for Nothing {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        self.0.set(self.0.get() + 1);
        Poll::Ready(Some(Ok(Bytes::new())))
    }
}

#[test]
fn a_stream_that_gives_nothing_for_ever_gives_way_to_others() {
    // With a clock that stands still, so that nothing but their number ends its turn.
    let asked = app()
        .on_start(|locals| locals.insert(Rc::new(Cell::new(0usize))))
        .get("/asked", |_: &Request<'_>| local::<Rc<Cell<usize>>>().unwrap().get().to_string())
        .get("/nothing", |_: &Request<'_>| Body::Stream(Box::new(Nothing(local().unwrap()))));
    let mut world = World::new(asked);
    let other = world.ask(get("/"));
    world.settle();
    let busy: Vec<usize> = (0..3).map(|_| world.ask(get("/nothing"))).collect();
    for number in 0..20 {
        world.send(other, get("/asked"));
        let before = world.turns;
        until(&mut world, other, number + 2);
        assert!(world.turns - before <= 2, "{} turns", world.turns - before);
    }
    let asked: usize = world.arrived(other).rsplit("\r\n").next().unwrap().parse().unwrap();
    assert!((60..20_000).contains(&asked), "they go on, in turns: {asked}");
    // Nothing of it leaves, not even its end.
    for peer in &busy {
        assert_eq!(world.statuses(*peer), [200]);
        assert!(world.arrived(*peer).ends_with("\r\n\r\n"));
    }
    // They end with their peers.
    for peer in busy {
        world.end(peer);
    }
    for _ in 0..200 {
        takes(millis(100));
        world.turn();
    }
    assert_eq!(world.driver.connections(), 1);
    world.settle();
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
