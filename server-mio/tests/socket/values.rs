//! Settings of any size: none panics, spins, reserves what is only allowed, or ends the server.

use std::io::ErrorKind;
use std::time::Duration;

use rajada_mio::driver::Driver;
use rajada_mio::{
    Clock, Deadlines, Exit, Limits, OwnedRequest, Peer, Request, sleep, spawn_blocking, timeout,
};

use crate::serving::{Serving, serve};
use crate::world::App;

/// Times beyond what somebody can say: a deadline, a clock, the kernel.
const LONG: [Duration; 4] = [
    Duration::MAX,
    Duration::from_secs(i64::MAX as u64),
    Duration::from_secs(1 << 62),
    Duration::from_secs(400 * 365 * 86_400),
];

const SHORT: Duration = Duration::from_millis(2);

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/slow", |_: OwnedRequest| async {
            sleep(Duration::from_millis(300)).await;
            "slow"
        })
        .post("/echo", |req: &Request<'_>| req.bytes().to_vec())
        .get("/later", |_: OwnedRequest| async {
            sleep(SHORT).await;
            "later"
        })
        .get("/in-time", |_: OwnedRequest| async {
            let slept = timeout(Duration::MAX, sleep(SHORT)).await;
            slept.map_or("the end of time", |()| "in time")
        })
        .get("/never", |_: OwnedRequest| async {
            sleep(Duration::MAX).await;
            "never"
        })
        .get("/blocking", |_: OwnedRequest| async {
            spawn_blocking(|| "blocking").await.unwrap_or("lost")
        })
}

type DeadlineOf = fn(&mut Deadlines) -> &mut Duration;

const DEADLINES: [(&str, DeadlineOf); 9] = [
    ("first_octet", |deadlines| &mut deadlines.first_octet),
    ("head", |deadlines| &mut deadlines.head),
    ("content", |deadlines| &mut deadlines.content),
    ("idle", |deadlines| &mut deadlines.idle),
    ("write", |deadlines| &mut deadlines.write),
    ("half_closed", |deadlines| &mut deadlines.half_closed),
    ("linger", |deadlines| &mut deadlines.linger),
    ("handler", |deadlines| deadlines.handler.get_or_insert_default()),
    ("check_interval", |deadlines| &mut deadlines.check_interval),
];

fn deadlines(name: &str, time: Duration) -> Deadlines {
    let mut deadlines = Deadlines { check_interval: SHORT, ..Deadlines::DEFAULT };
    let (_, deadline) = DEADLINES.iter().find(|(known, _)| *known == name).unwrap();
    *deadline(&mut deadlines) = time;
    deadlines
}

/// Two connections, alike: a burst, a handler that waits, content, a thread of its own.
fn assert_serves(serving: &Serving, why: &str) {
    for _ in 0..2 {
        let mut client = serving.client();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
        assert!(client.answers(100).iter().all(|answer| answer.status == 200), "{why}");
        for (target, text) in
            [("/later", "later"), ("/in-time", "in time"), ("/blocking", "blocking")]
        {
            let answer = client.get(target);
            assert_eq!((answer.status, answer.text()), (200, text), "{why}: {target}");
        }
        let answer = client.post("/echo", "text/plain", [b'a'; 5000]);
        assert_eq!((answer.status, answer.content.len()), (200, 5000), "{why}");
        let last = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").answer();
        assert_eq!(last.status, 200, "{why}");
        client.assert_closed();
    }
}

fn assert_ends(serving: Serving, why: &str) {
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Clean, "{why}");
}

#[test]
fn a_deadline_may_be_as_long_as_can_be_said() {
    for (name, _) in DEADLINES {
        for time in LONG {
            let serving = serve(app().deadlines(deadlines(name, time)));
            let why = format!("{name}: {time:?}");
            assert_serves(&serving, &why);
            assert_ends(serving, &why);
        }
    }
}

