//! What a sender and the worker share.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use bytes::Bytes;

use crate::waiting::Waiting;
use crate::{Error, Headers};

/// The sender's way to the worker. Nothing of others is dropped or called while it is locked.
pub(super) struct Shared {
    state: Mutex<State>,
    /// For threads that wait.
    pub(super) room: Condvar,
}

pub(super) struct State {
    pieces: VecDeque<Bytes>,
    /// What they count.
    pub(super) weight: usize,
    pub(super) capacity: usize,
    /// Nothing follows the pieces.
    pub(super) end: Option<End>,
    pub(super) gone: bool,
    pub(super) receiver: Option<Waker>,
    /// Those who wait for room.
    pub(super) senders: Waiting,
    /// Those who wait for the end of the receiver.
    pub(super) closing: Waiting,
    /// Service ends.
    pub(super) shutting_down: bool,
    /// Those who wait for that.
    pub(super) leaving: Waiting,
}

pub(super) enum End {
    Finished(Option<Headers>),
    /// The sender was dropped.
    Cut,
    Failed(Error),
}

/// Why a piece is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Full,
    Gone,
}

/// What a piece counts.
fn weight(piece: &Bytes) -> usize {
    // The length of what is in memory.
    piece.len() + size_of::<Bytes>()
}

impl Shared {
    pub(super) fn new(capacity: usize) -> Shared {
        Shared { state: Mutex::new(State::new(capacity)), room: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(capacity: usize) -> State {
        State {
            pieces: VecDeque::new(),
            weight: 0,
            capacity,
            end: None,
            gone: false,
            receiver: None,
            senders: Waiting::default(),
            closing: Waiting::default(),
            shutting_down: false,
            leaving: Waiting::default(),
        }
    }

    /// Takes a piece, if there is room for it.
    pub(super) fn push(&mut self, piece: &Bytes) -> Result<(), Refusal> {
        if self.gone {
            return Err(Refusal::Gone);
        }
        if piece.is_empty() {
            return Ok(());
        }
        let weight = weight(piece);
        if !self.pieces.is_empty() && self.weight.saturating_add(weight) > self.capacity {
            return Err(Refusal::Full);
        }
        self.weight += weight;
        self.pieces.push_back(piece.clone());
        Ok(())
    }

    /// Gives the oldest piece.
    pub(super) fn pop(&mut self) -> Option<Bytes> {
        let piece = self.pieces.pop_front()?;
        self.weight -= weight(&piece);
        Some(piece)
    }

    /// Nobody takes what there is.
    pub(super) fn clear(&mut self) -> VecDeque<Bytes> {
        self.weight = 0;
        core::mem::take(&mut self.pieces)
    }

    /// Whether those who wait are let in: not for each piece that leaves.
    pub(super) fn has_room_again(&self) -> bool {
        self.pieces.is_empty() || self.weight <= self.capacity / 2
    }
}
