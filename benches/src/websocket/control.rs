//! The socket on which the servers are told what to send to all, and asked how many they are.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use rajada_websocket::{Burst, Client, Event, Settings, Store, WebSocket};

use super::clients::{Key, key};
use crate::load::websocket::open;

pub(super) struct Control {
    stream: TcpStream,
    codec: WebSocket<Client<Key>, Vec<u8>>,
    settings: Settings,
}

impl Control {
    pub(super) fn open(address: SocketAddr) -> Result<Control, String> {
        let (stream, _) = open(address, "/send", "")?;
        let settings = Settings::default();
        Ok(Control { stream, codec: WebSocket::client(key as Key), settings })
    }

    /// Has a message sent to all, and does not wait for anything.
    pub(super) fn send(&mut self, payload: &[u8]) -> Result<(), String> {
        if self.codec.wants_store() {
            self.codec.lend(Box::new(Store::new(&self.settings)));
        }
        self.codec.send_binary(payload).map_err(|error| error.to_string())?;
        self.flush()
    }

    /// Members of the room, and those that the server has closed.
    pub(super) fn state(&mut self) -> Result<(usize, usize), String> {
        self.send(b"")?;
        let (mut octets, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let count = self.stream.read(&mut buffer).map_err(|error| error.to_string())?;
            if count == 0 {
                return Err("the server has closed".into());
            }
            octets.extend_from_slice(&buffer[..count]);
            let mut burst = Burst::new(&mut octets);
            let state = loop {
                match self.codec.receive(&self.settings, &mut burst) {
                    Event::Text(state) => {
                        let numbers = state.split_once(' ').and_then(|(members, closed)| {
                            Some((members.parse().ok()?, closed.parse().ok()?))
                        });
                        break Some(numbers.ok_or_else(|| format!("its state is {state:?}"))?);
                    }
                    Event::NeedData => break None,
                    Event::Ping(_) | Event::Pong(_) => {}
                    event => {
                        return Err(format!("instead of its state the server sends {event:?}"));
                    }
                }
            };
            let consumed = burst.consumed();
            octets.drain(..consumed);
            self.flush()?;
            if let Some(state) = state {
                return Ok(state);
            }
        }
    }

    fn flush(&mut self) -> Result<(), String> {
        while self.codec.wants_write() {
            let mut slices = [&[][..]; 4];
            let count = self.codec.poll_transmit(&mut slices);
            let octets = slices[..count].concat();
            self.stream.write_all(&octets).map_err(|error| error.to_string())?;
            self.codec.transmitted(octets.len());
        }
        Ok(())
    }
}
