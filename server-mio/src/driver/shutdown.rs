//! The end of service.

use super::entry::Side;
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
    /// Ends service: no new requests; idle connections close at once, busy ones when they are done, or when the
    /// [grace period](crate::App::grace) is over. No connection should be opened any more. Ordered again, it changes
    /// nothing.
    pub fn shut_down(&mut self) {
        if self.driver.ends.is_some() {
            return;
        }
        let (now, grace) = (self.now(), self.driver.shared.settings.grace);
        self.driver.ends = Some(after(now, grace));
        for key in self.keys() {
            let Some(entry) = self.driver.connections.get(key) else { continue };
            match entry.side {
                _ if entry.is_idle() => entry.side = Side::Over,
                Side::Open | Side::PeerEnded => entry.exchange.pipeline.shut_down(),
                Side::Lingering | Side::Over => continue,
            }
            self.list(key);
        }
    }

    /// Ends service now, whatever is under way.
    pub fn cut(&mut self) {
        self.shut_down();
        self.driver.cut = true;
    }

    /// How service has ended, once it has.
    pub fn exit(&self) -> Option<Exit> {
        let ends = self.driver.ends?;
        if self.driver.connections.len() == 0 {
            Some(Exit::Clean)
        } else {
            (self.driver.cut || self.now() >= ends).then_some(Exit::Cut)
        }
    }
}
