//! The binary `rajada`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::traced::{Traced, call};

/// A running `rajada`, by itself or under a tracer.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    greeting: String,
}

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_rajada");

impl Program {
    pub(crate) fn start(command: &mut Command) -> Program {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut greeting = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.strip_prefix("listening on http://").expect(&greeting);
        let address = address.split(' ').next().unwrap().parse().unwrap();
        Program { child, address, greeting }
    }

    pub(crate) fn with(args: &[&str]) -> Program {
        Program::start(Command::new(BINARY).args(["--listen", "127.0.0.1:0"]).args(args))
    }

    /// One that was started, and has not said where it listens.
    pub(crate) fn silent(child: Child, address: SocketAddr) -> Program {
        Program { child, address, greeting: String::new() }
    }

    pub(crate) fn signal(&self, signal: &str) {
        signal_process(self.child.id(), signal);
    }

    pub(crate) fn exit_status(&mut self) -> Option<i32> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the program does not end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn signal_process(process: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

#[test]
fn one_line_says_where_and_how_it_serves() {
    let program = Program::with(&["--workers", "2", "--max-level", "scalar"]);
    assert_ne!(program.address.port(), 0);
    assert!(program.greeting.ends_with("(2 workers, scalar)\n"), "{}", program.greeting);
}

#[test]
fn its_routes_answer() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    for (target, text) in [
        ("/", "Hello world!"),
        ("/async", "Hello async!"),
        ("/ready", "Hello async!"),
        ("/delay/20", "20"),
        ("/user/caf%c3%a9", "café"),
    ] {
        let answer = client.get(target);
        assert_eq!((answer.status, answer.text()), (200, text));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("content-length"), Some(&*text.len().to_string()));
        assert_eq!(answer.header("date").map(str::len), Some(29));
    }
    for target in ["/", "/echo"] {
        assert_eq!(client.post(target, "text/plain", "back").text(), "back");
    }
    assert_eq!(client.get("/delay/soon").status, 400);
}

#[test]
fn its_demo_page_lists_what_works() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    let page = client.get("/demo/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let links = page
        .text()
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
    let links: Vec<_> = links.collect();
    assert!(links.len() > 10);
    for link in links {
        let expected = match link.as_str() {
            "/demo/nothing-here" => 404,
            "/demo/error" | "/demo/panic" => 500,
            "/demo/timeout" => 504,
            "/demo/redirect" => 303,
            _ => 200,
        };
        let answer = client.get(&link);
        assert_eq!(answer.status, expected, "{link}");
        assert_eq!(answer.header("x-demo").is_some(), link.starts_with("/demo/"), "{link}");
    }
    let form =
        client.post("/demo/form", "application/x-www-form-urlencoded", "name=%3Ca%3E&drink=tea");
    assert_eq!(form.text(), "<p>&lt;a&gt; would like tea.");
    let length = client.post("/demo/json", "application/json", "{\"x\": 3, \"y\": 4}");
    assert_eq!(length.text(), "{\"length\":5.0}");
}

#[test]
fn options_may_be_as_great_as_can_be_said() {
    let (most, word) = (u64::MAX.to_string(), usize::MAX.to_string());
    for args in [
        ["--grace", &most],
        ["--idle", &most],
        ["--idle", "0"],
        ["--flush-after", &most],
        ["--flush-after", "0"],
        ["--connections", &word],
        ["--connections", "1"],
        ["--content", &most],
    ] {
        let mut program = Program::with(&args);
        for _ in 0..2 {
            let mut client = Client::connect(program.address);
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(24));
            assert!(client.answers(24).iter().all(|answer| answer.status == 200), "{args:?}");
            assert_eq!(client.post("/echo", "text/plain", "back").text(), "back", "{args:?}");
        }
        program.signal("-TERM");
        assert_eq!(program.exit_status(), Some(0), "{args:?}");
    }
}

#[test]
fn a_signal_ends_it_cleanly_and_a_second_one_at_once() {
    for signal in ["-INT", "-TERM"] {
        let mut program = Program::with(&[]);
        let mut idle = Client::connect(program.address);
        assert_eq!(idle.get("/").status, 200);
        program.signal(signal);
        assert_eq!(program.exit_status(), Some(0));
        idle.assert_closed();
    }
    let mut program = Program::with(&[]);
    let mut busy = Client::connect(program.address);
    busy.send("GET /delay/9000 HTTP/1.1\r\nHost: a\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    program.signal("-TERM");
    std::thread::sleep(Duration::from_millis(200));
    assert!(program.child.try_wait().unwrap().is_none(), "a busy connection has its grace");
    program.signal("-TERM");
    assert_eq!(program.exit_status(), Some(3));
}

/// The system calls that a server makes between two marks, of which it sees nothing but requests.
fn calls_of(bursts: usize, burst: &str, answers: usize) -> Option<Vec<String>> {
    // A busy machine makes pauses of a millisecond, in which ready answers would leave alone.
    let traced = Traced::start(&[], &["--flush-after", "never"])?;
    let mut client = Client::connect(traced.program.address);
    client.send(burst);
    client.answers(answers);
    std::thread::sleep(Duration::from_millis(100));
    client.send("GET /user/first-mark HTTP/1.1\r\nHost: a\r\n\r\n").answer();
    for _ in 0..bursts {
        client.send(burst);
        client.answers(answers);
    }
    client.send("GET /user/second-mark HTTP/1.1\r\nHost: a\r\n\r\n").answer();
    drop(client);
    let lines = traced.finish();
    // The mark's request is read, its answer written; what follows is ours.
    let mark = |text: &str, nth: usize| {
        lines.iter().enumerate().filter(|(_, line)| line.contains(text)).nth(nth).unwrap().0
    };
    let ours = &lines[mark("first-mark", 1) + 1..mark("second-mark", 0)];
    Some(ours.iter().map(|line| call(line).to_owned()).collect())
}

#[test]
fn a_burst_costs_one_read_and_one_write() {
    let burst = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(24);
    let Some(calls) = calls_of(3, &burst, 24) else { return };
    let count = |names: &[&str]| calls.iter().filter(|call| names.contains(&call.as_str())).count();
    assert_eq!(count(&["read", "recv", "recvfrom", "readv", "recvmsg"]), 3, "{calls:?}");
    assert_eq!(count(&["write", "send", "sendto", "writev", "sendmsg"]), 3, "{calls:?}");
    assert_eq!(count(&["epoll_ctl"]), 0, "{calls:?}");
    assert_eq!(count(&["clock_gettime", "gettimeofday", "time"]), 0, "{calls:?}");
    // One wait before each burst, and one before the mark behind them.
    assert_eq!(calls.len(), 3 + 3 + 4, "{calls:?}");
}
