//! What is lent to a connection while octets are received or unsent.

use core::marker::PhantomData;

use crate::header::{CONTROL, LONGEST};
use crate::memory::{Memory, UsualMemory};
use crate::output::Output;
use crate::settings::Settings;

/// Room that a close frame takes, whatever else is held.
const CLOSE_FRAME: usize = CONTROL + LONGEST;

/// Frames on their way out: everything that a connection needs only while it is active.
///
/// A worker keeps a pool of them, lends one to each connection that becomes active, and takes it back when
/// [`WebSocket::reclaim`](crate::WebSocket::reclaim) gives it. Its memory grows to what was needed and stays, so a store in use
/// again allocates nothing.
#[derive(Debug)]
pub struct Store<B, M = UsualMemory<B>> {
    /// Memory in use at or above which no message is accepted.
    pub(crate) held: usize,
    /// Octets of control frames that may be unsent.
    pub(crate) control: usize,
    /// Room that is kept for control frames: of memory that can't grow.
    pub(crate) spare: usize,
    pub(crate) output: Output,
    pub(crate) pongs: Pongs,
    pub(crate) memory: M,
    /// A connection has it, or was dropped while it had it.
    lent: bool,
    marker: PhantomData<B>,
}

/// Control frames that wait, and the newest ping that waits for them.
#[derive(Debug)]
pub(crate) struct Pongs {
    /// Octets of control frames put out since there was none unsent.
    pub(crate) octets: usize,
    /// Octets that are held up to the end of the last of them.
    pub(crate) until: usize,
    /// What the newest ping asks for that is not answered.
    pub(crate) due: [u8; CONTROL],
    pub(crate) due_len: Option<u8>,
}

impl Pongs {
    const NONE: Self = Self { octets: 0, until: 0, due: [0; CONTROL], due_len: None };
}

impl<B> Store<B> {
    /// An empty store with the usual memory; nothing is allocated yet.
    pub fn new(settings: &Settings) -> Self {
        Self::with_memory(settings, UsualMemory::new())
    }
}

impl<B, M: Memory<B>> Store<B, M> {
    /// An empty store with the given memory. Bounds are what the settings say, and not more than memory that can't grow has room for.
    pub fn with_memory(settings: &Settings, memory: M) -> Self {
        let spare = if M::GROWS { 0 } else { memory.octets().len() / 4 };
        let control =
            if M::GROWS { settings.control } else { settings.control.min(spare - CLOSE_FRAME) };
        Self {
            held: settings.held.max(1),
            control,
            spare,
            output: Output::EMPTY,
            pongs: Pongs::NONE,
            memory,
            lent: false,
            marker: PhantomData,
        }
    }

    /// To be lent now. What a connection that was dropped left in it is forgotten: it belongs to another one.
    #[inline]
    pub(crate) fn lend(&mut self) {
        if self.lent {
            self.forget();
        }
        self.lent = true;
    }

    /// Given back, with nothing in it.
    #[inline]
    pub(crate) fn reclaim(&mut self) {
        self.lent = false;
    }

    /// Forgets all that was to leave.
    #[cold]
    pub(crate) fn forget(&mut self) {
        self.output.forget(&mut self.memory);
        self.pongs = Pongs::NONE;
    }

    /// Octets of memory in use or kept for reuse, which a pool may want to know before it keeps a store. (Not those of owned
    /// payloads.)
    pub fn capacity(&self) -> usize {
        self.memory.octets().len() + size_of_val(self.memory.pieces())
    }

    /// Whether a message is accepted.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.output.weight::<B, M>() < self.held
    }
}
