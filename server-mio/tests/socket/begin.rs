//! How a server begins here: on sockets of mio.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use rajada_mio::{App, Exit, Handle};

pub(crate) fn begin(app: App) -> (SocketAddr, Handle, JoinHandle<io::Result<Exit>>) {
    let server = app.bind("127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    (address, handle, std::thread::spawn(move || server.run()))
}
