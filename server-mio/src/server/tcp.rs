//! A TCP socket as a transport.

use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::time::Duration;

use mio::net::TcpStream;
use socket2::SockRef;

use super::socket;
use crate::driver::Transport;

/// A plain socket, in non-blocking mode.
pub(super) struct Tcp(pub(super) TcpStream);

impl Transport for Tcp {
    #[inline(always)]
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        socket::read(&self.0, room)
    }

    #[inline(always)]
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        socket::write(&self.0, octets)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        socket::write_vectored(&self.0, pieces)
    }

    fn shutdown(&mut self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Write)
    }

    fn reset(&mut self) {
        if let Err(error) = SockRef::from(&self.0).set_linger(Some(Duration::ZERO)) {
            log::debug!("a connection can't be reset: {error}");
        }
    }
}
