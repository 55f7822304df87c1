//! One message for many.

use core::fmt;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rajada_websocket::Encoded;

use super::message::Message;
use super::packing;
use crate::content::Kept;
use crate::runtime::Bell;

/// A message as it is sent to many, who share its octets.
pub(super) type Frame = Encoded<Kept>;

/// Sends messages to all sockets that have [joined](super::WebSocket::join), on every worker. A clone is the same one.
///
/// ```
/// use rajada_mio::websocket::{Broadcast, WebSocket};
/// use rajada_mio::{App, OwnedRequest};
///
/// App::new().state(Broadcast::new()).websocket("/chat", |req: OwnedRequest, mut socket: WebSocket| async move {
///     let room = req.state::<Broadcast>();
///     socket.join(room);
///     while let Some(message) = socket.recv().await {
///         room.send(message);
///     }
/// });
/// ```
///
/// A message is encoded once, and compressed once for those who have agreed to that, and all share its octets. Every member gets every message that is
/// sent while it is one, in the order of the calls, the same for all. A member that is further behind than the
/// [backlog](Self::backlog) has missed something: its connection is closed with 1008, and [counted](Self::overflowed).
#[derive(Clone)]
pub struct Broadcast {
    shared: Arc<Shared>,
}

struct Shared {
    members: Mutex<Members>,
    overflowed: AtomicU64,
}

#[derive(Default)]
struct Members {
    places: Vec<Option<Arc<Member>>>,
    /// Those who can be sent what is compressed for many.
    sharing: usize,
    free: Vec<usize>,
    /// Octets that one may be behind.
    backlog: usize,
}

/// What a member has not taken.
struct Member {
    queue: Mutex<Queue>,
    /// Its connection's.
    bell: Bell,
    /// It can be sent what is compressed for many.
    shares: bool,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Frame>,
    octets: usize,
    overflowed: bool,
}

/// A place among the members, for as long as it lives.
pub(super) struct Membership {
    shared: Arc<Shared>,
    member: Arc<Member>,
    place: usize,
}

/// What is next for a member.
pub(super) enum Next {
    Nothing,
    Frame(Frame),
    /// It was too far behind.
    Overflow,
}

impl Broadcast {
    /// What [`backlog`](Self::backlog) is by default: 256 KiB.
    pub const BACKLOG: usize = 256 * 1024;

    /// A broadcast without members.
    pub fn new() -> Broadcast {
        let members = Members { backlog: Self::BACKLOG, ..Members::default() };
        Broadcast {
            shared: Arc::new(Shared {
                members: Mutex::new(members),
                overflowed: AtomicU64::new(0),
            }),
        }
    }

    /// How many octets of messages, and of their places in its queue, a member may be behind, beside those that its connection has taken (64 KiB and a message). A
    /// message that is larger is taken by who is not behind at all.
    #[must_use = "it is the same broadcast"]
    pub fn backlog(self, octets: usize) -> Broadcast {
        lock(&self.shared.members).backlog = octets;
        self
    }

    /// Sends a message to all who are members now. It waits for nobody.
    #[doc(alias("publish", "fan-out"))]
    pub fn send(&self, message: impl Into<Message>) {
        let message = message.into();
        let plain = match &message {
            Message::Text(text) => Frame::text(text),
            Message::Binary(octets) => Frame::binary(octets),
        };
        // Nobody waits while it is compressed. (Who joins meanwhile gets it plain.)
        let is_shared = lock(&self.shared.members).sharing > 0;
        let compressed = if is_shared { packing::for_many(&message) } else { None };
        // Locked until all have it, so that all have the same order.
        let members = lock(&self.shared.members);
        for member in members.places.iter().flatten() {
            let frame = compressed.as_ref().filter(|_| member.shares).unwrap_or(&plain);
            let size = weight(frame);
            let wakes = {
                let mut queue = lock(&member.queue);
                let was_empty = queue.frames.is_empty();
                if queue.overflowed {
                    false
                } else if !was_empty && queue.octets + size > members.backlog {
                    *queue = Queue { overflowed: true, ..Queue::default() };
                    self.shared.overflowed.fetch_add(1, Ordering::Relaxed);
                    true
                } else {
                    queue.frames.push_back(frame.clone());
                    queue.octets += size;
                    was_empty
                }
            };
            if wakes {
                member.bell.ring();
            }
        }
    }

    /// Members that there are.
    pub fn members(&self) -> usize {
        let members = lock(&self.shared.members);
        members.places.len() - members.free.len()
    }

    /// Members that were closed because they were further behind than the [backlog](Self::backlog), since it was made.
    pub fn overflowed(&self) -> u64 {
        self.shared.overflowed.load(Ordering::Relaxed)
    }

    /// Adds a member. `bell` is its connection's, and `shares` says that it can be sent what is compressed for many.
    pub(super) fn join(&self, bell: Bell, shares: bool) -> Membership {
        let member = Arc::new(Member { queue: Mutex::default(), bell, shares });
        let mut members = lock(&self.shared.members);
        members.sharing += usize::from(shares);
        let place = match members.free.pop() {
            Some(place) => place,
            None => {
                members.places.push(None);
                members.places.len() - 1
            }
        };
        members.places[place] = Some(member.clone());
        drop(members);
        Membership { shared: self.shared.clone(), member, place }
    }

    /// Whether this is what a membership is of.
    pub(super) fn has(&self, membership: &Membership) -> bool {
        Arc::ptr_eq(&self.shared, &membership.shared)
    }
}

impl Membership {
    /// The next message, if there is room for one.
    pub(super) fn take(&self, has_room: bool) -> Next {
        let mut queue = lock(&self.member.queue);
        if !has_room && !queue.overflowed {
            return Next::Nothing;
        }
        match queue.frames.pop_front() {
            Some(frame) => {
                queue.octets -= weight(&frame);
                if queue.frames.is_empty() {
                    queue.frames = VecDeque::new();
                }
                Next::Frame(frame)
            }
            None if queue.overflowed => Next::Overflow,
            None => Next::Nothing,
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut members = lock(&self.shared.members);
        let left = members.places.get_mut(self.place).and_then(Option::take);
        members.free.push(self.place);
        members.sharing -= usize::from(self.member.shares);
        drop(members);
        drop(left);
    }
}

/// Octets of memory that a message takes while it waits.
fn weight(frame: &Frame) -> usize {
    size_of::<Frame>() + frame.octets().len()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Broadcast {
    /// [`Broadcast::new`].
    fn default() -> Broadcast {
        Broadcast::new()
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcast").field("members", &self.members()).finish_non_exhaustive()
    }
}
