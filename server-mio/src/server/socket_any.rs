//! Octets in and out of a socket, as `mio` has it for every system.

use std::io::{self, IoSlice, Read, Write};

use mio::net::TcpStream;

pub(super) fn read(mut stream: &TcpStream, room: &mut [u8]) -> io::Result<usize> {
    stream.read(room)
}

pub(super) fn write(mut stream: &TcpStream, octets: &[u8]) -> io::Result<usize> {
    stream.write(octets)
}

pub(super) fn write_vectored(mut stream: &TcpStream, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
    stream.write_vectored(pieces)
}
