//! One event for many.

use core::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::log::{Bounds, Log, Shared};
use super::{IntoEvent, Subscription};
use crate::Error;

/// Sends events to all who [subscribe](Self::subscribe), on every worker. A clone is the same one.
///
/// ```
/// use rajada_mio::{App, Broadcast, Error, Event, Events, Request};
///
/// let news = Broadcast::new().keep(100, 64 * 1024);
/// App::new()
///     .state(news)
///     .get("/news", |req: &Request| {
///         let news = req.state::<Broadcast>().resume(req.last_event_id()?);
///         Ok::<_, Error>(Events::new(news))
///     })
///     .post("/news", |req: &Request| {
///         req.state::<Broadcast>().send(Event::new(req.text()?).of_type("news"))
///     });
/// ```
///
/// An event is encoded once, and all share its octets, as well as the list of those that were sent last; a subscriber has
/// only its place in that. Who is further behind than the [backlog](Self::backlog) has missed something, so its stream ends,
/// and its client connects again: with the id of the last event that it has read, if events have ids.
///
/// Whoever sends wakes each worker once, if it has subscribers, on any thread. The worker goes on with them all.
#[derive(Clone)]
pub struct Broadcast {
    owner: Arc<Owner>,
}

/// The end of this is the end of the broadcast.
struct Owner {
    shared: Arc<Shared>,
}

impl Broadcast {
    /// What [`backlog`](Self::backlog) is by default: 1,024 events.
    pub const BACKLOG_EVENTS: usize = 1024;

    /// What [`backlog`](Self::backlog) is by default: 256 KiB.
    pub const BACKLOG_OCTETS: usize = 256 * 1024;

    /// A broadcast without subscribers, and without events that are kept for those to come.
    pub fn new() -> Broadcast {
        let bounds = Bounds { events: Self::BACKLOG_EVENTS, octets: Self::BACKLOG_OCTETS };
        Broadcast { owner: Arc::new(Owner { shared: Shared::new(bounds) }) }
    }

    /// How far a subscriber may be behind: so many events, 1 at the least, of which all but the newest hold no more octets
    /// than that. Beyond, its stream ends. This is held once, and once more by each worker as a list of 48 octets an event,
    /// however many subscribers there are.
    ///
    /// Who has missed events that are [kept](Self::keep) catches up first: meanwhile it is too far behind only if what comes next
    /// is no longer kept.
    ///
    /// What a worker is sent while it is busy counts as well: a burst of more than this cuts everybody off.
    #[must_use = "it is the same broadcast"]
    pub fn backlog(self, events: usize, octets: usize) -> Broadcast {
        self.set(|log| log.backlog = Bounds { events, octets });
        self
    }

    /// Keeps so many events, the last ones, for who comes with an [id](Self::resume), of which all but the newest hold no more
    /// octets than that; none by default. Those of the [backlog](Self::backlog) are kept anyway. One takes some 150 octets
    /// beside its own.
    #[must_use = "it is the same broadcast"]
    pub fn keep(self, events: usize, octets: usize) -> Broadcast {
        self.set(|log| log.kept = Bounds { events, octets });
        self
    }

    fn set(&self, change: impl FnOnce(&mut Log)) {
        let mut log = self.shared().log();
        change(&mut log);
        log.trim();
    }

    /// Sends an event to all who have subscribed, in the order of these calls. Behind [`close`](Self::close) nobody gets it.
    ///
    /// # Errors
    /// What a field of it can't hold ([`BadEvent`](crate::BadEvent)). Nothing is sent then.
    #[doc(alias("publish", "fan-out"))]
    pub fn send(&self, event: impl IntoEvent) -> Result<(), Error> {
        self.shared().send(event.into_event()?);
        Ok(())
    }

    /// Everything that is sent from now on: for [`Events::new`](crate::Events::new).
    pub fn subscribe(&self) -> Subscription {
        let next = self.shared().log().next();
        Subscription::new(self.shared().clone(), next, false)
    }

    /// Everything that was sent behind the event of this id, in order, without a gap and nothing twice: what a client has
    /// missed, who names the last event it has [read](crate::Request::last_event_id). Without an id it is as
    /// [`subscribe`](Self::subscribe). So it is with one that is not [kept](Self::keep), or never was; then
    /// [`has_gap`](Subscription::has_gap) tells.
    ///
    /// Each event should have an id of its own. One without comes again to whoever has missed the next one, and of two with
    /// the same, the younger counts.
    pub fn resume(&self, last: Option<&str>) -> Subscription {
        let Some(id) = last else { return self.subscribe() };
        let (next, has_gap) = {
            let log = self.shared().log();
            match log.behind(id) {
                Some(number) => (number, false),
                None => (log.next(), true),
            }
        };
        Subscription::new(self.shared().clone(), next, has_gap)
    }

    /// Ends every stream behind the events that were sent, and those to come at once. So does dropping the last clone.
    pub fn close(&self) {
        self.shared().close();
    }

    /// Subscriptions that there are.
    pub fn subscribers(&self) -> usize {
        self.shared().subscribers.load(Ordering::Relaxed)
    }

    /// Streams that were ended because their clients were further behind than the [backlog](Self::backlog), since it was
    /// made.
    pub fn overflowed(&self) -> u64 {
        self.shared().overflowed.load(Ordering::Relaxed)
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.owner.shared
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Default for Broadcast {
    /// [`Broadcast::new`].
    fn default() -> Broadcast {
        Broadcast::new()
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcast")
            .field("subscribers", &self.subscribers())
            .finish_non_exhaustive()
    }
}
