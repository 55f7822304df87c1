//! Who is at the other end of a connection.

use core::fmt;
use std::net::{IpAddr, SocketAddr};

/// The other end of a connection, as far as the transport tells.
///
/// ```
/// use rajada_mio::Peer;
///
/// let peer = Peer::Inet("192.0.2.7:4711".parse().unwrap());
/// assert_eq!((peer.to_string(), peer.ip()), ("192.0.2.7:4711".into(), "192.0.2.7".parse().ok()));
/// assert_eq!((Peer::Local.to_string(), Peer::Local.ip()), ("local".into(), None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Peer {
    /// An address and a port of the internet protocols.
    Inet(SocketAddr),
    /// Something on this machine that has no address: another end of a pipe or of a Unix socket, a test.
    Local,
}

impl Peer {
    /// Address and port, where there are any.
    #[doc(alias("remote_addr", "SocketAddr"))]
    pub const fn socket_address(&self) -> Option<SocketAddr> {
        match self {
            Peer::Inet(address) => Some(*address),
            Peer::Local => None,
        }
    }

    /// The address, where there is one.
    #[doc(alias = "remote_ip")]
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Peer::Inet(address) => Some(address.ip()),
            Peer::Local => None,
        }
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Peer {
        Peer::Inet(address)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Inet(address) => address.fmt(f),
            Peer::Local => f.write_str("local"),
        }
    }
}
