//! One application of axum under `axum::serve`, under hyper with its pipeline flush, and under Rajada; and the same answers
//! by native handlers. Each has one thread in a process of its own; they take turns, and the clients are this process.

mod answer;
mod options;
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
    exit("adapter", done)
}

/// Who serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contestant {
    /// `axum::serve`, with `TCP_NODELAY`.
    Axum,
    /// hyper with `pipeline_flush`, and with `TCP_NODELAY`.
    Hyper,
    /// `rajada_mio::serve`.
    Rajada,
    /// The same without extensions.
    Bare,
    /// Handlers of ours.
    Native,
}

impl Contestant {
    const ALL: [Contestant; 5] = [
        Contestant::Axum,
        Contestant::Hyper,
        Contestant::Rajada,
        Contestant::Bare,
        Contestant::Native,
    ];

    fn name(self) -> &'static str {
        match self {
            Contestant::Axum => "axum",
            Contestant::Hyper => "hyper",
            Contestant::Rajada => "rajada",
            Contestant::Bare => "bare",
            Contestant::Native => "native",
        }
    }
}
