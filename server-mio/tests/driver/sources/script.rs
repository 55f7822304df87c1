//! What a source gives, and when it may.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use proptest::prelude::*;

use crate::simulation::ON_PURPOSE;
use crate::streams::piece;

/// How long a test waits for another thread, at most.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// All that a source gives.
#[derive(Debug, Clone)]
pub(super) struct Script {
    /// How long they are. What an empty one is depends on the kind of source.
    pieces: Vec<usize>,
    pub(super) end: End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    Whole,
    Fail,
    Panic,
}

impl Script {
    pub(super) fn content(&self, number: usize) -> Vec<u8> {
        self.pieces.iter().enumerate().flat_map(|(at, len)| piece(number, at, *len)).collect()
    }

    pub(super) fn largest(&self) -> usize {
        self.pieces.iter().max().copied().unwrap_or(0)
    }
}

pub(super) fn any() -> impl Strategy<Value = Script> {
    let len = prop_oneof![
        6 => 0..40usize,
        3 => 900..1200usize,
        2 => 1200..6000usize,
        // More than is read at once.
        1 => Just(70_000),
    ];
    let end = prop_oneof![12 => Just(End::Whole), 1 => Just(End::Fail), 1 => Just(End::Panic)];
    (proptest::collection::vec(len, 0..16), end).prop_map(|(pieces, end)| Script { pieces, end })
}

/// Holds a source back.
#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<Held>,
    opened: Condvar,
}

#[derive(Default)]
struct Held {
    /// Pieces that may be given, with the end as the last one.
    allowed: usize,
    /// Pieces that were begun, with the end, so often as it was asked for.
    steps: usize,
    /// Octets that were given.
    given: usize,
    in_use: bool,
    waker: Option<Waker>,
}

impl Gate {
    /// Allows the next piece that is not empty, or the end; says whether a task was woken.
    pub(super) fn open_for_next_of(&self, script: &Script) -> bool {
        let mut held = self.held();
        let next = script.pieces.iter().skip(held.allowed).take_while(|len| **len == 0).count();
        held.allowed = held.allowed.saturating_add(next + 1);
        self.let_go(held)
    }

    /// Allows all of them.
    pub(super) fn open(&self) {
        let mut held = self.held();
        held.allowed = usize::MAX;
        self.let_go(held);
    }

    fn let_go(&self, mut held: MutexGuard<'_, Held>) -> bool {
        let waker = held.waker.take();
        drop(held);
        self.opened.notify_all();
        waker.map(Waker::wake).is_some()
    }

    pub(super) fn given(&self) -> usize {
        self.held().given
    }

    pub(super) fn steps(&self) -> usize {
        self.held().steps
    }

    /// There is a source, which is not dropped yet.
    pub(super) fn is_in_use(&self) -> bool {
        self.held().in_use
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives what a script says as far as a gate allows it.
pub(super) struct Source {
    /// Of its request.
    number: usize,
    script: Script,
    gate: Arc<Gate>,
    /// The piece that is given, and how much of it was.
    at: usize,
    octet: usize,
}

pub(super) enum Step {
    /// Nothing is allowed.
    Wait,
    Empty,
    Octets(Vec<u8>),
    End,
    Fail,
}

impl Source {
    pub(super) fn new(number: usize, script: &Script, gate: &Arc<Gate>) -> Source {
        gate.held().in_use = true;
        Source { number, script: script.clone(), gate: gate.clone(), at: 0, octet: 0 }
    }

    /// The next octets, at most `most`. If there are none yet, the waker is called when there are.
    pub(super) fn next(&mut self, most: usize, waker: Option<&Waker>) -> Step {
        let mut held = self.gate.held();
        if self.at >= held.allowed {
            held.waker = waker.cloned();
            return Step::Wait;
        }
        held.steps += 1;
        let Some(&len) = self.script.pieces.get(self.at) else {
            drop(held);
            return match self.script.end {
                End::Whole => Step::End,
                End::Fail => Step::Fail,
                End::Panic => panic!("{ON_PURPOSE}"),
            };
        };
        let octets = &piece(self.number, self.at, len)[self.octet..];
        let octets = octets[..most.min(octets.len())].to_vec();
        self.octet += octets.len();
        held.given += octets.len();
        if self.octet == len {
            self.at += 1;
            self.octet = 0;
        }
        if octets.is_empty() { Step::Empty } else { Step::Octets(octets) }
    }

    /// Blocks until more is allowed.
    pub(super) fn wait(&self) {
        let is_shut = |held: &mut Held| self.at >= held.allowed;
        let waited = self.gate.opened.wait_timeout_while(self.gate.held(), PATIENCE, is_shut);
        assert!(!waited.unwrap().1.timed_out(), "nothing is allowed any more");
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let mut held = self.gate.held();
        held.in_use = false;
        let waker = held.waker.take();
        drop(held);
        drop(waker);
    }
}
