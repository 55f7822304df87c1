//! What a request more in a burst costs in instructions, counted by callgrind in process: the difference of bursts of
//! two lengths, so that neither the start counts nor what the test client does once a burst. The figures mean something
//! in a release build, and are compared with the record there:
//!
//! ```sh
//! cargo test --release -p rajada-mio --test instructions -- --nocapture
//! ```

mod record;
mod routes;

use std::process::Command;

use rajada_mio::{App, Clock, Level, OwnedRequest, Request, Response, TestClient};

/// Where the runs under the counter find what to do: a target, a number of bursts, and how many requests each has.
const TASK: &str = "RAJADA_COUNTED_TASK";

/// Requests in the bursts that are compared. The answers to the longer one are copied by fewer than 4,096 octets: glibc
/// has an instruction for more that is counted as one for each octet.
const DEPTHS: [usize; 2] = [4, 20];

/// The work that is counted: this test under callgrind, with a task.
#[test]
fn workload() {
    let Ok(task) = std::env::var(TASK) else { return };
    let task: Vec<&str> = task.split(' ').collect();
    let &[target, bursts, depth] = task.as_slice() else { panic!("{task:?}") };
    let app = App::new()
        // Valgrind knows no AVX-512.
        .max_level(Level::Avx2)
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .get("/header", |req: &Request<'_>| match req.header("accept") {
            Some(_) => "Hello world!",
            None => "no header",
        })
        .get("/ready", |_: OwnedRequest| async { "Hello world!" })
        .post("/echo", |req: &Request<'_>, res: &mut Response<'_>| res.bytes(req.bytes()));
    let method = if target == "/echo" { "POST" } else { "GET" };
    let content = if method == "POST" {
        "Content-Length: 64\r\n\r\n".to_owned() + &"x".repeat(64)
    } else {
        "\r\n".into()
    };
    let burst =
        format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n{content}")
            .repeat(depth.parse().unwrap());
    // Time stands still: how often the clock is looked at does not depend on how fast the counter is.
    let mut client = TestClient::with_clock(app, Clock::manual());
    let mut received = Vec::new();
    for _ in 0..bursts.parse().unwrap() {
        received.clear();
        client.exchange(burst.as_bytes(), &mut received);
        assert!(received.starts_with(b"HTTP/1.1 200"));
    }
}

/// Instructions a request; `None` without valgrind.
fn count(target: &str) -> Option<u64> {
    // Without optimisation a request takes many times more, and the figure tells little.
    let bursts = if cfg!(debug_assertions) { 10 } else { 250 };
    let instructions =
        |depth: usize| instructions("workload", &format!("{target} {bursts} {depth}"));
    let [short, long] = DEPTHS;
    let more = instructions(long)? - instructions(short)?;
    let requests = bursts * (long - short) as u64;
    Some((more + requests / 2) / requests)
}

/// Instructions of a test of this program that finds its task in its environment; `None` without valgrind.
fn instructions(test: &str, task: &str) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["--exact", test, "--test-threads=1"])
        .env(TASK, task)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let line = text.lines().find(|line| line.contains("Collected : "))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// What is counted, in the order of the record's columns.
const TARGETS: [&str; 5] = ["/", "/header", "/user/4711", "/ready", "/echo"];

#[test]
fn requests_cost_what_they_did_and_a_header_only_those_who_read_it() {
    if count(TARGETS[0]).is_none() {
        println!("skipped: valgrind is not here");
        return;
    }
    let counts = TARGETS.map(|target| count(target).unwrap());
    println!("instructions a request more in a burst: {TARGETS:?} {counts:?}");
    let [plain, header, ..] = counts;
    assert!(plain < header, "{plain} without looking, {header} with");
    record::compare(&counts);
}
