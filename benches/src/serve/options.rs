//! The command line of the servers.

use std::ffi::OsString;
use std::io;
use std::net::{SocketAddr, TcpListener};

use lexopt::{Arg, Parser, ValueExt};
use socket2::{Domain, Socket, Type};

use super::answer;

/// Octets of an answer, unless told otherwise.
const LENGTH: usize = 128;

/// How to serve.
pub(super) struct Options {
    pub(super) listen: SocketAddr,
    pub(super) workers: usize,
    pub(super) answer: Vec<u8>,
}

pub(super) fn help(name: &str) -> String {
    format!(
        "\
Answers every request with the same octets, to tell what a server costs that does no more.

Usage: {name} [OPTIONS]

Options:
  --listen ADDR   Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
  --workers N     Threads that serve, each with its own listener (SO_REUSEPORT) [default: 1]
  --length N      Octets of an answer, head and content [default: {LENGTH}, at least {}]
  --help          Print this
",
        answer::SHORTEST
    )
}

/// The options; none if help is wanted.
pub(super) fn parse(
    name: &str,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Option<Options>, String> {
    let mut listen = "127.0.0.1:8080".to_owned();
    let (mut workers, mut length) = (1, LENGTH);
    let mut parser = Parser::from_args(arguments);
    let mut read = || -> Result<bool, lexopt::Error> {
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("listen") => listen = parser.value()?.string()?,
                Arg::Long("workers") => workers = parser.value()?.parse()?,
                Arg::Long("length") => length = parser.value()?.parse()?,
                Arg::Long("help") => return Ok(false),
                other => return Err(other.unexpected()),
            }
        }
        Ok(true)
    };
    if !read().map_err(|error| format!("{error}; {name} --help tells what there is"))? {
        return Ok(None);
    }
    let listen = listen.parse().map_err(|error| format!("--listen {listen}: {error}"))?;
    let answer = answer::answer(length)
        .ok_or_else(|| format!("--length {length}: {} is the shortest", answer::SHORTEST))?;
    match workers {
        0 => Err("--workers: at least one".into()),
        _ => Ok(Some(Options { listen, workers, answer })),
    }
}

/// A listener that does not block.
pub(super) fn listen(address: SocketAddr, share: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    if share {
        socket.set_reuse_port(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}
