//! One event for many, at the driver: slow peers, those that come again, and what a worker is woken for.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use futures_core::Stream;
use rajada_mio::driver::{Driver, State};
use rajada_mio::{App, BadEvent, Body, BodyStream, Broadcast, Bytes, Clock, Error, Event, Events};
use rajada_mio::{Peer, Request, Subscription};

use crate::event_source::{Answer, EventSource};
use crate::rig::{World, get};

fn app(broadcast: &Broadcast) -> App {
    App::new().state(broadcast.clone()).get("/", |_: &Request<'_>| "plain").get(
        "/events",
        |req: &Request<'_>| {
            let missed = req.state::<Broadcast>().resume(req.last_event_id()?);
            let gap = if missed.has_gap() { "gap" } else { "none" };
            Ok::<_, Error>(([("X-Gap", gap)], Events::new(missed)))
        },
    )
}

fn again(id: &str) -> String {
    format!("GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: {id}\r\n\r\n")
}

fn send(broadcast: &Broadcast, number: usize) {
    broadcast.send(Event::new(format!("<{number}>")).id(number)).unwrap();
}

fn answer(world: &World, peer: usize) -> Answer {
    Answer::of(&world.arrived(peer))
}

fn ids(source: &EventSource) -> Vec<usize> {
    source.messages.iter().map(|message| message.last_id.parse().unwrap()).collect()
}

#[test]
fn all_get_each_event_by_one_write() {
    let broadcast = Broadcast::new();
    let mut world = World::new(app(&broadcast));
    let peers: Vec<usize> = (0..50).map(|_| world.ask(get("/events"))).collect();
    world.settle();
    assert_eq!(broadcast.subscribers(), 50);
    let writes: Vec<usize> = peers.iter().map(|&peer| world.arrivals(peer).len()).collect();
    assert_eq!(writes, [1; 50]);
    for number in 1..=3 {
        send(&broadcast, number);
        world.settle();
        assert!(peers.iter().all(|&peer| world.arrivals(peer).len() == number + 1));
    }
    assert!(peers.iter().all(|&peer| ids(&answer(&world, peer).source()) == [1, 2, 3]));
    peers.iter().for_each(|&peer| world.vanish(peer));
    world.settle();
    assert_eq!((broadcast.subscribers(), broadcast.overflowed()), (0, 0));
}

#[test]
fn a_worker_that_sleeps_is_woken_once_for_all_its_subscribers() {
    let broadcast = Broadcast::new();
    let (app, clock) = (app(&broadcast).prepare().unwrap(), Clock::manual());
    let roused = Arc::new(AtomicUsize::new(0));
    let counted = roused.clone();
    let count = move || _ = counted.fetch_add(1, Ordering::Relaxed);
    let mut driver = Driver::new(&app, clock.clone(), count);
    let keys: Vec<_> = (0..1000).map(|_| driver.turn(clock.now()).open(Peer::Local, ())).collect();
    for &key in &keys {
        let mut turn = driver.turn(clock.now());
        let _ = turn.connection(key).unwrap().receive(get("/events").as_bytes());
        let mut connection = turn.connection(key).unwrap();
        let len = take(&connection).len();
        let _ = connection.transmitted(len);
    }
    while driver.timeout() == Some(Duration::ZERO) {
        let mut turn = driver.turn(clock.now());
        turn.run();
        while turn.poll_ready().is_some() {}
        turn.look();
    }
    assert_eq!(roused.load(Ordering::Relaxed), 0);
    std::thread::scope(|scope| {
        scope.spawn(|| (0..5).for_each(|number| send(&broadcast, number)));
    });
    assert_eq!(roused.load(Ordering::Relaxed), 1, "one call, of another thread");
    driver.turn(clock.now()).run();
    let mut turn = driver.turn(clock.now());
    turn.run();
    for &key in &keys {
        assert_eq!(take(&turn.connection(key).unwrap()).matches("data: <").count(), 5);
    }
    drop(turn);
    assert_eq!(roused.load(Ordering::Relaxed), 1);
}

fn take(connection: &rajada_mio::driver::Connection<'_, ()>) -> String {
    let mut pieces = [&[][..]; 16];
    let count = connection.transmit(&mut pieces);
    String::from_utf8(pieces[..count].concat()).unwrap()
}

