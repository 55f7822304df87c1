//! The end of service.

use super::service::Leave;
use super::turn::Turn;
use crate::runtime::after;

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Every request that had been received was answered.
    Clean,
    /// Connections were cut: the grace period was over, or a second signal came.
    Cut,
}

impl<T> Turn<'_, T> {
    /// Ends service. Every request that has been received by now is answered, the last one of each connection with
    /// `Connection: close`; so is what arrives until then. Idle connections live on for a short while
    /// ([`Deadlines::idle_at_end`](crate::Deadlines::idle_at_end)), since a request may be on its way. A request whose content
    /// is due is the last one of its connection, whatever comes behind it. Streams are [told](crate::BodyStream::shut_down). All ends when the
    /// [grace period](crate::App::grace) is over. Ordered again, it changes nothing.
    ///
    /// Every connection is [listed](Self::list) once: whoever reads from sockets reads what the system has received then.
    pub fn shut_down(&mut self) {
        if self.driver.ends.is_some() {
            return;
        }
        let (now, settings) = (self.now(), &self.driver.shared.settings);
        let idle = settings.deadlines.idle_at_end.min(settings.grace);
        self.driver.ends = Some(after(now, settings.grace));
        self.driver.idle_ends = Some(after(now, idle));
        self.driver.service.leave = Leave::Last;
        self.driver.service.tell_streams();
        self.list_all();
    }

    /// Has connections that are idle closed, if it is time to.
    #[inline]
    pub(super) fn end_idle(&mut self) {
        if self.driver.idle_ends.is_some_and(|time| time <= self.now()) {
            self.driver.idle_ends = None;
            self.driver.service.leave = Leave::Over;
            self.list_all();
        }
    }

    fn list_all(&mut self) {
        self.keys().into_iter().for_each(|key| self.list(key));
    }

    /// Ends service now, whatever is under way.
    pub fn cut(&mut self) {
        self.shut_down();
        self.driver.cut = true;
    }

    /// How service has ended, once it has.
    pub fn exit(&self) -> Option<Exit> {
        self.driver.ends?;
        if self.driver.connections.len() == 0 {
            Some(Exit::Clean)
        } else {
            self.is_over().then_some(Exit::Cut)
        }
    }

    /// Whether nobody is waited for any longer, as it is now, and not when the turn began.
    pub(crate) fn is_over(&self) -> bool {
        let is_late = |ends| self.runtime().clock().now() >= ends;
        self.driver.cut || self.driver.ends.is_some_and(is_late)
    }
}
