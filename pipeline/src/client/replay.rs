//! What becomes of requests whose connection has ended (RFC 9112 section 9.3.2).

use core::ops::DerefMut;

use super::head::Asked;
use super::{Client, RequestId};
use crate::memory::Memory;
use crate::store::{Answer, Store};

/// A request without a complete response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// Which one.
    pub id: RequestId,
    /// Whether it may be sent again without asking a user: its method is idempotent, or not an
    /// octet of it has left (RFC 9110 section 9.2.2). A response that has begun to arrive, and was
    /// cut short, changes nothing.
    pub may_replay: bool,
}

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Client<B, M, L> {
    /// The oldest request without a complete response, which is forgotten. Call it, when the
    /// connection has ended, until it gives `None`; then the store can be reclaimed. Octets that
    /// have not left are forgotten by the first call.
    pub fn unanswered(&mut self) -> Option<Unanswered> {
        self.end();
        let sequence = self.order.front();
        let transmitted = self.transmitted;
        let store = self.store.as_deref_mut()?;
        // What is sent again must not leave here, too.
        store.output.forget_ready(&mut store.memory);
        if self.order.is_empty() {
            return None;
        }
        let answer = store.slot(sequence)?.answer;
        self.retire();
        let may_replay = match answer {
            Answer::Awaited { position, asked } => {
                asked.has(Asked::IDEMPOTENT) || position >= transmitted
            }
            _ => false,
        };
        let id = RequestId { client: self.identity, sequence };
        Some(Unanswered { id, may_replay })
    }

    /// The client of the next connection to the same server. If this one failed, which is to end
    /// without a server's word in its last complete response, it pipelines nothing before the first
    /// response has come: that request may be what broke the connection.
    pub fn successor(&self) -> Self {
        let mut client = Self::new();
        client.cautious = self.failed;
        client.any_method = self.any_method;
        client
    }
}
