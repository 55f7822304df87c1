//! Octets in and out of a socket by system calls alone.
//!
//! Those of the C library are places where a thread can be cancelled. Where there are threads, that takes two calls
//! more each; and what returns behind a system call is what the processor foresees worst.

use std::io::{self, IoSlice, Read, Write};

use mio::net::TcpStream;
use rustix::net::{RecvFlags, SendFlags, recv, send};

pub(super) struct Socket(pub(super) TcpStream);

impl Read for Socket {
    #[inline(always)]
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let (count, _) = recv(&self.0, room, RecvFlags::empty())?;
        Ok(count)
    }
}

impl Write for Socket {
    #[inline(always)]
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        Ok(send(&self.0, octets, SendFlags::NOSIGNAL)?)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
