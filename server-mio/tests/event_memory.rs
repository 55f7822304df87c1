//! What a subscriber costs in memory, counted by an allocator.

use std::alloc::System;

use rajada_mio::driver::{Driver, Key};
use rajada_mio::{App, Broadcast, Clock, Event, Events, Peer, Request};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Gives a connection octets, and takes all that is to leave.
fn receive(driver: &mut Driver<()>, clock: &Clock, key: Key, octets: &[u8]) {
    let mut turn = driver.turn(clock.now());
    let mut connection = turn.connection(key).unwrap();
    let _ = connection.receive(octets);
    loop {
        let mut pieces = [&[][..]; 16];
        let count = connection.transmit(&mut pieces);
        let len = pieces[..count].iter().map(|piece| piece.len()).sum();
        if len == 0 {
            return;
        }
        let _ = connection.transmitted(len);
    }
}

fn turn(driver: &mut Driver<()>, clock: &Clock, keys: &[Key]) {
    for _ in 0..3 {
        let mut turn = driver.turn(clock.now());
        turn.run();
        while turn.poll_ready().is_some() {}
    }
    keys.iter().for_each(|&key| receive(driver, clock, key, b""));
}

/// One test, for there is one count.
#[test]
fn a_subscriber_takes_little_memory_and_an_idle_one_no_buffer() {
    const SUBSCRIBERS: usize = 512;
    let broadcast = Broadcast::new();
    let app = App::new()
        .state(broadcast.clone())
        .get("/", |req: &Request<'_>| Events::new(req.state::<Broadcast>().subscribe()));
    let (app, clock) = (app.prepare().unwrap(), Clock::manual());
    let mut driver = Driver::new(&app, clock.clone(), || {});
    let keys: Vec<Key> =
        (0..SUBSCRIBERS).map(|_| driver.turn(clock.now()).open(Peer::Local, ())).collect();
    // Tables are warm.
    let (first, others) = keys.split_first().unwrap();
    receive(&mut driver, &clock, *first, REQUEST);
    turn(&mut driver, &clock, &keys);

    let region = Region::new(ALLOCATOR);
    let held = |region: &Region<'_, System>| {
        let change = region.change();
        change.bytes_allocated - change.bytes_deallocated
    };
    for &key in others {
        receive(&mut driver, &clock, key, REQUEST);
    }
    turn(&mut driver, &clock, &keys);
    let idle = held(&region) / others.len();
    assert_eq!(broadcast.subscribers(), SUBSCRIBERS);
    println!("{idle} octets a subscriber");
    assert!(idle < 1700, "{idle} octets a subscriber");

    // Events come and go, and none of them stays with its readers.
    for number in 0..20 {
        broadcast.send(Event::new("x".repeat(200)).id(number)).unwrap();
        turn(&mut driver, &clock, &keys);
    }
    let used = held(&region) / others.len();
    println!("{used} octets behind events");
    assert!(used < idle + 200, "{used} octets behind events");

    let used = of_who_comes_again();
    println!("{used} octets of who comes again and does not read");
    assert!(used < 16 * 1024, "{used} octets of who comes again and does not read");
}

/// What each takes of many that have missed 20,000 events.
fn of_who_comes_again() -> usize {
    const SUBSCRIBERS: usize = 64;
    let broadcast = Broadcast::new().keep(20_000, 1 << 20);
    (0..20_000).for_each(|number| broadcast.send(Event::new("x").id(number)).unwrap());
    let app = App::new()
        .state(broadcast)
        .get("/", |req: &Request<'_>| Events::new(req.state::<Broadcast>().resume(Some("0"))));
    let (app, clock) = (app.prepare().unwrap(), Clock::manual());
    let mut driver = Driver::new(&app, clock.clone(), || {});
    let keys: Vec<Key> =
        (0..SUBSCRIBERS).map(|_| driver.turn(clock.now()).open(Peer::Local, ())).collect();
    let region = Region::new(ALLOCATOR);
    for &key in &keys {
        let _ = driver.turn(clock.now()).connection(key).unwrap().receive(REQUEST);
    }
    for _ in 0..10 {
        let mut turn = driver.turn(clock.now());
        turn.run();
        while turn.poll_ready().is_some() {}
    }
    let change = region.change();
    (change.bytes_allocated - change.bytes_deallocated) / SUBSCRIBERS
}
