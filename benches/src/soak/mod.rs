//! A soak: a server in a process of its own, clients of all kinds, every answer compared, and a look at the server's
//! descriptors, threads and memory each second. Beside it a `siege` of the program `rajada`. It ends by itself.

mod client;
mod clients;
mod options;
mod serve;
mod siege;
mod tally;
mod watch;

use crate::say::{self, aside};
use std::ffi::OsString;
use std::io::Read;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::report::quiet_build;
use client::Client;
use options::{Command, Options};
use serve::Server;
use tally::Tally;
use watch::{Figures, Watched};

/// The program `soak`.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let options = match Options::parse(arguments) {
        Ok(Command::Serve) => return serve::main(),
        Ok(Command::Soak(options)) => options,
        Ok(Command::Tell(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            aside!("soak: {error}\nTry `soak --help`.");
            return ExitCode::from(2);
        }
    };
    if options.build
        && let Err(error) = quiet_build(&["-p", "rajada-mio", "--bin", "rajada"])
    {
        aside!("soak: {error}");
        return ExitCode::FAILURE;
    }
    let tally = Tally::default();
    let mut found = Vec::new();
    let siege = thread::scope(|scope| {
        let siege = scope.spawn(|| siege::run(&options));
        for round in 0..=options.restarts {
            match soak(&options, u64::from(round), &tally) {
                Ok(watched) => say::announce(format_args!("{watched}")),
                Err(error) => found.push(error),
            }
        }
        siege.join().unwrap_or_else(|_| Err("the siege panicked".to_owned()))
    });
    println!("{tally}");
    found.extend(tally.faults());
    match siege {
        Ok(siege) => {
            println!("\n{siege}");
            found.extend(siege.faults());
        }
        Err(error) => found.push(error),
    }
    println!("{} faults", found.len());
    for fault in found.iter().take(20) {
        aside!("soak: {fault}");
    }
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long after the last client everything of a connection must be gone: longer than any deadline of the server.
const QUIET: Duration = Duration::from_millis(2500);

/// One server, from its start to its end.
fn soak(options: &Options, round: u64, tally: &Tally) -> Result<Watched, String> {
    let mut server = Server::start()?;
    let address = server.address();
    // What is there only once: a buffer, a thread.
    let mut first = Client::connect(address).map_err(|error| error.to_string())?;
    let asked = first.ask_one("/").and_then(|()| first.answers());
    asked.map_err(|error| format!("the first request: {error}"))?;
    drop(first);
    thread::sleep(Duration::from_millis(200));
    let begin = Figures::of(server.pid())?;
    let stop = AtomicBool::new(false);
    let lasts = options.lasts / (options.restarts + 1);
    let mut watched = thread::scope(|scope| {
        for number in 0..options.clients {
            let (stop, seed) = (&stop, round * 1000 + number as u64 + 1);
            scope.spawn(move || clients::run(address, seed, stop, tally));
        }
        let watched = watch::during(server.pid(), begin, lasts);
        stop.store(true, Ordering::Relaxed);
        watched
    })?;
    thread::sleep(QUIET);
    watched.end = Figures::of(server.pid())?;
    say_goodbye(&mut server)?;
    watched.judge()?;
    Ok(watched)
}

/// At SIGTERM who waits is answered, who is idle is left, and the server ends as if nothing had been lost.
fn say_goodbye(server: &mut Server) -> Result<(), String> {
    let text = |error: std::io::Error| format!("at the end: {error}");
    let mut waits = Client::connect(server.address()).map_err(text)?;
    let mut idle = Client::connect(server.address()).map_err(text)?;
    idle.ask_one("/").and_then(|()| idle.answers()).map_err(text)?;
    waits.ask_one("/delay/1200").map_err(text)?;
    // It should have been read by then, however busy the siege keeps this machine.
    thread::sleep(Duration::from_millis(800));
    let began = Instant::now();
    server.terminate()?;
    idle.end().map_err(text)?;
    waits.answers().map_err(text)?;
    waits.end().map_err(text)?;
    let (code, mut said) = server.wait(Duration::from_secs(10))?;
    if code != Some(0) {
        let mut text = String::new();
        let _ = said.read_to_string(&mut text);
        return Err(format!("the server ended with {code:?} after {:?}: {text}", began.elapsed()));
    }
    Ok(())
}
