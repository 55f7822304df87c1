//! The report: runs Rajada's server and others in turn under the load generator, looks for their faults, weighs their memory, and writes a
//! page, tables, charts and the raw data.
//!
//! ```sh
//! cargo run --release -p benches --bin report -- build-peers
//! cargo run --release -p benches --bin report
//! ```
//!
//! ```text
//!   build_peers --> launch (peers/build/peers.json)
//!                      |
//!   contestants --> field --> run --+-- probe, memory, calls, flush, profile, heads --> record --> summary --> goals
//!                                   '-- server + generator, round by round                  |
//!                                                                                  charts, pages --> files
//! ```
//!
//! Everything is compared with `null-mio` in the same round: the machine's speed drifts more than most servers differ. What comes at a fixed rate is
//! judged by `steady`: whether the server kept up, and whether the generator was in time. Not in scope: other
//! machines than Linux, and a network.

mod build_peers;
mod calls;
mod charts;
mod client;
mod command;
mod contestants;
mod echoes;
mod environment;
mod field;
mod flush;
mod generator;
mod goals;
mod heads;
mod launch;
mod memory;
mod options;
mod pages;
mod perf;
mod probe;
mod profile;
mod record;
mod run;
mod samples;
mod scenarios;
mod server;
mod steady;
mod summary;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::say::exit;
pub(crate) use build_peers::quiet_build;
pub(crate) use echoes::{Echo, echoes};
pub(crate) use environment::{Before, Machine, machine, now};
pub(crate) use generator::beside;
pub(crate) use launch::Launch;
pub(crate) use memory::most_files;
use options::Command;
pub(crate) use server::{Server, pin_clients};

/// The program `report`.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let words: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let command = format!("report {}", words.join(" "));
    let done = match options::parse(arguments.iter().cloned()) {
        Ok(Command::Run(options)) => run::run(&options, command.trim()),
        Ok(Command::Render { data, out, notes }) => pages::read(&data).and_then(|mut record| {
            if let Some(notes) = notes {
                record.notes = pages::text(&notes)?;
            }
            pages::write(&record, &out)
        }),
        Ok(Command::BuildPeers { names, install }) => build_peers::build_peers(&names, install),
        Ok(Command::SlowServer { address, flush_after }) => {
            flush::slow_server(&address, &flush_after)
        }
        Ok(Command::Tell(text)) => {
            print!("{text}");
            Ok(())
        }
        Err(complaint) => Err(complaint.to_string()),
    };
    exit("report", done)
}
