//! Settings of any size: none of them panics, spins or ends a server, and nothing is reserved for what is only allowed.

use std::cell::Cell;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use rajada_mio::driver::Exit;
use rajada_mio::{
    App, Deadlines, Error, Limits, OwnedRequest, Request, TestClient, local, sleep, spawn,
    spawn_blocking, timeout,
};

use crate::rig::{World, get, takes};

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .post("/", |_: &Request<'_>| "posted")
        .get("/second", |_: OwnedRequest| async {
            sleep(Duration::from_secs(1)).await;
            "a second later"
        })
        .get("/longest", |_: OwnedRequest| async {
            let soon = timeout(Duration::MAX, sleep(Duration::ZERO)).await.is_ok();
            let late = timeout(Duration::ZERO, sleep(Duration::MAX)).await.is_err();
            format!("{soon} {late}")
        })
}

const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\npost";

/// Has all that a peer may do done under some settings, and lets time pass. The statuses of what was asked at once.
fn survives(app: App) -> Vec<u16> {
    let mut world = World::new(app);
    let whole = world.ask(get("/") + POST + &get("/longest"));
    world.turn();
    let opened = world.connect();
    let begun = world.ask("GET / HTTP/1.1\r\n");
    let content = world.ask(POST.strip_suffix("st").unwrap());
    let gone = world.ask(get("/second"));
    world.end(gone);
    let stuck = world.connect();
    world.set_stuck(stuck, true);
    world.send(stuck, get("/"));
    let flood = world.ask(get("/").repeat(3000));
    world.pass(Duration::from_secs(3));
    world.send(begun, "Host: a\r\n\r\n");
    world.send(content, "st");
    world.send(opened, get("/"));
    world.pass(Duration::from_secs(100));
    // Longer than the milliseconds of a connection's watch can count.
    takes(Duration::from_secs(86_400 * 60));
    world.pass(Duration::from_secs(100));
    assert!(world.statuses(flood).len() <= 3000);
    // It serves still.
    let after = world.ask(get("/"));
    world.turn();
    assert!(world.statuses(after).len() <= 1);
    assert!(world.turns < 5_000, "it spins: {} turns", world.turns);
    let statuses = world.statuses(whole);
    let mut turn = world.driver.turn(world.now());
    turn.shut_down();
    turn.cut();
    assert!(turn.exit().is_some());
    statuses
}

#[test]
fn deadlines_of_any_length_are_kept_or_are_none() {
    const FIELDS: [fn(&mut Deadlines, Duration); 8] = [
        |deadlines, time| deadlines.first_octet = time,
        |deadlines, time| deadlines.head = time,
        |deadlines, time| deadlines.content = time,
        |deadlines, time| deadlines.idle = time,
        |deadlines, time| deadlines.write = time,
        |deadlines, time| deadlines.half_closed = time,
        |deadlines, time| deadlines.linger = time,
        |deadlines, time| deadlines.handler = Some(time),
    ];
    // So that looks are few; what it may be itself is below.
    let seldom = Deadlines { check_interval: Duration::from_secs(30), ..Deadlines::DEFAULT };
    for time in
        [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(1 << 33), Duration::MAX]
    {
        for set in FIELDS {
            let mut deadlines = seldom;
            set(&mut deadlines, time);
            let statuses = survives(app().deadlines(deadlines));
            assert_eq!(statuses[..2], [200, 200], "{deadlines:?}");
        }
        let mut all = seldom;
        FIELDS.iter().for_each(|set| set(&mut all, time));
        assert_eq!(survives(app().deadlines(all))[..2], [200, 200], "{all:?}");
    }
    let rarely = Deadlines { check_interval: Duration::MAX, ..Deadlines::DEFAULT };
    assert_eq!(survives(app().deadlines(rarely)), [200, 200, 200]);
}

