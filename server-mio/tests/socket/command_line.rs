//! What the program `rajada` is told, and what it says: on standard output and standard error in any state.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write, pipe};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::program::{BINARY, Program};
use crate::serving::wait_until;

/// What the program says and how it ends.
struct Told {
    status: ExitStatus,
    out: String,
    err: String,
}

fn tell(args: &[&str]) -> Told {
    let output = Command::new(BINARY).args(args).output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    Told { status: output.status, out: text(output.stdout), err: text(output.stderr) }
}

/// Asserts that the program refuses to serve, with this complaint on its first line.
#[track_caller]
fn assert_refused(args: &[&str], status: i32, complaint: &str) {
    let told = tell(args);
    assert_eq!(told.err.lines().next(), Some(&*format!("rajada: {complaint}")), "{args:?}");
    assert_eq!((told.status.code(), &*told.out), (Some(status), ""), "{args:?}");
}

/// What standard output or standard error can be.
#[derive(Debug, Clone, Copy)]
enum File {
    Null,
    /// Nothing more can be written.
    Full,
    /// A pipe whose reader is gone.
    Unread,
    Closed,
}

impl File {
    fn open(self) -> Stdio {
        match self {
            File::Full => OpenOptions::new().write(true).open("/dev/full").unwrap().into(),
            File::Unread => pipe().unwrap().1.into(),
            File::Null | File::Closed => Stdio::null(),
        }
    }

    /// What a shell does to it.
    fn redirection(self, number: u8) -> String {
        match self {
            File::Closed => format!(" {number}>&-"),
            _ => String::new(),
        }
    }
}

/// The program with these files.
fn with_files(out: File, err: File) -> Command {
    let script = format!("exec \"$0\" \"$@\"{}{}", out.redirection(1), err.redirection(2));
    let mut command = Command::new("sh");
    command.args(["-c", &script, BINARY]).stdout(out.open()).stderr(err.open());
    command
}

/// A server that does not say where it listens: on a port that was free a moment ago.
fn silent(command: &mut Command, args: &[&str]) -> Program {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let child = command.args(["--listen", &address.to_string()]).args(args).spawn().unwrap();
    let program = Program::silent(child, address);
    wait_until(|| TcpStream::connect(address).is_ok());
    program
}

/// Requests that lead to words on standard error, and others.
fn assert_serves(address: SocketAddr) {
    let mut client = Client::connect(address);
    for _ in 0..3 {
        for (target, status) in [("/", 200), ("/demo/error", 500), ("/demo/panic", 500)] {
            assert_eq!(client.get(target).status, status, "{target}");
        }
    }
}

#[test]
fn no_state_of_its_output_ends_a_server() {
    let files = [File::Null, File::Full, File::Unread, File::Closed];
    for (out, err) in files.into_iter().flat_map(|out| files.map(|err| (out, err))) {
        let mut program = silent(&mut with_files(out, err), &["--log", "trace"]);
        assert_serves(program.address);
        program.signal("-TERM");
        assert_eq!(program.exit_status(), Some(0), "{out:?}, {err:?}");
    }
}

/// As many octets as a pipe has room for on Linux.
#[cfg(target_os = "linux")]
const PIPE: usize = 64 * 1024;

#[test]
#[cfg(target_os = "linux")]
fn a_pipe_that_nobody_reads_keeps_no_worker_waiting() {
    let (mut reader, mut writer) = pipe().unwrap();
    writer.write_all(&[b'x'; PIPE]).unwrap();
    let mut command = Command::new(BINARY);
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut program = silent(&mut command, &[]);
    // It holds the file that the program was begun with.
    drop(command);
    let mut client = Client::connect(program.address);
    let burst = "GET /demo/error HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    for _ in 0..20 {
        client.send(&burst);
        assert!(client.answers(100).iter().all(|answer| answer.status == 500));
    }
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(client.get("/demo/panic").status, 500);
    }
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    assert_eq!(client.get("/").status, 200);
    // Read at last, it says what is missing.
    let mut lines = BufReader::new(&mut reader).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.ends_with(" lines were lost here")));
    // Stuck again, it does not keep the program from its end.
    let began = Instant::now();
    drop(client);
    program.signal("-TERM");
    assert_eq!(program.exit_status(), Some(0));
    assert!(began.elapsed() < PATIENCE);
}

#[test]
fn what_was_asked_for_and_can_t_be_written_is_an_error() {
    for question in ["--help", "-h", "--version", "-V"] {
        let mut command = with_files(File::Full, File::Null);
        let output = command.arg(question).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.starts_with("rajada: standard output can't be written: "), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        // Both full: nobody can be told, and the status says it.
        assert_eq!(
            with_files(File::Full, File::Full).arg(question).status().unwrap().code(),
            Some(1)
        );
        // What others die of in silence when a pipe is read no longer.
        let mut command = with_files(File::Unread, File::Null);
        let output = command.arg(question).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.signal(), &*output.stderr), (Some(13), &b""[..]));
        assert_eq!(
            with_files(File::Closed, File::Null).arg(question).status().unwrap().code(),
            Some(0)
        );
    }
}

