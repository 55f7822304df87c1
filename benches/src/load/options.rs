//! The command line.

use std::ffi::OsString;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

use super::{Messages, shape};

/// What to do to a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Where it listens.
    pub address: SocketAddr,
    /// What the requests are called in reports.
    pub shape: String,
    /// One or more whole requests. A burst repeats them.
    pub requests: Vec<u8>,
    /// Messages instead of requests, over WebSocket.
    pub websocket: Option<Messages>,
    /// Connections, all open from the beginning.
    pub connections: usize,
    /// How often a burst repeats the requests.
    pub depth: usize,
    /// What is measured.
    pub measured: Duration,
    /// What goes before that.
    pub warm_up: Duration,
    /// Threads that the connections are shared among.
    pub threads: usize,
    /// Requests a second; as many as possible if there is none.
    pub rate: Option<f64>,
    /// The server's process, whose CPU and memory are looked at, with those of its descendants.
    pub pid: Option<u32>,
}

/// What a command line asks for.
#[derive(Debug)]
pub(super) enum Command {
    Load {
        load: Load,
        json: bool,
    },
    /// Print this and end.
    Tell(String),
}

const HELP: &str = "\
Loads an HTTP/1.1 server with pipelined requests, or one that echoes over WebSocket with messages; compares every octet of
its answers, and times them.

Usage: load ADDRESS [OPTIONS]

Options:
  --shape NAME          Requests: root, plaintext, user, ready or echo [default: root]
  --request-file PATH   Requests: the octets of this file, one or more whole requests
  --websocket           Messages to be echoed over WebSocket instead of requests
  --path PATH           Where they are echoed [default: /ws]
  --size N              Octets of a message [default: 40]
  --text                Messages of text, not of octets
  --connections N       Connections, all kept open [default: 100]
  --depth N             Send the requests so many times, or so many messages, in one write, and wait for all answers
                        [default: 24]
  --seconds S           Measure for so long [default: 4]
  --warmup S            Run for so long before that [default: 1]
  --threads N           Threads that share the connections [default: 1]
  --rate R              Send R requests a second on an even timetable, and count latency from it; without it,
                        each connection sends when its last burst is answered
  --pid PID             Show CPU and memory of this process and its descendants
  --json                Print one JSON object instead of text
  --allow-remote        Load an address that is not a loopback address
  --help                Print this

Answers must be those of the first connection, octet for octet, but for the value of Date. What isn't is counted as
an error, and the connection is opened anew. Latencies are those of bursts: from the write (or the time that the
timetable has for it) to the last octet. Pin server and generator to different processors: taskset -c 1 load ...

Exit status: 0 if there is something to report, errors or not; 1 if nothing could be measured.
";

/// # Errors
///
/// What is wrong with the command line, or with what it names.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut address = None;
    let mut remote = false;
    let mut json = false;
    let mut is_websocket = false;
    let mut messages = Messages { path: "/ws".into(), size: 40, text: false };
    let mut load = Load {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        shape: "root".into(),
        requests: shape::octets("root").unwrap_or_default().into(),
        connections: 100,
        depth: 24,
        measured: Duration::from_secs(4),
        warm_up: Duration::from_secs(1),
        threads: 1,
        websocket: None,
        rate: None,
        pid: None,
    };
    let mut parser = Parser::from_args(arguments);
    let mut read = || -> Result<bool, lexopt::Error> {
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("shape") => {
                    load.shape = parser.value()?.string()?;
                    let octets = shape::octets(&load.shape);
                    load.requests = octets
                        .ok_or_else(|| format!("--shape: one of {}", shape::NAMES.join(", ")))?
                        .into();
                }
                Arg::Long("request-file") => {
                    load.shape = parser.value()?.string()?;
                    load.requests = std::fs::read(&load.shape)
                        .map_err(|error| format!("{}: {error}", load.shape))?;
                }
                Arg::Long("websocket") => is_websocket = true,
                Arg::Long("path") => messages.path = parser.value()?.string()?,
                Arg::Long("size") => messages.size = parser.value()?.parse()?,
                Arg::Long("text") => messages.text = true,
                Arg::Long("connections") => load.connections = parser.value()?.parse_with(count)?,
                Arg::Long("depth") => load.depth = parser.value()?.parse_with(count)?,
                Arg::Long("seconds") => load.measured = parser.value()?.parse_with(positive)?,
                Arg::Long("warmup") => load.warm_up = parser.value()?.parse_with(duration)?,
                Arg::Long("threads") => load.threads = parser.value()?.parse_with(count)?,
                Arg::Long("rate") => load.rate = Some(parser.value()?.parse_with(rate)?),
                Arg::Long("pid") => load.pid = Some(parser.value()?.parse()?),
                Arg::Long("json") => json = true,
                Arg::Long("allow-remote") => remote = true,
                Arg::Long("help") | Arg::Short('h') => return Ok(false),
                Arg::Value(value) if address.is_none() => address = Some(value.string()?),
                other => return Err(other.unexpected()),
            }
        }
        Ok(true)
    };
    if !read().map_err(|error| format!("{error}; --help tells what there is"))? {
        return Ok(Command::Tell(HELP.into()));
    }
    let address = address.ok_or("which address? --help tells what there is")?;
    load.address = resolve(&address, remote)?;
    load.threads = load.threads.min(load.connections);
    load.websocket = is_websocket.then_some(messages);
    Ok(Command::Load { load, json })
}