/// What comes of a connection when a deadline is over as soon as it is looked at: its answer, if there is one, and its
/// end, if that is the end of it.
#[test]
fn a_deadline_of_nothing_ends_connections_and_not_the_server() {
    let whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let half = "GET / HTTP/1.1\r\nHost:";
    let echo = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    let never = "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";
    for (name, sent, status, ends) in [
        ("first_octet", "", None, true),
        ("head", whole, Some(200), false),
        ("head", half, Some(408), true),
        ("content", &*format!("{echo}hello"), Some(200), false),
        ("content", echo, Some(408), true),
        ("idle", whole, Some(200), true),
        ("write", whole, Some(200), false),
        ("half_closed", whole, Some(200), false),
        ("linger", last, Some(200), true),
        ("handler", whole, Some(200), false),
        ("handler", never, Some(503), false),
        ("check_interval", whole, Some(200), false),
    ] {
        for check_interval in [SHORT, Duration::ZERO] {
            let deadlines = Deadlines { check_interval, ..deadlines(name, Duration::ZERO) };
            let serving = serve(app().deadlines(deadlines));
            let why = format!("{name}: {sent:?}");
            for _ in 0..3 {
                let mut client = serving.client();
                client.send(sent);
                if let Some(status) = status {
                    assert_eq!(client.answer().status, status, "{why}");
                }
                if ends {
                    let rest = client.rest();
                    assert!(rest.is_none_or(|rest| rest.is_empty()), "{why}");
                } else {
                    assert_eq!(client.get("/").status, 200, "{why}");
                }
            }
            assert_ends(serving, &why);
        }
    }
}

#[test]
fn connections_are_looked_after_a_thousand_times_a_second_at_most() {
    for handler in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
        let deadlines = Deadlines { check_interval: Duration::ZERO, handler, ..Deadlines::DEFAULT };
        let app = app().deadlines(deadlines).prepare().unwrap();
        let clock = Clock::manual();
        let mut driver = Driver::new(&app, clock.clone(), || {});
        let (began, mut turns) = (clock.now(), 0);
        driver.turn(began).open(Peer::Local, ());
        while clock.now() - began < Duration::from_millis(300) {
            clock.advance(driver.timeout().unwrap());
            driver.turn(clock.now()).look();
            turns += 1;
        }
        assert!((2..=302).contains(&turns), "{turns} turns in 300 ms");
    }
}

#[test]
fn the_grace_may_be_of_any_length() {
    for grace in LONG {
        let serving = serve(app().grace(grace));
        let mut busy = serving.client();
        assert_eq!(busy.get("/").status, 200);
        busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(busy.is_silent_for(Duration::from_millis(100)), "it is at work");
        serving.handle.shut_down();
        assert_eq!(busy.answer().status, 200, "{grace:?}");
        busy.assert_closed();
        // The server waits for its peer to close, too.
        drop(busy);
        assert_eq!(serving.join(), Exit::Clean, "{grace:?}");
    }
    let serving = serve(app().grace(Duration::ZERO));
    let mut busy = serving.client();
    assert_eq!(busy.get("/").status, 200);
    busy.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(busy.is_silent_for(Duration::from_millis(100)));
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Cut);
}

#[test]
fn answers_may_wait_for_others_for_any_time() {
    for age in LONG.map(Some).into_iter().chain([Some(Duration::ZERO), None]) {
        let serving = serve(app().flush_after(age));
        assert_serves(&serving, &format!("{age:?}"));
        assert_ends(serving, &format!("{age:?}"));
    }
}

type Set = fn(&mut Limits);

#[test]
fn a_limit_may_be_as_great_as_can_be_said() {
    let greatest: [(&str, Set); 11] = [
        ("request_line", |limits| limits.request_line = u32::MAX),
        ("head", |limits| limits.head = u32::MAX),
        ("fields", |limits| limits.fields = u32::MAX),
        ("content", |limits| limits.content = u64::MAX),
        ("requests_in_flight", |limits| limits.requests_in_flight = usize::MAX),
        ("held", |limits| limits.held = usize::MAX),
        ("drain", |limits| limits.drain = usize::MAX),
        ("connections", |limits| limits.connections = usize::MAX),
        ("requests_per_connection", |limits| limits.requests_per_connection = u32::MAX),
        ("blocking_queue", |limits| limits.blocking_queue = usize::MAX),
        ("tasks", |limits| limits.tasks = usize::MAX),
    ];
    let mut all = Limits::DEFAULT;
    for (name, set) in greatest {
        let mut limits = Limits::DEFAULT;
        set(&mut limits);
        set(&mut all);
        let serving = serve(app().limits(limits));
        assert_serves(&serving, name);
        assert_ends(serving, name);
    }
    let serving = serve(app().limits(all));
    assert_serves(&serving, "all");
    // What is only announced is no memory.
    for target in ["/echo", "/nowhere"] {
        for rest in [
            "Content-Length: 18446744073709551615\r\n\r\nsome of it",
            "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nsome of it",
        ] {
            let mut client = serving.client();
            client.send(format!("POST {target} HTTP/1.1\r\nHost: a\r\n{rest}"));
            assert_serves(&serving, rest);
        }
    }
    // A head longer than a read, whose end is to be found.
    let mut client = serving.client();
    client.send(format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(300_000)));
    assert_eq!(client.answer().status, 200);
    drop(client);
    serving.handle.shut_down();
    serving.join();
}

