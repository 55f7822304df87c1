//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

/// What to measure.
pub(super) struct Options {
    /// Those that take part beside Rajada and the null echo; all, if none is named.
    pub(super) contestants: Vec<String>,
    /// How long a turn is measured.
    pub(super) turn: Duration,
    pub(super) rounds: usize,
    pub(super) sockets: usize,
    /// Messages that are sent to all sockets, one after another.
    pub(super) messages: usize,
    pub(super) record: Option<PathBuf>,
    /// It fails if Rajada exceeds its bounds.
    pub(super) check: bool,
    /// As it was given.
    pub(super) line: String,
}

/// What to assert.
pub(super) struct Crowd {
    pub(super) sockets: usize,
    pub(super) seconds: f64,
    /// Messages to all in a second.
    pub(super) rate: f64,
    /// Octets of a message.
    pub(super) size: usize,
    /// Write the figures down there.
    pub(super) record: Option<PathBuf>,
    /// As it was given.
    pub(super) line: String,
}

/// Who serves, and where.
pub(super) struct Serve {
    pub(super) name: String,
    pub(super) address: SocketAddr,
    /// What the null echo expects: octets of a message, and messages in a burst.
    pub(super) size: usize,
    pub(super) depth: usize,
}

pub(super) enum Command {
    Study(Options),
    Crowd(Crowd),
    Serve(Serve),
    /// Print this and end.
    Tell(&'static str),
}

const HELP: &str = "\
Measures servers of WebSockets in turn: processor time for an echo, octets of resident memory for an idle socket, and how long
it takes until the last one has a message that is sent to all. `report build-peers` builds those beside Rajada.

Usage: websocket [OPTIONS]
       websocket crowd [OPTIONS]

Options:
  --contestants A,B  Peers that take part, or none [default: all that were built]
  --turn SECONDS     How long a turn of echoes is measured [default: 2]
  --rounds N         Turns of each server [default: 3]
  --sockets N        Sockets that are idle at once [default: 10000]
  --messages N       Messages that are sent to all sockets [default: 20]
  --record FILE      Write the figures down, as a page
  --check            Fail if an echo of Rajada's, 16 in flight, takes more than 1.3 times the processor of the null echo's, or
                     an idle socket more than 512 octets; for a machine that does nothing else
  --help             Print this

`crowd` sends messages to many sockets of Rajada, a tenth of which never reads. The others must miss nothing, and those be closed by the bound
on their backlog; what that takes in memory must stay within its bounds.

Options of `crowd`:
  --sockets N        Sockets at once [default: 10000]
  --seconds S        How long [default: 60]
  --a-second R       Messages to all in a second [default: 1]
  --size N           Octets of a message [default: 8192]
  --record FILE      Write the figures down, as a page
";

pub(super) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let arguments: Vec<OsString> = arguments.collect();
    let line = arguments.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
    match arguments.first().and_then(|first| first.to_str()) {
        Some("crowd") => crowd(Parser::from_args(arguments[1..].iter()), line),
        Some("serve") => serve(Parser::from_args(arguments[1..].iter())),
        _ => study(Parser::from_args(arguments), line),
    }
}

fn study(mut parser: Parser, line: String) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        contestants: Vec::new(),
        turn: Duration::from_secs(2),
        rounds: 3,
        sockets: 10_000,
        messages: 20,
        record: None,
        check: false,
        line,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("contestants") => {
                let names = parser.value()?.string()?;
                options.contestants = names.split(',').map(str::to_owned).collect();
            }
            Arg::Long("turn") => options.turn = parser.value()?.parse_with(seconds)?,
            Arg::Long("rounds") => options.rounds = parser.value()?.parse_with(count)?,
            Arg::Long("sockets") => options.sockets = parser.value()?.parse_with(count)?,
            Arg::Long("messages") => options.messages = parser.value()?.parse_with(count)?,
            Arg::Long("check") => options.check = true,
            Arg::Long("record") => options.record = Some(parser.value()?.into()),
            Arg::Long("help") => return Ok(Command::Tell(HELP)),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Study(options))
}

fn crowd(mut parser: Parser, line: String) -> Result<Command, lexopt::Error> {
    let mut options =
        Crowd { sockets: 10_000, seconds: 60.0, rate: 1.0, size: 8192, record: None, line };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("sockets") => options.sockets = parser.value()?.parse_with(count)?,
            Arg::Long("seconds") => {
                options.seconds = parser.value()?.parse_with(seconds)?.as_secs_f64();
            }
            Arg::Long("a-second") => options.rate = parser.value()?.parse()?,
            Arg::Long("size") => options.size = parser.value()?.parse_with(count)?,
            Arg::Long("record") => options.record = Some(parser.value()?.into()),
            Arg::Long("help") => return Ok(Command::Tell(HELP)),
            other => return Err(other.unexpected()),
        }
    }
    if options.rate.is_finite() && options.rate > 0.0 {
        Ok(Command::Crowd(options))
    } else {
        Err("--a-second: messages in a second are wanted".into())
    }
}

/// (Only the program itself asks for it.)
fn serve(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut serve = Serve { name: String::new(), address, size: 40, depth: 1 };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(name) => serve.name = name.string()?,
            Arg::Long("listen") => serve.address = parser.value()?.parse()?,
            Arg::Long("size") => serve.size = parser.value()?.parse()?,
            Arg::Long("depth") => serve.depth = parser.value()?.parse_with(count)?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Serve(serve))
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "a count is wanted".into())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| !time.is_zero()).ok_or_else(|| "seconds are wanted".into())
}
