//! A request as it arrives, what is around it, and why no further one is taken.

use rajada_pipeline::{Incoming, Settings};

use crate::app::Shared;
use crate::peer::Peer;
use crate::routing::Ranges;

/// What is around an exchange: its application, and who is at the other end.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) settings: &'a Settings,
    pub(crate) peer: &'a Peer,
}

/// A request as the pipeline gives it.
pub(super) struct Arrival<'b> {
    pub(super) around: Around<'b>,
    pub(super) head: &'b rajada_parser::Request<'b, 'b>,
    pub(super) content: Incoming<'b>,
    pub(super) expects_continue: bool,
}

/// Room for what a request's path is decoded to.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) path: Vec<u8>,
    pub(super) ranges: Ranges,
}

/// Why no more of a burst is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It holds nothing more that is complete.
    NeedData,
    /// What is ready should leave first; then the burst can be gone on with.
    Write,
    /// Others should have their turn first.
    Yield,
    /// The peer has too much to read or to wait for.
    Paused,
    /// Nothing more is received.
    Closed,
}
