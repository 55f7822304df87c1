//! The load generator: bursts of pipelined requests to one server, every octet of the answers compared, every burst timed.
//!
//! ```sh
//! taskset -c 0 target/release/rajada --listen 127.0.0.1:8080 &
//! taskset -c 1 cargo run --release -p benches --bin load -- 127.0.0.1:8080 --pid $!
//! ```
//!
//! To measure a fast server, a generator has to be faster. What is unusual happens once, before the clock runs: one connection sends the
//! requests, and the client's side of [`rajada_pipeline`] finds where the answers end and where their `Date` stands. From then on nothing is
//! parsed. The answers to a burst are known but for 29 octets each, so a read is compared with them by one `memcmp`; only if that fails are the
//! pieces between the dates compared, and a new date is taken over. A burst is one write.
//!
//! ```text
//!             learn ---- expected octets -----.
//!                                             v
//!   main --- thread --- poll --> read --> compare --> record latency --> write the next burst
//!        \-- thread ...                                                  (closed loop: at once; fixed rate: when it is due)
//!        `-- warm-up | measure | drain; /proc/PID at both ends of the second
//! ```
//!
//! **Closed loop**: each connection sends its next burst when the last is answered. What is found is the server's speed; latency says how long
//! a burst waits when all connections always want something. A thread that has had nothing for less than 50 µs does not wait, it looks again:
//! to wake it would take the server's time, for a generator that happens to be on the same machine.
//!
//! **Fixed rate** (`--rate`): bursts have a timetable, and latency counts from the time that the table says, even if the connection was still
//! busy then. So a pause of the server counts for all requests that would have come in it, not only for those that had been sent (the error
//! that is called coordinated omission). The generator must be in time itself, so it says how late it was: from when a burst was due and its
//! connection free, to when it was sent. And it says how many were due and not answered, at five moments: a line that grows is a rate not kept.
//!
//! **WebSocket** (`--websocket`): a burst is so many frames in one write, masked by the client's side of [`rajada_websocket`], which also reads the first
//! echoes: kind, length and payload of each. From then on the frames of the echoes are compared as answers are.
//!
//! Not in scope: TLS, other methods of arrival than an even timetable, answers that differ from the first by more than their date.

mod compare;
mod connection;
mod latency;
mod learn;
mod options;
mod pace;
mod process;
mod progress;
mod report;
mod retransmitted;
mod run;
mod shape;
mod shared;
#[cfg(test)]
mod tests;
pub(crate) mod websocket;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

pub use options::Load;
pub use process::family;
pub(crate) use process::seconds;
pub use report::{Errors, Latency, Report, Server};
pub use run::run;
pub use shape::{NAMES, octets as shape};
pub use websocket::Messages;

use crate::say::exit;
use options::Command;

/// The program `load`.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let done = match options::parse(arguments) {
        Ok(Command::Tell(text)) => {
            print!("{text}");
            Ok(())
        }
        Ok(Command::Load { load, json }) => run(&load).and_then(|report| {
            match json {
                true => println!("{}", report.json()?),
                false => print!("{report}"),
            }
            Ok(())
        }),
        Err(complaint) => Err(complaint),
    };
    exit("load", done)
}
