//! What a request costs in memory, counted over a real socket by an allocator that counts for the whole process. The
//! client allocates nothing while it is counted.

use std::alloc::System;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rajada_mio::driver::Driver;
use rajada_mio::{
    App, Clock, ContentType, Limits, Next, OwnedRequest, OwnedResponse, Peer, Request, Response,
    Server, Status, sleep, yield_now,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One count at a time.
static COUNTING: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    let alone = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
    // Who runs the tests tells of the one before, and begins another.
    std::thread::sleep(Duration::from_millis(50));
    alone
}

fn said(_: &Request<'_>) -> &'static str {
    "said"
}

async fn passed(req: OwnedRequest, next: Next) -> OwnedResponse {
    next.run(req).await
}

/// Allocations of a server for `rounds` bursts of `depth` requests for `target`, after a warm-up.
fn allocations(target: &str, depth: usize, rounds: usize) -> usize {
    let _alone = alone();
    let app = App::new()
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .get("/ready", |_: OwnedRequest| async { "at once" })
        .get("/parked", |_: OwnedRequest| async {
            yield_now().await;
            "later"
        })
        .get("/parked/string", |_: OwnedRequest| async {
            yield_now().await;
            "later".to_owned()
        })
        .nest("/before", App::scope().before(async |_: &mut OwnedRequest| {}).get("", said))
        .nest("/around", App::scope().around(passed).get("", said))
        .nest("/around/twice", App::scope().around(passed).around(passed).get("", said));
    let server: Server = app.bind("127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    let thread = std::thread::spawn(move || server.run().unwrap());

    let burst =
        format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n").repeat(depth);
    let mut client = TcpStream::connect(address).unwrap();
    client.set_nodelay(true).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut buffer = vec![0; 64 * 1024];
    client.write_all(burst.as_bytes()).unwrap();
    let expected = {
        std::thread::sleep(Duration::from_millis(100));
        client.read(&mut buffer).unwrap()
    };
    assert!(buffer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let mut ask = |times: usize| {
        for _ in 0..times {
            client.write_all(burst.as_bytes()).unwrap();
            let mut received = 0;
            while received < expected {
                received += client.read(&mut buffer).unwrap();
            }
            assert_eq!(received, expected);
        }
    };
    ask(50);
    let region = Region::new(ALLOCATOR);
    ask(rounds);
    let change = region.change();
    drop(client);
    handle.shut_down();
    thread.join().unwrap();
    change.allocations + change.reallocations
}

#[test]
fn a_static_answer_allocates_nothing() {
    assert_eq!(allocations("/", 1, 200), 0);
    assert_eq!(allocations("/", 24, 200), 0);
}

#[test]
fn renewing_the_date_allocates_nothing() {
    // Some of these rounds are beyond the second that the warm-up was in.
    assert_eq!(allocations("/", 1, 60_000), 0);
}

#[test]
fn a_path_parameter_allocates_nothing() {
    assert_eq!(allocations("/user/4711", 1, 200), 0);
    assert_eq!(allocations("/user/4711", 24, 200), 0);
}

#[test]
fn a_path_that_is_decoded_allocates_nothing() {
    assert_eq!(allocations("/user/caf%C3%A9", 24, 200), 0);
}

#[test]
fn an_asynchronous_handler_that_is_ready_at_once_allocates_nothing() {
    assert_eq!(allocations("/ready", 1, 200), 0);
    assert_eq!(allocations("/ready", 24, 200), 0);
}

#[test]
fn an_asynchronous_handler_that_parks_allocates_nothing_either() {
    assert_eq!(allocations("/parked", 1, 200), 0);
    assert_eq!(allocations("/parked", 24, 200), 0);
}

#[test]
fn what_a_handler_allocates_itself_is_all_that_is_counted() {
    assert_eq!(allocations("/parked/string", 24, 200), 24 * 200);
}

#[test]
fn asynchronous_hooks_allocate_little_and_each_as_much_as_another() {
    let a_request = |target: &str| {
        const REQUESTS: usize = 24 * 200;
        (allocations(target, 24, 200) + REQUESTS / 2) / REQUESTS
    };
    let [before, around, twice] = ["/before", "/around", "/around/twice"].map(a_request);
    assert!(before <= 5 && around <= 5, "{before} {around}");
    assert!(twice - around <= 2, "{around} {twice}");
}

/// Octets that are allocated now.
fn live() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

#[test]
fn an_application_leaks_nothing() {
    let _alone = alone();
    let serve = || {
        let app = App::new()
            .get("/", |_: &Request<'_>| "hello")
            .get("/user/{id}", |_: OwnedRequest| async { "later" })
            .error_page(Status::BAD_REQUEST, ContentType::HTML, "<h1>What?</h1>")
            .state(String::from("shared"))
            .before(|req: &mut Request<'_>, _: &mut Response<'_>| req.extend(String::from("own")))
            .after(|_: &Request<'_>, res: &mut Response<'_>| {
                res.header("X-After", "seen");
            })
            .nest("/waits", {
                let hook = async |req: &mut OwnedRequest| {
                    req.extend(String::from("another"));
                    sleep(Duration::from_secs(1)).await;
                };
                App::scope().before(hook).around(passed).post("", said)
            });
        let clock = Clock::manual();
        let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
        let mut turn = driver.turn(clock.now());
        let key = turn.open(Peer::Local, ());
        turn.connection(key).unwrap().receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nG\0T");
        let post = b"POST /waits HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfour";
        for waits in [0, 2] {
            let key = turn.open(Peer::Local, ());
            turn.connection(key).unwrap().receive(post);
            drop(turn);
            clock.advance(Duration::from_secs(waits));
            turn = driver.turn(clock.now());
            turn.run();
            while let Some(key) = turn.poll_ready() {
                turn.connection(key).unwrap().go_on();
            }
        }
    };
    serve();
    let before = live();
    (0..20).for_each(|_| serve());
    assert_eq!(live() - before, 0, "octets are lost");
}

#[test]
fn what_waiting_handlers_have_in_memory_is_what_is_counted() {
    const ROUND: usize = 512;
    let _alone = alone();
    let app = App::new()
        .post("/quick", |_: OwnedRequest| async {
            yield_now().await;
            "quick"
        })
        .get("/slow", |_: OwnedRequest| async {
            sleep(Duration::from_secs(3600)).await;
            "late"
        });
    let clock = Clock::manual();
    let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
    let before = live();
    let large = format!(
        "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n{}",
        "x".repeat(60_000)
    );
    for _ in 0..4 {
        // Requests are kept to be used again: large ones, when small ones come next.
        for octets in [&*large, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"] {
            let mut turn = driver.turn(clock.now());
            let mut keys = Vec::new();
            for _ in 0..ROUND {
                let key = turn.open(Peer::Local, ());
                turn.connection(key).unwrap().receive(octets.as_bytes());
                keys.push(key);
            }
            turn.run();
            if octets == large {
                for key in keys {
                    turn.close(key);
                }
            }
        }
    }
    let waiting = 4 * ROUND;
    let (live, counted) = (live() - before, driver.buffered());
    // Beside the requests: those kept for use again, tables, stores and futures.
    let most = counted + ROUND * 64 * 1024 + waiting * 4096;
    assert!(live < most as isize, "{live} octets, of which {counted} are counted");
}

#[test]
fn memory_comes_back_behind_a_flood() {
    const MIB: isize = 1024 * 1024;
    let _alone = alone();
    let app = App::new()
        .get("/", |_: &Request<'_>| "hello")
        .get("/slow", |_: OwnedRequest| async {
            sleep(Duration::from_secs(3600)).await;
            "late"
        })
        .limits(Limits { tasks: usize::MAX, ..Limits::DEFAULT });
    let clock = Clock::manual();
    let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
    let stays = driver.turn(clock.now()).open(Peer::Local, ());
    let ask = |driver: &mut Driver<()>, key, octets: &[u8]| {
        let mut turn = driver.turn(clock.now());
        let mut connection = turn.connection(key).unwrap();
        connection.receive(octets);
        let mut pieces = [&[][..]; 4];
        let count = connection.transmit(&mut pieces);
        let written = pieces[..count].iter().map(|piece| piece.len()).sum();
        connection.transmitted(written);
        written
    };
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert!(ask(&mut driver, stays, get) > 0);
    let before = live();
    let burst = "GET /slow HTTP/1.1\r\nHost: a\r\nX: and so on, and so on\r\n\r\n".repeat(64);
    let flood: Vec<_> = (0..5000)
        .map(|_| {
            let key = driver.turn(clock.now()).open(Peer::Local, ());
            ask(&mut driver, key, burst.as_bytes());
            key
        })
        .collect();
    let most = live() - before;
    assert!(most > 64 * MIB, "{most} octets are no flood");
    for key in flood {
        driver.turn(clock.now()).close(key);
    }
    // A minute, as a loop lets it pass; somebody asks now and then.
    for second in 0..60 {
        clock.advance(Duration::from_secs(1));
        if second % 10 == 0 {
            assert!(ask(&mut driver, stays, get) > 0);
        }
        let mut turn = driver.turn(clock.now());
        turn.run();
        turn.look();
    }
    let left = live() - before;
    assert!(left < MIB, "{left} octets are left of {most}");
    assert!(ask(&mut driver, stays, get) > 0);
}