#[test]
fn who_comes_again_gets_what_it_has_missed() {
    let broadcast = Broadcast::new().keep(10, 1 << 20).backlog(2, 1000);
    let mut world = World::new(app(&broadcast));
    let others = world.ask(get("/events"));
    world.settle();
    for number in 0..30 {
        send(&broadcast, number);
        world.settle();
    }
    assert_eq!(ids(&answer(&world, others).source()), (0..30).collect::<Vec<_>>());
    let comes = [
        ("29", 30, "none"),
        ("25", 26, "none"),
        ("20", 21, "none"),
        ("19", 30, "gap"),
        ("x", 30, "gap"),
    ];
    let peers = comes.map(|(id, from, gap)| {
        let peer = world.ask(again(id));
        world.settle();
        let answer = answer(&world, peer);
        assert_eq!(ids(&answer.source()), (from..30).collect::<Vec<_>>(), "{id}");
        assert!(answer.head.contains(&format!("X-Gap: {gap}\r\n")), "{id}");
        (peer, from)
    });
    send(&broadcast, 30);
    world.settle();
    for (peer, from) in peers {
        assert_eq!(ids(&answer(&world, peer).source()), (from..=30).collect::<Vec<_>>());
    }
    assert_eq!(broadcast.overflowed(), 0);
}

#[test]
fn who_catches_up_is_too_far_behind_when_what_comes_next_is_not_kept() {
    let broadcast = Broadcast::new().keep(1000, 1 << 20).backlog(10, 1 << 20);
    (0..1000).for_each(|number| send(&broadcast, number));
    let mut world = World::new(app(&broadcast));
    let [reads, waits] = [(); 2].map(|()| {
        let peer = world.connect();
        world.set_stuck(peer, true);
        world.send(peer, again("0"));
        peer
    });
    world.settle();
    // Its window is full, with some 200 of them.
    for number in 1000..1100 {
        send(&broadcast, number);
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), broadcast.subscribers()), (0, 2));
    world.set_stuck(reads, false);
    for number in 1100..1400 {
        world.settle();
        send(&broadcast, number);
    }
    world.settle();
    assert_eq!(ids(&answer(&world, reads).source()), (1..1400).collect::<Vec<_>>());
    assert_eq!((broadcast.overflowed(), broadcast.subscribers()), (1, 1));
    assert_eq!(world.state(waits), None);
    // It has caught up, so it is one of those that may not be further behind than others.
    world.set_stuck(reads, true);
    for number in 1400..1700 {
        send(&broadcast, number);
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), world.state(reads)), (2, None));
}

#[test]
fn what_is_sent_between_its_request_and_its_first_poll_is_not_missed() {
    let broadcast = Broadcast::new().keep(5, 1 << 20);
    let sender = broadcast.clone();
    let app = App::new().state(broadcast.clone()).get("/", move |req: &Request<'_>| {
        let subscription = req.state::<Broadcast>().resume(Some("1"));
        send(&sender, 3);
        Events::new(subscription)
    });
    (0..3).for_each(|number| send(&broadcast, number));
    let mut world = World::new(app);
    let peer = world.ask(get("/"));
    world.turn();
    assert_eq!(ids(&answer(&world, peer).source()), [2, 3]);
    send(&broadcast, 4);
    world.settle();
    assert_eq!(ids(&answer(&world, peer).source()), [2, 3, 4]);
}

#[test]
fn who_is_too_far_behind_is_cut_off_and_counted_and_others_are_not() {
    let broadcast = Broadcast::new().backlog(100, 1 << 20);
    let mut world = World::new(app(&broadcast));
    let slow: Vec<usize> = (0..20)
        .map(|_| {
            let peer = world.ask(get("/events"));
            world.settle();
            world.set_stuck(peer, true);
            peer
        })
        .collect();
    let quick: Vec<usize> = (0..20).map(|_| world.ask(get("/events"))).collect();
    world.settle();
    let event = |number: usize| Event::new("x".repeat(500)).id(number);
    for number in 0..100 {
        broadcast.send(event(number)).unwrap();
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), broadcast.subscribers()), (0, 40));
    // What waits for each is its window; the rest is the log, which all share.
    let states: Vec<_> = slow.iter().map(|&peer| world.state(peer)).collect();
    assert_eq!(states, [Some(State::Writing); 20]);
    for number in 100..120 {
        broadcast.send(event(number)).unwrap();
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), broadcast.subscribers()), (20, 20));
    assert!(slow.iter().all(|&peer| world.state(peer).is_none()), "closed at once");
    for &peer in &quick {
        assert_eq!(ids(&answer(&world, peer).source()), (0..120).collect::<Vec<_>>());
    }
}

