//! Several handles of one listener. `SO_REUSEPORT` of other systems spreads no connections: the listener bound last
//! gets them all.

use std::io;
use std::net::TcpListener;

/// `count` handles of a listener, whose queue they share: whoever is quicker accepts.
pub(super) fn beside(first: &TcpListener, count: usize) -> io::Result<Vec<TcpListener>> {
    (0..count).map(|_| first.try_clone()).collect()
}
