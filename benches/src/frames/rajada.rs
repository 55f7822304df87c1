//! Rajada's codec.

use std::hint::black_box;
use std::rc::Rc;

use rajada_websocket::{Burst, Event, Settings, Store, WebSocket};

use super::contest::{Decode, Encode, Seen};

/// One end with a buffer, and room for what a burst leads to.
pub(super) struct Rajada<R> {
    socket: WebSocket<R, Vec<u8>>,
    settings: Settings,
    buffer: Vec<u8>,
}

impl<R> Rajada<R> {
    pub(super) fn new(socket: WebSocket<R, Vec<u8>>) -> Self {
        let mut settings = Settings::default();
        settings.held = 1 << 20;
        Self { socket, settings, buffer: vec![0; 128 * 1024] }
    }
}

impl Decode for Rajada<rajada_websocket::Server> {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen {
        if self.socket.wants_store() {
            self.socket.lend(Box::new(Store::new(&self.settings)));
        }
        let buffer = &mut self.buffer[..octets.len()];
        buffer.copy_from_slice(octets);
        let (mut burst, mut seen) = (Burst::new(buffer), Seen::default());
        loop {
            match self.socket.receive(&self.settings, &mut burst) {
                Event::Text(text) => seen.message(text.as_bytes()),
                Event::Binary(octets) => seen.message(octets),
                Event::NeedData => return seen,
                event => panic!("{event:?}"),
            }
        }
    }
}

impl<R: rajada_websocket::Role> Encode for Rajada<R> {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8] {
        if self.socket.wants_store() {
            self.socket.lend(Box::new(Store::new(&self.settings)));
        }
        let held = self.socket.held();
        self.socket.transmitted(held);
        for _ in 0..times {
            self.socket.send_binary(black_box(payload)).expect("there is room");
        }
        let mut slices = [&[][..]; 1];
        self.socket.poll_transmit(&mut slices);
        slices[0]
    }
}
