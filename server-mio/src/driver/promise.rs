//! The duty to answer a request later.

use std::cell::RefCell;
use std::rc::Rc;

use rajada_pipeline::{Ticket, TicketId};

use super::key::Key;

/// A ticket that waits with its request: for content, for a handler. Whoever drops it has reported it as lost, and the
/// driver answers in its place.
pub(crate) struct Promise {
    /// There until it is redeemed.
    ticket: Option<Ticket>,
    connection: Key,
    lost: Rc<Lost>,
}

/// Requests whose promises were dropped.
#[derive(Default)]
pub(crate) struct Lost {
    names: RefCell<Vec<(Key, TicketId)>>,
}

impl Promise {
    pub(crate) fn new(ticket: Ticket, connection: Key, lost: &Rc<Lost>) -> Promise {
        Promise { ticket: Some(ticket), connection, lost: lost.clone() }
    }

    /// The connection that the request came on.
    pub(crate) fn connection(&self) -> Key {
        self.connection
    }

    /// The ticket, to be looked at.
    pub(crate) fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// The ticket, to be answered now.
    pub(crate) fn redeem(mut self) -> Option<Ticket> {
        self.ticket.take()
    }

    /// Forgets it: its connection is gone, or the pipeline has answered.
    pub(crate) fn void(mut self) {
        self.ticket = None;
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if let Some(ticket) = &self.ticket {
            self.lost.names.borrow_mut().push((self.connection, ticket.id()));
        }
    }
}

impl Lost {
    /// Those that were lost since the last call.
    pub(crate) fn take(&self) -> Vec<(Key, TicketId)> {
        self.names.take()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.borrow().is_empty()
    }
}