#[test]
fn who_does_not_read_what_its_answer_begins_with_is_cut_off_as_well() {
    let broadcast = Broadcast::new().backlog(10, 1 << 20);
    let app = App::new().state(broadcast.clone()).get("/", |req: &Request<'_>| {
        let all = (0..20).map(|number| Event::new("x".repeat(1000)).id(number));
        Events::new(req.state::<Broadcast>().subscribe()).begin_with(all)
    });
    let mut world = World::new(app);
    let [slow, quick] = [true, false].map(|stuck| {
        let peer = world.connect();
        world.set_stuck(peer, stuck);
        world.send(peer, get("/"));
        peer
    });
    world.settle();
    for number in 20..30 {
        send(&broadcast, number);
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), broadcast.subscribers()), (0, 2));
    for number in 30..40 {
        send(&broadcast, number);
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), world.state(slow)), (1, None));
    assert_eq!(ids(&answer(&world, quick).source()), (0..40).collect::<Vec<_>>());
}

#[test]
fn what_its_answer_can_not_begin_with_cuts_it_short() {
    let broadcast = Broadcast::new();
    let app = App::new().state(broadcast.clone()).get("/", |req: &Request<'_>| {
        let events = [Event::new("1").id(1), Event::new("2").of_type("a\nb"), Event::new("3")];
        Events::new(req.state::<Broadcast>().subscribe()).begin_with(events)
    });
    let mut world = World::new(app);
    let peer = world.ask(get("/"));
    world.settle();
    let got = answer(&world, peer);
    assert_eq!((ids(&got.source()), got.rest), (vec![1], None));
    assert_eq!((world.state(peer), broadcast.subscribers()), (Some(State::Lingering), 0));
}

#[test]
fn the_bound_counts_octets_as_well() {
    let broadcast = Broadcast::new().backlog(1000, 10_000);
    let mut world = World::new(app(&broadcast));
    let peer = world.ask(get("/events"));
    world.settle();
    world.set_stuck(peer, true);
    // The window has 4 KiB, or five events; ten more are the backlog, and another the newest.
    for number in 0..16 {
        assert_eq!(broadcast.overflowed(), 0, "{number}");
        broadcast.send(Event::new("x".repeat(980)).id(number)).unwrap();
        world.settle();
    }
    for number in 16..20 {
        broadcast.send(Event::new("x".repeat(980)).id(number)).unwrap();
        world.settle();
    }
    assert_eq!((broadcast.overflowed(), world.state(peer)), (1, None));
}

#[test]
fn one_that_reads_again_too_late_ends_in_order() {
    let broadcast = Broadcast::new().backlog(10, 1 << 20);
    let mut world = World::new(app(&broadcast));
    // Behind another answer nobody asks for it, so it is cut off by its own answer alone.
    let peer = world.ask(get("/events"));
    world.settle();
    for number in 0..50 {
        send(&broadcast, number);
    }
    world.settle();
    let answer = answer(&world, peer);
    assert_eq!((answer.source().messages.len(), answer.rest.as_deref()), (0, Some("")));
    assert_eq!((broadcast.overflowed(), world.state(peer)), (1, Some(State::Idle)));
}

#[test]
fn answers_in_front_of_one_that_is_cut_off_are_not() {
    let broadcast = Broadcast::new().backlog(10, 1 << 20);
    let slow = app(&broadcast).get("/slow", |_: rajada_mio::OwnedRequest| async {
        rajada_mio::sleep(Duration::from_secs(1)).await;
        "slow"
    });
    let mut world = World::new(slow);
    let peer = world.ask(get("/slow") + &get("/events") + &get("/"));
    world.settle();
    for number in 0..200 {
        broadcast.send(Event::new("x".repeat(500)).id(number)).unwrap();
        world.settle();
    }
    assert_eq!(broadcast.overflowed(), 1);
    assert_eq!(world.arrived(peer), "");
    world.pass(Duration::from_secs(5));
    assert_eq!(world.statuses(peer), [200, 200]);
    let arrived = world.arrived(peer);
    let answer = Answer::of(&arrived[arrived.find("slow").unwrap() + 4..]);
    assert!(answer.rest.is_none() && !answer.source().messages.is_empty());
    assert_eq!(world.state(peer), None);
}

