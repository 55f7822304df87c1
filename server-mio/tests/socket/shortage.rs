//! When there is too little of something: file descriptors, turns, memory; and what is left when peers have gone.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use rajada_mio::{App, Deadlines, Limits, OwnedRequest, Request};

use crate::client::{Client, PATIENCE};
use crate::program::{BINARY, Program};
use crate::serving::{serve, wait_until};
use crate::traced::{Traced, call};

/// A number from a line of `/proc/PID/status`.
pub(crate) fn status_of(program: &Program, name: &str) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Resident memory in KiB.
pub(crate) fn resident(program: &Program) -> usize {
    status_of(program, "VmRSS:")
}

/// User and system time, in ticks of 10 ms.
fn ticks(program: &Program) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.child.id())).unwrap();
    let behind_name = stat.rsplit(") ").next().unwrap();
    behind_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

#[test]
fn no_file_descriptors_left_neither_stops_nor_spins_the_server() {
    let limited = format!("ulimit -n 24; exec {BINARY} --listen 127.0.0.1:0");
    let program = Program::start(Command::new("bash").args(["-c", &limited]));
    let mut clients: Vec<Client> = (0..40).map(|_| Client::connect(program.address)).collect();
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    std::thread::sleep(Duration::from_millis(200));
    let before = ticks(&program);
    std::thread::sleep(Duration::from_millis(800));
    assert!(ticks(&program) - before < 20, "it spins");
    // Those that were accepted are answered; the others once there is room.
    let began = Instant::now();
    while let Some(mut client) = (!clients.is_empty()).then(|| clients.remove(0)) {
        assert_eq!(client.answer().text(), "Hello world!");
        assert!(began.elapsed() < PATIENCE);
    }
}

/// Has `accept` fail five times with an error behind the first connection, while a second one waits. Says how long
/// that one had to wait; `None` where nothing can be traced.
fn accepts_behind(error: &str) -> Option<Duration> {
    const FAILURES: usize = 5;
    let inject = format!("inject=accept4:error={error}:when=2..{}", 1 + FAILURES);
    let traced = Traced::start(&["-e", "trace=accept4,epoll_pwait", "-e", &inject], &[])?;
    let mut first = Client::connect(traced.program.address);
    assert_eq!(first.get("/").text(), "Hello world!");
    let began = Instant::now();
    let mut second = Client::connect(traced.program.address);
    second.send("GET /user/2 HTTP/1.1\r\nHost: a\r\n\r\n");
    // Whoever is in is served all the time.
    assert_eq!(first.get("/user/1").text(), "1");
    assert_eq!(second.answer().text(), "2", "{error}");
    let waited = began.elapsed();
    let mut third = Client::connect(traced.program.address);
    assert_eq!(third.get("/user/3").text(), "3", "{error}");
    let trace = traced.finish();
    let count = |name| trace.iter().filter(|line| call(line) == name).count();
    let failures = trace.iter().filter(|line| line.contains("(INJECTED)")).count();
    assert_eq!(failures, FAILURES, "{error}: {trace:#?}");
    // Three connections, each time that there were no more, and once more at the end.
    assert!(count("accept4") <= FAILURES + 7, "{error}: {trace:#?}");
    assert!((3..=30).contains(&count("epoll_pwait")), "it spins behind {error}: {trace:#?}");
    Some(waited)
}

#[test]
fn a_connection_that_is_gone_when_it_is_accepted_keeps_nobody_waiting() {
    for error in ["ECONNABORTED", "EINTR"] {
        let Some(waited) = accepts_behind(error) else { return };
        assert!(waited < Duration::from_millis(300), "{error}: {waited:?}");
    }
}

#[test]
fn a_shortage_when_a_connection_is_accepted_neither_stops_nor_spins_the_server() {
    for error in ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"] {
        let Some(waited) = accepts_behind(error) else { return };
        // Five failures, each with a pause behind it; the first may have begun before the clock.
        assert!(waited > Duration::from_millis(350), "{error}: {waited:?}");
    }
}

#[test]
fn a_peer_that_floods_does_not_starve_one_that_asks_once() {
    let program = Program::with(&[]);
    let mut stream = TcpStream::connect(program.address).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let burst = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000);
    let flood = std::thread::spawn(move || while stream.write_all(burst.as_bytes()).is_ok() {});
    let drain = std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        while reader.read(&mut buffer).is_ok_and(|count| count > 0) {}
    });
    let mut client = Client::connect(program.address);
    let mut slowest = Duration::ZERO;
    for _ in 0..50 {
        let began = Instant::now();
        assert_eq!(client.get("/user/7").text(), "7");
        slowest = slowest.max(began.elapsed());
        std::thread::sleep(Duration::from_millis(2));
    }
    // Much, for a machine that has other things to do; one that starves waits for ever.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    drop(program);
    flood.join().unwrap();
    drain.join().unwrap();
}

