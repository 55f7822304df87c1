//! One connection's side of HTTP.

use std::hint::cold_path;
use std::io::{self, ErrorKind, IoSlice, Write};

use bytes::Bytes;
use rajada_parser::Positions;
use rajada_pipeline::{Pipeline, Ticket, TicketId};

use crate::request::OwnedParts;
use crate::runtime::{NO_TASK, TaskId};

/// Where the fields of a head are.
pub(crate) type Slots = Positions<100>;

/// What a connection is to HTTP: its pipeline, and what it waits for.
pub(crate) struct Exchange {
    pub(crate) pipeline: Pipeline<Bytes>,
    /// What its tasks call it.
    pub(crate) key: u64,
    /// The first of the tasks that answer requests of this connection.
    pub(crate) tasks: TaskId,
    /// Requests so far, if their number is bounded.
    pub(crate) served: u32,
    /// The peer takes no more octets for now.
    pub(crate) blocked: bool,
    /// The slots of a head that is incomplete.
    pub(super) slots: Option<Box<Slots>>,
    /// A request whose content is incomplete.
    pub(super) pending: Option<Box<Pending>>,
    /// Whom to tell when an answer has left, in the order of the answers' declaration.
    pub(super) told: Option<Box<Told>>,
    /// Someone makes content faster than the peer takes it.
    pub(super) starved: bool,
}

/// Whom to tell when an answer has left.
pub(super) type Told = Vec<(TicketId, Box<dyn FnOnce()>)>;

/// A request that waits for its content.
pub(super) struct Pending {
    pub(super) parts: Box<OwnedParts>,
    pub(super) ticket: Ticket,
    pub(super) endpoint: u32,
}

/// Why no more of a burst is served.
///
/// It is a word, as an error is, so that a result of either comes back in registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Stop {
    /// It holds nothing more that is complete.
    NeedData,
    /// The peer has too much to read or to wait for.
    Paused,
    /// Nothing more is received.
    Closed,
}

impl Exchange {
    pub(crate) fn new(key: u64) -> Exchange {
        Exchange {
            pipeline: Pipeline::new(),
            key,
            tasks: NO_TASK,
            served: 0,
            blocked: false,
            slots: None,
            pending: None,
            told: None,
            starved: false,
        }
    }
}

impl Exchange {
    /// Requests that handlers are at work on: in flight, and not waiting for their content.
    pub(crate) fn at_work(&self) -> usize {
        self.pipeline.in_flight().saturating_sub(usize::from(self.pending.is_some()))
    }

    /// Forgets the request whose content was incomplete: its ticket is void.
    pub(crate) fn forget_pending(&mut self) {
        self.pending = None;
    }
}

/// Writes what is ready, as far as the peer takes it.
///
/// # Errors
/// What writing fails with: the connection is lost.
#[inline]
pub(crate) fn flush(exchange: &mut Exchange, out: &mut impl Write) -> io::Result<()> {
    if exchange.blocked || !exchange.pipeline.wants_write() { Ok(()) } else { write(exchange, out) }
}

#[inline(never)]
fn write(exchange: &mut Exchange, out: &mut impl Write) -> io::Result<()> {
    flush_in_line(exchange, out)
}

/// The same as [`flush`] without a call, for the place that nearly all answers leave from: what returns behind a
/// system call is what the processor foresees worst.
#[inline(always)]
pub(crate) fn flush_in_line(exchange: &mut Exchange, out: &mut impl Write) -> io::Result<()> {
    while !exchange.blocked && exchange.pipeline.wants_write() {
        // Answers in order are one slice. Only if there is a second one, a longer list is worth its clearing.
        let mut slices = [&[][..]; 2];
        let (written, whole) = match exchange.pipeline.poll_transmit(&mut slices) {
            1 => (out.write(slices[0]), slices[0].len()),
            _ => {
                cold_path();
                write_vectored(exchange, out)
            }
        };
        match written {
            Ok(written @ 1..) => {
                exchange.pipeline.transmitted(written);
                if written < whole {
                    cold_path();
                    // There is no more room, and the kernel will say when there is.
                    exchange.blocked = true;
                }
            }
            nothing => {
                cold_path();
                not_written(exchange, nothing)?;
            }
        }
    }
    Ok(())
}

/// A write has taken no octets.
#[cold]
fn not_written(exchange: &mut Exchange, written: io::Result<usize>) -> io::Result<()> {
    match written {
        Ok(_) => return Err(ErrorKind::WriteZero.into()),
        Err(error) if error.kind() == ErrorKind::WouldBlock => exchange.blocked = true,
        Err(error) if error.kind() == ErrorKind::Interrupted => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Writes several slices at once. Says how many octets have left, and how many there were.
#[inline(never)]
fn write_vectored(exchange: &Exchange, out: &mut impl Write) -> (io::Result<usize>, usize) {
    let mut slices = [&[][..]; MOST_SLICES];
    let count = exchange.pipeline.poll_transmit(&mut slices);
    let vector = slices.map(IoSlice::new);
    let whole = slices[..count].iter().map(|slice| slice.len()).sum();
    (out.write_vectored(&vector[..count]), whole)
}

/// Slices in one write.
const MOST_SLICES: usize = 16;
