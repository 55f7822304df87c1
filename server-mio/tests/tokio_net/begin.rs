//! How a server begins here: on sockets of tokio.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use rajada_mio::{App, Exit, Handle, tokio_net};

pub(crate) fn begin(app: App) -> (SocketAddr, Handle, JoinHandle<io::Result<Exit>>) {
    let server = tokio_net::Server::bind(app, "127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    (address, handle, std::thread::spawn(move || server.run()))
}
