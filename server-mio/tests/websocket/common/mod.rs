//! A client over sockets, which is slow and strict, and servers for it.

mod client;
mod memory;

use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use rajada_mio::websocket::WebSocket;
use rajada_mio::{App, Exit, Handle};

pub(crate) use client::{Client, Frame, asks, close, frame};
pub(crate) use memory::{Memory, Other};

/// How long a test waits before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    thread: Option<JoinHandle<Exit>>,
}

impl Running {
    pub(crate) fn new(app: App) -> Running {
        let server = app.bind("127.0.0.1:0").unwrap();
        let (address, handle) = (server.local_address(), server.handle());
        let thread = std::thread::spawn(move || server.run().unwrap());
        Running { address, handle, thread: Some(thread) }
    }

    pub(crate) fn open(&self, path: &str) -> Client {
        Client::open(self.address, path)
    }

    /// Ends it, and says how.
    pub(crate) fn end(mut self) -> Exit {
        self.handle.shut_down();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.handle.cut();
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

/// Sends every message back.
pub(crate) async fn echo(mut socket: WebSocket) {
    while let Some(message) = socket.recv().await {
        if socket.send(message).await.is_err() {
            break;
        }
    }
}