#[test]
fn looking_without_a_pause_is_to_look_a_thousand_times_a_second() {
    for interval in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(1)] {
        let deadlines = Deadlines { check_interval: interval, ..Deadlines::DEFAULT };
        let mut world = World::new(app().deadlines(deadlines));
        let peer = world.ask(get("/"));
        world.settle();
        let before = world.turns;
        world.pass(Duration::from_secs(2));
        assert!(world.turns - before <= 2010, "{} turns", world.turns - before);
        assert!(world.state(peer).is_some());
        world.pass(Duration::from_secs(60));
        // And nobody is there to be looked after.
        assert_eq!((world.state(peer), world.driver.timeout()), (None, None));
    }
}

#[test]
fn limits_of_any_size_reserve_nothing_and_hold() {
    for greatest in [true, false] {
        let size = if greatest { usize::MAX } else { 0 };
        let number = if greatest { u32::MAX } else { 0 };
        let fields: [fn(&mut Limits, usize, u32); 11] = [
            |limits, _, number| limits.request_line = number,
            |limits, _, number| limits.head = number,
            |limits, _, number| limits.fields = number,
            |limits, size, _| limits.content = size as u64,
            |limits, size, _| limits.requests_in_flight = size,
            |limits, size, _| limits.held = size,
            |limits, size, _| limits.drain = size,
            |limits, size, _| limits.connections = size,
            |limits, _, number| limits.requests_per_connection = number,
            |limits, size, _| limits.blocking_queue = size,
            |limits, size, _| limits.tasks = size,
        ];
        let mut all = Limits::DEFAULT;
        let seldom = Deadlines { check_interval: Duration::from_secs(30), ..Deadlines::DEFAULT };
        for set in fields {
            let mut limits = Limits::DEFAULT;
            set(&mut limits, size, number);
            set(&mut all, size, number);
            let statuses = survives(app().limits(limits).deadlines(seldom));
            assert!(!statuses.is_empty(), "{limits:?}");
            assert!(!greatest || statuses == [200, 200, 200], "{limits:?}: {statuses:?}");
        }
        let statuses = survives(app().limits(all).deadlines(seldom));
        assert!(!statuses.is_empty() && (!greatest || statuses == [200; 3]), "{statuses:?}");
    }
}

#[test]
fn what_nothing_is_left_of_by_a_limit_is_refused_or_served_alone() {
    for (limits, expected) in [
        (Limits { request_line: 0, ..Limits::DEFAULT }, &[414][..]),
        (Limits { head: 0, ..Limits::DEFAULT }, &[431]),
        (Limits { fields: 0, ..Limits::DEFAULT }, &[431]),
        (Limits { content: 0, ..Limits::DEFAULT }, &[200, 413]),
        // One at a time is the least.
        (Limits { requests_in_flight: 0, ..Limits::DEFAULT }, &[200, 200, 200]),
        (Limits { held: 0, ..Limits::DEFAULT }, &[200, 200, 200]),
        (Limits { drain: 0, ..Limits::DEFAULT }, &[200, 200, 200]),
        (Limits { requests_per_connection: 0, ..Limits::DEFAULT }, &[200]),
    ] {
        let mut world = World::new(app().limits(limits));
        let peer = world.ask(get("/") + POST + &get("/second"));
        world.pass(Duration::from_secs(2));
        assert_eq!(world.statuses(peer), expected, "{limits:?}");
    }
    assert!(
        !World::new(app().limits(Limits { connections: 0, ..Limits::DEFAULT })).driver.has_room()
    );
}

