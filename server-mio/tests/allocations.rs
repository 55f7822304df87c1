//! What a request costs in memory, counted over a real socket by an allocator that counts for the whole process. The
//! client allocates nothing while it is counted.

use std::alloc::System;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

use rajada_mio::{App, OwnedRequest, Request, Response, Server, yield_now};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One count at a time.
static COUNTING: Mutex<()> = Mutex::new(());

/// Allocations of a server for `rounds` bursts of `depth` requests for `target`, after a warm-up.
fn allocations(target: &str, depth: usize, rounds: usize) -> usize {
    let _alone = COUNTING.lock().unwrap();
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
        });
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