/// An address with its port, with or without `http://` before it.
fn resolve(text: &str, remote: bool) -> Result<SocketAddr, String> {
    let bare = text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/');
    let mut addresses =
        bare.to_socket_addrs().map_err(|error| format!("{text} is no ADDRESS:PORT: {error}"))?;
    let address = addresses.next().ok_or_else(|| format!("{text} has no address"))?;
    if remote || address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("{address} is not on this machine; --allow-remote loads it nevertheless"))
    }
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "a count is wanted".into())
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "requests a second are wanted".into())
}

fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "seconds are wanted".into())
}

fn positive(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|time| match time.is_zero() {
        true => Err("more than nothing is wanted".into()),
        false => Ok(time),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(line: &str) -> Result<Load, String> {
        match parse(line.split(' ').map(OsString::from))? {
            Command::Load { load, .. } => Ok(load),
            Command::Tell(text) => Err(text),
        }
    }

    #[test]
    fn options_are_read() {
        let read = load(
            "http://127.0.0.1:80/ --shape echo --connections 2 --depth 3 --threads 8 --rate 1e6 --pid 7 --seconds 0.5 --warmup 0",
        );
        let read = read.unwrap();
        assert_eq!(read.address, SocketAddr::from(([127, 0, 0, 1], 80)));
        assert_eq!(
            (read.shape.as_str(), read.requests.as_slice()),
            ("echo", shape::octets("echo").unwrap())
        );
        assert_eq!((read.connections, read.depth, read.threads), (2, 3, 2));
        assert_eq!((read.rate, read.pid), (Some(1e6), Some(7)));
        assert_eq!((read.measured, read.warm_up), (Duration::from_millis(500), Duration::ZERO));
    }

    #[test]
    fn messages_are_read() {
        let read =
            load("127.0.0.1:80 --websocket --path /chat --size 0 --text --depth 16").unwrap();
        let messages = Messages { path: "/chat".into(), size: 0, text: true };
        assert_eq!((read.websocket, read.depth), (Some(messages), 16));
        let usual = Messages { path: "/ws".into(), size: 40, text: false };
        assert_eq!(load("127.0.0.1:80 --websocket").unwrap().websocket, Some(usual));
        assert_eq!(load("127.0.0.1:80").unwrap().websocket, None);
    }

    #[test]
    fn only_this_machine_is_loaded_unless_told_otherwise() {
        assert!(load("192.0.2.1:80").unwrap_err().contains("--allow-remote"));
        assert!(load("192.0.2.1:80 --allow-remote").is_ok());
        assert!(load("[::1]:80").is_ok());
    }

    #[test]
    fn what_is_wrong_is_told() {
        for line in [
            "--json",
            "127.0.0.1",
            "127.0.0.1:1 2",
            "127.0.0.1:1 --shape x",
            "127.0.0.1:1 --depth 0",
            "127.0.0.1:1 --rate 0",
            "127.0.0.1:1 --seconds 0",
            "127.0.0.1:1 --warmup -1",
            "127.0.0.1:1 --request-file /none",
            "127.0.0.1:1 --speed 1",
        ] {
            assert!(load(line).is_err(), "{line}");
        }
        assert_eq!(load("--help").unwrap_err(), HELP);
    }
}