#[test]
fn a_peer_that_never_reads_costs_little_memory() {
    let program = Program::with(&[]);
    let warm_up = Client::connect(program.address).get("/");
    assert_eq!(warm_up.status, 200);
    let before = resident(&program);
    let mut stream = TcpStream::connect(program.address).unwrap();
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let burst = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000);
    let mut sent = 0;
    // The server stops reading, so the kernel stops taking.
    while sent < 64 << 20 {
        match stream.write(burst.as_bytes()) {
            Ok(count) => sent += count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(sent < 64 << 20, "the server goes on reading");
    let grown = resident(&program).saturating_sub(before);
    assert!(grown <= 1024, "{grown} KiB more");
}

/// Peers that vanish, `count` of them at once, in rounds; memory must not grow from round to round.
fn vanish(program: &Program, part: &str, count: usize, read: bool) {
    let mut levels = Vec::new();
    for _ in 0..5 {
        let mut clients: Vec<Client> =
            (0..count).map(|_| Client::connect(program.address)).collect();
        for client in &mut clients {
            client.send(part);
        }
        for client in &mut clients {
            if read {
                client.answer();
            }
        }
        std::thread::sleep(Duration::from_millis(50));
        for client in clients {
            socket2::SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
        }
        wait_until(|| open_sockets(program) <= 1);
        // The socket closes before the rest of its connection is freed.
        let samples = (0..10).map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            resident(program)
        });
        levels.push(samples.min().unwrap());
    }
    // The allocator settles during the first rounds and may keep some of it in pieces. What leaks
    // adds a round's octets to the last round, too.
    let last = levels.pop().unwrap();
    let reached = levels.iter().max().unwrap();
    let slack = (count * part.len() / 1024 / 2).max(512);
    assert!(last <= reached + slack, "{levels:?} KiB, then {last}");
    assert_eq!(Client::connect(program.address).get("/").text(), "Hello world!");
}

/// Files that a process may have open, this one and those that it starts.
fn most_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(1024)
}

#[test]
fn the_memory_of_many_connections_is_given_back_when_they_have_closed() {
    const CONNECTIONS: usize = 6000;
    if most_files() < CONNECTIONS + 500 {
        eprintln!("skipped: {CONNECTIONS} files can't be open here");
        return;
    }
    let program = Program::with(&[]);
    let burst = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(24);
    // Allocators learn from what is freed first.
    Client::connect(program.address).send(&burst).answers(24);
    wait_until(|| open_sockets(&program) <= 1);
    let before = resident(&program);
    let mut most = 0;
    for _ in 0..3 {
        let mut clients: Vec<Client> =
            (0..CONNECTIONS).map(|_| Client::connect(program.address)).collect();
        for client in &mut clients {
            client.send(&burst);
        }
        clients.iter_mut().for_each(|client| drop(client.answers(24)));
        most = resident(&program);
        drop(clients);
        wait_until(|| open_sockets(&program) <= 1);
        std::thread::sleep(Duration::from_millis(100));
        let after = resident(&program);
        assert!(
            after <= before + before / 10,
            "{before} KiB, with connections {most}, then {after}"
        );
    }
    assert!(most > before + 1000, "{before} KiB, with connections {most}: what is tested here?");
}

/// Files that a program has open.
pub(crate) fn descriptors(program: &Program) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", program.child.id())).unwrap().count()
}

/// Sockets that a program has open, its listener among them.
fn open_sockets(program: &Program) -> usize {
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", program.child.id())).unwrap();
    let links = descriptors.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    // The pair that signals are told by is not of TCP.
    let sockets = links.filter(|link| link.to_string_lossy().starts_with("socket:")).count();
    sockets.saturating_sub(2)
}

#[test]
fn a_peer_that_vanishes_in_mid_request_leaves_nothing_behind() {
    let program = Program::with(&[]);
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {}", "c".repeat(20_000));
    vanish(&program, &head, 200, false);
    vanish(
        &program,
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf",
        200,
        false,
    );
}

#[test]
fn a_peer_that_vanishes_in_mid_burst_leaves_nothing_behind() {
    let program = Program::with(&[]);
    let burst = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(24)
        + "GET /delay/9000 HTTP/1.1\r\nHost: a\r\n\r\nGET /";
    vanish(&program, &burst, 200, true);
}

#[test]
fn a_peer_that_vanishes_in_mid_response_leaves_nothing_behind() {
    let program = Program::with(&[]);
    let content = "x".repeat(1_500_000);
    let post = format!(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    );
    vanish(&program, &post, 10, false);
}

#[test]
fn a_peer_that_is_gone_at_the_bound_holds_nothing_for_ever() {
    let check_interval = Duration::from_millis(20);
    let half_closed = Duration::from_millis(200);
    let app = App::new()
        .get("/never", |_: OwnedRequest| async {
            std::future::pending::<()>().await;
            "never"
        })
        .limits(Limits { requests_in_flight: 2, connections: 1, ..Limits::DEFAULT })
        .deadlines(Deadlines { half_closed, check_interval, ..Deadlines::DEFAULT })
        .get("/", |_: &Request<'_>| "hello");
    let serving = serve(app);
    // More than the bound: what is behind it, and the end, are not read.
    let mut gone = serving.client();
    gone.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5));
    std::thread::sleep(Duration::from_millis(50));
    gone.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000));
    gone.stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(serving.client().get("/").text(), "hello");
}

#[test]
fn connections_are_counted_for_all_workers_and_who_waits_is_taken_in_when_another_ends() {
    let limits = Limits { connections: 4, ..Limits::DEFAULT };
    let serving = serve(App::new().workers(3).limits(limits).get("/", |_: &Request<'_>| "in"));
    let mut waiting: Vec<Client> = (0..16)
        .map(|_| {
            let mut client = serving.client();
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            client
        })
        .collect();
    let is_in = |client: &Client| {
        client.stream.set_nonblocking(true).unwrap();
        let read = client.stream.peek(&mut [0; 1]);
        client.stream.set_nonblocking(false).unwrap();
        read.is_ok()
    };
    while !waiting.is_empty() {
        let most = waiting.len().min(4);
        wait_until(|| waiting.iter().filter(|client| is_in(client)).count() == most);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(waiting.iter().filter(|client| is_in(client)).count(), most, "there is no room");
        // Whichever worker that was of: another one may have to take the next in.
        let left = waiting.iter().position(is_in).unwrap();
        assert_eq!(waiting.remove(left).answer().text(), "in");
    }
}