#[test]
fn its_end_is_that_of_all_streams() {
    let broadcast = Broadcast::new();
    let mut world = World::new(App::new().get("/", {
        let weak = std::sync::Mutex::new(Some(broadcast.clone()));
        move |_: &Request<'_>| {
            // The last but one is gone with the first request.
            weak.lock().unwrap().take().map(|broadcast| Events::new(broadcast.subscribe()))
        }
    }));
    let peer = world.ask(get("/"));
    world.settle();
    send(&broadcast, 1);
    drop(broadcast);
    world.settle();
    let got = answer(&world, peer);
    assert_eq!((ids(&got.source()), got.rest.as_deref()), (vec![1], Some("")));

    let broadcast = Broadcast::new();
    let mut world = World::new(app(&broadcast));
    let peer = world.ask(get("/events"));
    world.settle();
    broadcast.close();
    send(&broadcast, 1);
    let late = world.ask(get("/events"));
    world.settle();
    for peer in [peer, late] {
        let answer = answer(&world, peer);
        assert_eq!((answer.content.as_str(), answer.rest.as_deref()), (":\n\n", Some("")));
    }
}

#[test]
fn what_was_sent_before_service_ended_leaves() {
    let broadcast = Broadcast::new();
    let (app, clock) = (app(&broadcast).prepare().unwrap(), Clock::manual());
    let mut driver = Driver::new(&app, clock.clone(), || {});
    let keys: Vec<_> = (0..3).map(|_| driver.turn(clock.now()).open(Peer::Local, ())).collect();
    let mut arrived = vec![String::new(); keys.len()];
    // Their streams learn of the end before the worker looks for what is new, which it has not done yet.
    for &key in &keys {
        let mut turn = driver.turn(clock.now());
        let _ = turn.connection(key).unwrap().receive(get("/events").as_bytes());
    }
    assert_eq!(broadcast.subscribers(), 3);
    send(&broadcast, 1);
    driver.turn(clock.now()).shut_down();
    for _ in 0..10 {
        let mut turn = driver.turn(clock.now());
        turn.run();
        for (&key, arrived) in keys.iter().zip(&mut arrived) {
            let Some(mut connection) = turn.connection(key) else { continue };
            let taken = take(&connection);
            let _ = connection.transmitted(taken.len());
            *arrived += &taken;
        }
    }
    for arrived in arrived {
        let answer = Answer::of(&arrived);
        let found = (ids(&answer.source()), answer.rest.as_deref().map(str::to_owned));
        assert_eq!(found, (vec![1], Some(String::new())), "{arrived}");
    }
}

#[test]
fn what_is_no_event_is_sent_to_nobody() {
    let broadcast = Broadcast::new();
    let mut world = World::new(app(&broadcast));
    let peer = world.ask(get("/events"));
    world.settle();
    let error = broadcast.send(Event::new("a").of_type("b\ndata: c")).unwrap_err();
    assert_eq!(error.find::<BadEvent>(), Some(&BadEvent::Type));
    world.settle();
    assert_eq!(answer(&world, peer).content, ":\n\n");
}

thread_local! {
    /// Goes with the next waker that is dropped.
    static SUBSCRIPTION: RefCell<Option<Subscription>> = const { RefCell::new(None) };
}

struct BadWaker;

impl Wake for BadWaker {
    fn wake(self: Arc<Self>) {
        panic!("nobody is woken");
    }
}

impl Drop for BadWaker {
    fn drop(&mut self) {
        drop(SUBSCRIPTION.take());
    }
}

/// Polls a subscription as an executor of its own would, whose wakers do what they like.
struct Strange(Subscription);

impl BodyStream for Strange {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        for _ in 0..3 {
            let waker = Arc::new(BadWaker).into();
            let next = Pin::new(&mut self.0).poll_next(&mut Context::from_waker(&waker));
            assert!(next.is_pending());
        }
        Poll::Pending
    }
}

#[test]
fn a_waker_that_panics_or_leaves_ends_nobody_elses_stream() {
    let broadcast = Broadcast::new();
    let app = app(&broadcast).get("/strange", |req: &Request<'_>| {
        let broadcast = req.state::<Broadcast>();
        let mut other = broadcast.subscribe();
        let waker = std::task::Waker::noop();
        let _ = Pin::new(&mut other).poll_next(&mut Context::from_waker(waker));
        SUBSCRIPTION.set(Some(other));
        Body::Stream(Box::new(Strange(broadcast.subscribe())))
    });
    let mut world = World::new(app);
    let before = world.ask(get("/events"));
    world.settle();
    let strange = world.ask(get("/strange"));
    world.settle();
    let behind = world.ask(get("/events"));
    world.settle();
    assert_eq!((broadcast.subscribers(), world.state(strange).is_some()), (3, true));
    for number in 0..3 {
        send(&broadcast, number);
        world.settle();
    }
    let late = world.ask(get("/events"));
    world.settle();
    send(&broadcast, 3);
    world.settle();
    for (peer, from) in [(before, 0), (behind, 0), (late, 3)] {
        assert_eq!(ids(&answer(&world, peer).source()), (from..4).collect::<Vec<_>>());
    }
}

