//! Memory: of connections that have nothing to do, and of one that never reads.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::client::Client;
use super::record::{Resident, Unread};
use super::server::Server;

/// Connections that are idle.
const CONNECTIONS: usize = 10_000;
/// Files that are open besides.
const SPARE: usize = 200;
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n";
const BURST: usize = 24;

/// Opens 10,000 connections, and has each answered one request, then a burst of 24.
pub(super) fn idle(server: &Server) -> Result<Resident, String> {
    let connections = CONNECTIONS.min(most_files().saturating_sub(SPARE));
    ask(&mut Client::connect(server.address())?, BURST)?;
    sleep(Duration::from_millis(200));
    let before = server.resident()?;
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Client::connect(server.address())?);
    }
    sleep(Duration::from_millis(500));
    let opened = server.resident()?;
    clients.iter_mut().try_for_each(|client| ask(client, 1))?;
    let after_request = server.resident()?;
    clients.iter_mut().try_for_each(|client| ask(client, BURST))?;
    let after_burst = server.resident()?;
    drop(clients);
    sleep(Duration::from_secs(2));
    let closed = server.resident()?;
    Ok(Resident {
        connections: connections as u64,
        before,
        opened,
        after_request,
        after_burst,
        closed,
    })
}

fn ask(client: &mut Client, requests: usize) -> Result<(), String> {
    client.send(&REQUEST.repeat(requests))?;
    client.answers(requests).map(drop)
}

/// Files that this process, and so a server that it starts, may have open.
pub(crate) fn most_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(1024)
}

/// Requests that are sent and whose answers are never read.
const UNREAD: usize = 64 * 1024 * 1024;
/// A server that has taken nothing for so long takes nothing more.
const STILL: Duration = Duration::from_secs(2);

/// Sends 64 MiB of requests, or what the server takes of them, and reads no answer.
pub(super) fn unread(contestant: &str, server: &Server) -> Result<Unread, String> {
    let address: SocketAddr = server.address();
    ask(&mut Client::connect(address)?, BURST)?;
    sleep(Duration::from_millis(200));
    let before = server.resident()?;
    let mut stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    stream.set_nonblocking(true).map_err(|error| error.to_string())?;
    let burst = REQUEST.repeat(64 * 1024 / REQUEST.len());
    let (mut taken, mut most, mut moved) = (0, before, Instant::now());
    while taken < UNREAD && moved.elapsed() < STILL {
        match stream.write(&burst[taken % burst.len()..]) {
            Ok(length) => {
                taken += length;
                moved = Instant::now();
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => sleep(Duration::from_millis(5)),
            Err(_) => break,
        }
        most = most.max(server.resident()?);
    }
    sleep(Duration::from_millis(500));
    most = most.max(server.resident()?);
    Ok(Unread { contestant: contestant.into(), taken: taken as u64, growth: most - before })
}
