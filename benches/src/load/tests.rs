//! Whole runs against a server of a few lines that keeps to a script.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Load, Report, run, shape};

const ANSWER: &str =
    "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nok";

/// What the server does for the request of this number: its answer, or nothing to close the connection.
type Script = dyn Fn(usize) -> Option<String> + Send + Sync;

/// A server that works as long as the test's process does.
fn server(script: impl Fn(usize) -> Option<String> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (script, number) = (Arc::new(script), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (script, number) = (Arc::clone(&script), Arc::clone(&number));
            std::thread::spawn(move || serve(stream, &*script, &number));
        }
    });
    address
}

/// Answers each empty line, as many of them in one write as were in one read.
fn serve(mut stream: TcpStream, script: &Script, number: &AtomicUsize) {
    let (mut buffer, mut rest) = ([0; 4096], Vec::new());
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        rest.extend_from_slice(&buffer[..count]);
        let mut answers = String::new();
        while let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            rest.drain(..end + 4);
            match script(number.fetch_add(1, Ordering::Relaxed)) {
                Some(answer) => answers += &answer,
                None => {
                    let _ = stream.write_all(answers.as_bytes());
                    return;
                }
            }
        }
        if stream.write_all(answers.as_bytes()).is_err() {
            return;
        }
    }
}

/// Three bursts of four in flight, for a short time.
fn load(address: SocketAddr) -> Load {
    Load {
        address,
        shape: "root".into(),
        requests: shape("root").unwrap().into(),
        websocket: None,
        connections: 3,
        depth: 4,
        measured: Duration::from_millis(200),
        warm_up: Duration::from_millis(20),
        threads: 1,
        rate: None,
        pid: None,
    }
}

fn run_with(script: impl Fn(usize) -> Option<String> + Send + Sync + 'static) -> Report {
    run(&load(server(script))).unwrap()
}

#[test]
fn right_answers_are_counted() {
    let report = run_with(|_| Some(ANSWER.into()));
    assert_eq!(report.errors.total(), 0);
    assert!(report.requests > 0);
    assert_eq!(report.requests, report.bursts * 4);
    // Bursts that are on their way at one end of the time and not at the other.
    let in_flight = 3 * 4 * ANSWER.len() as u64;
    assert!(report.octets_in.abs_diff(report.requests * ANSWER.len() as u64) <= in_flight);
    assert!(report.latency_us.min > 0.0 && report.latency_us.p99 >= report.latency_us.p50);
    assert!(report.first_answer_us.p50 > 0.0);
    assert!(report.first_answer_us.mean <= report.latency_us.mean);
    let rate = report.requests as f64 / report.seconds;
    assert!((report.requests_per_second - rate).abs() < 1.0);
    assert!(report.json().unwrap().contains("\"errors\":{\"connect\":0,\"read\":0"));
}

#[test]
fn bursts_that_are_larger_than_what_sockets_hold_get_through() {
    let load = Load { depth: 5000, ..load(server(|_| Some(ANSWER.into()))) };
    let report = run(&load).unwrap();
    assert_eq!(report.errors.total(), 0);
    assert_eq!(report.requests, report.bursts * 5000);
    // The first answer is there long before the last.
    assert!(report.first_answer_us.min < report.latency_us.min);
}

#[test]
#[cfg(target_os = "linux")]
fn json_has_the_names_that_others_read() {
    let load = Load {
        pid: Some(std::process::id()),
        rate: Some(100.0),
        ..load(server(|_| Some(ANSWER.into())))
    };
    let report: serde_json::Value =
        serde_json::from_str(&run(&load).unwrap().json().unwrap()).unwrap();
    let all = [
        "address connections depth threads seconds warmup mode rate requests requests_per_second bursts",
        "octets_in octets_out generator_cpu_us_per_request retransmitted lag_us.p99 backlog.0 backlog.4",
        "errors.connect errors.read errors.write errors.mismatch errors.status",
        "latency_us.min latency_us.p50 latency_us.p75 latency_us.p90 latency_us.p99 latency_us.p99_9",
        "latency_us.max latency_us.mean first_answer_us.p50",
        "server.pid server.user_us_per_request server.system_us_per_request server.cpu_us_per_request",
        "server.waited_us_per_request",
        "server.resident_before server.resident_after",
    ];
    for name in all.iter().flat_map(|names| names.split(' ')) {
        assert!(report.pointer(&format!("/{}", name.replace('.', "/"))).is_some(), "{name}");
    }
    assert_eq!((&report["mode"], &report["shape"]), (&"rate".into(), &"root".into()));
}