#[test]
fn errors_that_can_t_be_told_are_statuses() {
    for err in [File::Full, File::Unread, File::Closed] {
        let status =
            |args: &[&str]| with_files(File::Null, err).args(args).status().unwrap().code();
        assert_eq!(status(&["--nonsense"]), Some(2), "{err:?}");
        assert_eq!(status(&["--workers", "0"]), Some(2), "{err:?}");
        assert_eq!(status(&["--listen", "192.0.2.1:80"]), Some(1), "{err:?}");
    }
}

#[test]
fn help_and_version_have_short_names() {
    let help = tell(&["--help"]);
    assert_eq!((help.status.code(), &*help.err), (Some(0), ""));
    for option in [
        "--listen",
        "--workers",
        "--max-level",
        "--idle",
        "--grace",
        "--content",
        "--connections",
        "--flush-after",
        "--log",
        "--debug",
        "-h, --help",
        "-V, --version",
    ] {
        assert!(help.out.contains(&format!("  {option} ")), "{option}");
    }
    assert!(help.out.lines().all(|line| line.chars().count() <= 112), "{}", help.out);
    assert_eq!(tell(&["-h"]).out, help.out);
    let version = format!("rajada {}\n", env!("CARGO_PKG_VERSION"));
    for name in ["--version", "-V", "-Vh"] {
        assert_eq!((tell(&[name]).status.code(), tell(&[name]).out), (Some(0), version.clone()));
    }
}

#[test]
fn a_wrong_value_names_its_option_and_what_it_can_be() {
    let (most, word) = (u64::MAX, usize::MAX);
    let seconds = format!("seconds, from 0 to {most}");
    let levels = "scalar, swar, simd128, neon, sse4.2, avx2 or avx512";
    let logs = "off, error, warn, info, debug or trace";
    let address = "an address and a port, such as 127.0.0.1:8080";
    for (option, can_be, wrong) in [
        ("--workers", "from 1 to 1024", &["0", "1025", "100000", "-1", "x", "", "1.5"][..]),
        ("--connections", &format!("from 1 to {word}"), &["0", "many", "18446744073709551616"]),
        ("--grace", &seconds, &["x", "-1", "18446744073709551616", "10s"]),
        ("--idle", &seconds, &["x", "-1", "1e3"]),
        ("--content", &format!("octets, from 0 to {most}"), &["1k", "-1", "18446744073709551616"]),
        (
            "--flush-after",
            &format!("microseconds, from 0 to {most}, or never"),
            &["soon", "Never", "-1"],
        ),
        ("--max-level", levels, &["mmx", "AVX2", "sse4", "avx512 "]),
        ("--log", logs, &["loud", "WARN", "2"]),
        (
            "--listen",
            address,
            &["nonsense", "8080", ":8080", "[::1]", "::1:80", "a:65536", "a:", "http://a:80"],
        ),
    ] {
        for value in wrong {
            assert_refused(&[option, value], 2, &format!("{option} {value}: {can_be}"));
        }
        assert_refused(&[option], 2, &format!("{option}: its value is missing: {can_be}"));
        let joined = format!("{option}={}", wrong[0]);
        assert_refused(&[&joined], 2, &format!("{option} {}: {can_be}", wrong[0]));
    }
    // Another option is no value.
    assert_refused(&["--workers", "--debug"], 2, "--workers --debug: from 1 to 1024");
    assert_refused(&["--log", "a\nb\u{1b}[2J"], 2, &format!("--log a\\nb\\u{{1b}}[2J: {logs}"));
    let told = tell(&["--workers", "0"]);
    assert_eq!(told.err.lines().nth(1), Some("Try `rajada --help`."));
}

#[test]
fn options_and_arguments_that_nobody_knows_are_named() {
    for (args, complaint) in [
        (&["--nonsense"][..], "invalid option '--nonsense'"),
        (&["--nonsense=3"], "invalid option '--nonsense'"),
        (&["--debug", "-x"], "invalid option '-x'"),
        (&["-p", "80"], "invalid option '-p'"),
        (&["8080"], "unexpected argument \"8080\""),
        (&["--debug", "serve", "--help"], "unexpected argument \"serve\""),
        (&["--debug=yes"], "unexpected argument for option '--debug': \"yes\""),
    ] {
        assert_refused(args, 2, complaint);
    }
}

#[test]
fn an_address_that_can_t_be_had_is_named() {
    let taken = Program::with(&["--workers", "2"]);
    let address = taken.address.to_string();
    for workers in ["1", "2", "3"] {
        let told = tell(&["--listen", &address, "--workers", workers]);
        let expected = format!("rajada: {address} can't be listened on: Address already in use");
        assert!(told.err.starts_with(&expected), "{}", told.err);
        assert_eq!((told.status.code(), &*told.out), (Some(1), ""));
    }
    assert_eq!(Client::connect(taken.address).get("/").status, 200);
    for (listen, begin) in [
        ("192.0.2.1:80", "192.0.2.1:80 can't be listened on: "),
        ("[2001:db8::1]:80", "[2001:db8::1]:80 can't be listened on: "),
        ("no-such-host.invalid:80", "no-such-host.invalid:80 can't be found: "),
    ] {
        let told = tell(&["--listen", listen]);
        assert!(told.err.starts_with(&format!("rajada: {begin}")), "{}", told.err);
        assert_eq!(told.status.code(), Some(1));
    }
    // A name is told with its addresses.
    let named = format!("localhost:{}", taken.address.port());
    let told = tell(&["--listen", &named]);
    if told.status.code() == Some(1) {
        assert!(told.err.starts_with(&format!("rajada: {named}: ")), "{}", told.err);
        assert!(told.err.contains(&format!("{address} can't be listened on: ")), "{}", told.err);
    }
}

