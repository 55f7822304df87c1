//! A server for the time of a test.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rajada_mio::{App, Exit, Handle};

use crate::begin::begin;
use crate::client::{Client, PATIENCE};

pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    thread: Option<JoinHandle<io::Result<Exit>>>,
}

pub(crate) fn serve(app: impl Into<App>) -> Serving {
    let (address, handle, thread) = begin(app.into());
    Serving { address, handle, thread: Some(thread) }
}

impl Serving {
    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address)
    }

    /// Waits for the end.
    pub(crate) fn join(mut self) -> Exit {
        self.thread.take().unwrap().join().unwrap().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.handle.cut();
        if let Some(thread) = self.thread.take() {
            let end = thread.join();
            if !std::thread::panicking() {
                end.unwrap().unwrap();
            }
        }
    }
}

pub(crate) fn wait_until(condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
}
