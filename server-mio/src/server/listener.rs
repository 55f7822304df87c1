//! Sockets that listen, one for each worker.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

/// Connections that wait to be accepted, at most; the kernel has a bound of its own (`net.core.somaxconn`).
const BACKLOG: i32 = 4096;

/// How long a connection is silent before its peer is probed, how often then, and how many probes may stay unanswered.
const KEEPALIVE: Duration = Duration::from_secs(60);
const PROBE_INTERVAL: Duration = Duration::from_secs(15);
const PROBES: u32 = 6;

/// Workers, at most.
const MOST_WORKERS: usize = 1024;

/// As many listeners on the first address that works as there are workers. Several share the port by
/// `SO_REUSEPORT`; a single one does not, so that a second server on the same port is an error.
pub(crate) fn listen(address: impl ToSocketAddrs, workers: usize) -> io::Result<Vec<TcpListener>> {
    check_workers(workers)?;
    let mut failure = io::Error::new(io::ErrorKind::InvalidInput, "no address to listen on");
    for address in address.to_socket_addrs()? {
        match listen_on(address, workers) {
            Ok(listeners) => return Ok(listeners),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn listen_on(address: SocketAddr, workers: usize) -> io::Result<Vec<TcpListener>> {
    let first = open(address, workers > 1)?;
    // With port 0 the first one finds the port that the others share.
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..workers {
        listeners.push(open(address, true)?);
    }
    Ok(listeners)
}

fn open(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    keep_alive(SockRef::from(&socket))?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Has the connections of a listener, which inherit it, probe their peers: one that has vanished without a word is
/// noticed after two minutes and a half.
pub(crate) fn keep_alive(listener: SockRef<'_>) -> io::Result<()> {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(PROBE_INTERVAL);
    listener.set_tcp_keepalive(&keepalive.with_retries(PROBES))
}

/// # Errors
/// If there can't be so many workers.
pub(crate) fn check_workers(workers: usize) -> io::Result<()> {
    if (1..=MOST_WORKERS).contains(&workers) {
        return Ok(());
    }
    let range = format!("{workers} workers: there can be 1 to {MOST_WORKERS}");
    Err(io::Error::new(io::ErrorKind::InvalidInput, range))
}
