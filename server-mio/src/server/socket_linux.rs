//! Octets in and out of a socket by system calls alone.
//!
//! Those of the C library are places where a thread can be cancelled. Where there are threads, that takes two calls
//! more each; and what returns behind a system call is what the processor foresees worst.

use std::io::{self, IoSlice, Write};

use mio::net::TcpStream;
use rustix::net::{RecvFlags, SendFlags, recv, send};

#[inline(always)]
pub(super) fn read(stream: &TcpStream, room: &mut [u8]) -> io::Result<usize> {
    let (count, _) = recv(stream, room, RecvFlags::empty())?;
    Ok(count)
}

#[inline(always)]
pub(super) fn write(stream: &TcpStream, octets: &[u8]) -> io::Result<usize> {
    Ok(send(stream, octets, SendFlags::NOSIGNAL)?)
}

pub(super) fn write_vectored(mut stream: &TcpStream, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
    stream.write_vectored(pieces)
}
