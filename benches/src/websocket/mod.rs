//! WebSockets: what an echo costs the server's processor, what an idle socket takes in memory, and how long it takes until the last of many has what
//! is sent to all. Rajada, a null echo and peers, each one worker and a process of its own; the clients are this process.
//!
//! The null echo is the practical limit: mio, a read, and as many prepared frames in one write as that read held. It parses nothing.
//!
//! `crowd` measures nothing, and asserts: many sockets get a message now and then, and some of them never read.

mod bounds;
mod clients;
mod control;
mod crowd;
mod echo;
mod field;
mod idle;
mod options;
mod record;
mod room;
mod serve;
mod study;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::say::exit;
use options::Command;

/// The program: measures, asserts, or is one of the servers.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let done = match options::parse(arguments) {
        Ok(Command::Serve(server)) => serve::serve(&server),
        Ok(Command::Study(options)) => study::run(&options),
        Ok(Command::Crowd(options)) => crowd::run(&options),
        Ok(Command::Tell(text)) => {
            print!("{text}");
            Ok(())
        }
        Err(error) => Err(format!("{error}; --help tells what there is")),
    };
    exit("websocket", done)
}
