//! What every loop over transports does with a turn.

use super::connection::Next;
use super::key::Key;
use super::shutdown::Exit;
use super::transport::{Link, Readiness, Transport};
use super::turn::Turn;

impl<T: Transport> Turn<'_, Link<T>> {
    /// Goes on with a connection that the system has told something of, if it is still there. True if it has ended.
    #[inline(always)]
    pub fn ready(&mut self, key: Key, told: Readiness, buffer: &mut [u8]) -> bool {
        match self.connection(key) {
            Some(mut connection) => {
                let next = connection.ready(told, buffer);
                self.follow(key, next)
            }
            None => false,
        }
    }

    /// Goes on with all connections that are listed; those that are listed meanwhile have their turn in the next one.
    /// True if one has ended.
    #[inline]
    pub fn drive_listed(&mut self, buffer: &mut [u8]) -> bool {
        let mut ended = false;
        for _ in 0..self.listed() {
            let Some(key) = self.poll_ready() else { break };
            if let Some(mut connection) = self.connection(key) {
                let next = connection.drive(buffer);
                ended |= self.follow(key, next);
            }
        }
        ended
    }

    /// How service has ended, once it has; connections that are left are closed then. While others may still be opened it
    /// ends with the grace period alone.
    #[inline]
    pub fn finish(&mut self, no_more: bool) -> Option<Exit> {
        let exit = if no_more { self.exit()? } else { self.is_over().then_some(Exit::Cut)? };
        self.keys().into_iter().for_each(|key| self.end(key));
        Some(exit)
    }

    #[inline]
    fn follow(&mut self, key: Key, next: Next) -> bool {
        match next {
            Next::Wait => {}
            Next::GoOn | Next::ShutDown => self.list(key),
            Next::Close => self.end(key),
        }
        next == Next::Close
    }

    #[cold]
    fn end(&mut self, key: Key) {
        if let Some((mut link, true)) = self.close(key) {
            link.transport().reset();
        }
    }
}
