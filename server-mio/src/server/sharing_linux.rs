//! Several listeners on a port: each with a queue of its own, between which the kernel spreads connections.

use std::io;
use std::net::TcpListener;

use socket2::SockRef;

/// `count` listeners on the address of the first one, which listens already and joins their group. What has
/// connected to it in the meantime stays in its queue.
///
/// Whether a port may be shared is looked at when a socket is bound and when it begins to listen, on both sides.
/// The first listener of a server has done both without `SO_REUSEPORT`, so that another server on the port has failed
/// by then, and fails from then on: it begins in the same way.
pub(super) fn beside(first: &TcpListener, count: usize) -> io::Result<Vec<TcpListener>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    SockRef::from(first).set_reuse_port(true)?;
    let address = first.local_addr()?;
    (0..count).map(|_| super::open(address, true)).collect()
}
