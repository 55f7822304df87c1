//! A frame that is encoded once and sent to many.

use alloc::vec::Vec;
use core::ops::DerefMut;

use crate::header::{self, FIN, LONGEST, RSV1};
use crate::memory::Memory;
use crate::send::COPY_BELOW;
use crate::store::Store;
use crate::{ApiMisuse, Kind, Server, WebSocket};

/// A message as a server sends it, header and payload in one: made once, sent by [`send_encoded`](WebSocket::send_encoded) to any number of
/// clients, who share its octets if `B` does (`Arc<[u8]>`). (A client can't have one: each of its frames has a key of its own.)
#[derive(Debug, Clone)]
pub struct Encoded<B> {
    frame: B,
    is_compressed: bool,
}

impl<B: From<Vec<u8>>> Encoded<B> {
    /// A message of text.
    pub fn text(text: &str) -> Self {
        Self::new(FIN | header::TEXT, text.as_bytes())
    }

    /// A message of octets.
    pub fn binary(octets: &[u8]) -> Self {
        Self::new(FIN | header::BINARY, octets)
    }

    /// A message that the caller has compressed without a context that differs from one client to another (RFC 7692 section 7.1.1).
    pub fn compressed(kind: Kind, deflated: &[u8]) -> Self {
        Self::new(FIN | RSV1 | header::opcode(kind), deflated)
    }

    fn new(first: u8, payload: &[u8]) -> Self {
        let mut room = [0; LONGEST];
        let size = header::write(&mut room, first, 0, payload.len());
        let mut frame = Vec::with_capacity(size + payload.len());
        frame.extend_from_slice(&room[..size]);
        frame.extend_from_slice(payload);
        Self { frame: frame.into(), is_compressed: first & RSV1 != 0 }
    }
}

impl<B: AsRef<[u8]>> Encoded<B> {
    /// The frame's octets.
    pub fn octets(&self) -> &[u8] {
        self.frame.as_ref()
    }
}

impl<B, M, L> WebSocket<Server, B, M, L>
where
    B: AsRef<[u8]> + Clone,
    M: Memory<B>,
    L: DerefMut<Target = Store<B, M>>,
{
    /// Sends a message that was encoded before. Its octets are cloned as `B` is, or copied if they are fewer than [`COPY_BELOW`].
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text), and [`ApiMisuse::NotNegotiated`] of a compressed one.
    pub fn send_encoded(&mut self, message: &Encoded<B>) -> Result<(), ApiMisuse> {
        if message.is_compressed && !self.compressed {
            return Err(ApiMisuse::NotNegotiated);
        }
        self.message_begins()?;
        let store = self.store.as_deref_mut().ok_or(ApiMisuse::NoStore)?;
        let frame = message.octets();
        if frame.len() < COPY_BELOW {
            let room = store.output.room(&mut store.memory, frame.len(), store.spare);
            room.and_then(|room| room.get_mut(..frame.len()))
                .ok_or(ApiMisuse::Full)?
                .copy_from_slice(frame);
            store.output.commit(frame.len());
        } else {
            if !store.output.room_for_piece(&mut store.memory) {
                return Err(ApiMisuse::Full);
            }
            store.output.own(&mut store.memory, message.frame.clone(), frame.len());
        }
        Ok(())
    }
}