/// Counts those that are dropped.
struct Counted(Rc<Cell<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn what_is_spawned_beyond_the_bound_is_refused_and_dropped() {
    for (bound, taken) in [(0, 1), (1, 1), (3, 3), (usize::MAX, 10)] {
        let app = app()
            .limits(Limits { tasks: bound, ..Limits::DEFAULT })
            .on_start(|locals| locals.insert(Rc::new(Cell::new(0u32))))
            .get("/spawn", |_: OwnedRequest| async {
                local::<Rc<Cell<u32>>>().unwrap().set(0);
                let handles: Vec<_> = (0..10)
                    .map(|_| {
                        let counted = Counted(local().unwrap());
                        spawn(async move {
                            sleep(Duration::from_secs(1)).await;
                            drop(counted);
                        })
                    })
                    .collect();
                let dropped = local::<Rc<Cell<u32>>>().unwrap().take();
                for handle in handles.into_iter().rev().take(dropped as usize) {
                    assert!(handle.await.unwrap_err().is_refused());
                }
                dropped.to_string()
            })
            // A handler that needs no place itself.
            .get("/at-once", |_: &Request<'_>| {
                let dropped = local::<Rc<Cell<u32>>>().unwrap();
                for _ in 0..10 {
                    let counted = Counted(dropped.clone());
                    drop(spawn(async move { drop(counted) }));
                }
                dropped.take().to_string()
            })
            .get("/pass-on", |_: OwnedRequest| async {
                drop(spawn(sleep(Duration::from_secs(1))));
                spawn(sleep(Duration::from_secs(1))).await?;
                Ok::<_, Error>("taken in")
            });
        let mut world = World::new(app);
        for _ in 0..3 {
            let peer = world.ask(get("/spawn"));
            world.settle();
            assert!(world.arrived(peer).ends_with(&(10 - taken).to_string()), "{bound}");
            let other = world.ask(get("/at-once"));
            world.settle();
            let none = if bound == usize::MAX { "0" } else { "10" };
            assert!(world.arrived(other).ends_with(none), "they are all at work");
            world.pass(Duration::from_secs(2));
        }
        let peer = world.ask(get("/pass-on"));
        world.pass(Duration::from_secs(2));
        assert_eq!(world.statuses(peer), [if bound <= 1 { 503 } else { 200 }], "{bound}");
    }
}

#[test]
fn a_grace_period_of_any_length_ends_or_does_not() {
    for (grace, exit) in [
        (Duration::ZERO, Some(Exit::Cut)),
        (Duration::from_secs(2), Some(Exit::Cut)),
        (Duration::MAX, None),
        (Duration::from_secs(u64::MAX), None),
    ] {
        let mut world = World::new(
            app()
                .grace(grace)
                .get("/never", |_: OwnedRequest| std::future::pending::<&'static str>()),
        );
        let busy = world.ask(get("/never"));
        world.settle();
        let now = world.now();
        world.driver.turn(now).shut_down();
        assert!(world.driver.timeout().is_some());
        let days = if exit.is_some() { 2 } else { 86_400 * 100 };
        takes(Duration::from_secs(days));
        let now = world.now();
        assert_eq!(world.driver.turn(now).exit(), exit, "{grace:?}");
        assert_eq!(world.driver.connections(), 1);
        assert!(world.statuses(busy).is_empty());
    }
    let mut world = World::new(app().grace(Duration::MAX));
    let now = world.now();
    world.driver.turn(now).shut_down();
    assert_eq!(world.driver.turn(now).exit(), Some(Exit::Clean));
}

#[test]
fn ages_of_answers_may_be_any() {
    for age in [None, Some(Duration::ZERO), Some(Duration::from_nanos(1)), Some(Duration::MAX)] {
        let mut world = World::new(app().flush_after(age));
        let peer = world.ask(get("/").repeat(1000) + &get("/second") + &get("/").repeat(1000));
        world.pass(Duration::from_secs(2));
        assert_eq!(world.statuses(peer), [200; 2001]);
    }
}

#[test]
fn a_number_of_workers_that_can_not_be_had_is_refused_with_the_range() {
    for workers in [0, 1025, 100_000, usize::MAX] {
        let error = app().workers(workers).bind("127.0.0.1:0").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("1 to 1024"), "{error}");
        assert!(error.to_string().contains(&workers.to_string()), "{error}");
    }
}

#[test]
fn there_is_a_thread_for_what_blocks_whatever_their_number_may_be() {
    for threads in [0, 1, usize::MAX] {
        let blocks =
            |_: OwnedRequest| async { spawn_blocking(|| "blocked").await.unwrap_or("not run") };
        let mut client = TestClient::new(app().blocking_threads(threads).get("/blocks", blocks));
        assert_eq!(client.get("/blocks").send().text(), "blocked");
    }
}
