//! The command line.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

/// How to soak.
pub(super) struct Options {
    pub(super) lasts: Duration,
    pub(super) restarts: u32,
    pub(super) clients: usize,
}

/// What a command line asks for.
pub(super) enum Command {
    Soak(Options),
    /// Be the server.
    Serve,
    /// Print this and end.
    Tell(String),
}

const HELP: &str = "\
Serves clients of all kinds for a while: bursts, drips, uploads, streams, half-closed ones, those that vanish, that
are malformed, late, or don't read. Compares every answer, and looks whether the server's descriptors, threads or
memory grow, and whether it ends in order.

Usage: soak [OPTIONS]

Options:
  --seconds S    How long, in all [default: 300]
  --restarts N   End the server and start another one so many times [default: 0]
  --clients N    Threads that are a client each [default: 24]
  --help         Print this

Exit status: 0 if nothing was found, 1 if something was, 2 if the command line is wrong.
";

impl Options {
    pub(super) fn parse(
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Command, lexopt::Error> {
        let mut options = Options { lasts: Duration::from_secs(300), restarts: 0, clients: 24 };
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("seconds") => {
                    options.lasts = Duration::from_secs(parser.value()?.parse()?);
                }
                Arg::Long("restarts") => options.restarts = parser.value()?.parse()?,
                Arg::Long("clients") => options.clients = parser.value()?.parse()?,
                Arg::Long("serve") => return Ok(Command::Serve),
                Arg::Long("help") => return Ok(Command::Tell(HELP.to_owned())),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Command::Soak(options))
    }
}
