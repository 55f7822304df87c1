//! Event streams: what each of many costs in memory, how long it takes until the last one has an event that is sent to all,
//! and what those cost that never read. Rajada and axum, each one worker and a process of its own, in turn; the clients are
//! this process.

mod clients;
mod options;
mod process;
mod record;
mod serve;
mod study;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::say::exit;
use options::Command;

/// The program: measures, or is one of the servers.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let done = match options::parse(arguments) {
        Ok(Command::Serve(server)) => serve::serve(server),
        Ok(Command::Study(options)) => study::run(&options),
        Ok(Command::Tell(text)) => {
            print!("{text}");
            Ok(())
        }
        Err(error) => Err(format!("{error}; --help tells what there is")),
    };
    exit("events", done)
}

/// Who serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contestant {
    Rajada,
    Axum,
}

impl Contestant {
    const ALL: [Contestant; 2] = [Contestant::Rajada, Contestant::Axum];

    fn name(self) -> &'static str {
        match self {
            Contestant::Rajada => "rajada",
            Contestant::Axum => "axum",
        }
    }
}