#[test]
fn a_limit_of_nothing_refuses_requests_and_ends_no_server() {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let none: [(&str, Set, &str, u16); 9] = [
        ("request_line", |limits| limits.request_line = 0, get, 414),
        ("head", |limits| limits.head = 0, get, 431),
        ("fields", |limits| limits.fields = 0, get, 431),
        ("content", |limits| limits.content = 0, get, 200),
        ("content", |limits| limits.content = 0, post, 413),
        ("requests_in_flight", |limits| limits.requests_in_flight = 0, post, 200),
        ("held", |limits| limits.held = 0, post, 200),
        ("drain", |limits| limits.drain = 0, post, 200),
        ("requests_per_connection", |limits| limits.requests_per_connection = 0, post, 200),
    ];
    for (name, set, sent, status) in none {
        let mut limits = Limits::DEFAULT;
        set(&mut limits);
        let serving = serve(app().limits(limits));
        for _ in 0..3 {
            let mut client = serving.client();
            assert_eq!(client.send(sent).answer().status, status, "{name}");
            if status != 200 || name == "requests_per_connection" {
                client.assert_closed();
            } else {
                client.send(sent.repeat(20));
                assert!(client.answers(20).iter().all(|answer| answer.status == 200), "{name}");
            }
        }
        assert_ends(serving, name);
    }
    let serving = serve(app().limits(Limits { connections: 0, ..Limits::DEFAULT }));
    let mut client = serving.client();
    client.send(get);
    assert!(client.is_silent_for(Duration::from_millis(250)), "nobody is accepted");
    assert_ends(serving, "connections");
}

#[test]
fn there_may_be_any_number_of_threads_that_block() {
    for threads in [0, 1, usize::MAX] {
        let serving = serve(app().blocking_threads(threads));
        let mut client = serving.client();
        client.send("GET /blocking HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
        assert!(client.answers(50).iter().all(|answer| answer.text() == "blocking"), "{threads}");
        assert_serves(&serving, &threads.to_string());
    }
}

#[test]
fn a_number_of_workers_that_can_not_be_had_is_refused() {
    for workers in [0, 1025, 100_000, usize::MAX] {
        let error = app().workers(workers).bind("127.0.0.1:0").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), format!("{workers} workers: there can be 1 to 1024"));
    }
}

/// What a thread of this process has spent on processors, as the kernel counts it on Linux: in hundredths of a second.
#[cfg(target_os = "linux")]
mod spent {
    use std::fs;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::*;

    fn of_thread(thread: &str) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{thread}/stat")).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        // utime and stime, proc_pid_stat(5).
        let ticks = fields.split_whitespace().skip(11).take(2);
        ticks.map(|ticks| Duration::from_millis(10 * ticks.parse::<u64>().unwrap())).sum()
    }

    #[test]
    fn a_worker_with_nothing_to_do_spends_nothing() {
        let every = |time| Deadlines { check_interval: time, ..Deadlines::DEFAULT };
        let none = Limits { connections: 0, ..Limits::DEFAULT };
        let full = Limits { connections: 1, ..Limits::DEFAULT };
        for (why, app) in [
            ("looks at all times", app().deadlines(every(Duration::ZERO))),
            ("looks never", app().deadlines(every(Duration::MAX))),
            ("may have no connection", app().limits(none)),
            ("may have one connection", app().limits(full)),
            ("keeps no answer", app().flush_after(Some(Duration::ZERO))),
        ] {
            let thread = Arc::new(Mutex::new(String::new()));
            let of_worker = thread.clone();
            let serving = serve(app.on_start(move |_| {
                let path = fs::read_link("/proc/thread-self").unwrap();
                *of_worker.lock().unwrap() = path.to_str().unwrap().to_owned();
            }));
            let (mut one, _other) = (serving.client(), serving.client());
            if why != "may have no connection" {
                assert_eq!(one.get("/").status, 200);
            }
            crate::serving::wait_until(|| !thread.lock().unwrap().is_empty());
            let thread = thread.lock().unwrap().clone();
            let before = of_thread(&thread);
            std::thread::sleep(Duration::from_millis(300));
            let spent = of_thread(&thread) - before;
            assert!(spent < Duration::from_millis(100), "{why}: {spent:?} of 300 ms");
        }
    }
}
