//! Servers that do as little as can be done, to tell what the rest costs: `null-mio` and `mio-httparse`.
//!
//! Both are one loop: edge-triggered events, one read, the requests in it, one write of as many answers, all of which are the same octets. What
//! is a request, a [`Protocol`] says.
//!
//! ```sh
//! cargo run --release -p benches --bin null-mio -- --listen 127.0.0.1:8080 --length 129
//! ```
//!
//! Neither is a server for anything else: nothing is refused, nothing times out, and what the answer says is not what was asked.

mod answer;
mod options;
#[cfg(test)]
mod tests;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use mio::net::TcpListener;

use crate::say;
use options::Options;

/// How requests are found in what was read.
pub trait Protocol: Send {
    /// What is kept of a connection between two reads.
    type Kept: Default;

    /// How many requests end in `octets`, which follow what was received before; `None` if no more will be understood.
    fn requests(&mut self, kept: &mut Self::Kept, octets: &[u8]) -> Option<usize>;
}

/// A server's program: serves until it is killed.
pub fn main<P: Protocol>(
    name: &str,
    arguments: impl IntoIterator<Item = OsString>,
    protocol: impl Fn() -> P,
) -> ExitCode {
    let served = match options::parse(name, arguments) {
        Ok(Some(options)) => serve(&options, protocol).map_err(|error| error.to_string()),
        Ok(None) => {
            print!("{}", options::help(name));
            Ok(())
        }
        Err(complaint) => Err(complaint),
    };
    say::exit(name, served)
}

/// One thread for each worker, and for each thread a listener on the same port.
fn serve<P: Protocol>(options: &Options, protocol: impl Fn() -> P) -> std::io::Result<()> {
    let first = options::listen(options.listen, options.workers > 1)?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..options.workers {
        listeners.push(options::listen(address, true)?);
    }
    say::announce(format_args!("listening on http://{address}"));
    std::thread::scope(|scope| {
        let threads: Vec<_> = listeners
            .into_iter()
            .map(|listener| {
                let protocol = protocol();
                scope.spawn(|| {
                    worker::run(TcpListener::from_std(listener), &options.answer, protocol)
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(ended) => ended,
            Err(_) => Err(std::io::Error::other("a thread panicked")),
        })
    })
}
