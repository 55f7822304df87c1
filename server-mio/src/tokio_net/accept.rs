//! Taking connections in.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use super::stream::Stream;
use super::wakes::{SocketWake, Wakes};
use crate::driver::{Link, Readiness, Turn};
use crate::server::Unaccepted;

/// Connections accepted before others get their turn.
const ACCEPTS_A_TURN: usize = 64;

/// How long to wait when the system is out of file descriptors or memory for connections.
const PAUSE: Duration = Duration::from_millis(100);

/// What listens, and until when it pauses.
pub(super) struct Acceptor {
    listener: Option<TcpListener>,
    pause: Option<Instant>,
    /// There are as many connections as there may be: the worker is roused when one has ended.
    is_full: bool,
    /// It is to close when nobody waits any more, and whether it would be known if somebody did.
    ends: Option<bool>,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener) -> Acceptor {
        Acceptor { listener: Some(listener), pause: None, is_full: false, ends: None }
    }

    /// Listens no longer, once nobody waits to be accepted any more: who has connected by now may have sent a request.
    /// Whether somebody waits is known when the runtime has looked at its sockets, `is_behind_events`.
    pub(super) fn end(&mut self, is_behind_events: bool) {
        self.ends = Some(is_behind_events);
    }

    /// Whether it listens no longer.
    pub(super) fn is_closed(&self) -> bool {
        self.listener.is_none()
    }

    /// How long until it goes on, if it pauses.
    pub(super) fn timeout(&self, now: Instant) -> Option<Duration> {
        let pause = self.pause.map(|until| until.saturating_duration_since(now));
        let ends = self.ends.is_some() && self.listener.is_some() && !self.is_full;
        pause.or_else(|| ends.then_some(Duration::ZERO))
    }

    /// Accepts what waits, in turns with everything else. True if more may wait.
    pub(super) fn accept(
        &mut self,
        turn: &mut Turn<'_, Link<Stream>>,
        wakes: &Arc<Wakes>,
        cx: &mut Context<'_>,
    ) -> bool {
        if self.is_full && !turn.has_room() {
            // No connection will end and make room.
            if self.ends.is_some() && turn.is_closed() {
                self.listener = None;
            }
            return false;
        }
        if self.pause.is_some_and(|until| turn.now() < until) {
            return false;
        }
        (self.pause, self.is_full) = (None, false);
        let more = self.accept_some(turn, wakes, cx);
        turn.unreserve();
        if self.ends == Some(true) && !more && !self.is_full && self.pause.is_none() {
            self.listener = None;
        }
        more
    }

    fn accept_some(
        &mut self,
        turn: &mut Turn<'_, Link<Stream>>,
        wakes: &Arc<Wakes>,
        cx: &mut Context<'_>,
    ) -> bool {
        let Some(listener) = &self.listener else { return false };
        for _ in 0..ACCEPTS_A_TURN {
            if !turn.reserve() {
                self.is_full = true;
                return false;
            }
            match listener.poll_accept(cx) {
                Poll::Pending => return false,
                Poll::Ready(Ok((stream, address))) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        log::debug!("{address}: {error}");
                        continue;
                    }
                    let wake = SocketWake::new(wakes);
                    let stream = Stream::new(stream, wake.clone());
                    let key = turn.open(address.into(), Link::new(stream));
                    wake.belongs_to(key);
                    // Whether there is something to read, only reading tells.
                    if let Some(mut connection) = turn.connection(key) {
                        connection.tell(Readiness { readable: true, ..Readiness::default() });
                        turn.list(key);
                    }
                }
                Poll::Ready(Err(error)) => match Unaccepted::of(&error) {
                    Unaccepted::None => return false,
                    Unaccepted::One => {}
                    Unaccepted::All => {
                        log::warn!("a connection can't be accepted: {error}");
                        self.pause = Some(turn.now() + PAUSE);
                        return false;
                    }
                },
            }
        }
        true
    }
}