/// Xorshift: the same schedules each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 24) as usize % bound
    }
}

/// A client that connects again whenever its stream ends, or it wants to.
struct Reader {
    peer: usize,
    read: Vec<usize>,
    /// Requests in front of that for events, and whether one stands behind.
    plain: usize,
}

impl Reader {
    fn connect(world: &mut World, last: Option<usize>, random: &mut Random) -> Reader {
        let plain = random.below(3);
        let events = last.map_or(get("/events"), |id| again(&id.to_string()));
        let behind = get("/").repeat(random.below(3));
        let requests = get("/").repeat(plain) + &events + &behind;
        let (peer, mut rest) = (world.connect(), requests.as_str());
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.len().min(1 + random.below(60)));
            world.send(peer, piece);
            if random.below(2) == 0 {
                world.turn();
            }
            rest = behind;
        }
        Reader { peer, read: Vec::new(), plain }
    }

    /// What has arrived of its stream.
    fn answer(&self, world: &World) -> Option<Answer> {
        let arrived = world.arrived(self.peer);
        let mut behind = &arrived[..];
        for _ in 0..self.plain {
            behind = behind.split_once("\r\n\r\nplain")?.1;
        }
        behind.contains("\r\n\r\n").then(|| Answer::of(behind))
    }
}

#[test]
fn whatever_clients_do_they_read_all_of_it_once_and_in_order() {
    let mut overflowed = 0;
    for seed in 1..=30 {
        let mut random = Random(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let broadcast = Broadcast::new().keep(1000, 1 << 20).backlog(1 + random.below(30), 1 << 20);
        let mut world = World::new(app(&broadcast));
        let mut readers: Vec<Reader> =
            (0..4).map(|_| Reader::connect(&mut world, None, &mut random)).collect();
        world.settle();
        // Each has an id to come again with.
        send(&broadcast, 0);
        world.settle();
        let (mut sent, mut cut) = (1, 0);
        for _ in 0..200 {
            match random.below(8) {
                0..=3 => {
                    for _ in 0..1 + random.below(6) {
                        let fill = "x".repeat(random.below(600));
                        broadcast.send(Event::new(fill).id(sent)).unwrap();
                        sent += 1;
                    }
                }
                4 => {
                    let reader = &readers[random.below(4)];
                    world.take(reader.peer, random.below(1500));
                }
                5 => world.turn(),
                6 if random.below(10) == 0 => {
                    let reader = random.below(4);
                    world.vanish(readers[reader].peer);
                    cut += 1;
                    world.settle();
                    come_again(&mut world, &mut readers[reader], &mut random);
                }
                _ => world.settle(),
            }
            world.turn();
            for reader in &mut readers {
                let over = world.state(reader.peer).is_none()
                    || reader.answer(&world).is_some_and(|answer| answer.rest.is_some());
                if over {
                    come_again(&mut world, reader, &mut random);
                }
            }
        }
        // All of them read now, and come again until nothing is missing.
        for _ in 0..1000 {
            readers.iter().for_each(|reader| world.take(reader.peer, usize::MAX));
            world.settle();
            let mut done = true;
            for reader in &mut readers {
                let over = world.state(reader.peer).is_none()
                    || reader.answer(&world).is_some_and(|answer| answer.rest.is_some());
                if over {
                    done = false;
                    come_again(&mut world, reader, &mut random);
                }
            }
            if done {
                break;
            }
        }
        for reader in &readers {
            let mut read = reader.read.clone();
            read.extend(ids(&reader.answer(&world).unwrap().source()));
            assert_eq!(read, (0..sent).collect::<Vec<_>>(), "seed {seed}, {cut} were cut");
        }
        overflowed += broadcast.overflowed();
    }
    assert!(overflowed > 30, "{overflowed} were too far behind");
}

fn come_again(world: &mut World, reader: &mut Reader, random: &mut Random) {
    let mut read = std::mem::take(&mut reader.read);
    if let Some(answer) = reader.answer(world) {
        read.extend(ids(&answer.source()));
    }
    let last = read.last().copied();
    world.vanish(reader.peer);
    world.settle();
    *reader = Reader::connect(world, last, random);
    reader.read = read;
    world.turn();
}
