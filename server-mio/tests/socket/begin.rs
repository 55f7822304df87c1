//! How a server begins here: on sockets of mio.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::thread::JoinHandle;

use rajada_mio::{App, Exit, Handle};

/// Whether the loop is told of urgent data, in front of which a read stops.
pub(crate) const IS_TOLD_OF_URGENT_DATA: bool = true;

pub(crate) type Begun = (SocketAddr, Handle, JoinHandle<io::Result<Exit>>);

pub(crate) fn begin(app: App) -> Begun {
    begin_on(app, "127.0.0.1:0").unwrap()
}

pub(crate) fn begin_on(app: App, address: impl ToSocketAddrs) -> io::Result<Begun> {
    let server = app.bind(address)?;
    let (address, handle) = (server.local_address(), server.handle());
    Ok((address, handle, std::thread::spawn(move || server.run())))
}
