//! Sockets that listen, one for each worker.

#[cfg_attr(target_os = "linux", path = "sharing_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "sharing_any.rs")]
mod sharing;

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use super::unheard::Unheard;

/// Connections that wait to be accepted, at most; the kernel has a bound of its own (`net.core.somaxconn`).
const BACKLOG: i32 = 4096;

/// How long a connection is silent before its peer is probed, how often then, and how many probes may stay unanswered.
const KEEPALIVE: Duration = Duration::from_secs(60);
const PROBE_INTERVAL: Duration = Duration::from_secs(15);
const PROBES: u32 = 6;

/// Workers, at most.
const MOST_WORKERS: usize = 1024;

/// As many listeners on the first address that works as there are workers. They share its port with each other, and
/// with no other server: one on the same port is an error, whatever the numbers of workers.
///
/// # Errors
/// [`Unheard`] with the kind of what the operating system says, of the last address that was tried.
pub(crate) fn listen(address: impl ToSocketAddrs, workers: usize) -> io::Result<Vec<TcpListener>> {
    check_workers(workers)?;
    let addresses = address.to_socket_addrs().map_err(Unheard::unknown)?;
    let mut refused = Vec::new();
    for address in addresses {
        match listen_on(address, workers) {
            Ok(listeners) => return Ok(listeners),
            Err(error) => refused.push((address, error)),
        }
    }
    Err(Unheard::at(refused))
}

fn listen_on(address: SocketAddr, workers: usize) -> io::Result<Vec<TcpListener>> {
    // Without `SO_REUSEPORT` there is no second listener on a port: this one has it alone, or fails.
    let first = open(address, false)?;
    let mut listeners = sharing::beside(&first, workers - 1)?;
    listeners.push(first);
    Ok(listeners)
}

/// A listener, that shares its port with those of the same user that do so as well if it is `shared`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::net::TcpStream;

    fn refusal(address: impl ToSocketAddrs, workers: usize) -> io::Error {
        listen(address, workers).map(|_| ()).unwrap_err()
    }

    #[test]
    fn a_port_is_one_servers() {
        for (ours, theirs) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 8)] {
            let listeners = listen("127.0.0.1:0", ours).unwrap();
            let address = listeners[0].local_addr().unwrap();
            assert!(listeners.iter().all(|one| one.local_addr().unwrap() == address));
            let error = refusal(address, theirs);
            assert_eq!(error.kind(), io::ErrorKind::AddrInUse, "{ours} workers, {theirs} workers");
            assert!(error.to_string().starts_with(&format!("{address} can't be listened on: ")));
            drop(listeners);
            assert_eq!(listen(address, theirs).unwrap().len(), theirs);
        }
    }

    #[test]
    fn a_port_goes_over_while_connections_of_its_last_server_last() {
        let listeners = listen("127.0.0.1:0", 2).unwrap();
        let address = listeners[0].local_addr().unwrap();
        let _client = TcpStream::connect(address).unwrap();
        let accepted = loop {
            if let Some(found) = listeners.iter().find_map(|one| one.accept().ok()) {
                break found;
            }
        };
        drop(listeners);
        assert_eq!(listen(address, 2).unwrap().len(), 2);
        drop(accepted);
    }

    #[test]
    fn many_at_once_leave_one_server_on_a_port() {
        for _ in 0..20 {
            let free = listen("127.0.0.1:0", 1).unwrap()[0].local_addr().unwrap();
            let servers: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> =
                    (1..=4).map(|workers| scope.spawn(move || listen(free, workers))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(servers.iter().flatten().count() <= 1);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn each_listener_has_connections_of_its_own() {
        let listeners = listen("127.0.0.1:0", 4).unwrap();
        let address = listeners[0].local_addr().unwrap();
        let clients: Vec<_> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
        let mut peers = HashSet::new();
        for listener in &listeners {
            let before = peers.len();
            peers.extend(std::iter::from_fn(|| listener.accept().ok()).map(|(_, peer)| peer));
            assert!(peers.len() > before, "a listener of four has none of 100 connections");
        }
        assert_eq!(peers, clients.iter().map(|one| one.local_addr().unwrap()).collect());
    }

    #[test]
    fn every_address_that_was_tried_is_named_with_its_own_reason() {
        let taken = listen("127.0.0.1:0", 1).unwrap();
        let taken = taken[0].local_addr().unwrap();
        // An address for documentation (RFC 5737): no interface has it.
        let foreign: SocketAddr = "192.0.2.1:80".parse().unwrap();
        let error = refusal(&[foreign, taken][..], 1);
        let (first, second) = (error.to_string(), error.kind());
        assert_eq!(second, io::ErrorKind::AddrInUse);
        assert!(first.starts_with("192.0.2.1:80 can't be listened on: "), "{first}");
        assert!(first.contains(&format!("; {taken} can't be listened on: ")), "{first}");
        let error = refusal("[::ffff:192.0.2.1]:80", 2);
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        assert!(error.to_string().starts_with("[::ffff:192.0.2.1]:80 can't be "), "{error}");
    }

    #[test]
    fn what_the_system_said_is_the_source() {
        let listeners = listen("127.0.0.1:0", 1).unwrap();
        let error = refusal(listeners[0].local_addr().unwrap(), 1);
        let source = std::error::Error::source(&error).unwrap();
        let source: &io::Error = source.downcast_ref().unwrap();
        let number = source.raw_os_error().unwrap();
        assert_eq!(io::Error::from_raw_os_error(number).kind(), io::ErrorKind::AddrInUse);
        assert!(error.to_string().ends_with(&source.to_string()), "{error}");
    }

    #[test]
    fn a_name_that_is_none_says_so() {
        for name in ["nonsense", "no-such-host.invalid:80", "127.0.0.1:65536", ""] {
            let error = refusal(name, 1);
            let text = error.to_string();
            assert!(text.starts_with("the address to listen on can't be found: "), "{text}");
            assert!(std::error::Error::source(&error).is_some());
        }
        assert_eq!(refusal("nonsense", 1).kind(), io::ErrorKind::InvalidInput);
        let error = refusal(&[][..], 1);
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (io::ErrorKind::InvalidInput, "no address to listen on")
        );
    }
}