/// What a server logs of requests, until it ends.
fn logged(args: &[&str], requests: &[&str]) -> Vec<String> {
    logged_with_backtrace("0", args, requests)
}

fn logged_with_backtrace(backtrace: &str, args: &[&str], requests: &[&str]) -> Vec<String> {
    let (mut reader, writer) = pipe().unwrap();
    let mut program = {
        let mut command = Command::new(BINARY);
        command.args(["--listen", "127.0.0.1:0"]).args(args).stderr(writer);
        command.env("RUST_BACKTRACE", backtrace).env_remove("RUST_LIB_BACKTRACE");
        Program::start(&mut command)
    };
    for request in requests {
        let mut client = Client::connect(program.address);
        client.send(request).answer();
    }
    program.signal("-TERM");
    assert_eq!(program.exit_status(), Some(0));
    let mut log = String::new();
    reader.read_to_string(&mut log).unwrap();
    log.lines().map(str::to_owned).collect()
}

/// The level and the text of a line, behind its time.
fn parts(line: &str) -> (&str, &str) {
    let (time, rest) = line.split_once(" GMT ").expect(line);
    assert_eq!(time.len(), "Sun, 06 Nov 1994 08:49:37".len(), "{line}");
    rest.split_once(": ").expect(line)
}

const FAILS: &str = "GET /demo/error HTTP/1.1\r\nHost: a\r\n\r\n";
const PANICS: &str = "GET /demo/panic HTTP/1.1\r\nHost: a\r\n\r\n";
const MISTAKEN: &str = "GET /delay/so%0bon HTTP/1.1\r\nHost: a\r\n\r\n";
const OFFENDS: &str = "GET / HTTP/1.1\r\nHost : a\r\n\r\n";
const FINE: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_500_leaves_a_line_with_time_and_level() {
    let lines = logged(&[], &[FINE, FAILS, MISTAKEN, OFFENDS, FINE]);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let (level, text) = parts(line);
    assert_eq!(level, "ERROR");
    assert!(text.starts_with("127.0.0.1:"), "{line}");
    let expected = ": GET /demo/error 500: No such file or directory (os error 2)";
    assert!(text.ends_with(expected), "{line}");
}

#[test]
fn a_panic_is_told_with_its_place() {
    let lines = logged(&[], &[PANICS]);
    let texts: Vec<_> = lines.iter().map(|line| parts(line)).collect();
    let [("ERROR", place), ("ERROR", what)] = &texts[..] else { panic!("{lines:?}") };
    assert!(
        place.starts_with("thread rajada-0 panicked at ") && place.contains("tour.rs:"),
        "{place}"
    );
    assert!(place.ends_with(": on purpose, at /demo/panic"), "{place}");
    assert_eq!(*what, "a handler panicked: on purpose, at /demo/panic");
    let traced = logged_with_backtrace("1", &[], &[PANICS]);
    assert!(traced.len() > 10, "{traced:?}");
    assert!(traced.iter().all(|line| parts(line).0 == "ERROR"), "{traced:?}");
}

#[test]
fn the_level_of_what_is_logged_is_an_option() {
    let all = [FINE, FAILS, MISTAKEN, OFFENDS, PANICS];
    assert_eq!(logged(&["--log", "off"], &all), Vec::<String>::new());
    for level in ["error", "warn"] {
        let lines = logged(&["--log", level], &all);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines.iter().all(|line| parts(line).0 == "ERROR"), "{lines:?}");
    }
    let lines = logged(&["--log", "info"], &all);
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(parts(&lines[3]), ("INFO", "signal 15"));
    for level in ["debug", "trace"] {
        let lines = logged(&["--log", level], &all);
        let debug: Vec<_> =
            lines.iter().map(|line| parts(line)).filter(|(at, _)| *at == "DEBUG").collect();
        // A mistake of a client is one line, whatever octets it has; an offence names its peer.
        assert!(debug.iter().any(|(_, text)| text.contains("400: invalid digit")), "{lines:?}");
        assert!(debug.iter().any(|(_, text)| text.starts_with("127.0.0.1:")), "{lines:?}");
    }
}

#[test]
fn a_server_ends_at_once_when_its_log_is_in_order() {
    let mut program = Program::with(&[]);
    assert_eq!(Client::connect(program.address).get("/").status, 200);
    let began = Instant::now();
    program.signal("-TERM");
    assert_eq!(program.exit_status(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