#[test]
fn threads_share_connections_and_bursts() {
    let load =
        Load { threads: 2, pid: Some(std::process::id()), ..load(server(|_| Some(ANSWER.into()))) };
    let report = run(&load).unwrap();
    assert_eq!((report.errors.total(), report.threads), (0, 2));
    assert!(report.requests > 0);
}

#[test]
fn a_date_may_differ_and_nothing_else() {
    let dated = |number: usize| ANSWER.replace(":37 ", &format!(":{} ", 10 + number % 50));
    assert_eq!(run_with(move |number| Some(dated(number))).errors.total(), 0);

    let wrong = |number| ANSWER.replace("ok", if number % 50 == 49 { "oK" } else { "ok" });
    let errors = run_with(move |number| Some(wrong(number))).errors;
    assert!(errors.mismatch > 0);
    assert_eq!(errors.total(), errors.mismatch);

    let refused = |number| ANSWER.replace("200 OK", if number == 9 { "503 No" } else { "200 OK" });
    let errors = run_with(move |number| Some(refused(number))).errors;
    assert_eq!((errors.status, errors.total()), (1, 1));
}

#[test]
fn answers_that_are_too_many_are_found() {
    let errors = run_with(|number| Some(ANSWER.repeat(if number == 20 { 2 } else { 1 }))).errors;
    assert_eq!((errors.mismatch, errors.total()), (1, 1));
}

#[test]
fn a_server_that_closes_is_reported_and_met_again() {
    let report = run_with(|number| (number % 100 != 99).then(|| ANSWER.into()));
    assert!(report.errors.read > 1, "{:?}", report.errors);
    assert_eq!(report.errors.mismatch, 0);
    assert!(report.requests > 0);
}

#[test]
fn a_burst_without_an_answer_is_an_error() {
    let errors =
        run_with(|number| Some(if number == 30 { String::new() } else { ANSWER.into() })).errors;
    // One of them lacks an answer; the burst behind it is never sent.
    assert_eq!((errors.read, errors.total()), (1, 1));
}

#[test]
fn what_has_no_server_is_not_measured() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(run(&load(address)).unwrap_err().contains("can't be connected to"));
    let refusing = server(|_| Some("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".into()));
    assert!(run(&load(refusing)).unwrap_err().contains("404 Not Found"));
    let gone = Load { pid: Some(u32::MAX), ..load(refusing) };
    assert!(run(&gone).unwrap_err().contains("no process"));
}

#[test]
fn a_rate_is_kept_and_a_stall_counts_for_all_that_were_due() {
    const STALL: Duration = Duration::from_millis(150);
    let begun = Instant::now();
    let stall = begun + Duration::from_millis(200);
    let address = server(move |number| {
        let into = Instant::now().checked_duration_since(stall);
        if number > 0
            && let Some(into) = into
        {
            std::thread::sleep(STALL.saturating_sub(into));
        }
        Some(ANSWER.into())
    });
    let load = Load { rate: Some(4000.0), measured: Duration::from_millis(500), ..load(address) };
    let report = run(&load).unwrap();
    assert_eq!(report.errors.total(), 0);
    assert!(report.requests_per_second < 6000.0, "{}", report.requests_per_second);
    // A thousand bursts a second: of 500 (fewer if the machine is busy), 150 were due in the stall, and waited for 75 ms on average. Counted
    // from when they were sent, all but three would look quick.
    assert!(report.latency_us.max >= 120e3, "{:?}", report.latency_us);
    assert!(report.latency_us.p90 >= 40e3, "{:?}", report.latency_us);
    assert!(report.latency_us.min < 20e3, "{:?}", report.latency_us);
    // That was not the generator's own lateness.
    assert!(report.lag_us.unwrap().p90 < 20e3);
    assert_eq!(report.backlog.len(), 5);
    // What is due at the very end is sent, not left out or counted as answered.
    assert!(report.latency_us.min > 2.0, "{:?}", report.latency_us);
}
