//! What a worker keeps for the answers that it writes, one at a time.

use std::rc::Rc;
use std::sync::Arc;

use rajada_pipeline::{Streaming, TicketId};

use super::Headers;
use super::heads::Heads;
use crate::Error;
use crate::body::BodyStream;
use crate::driver::Upgrade;
use crate::request::Flow;
use crate::runtime::{Clock, TaskCount};

/// Lent to each answer while it is written.
pub(crate) struct Desk {
    pub(crate) heads: Heads,
    /// Fields of the answer at hand.
    pub(crate) fields: Headers,
    /// What the answer at hand has failed with; nothing between two answers.
    pub(crate) failure: Option<Box<Error>>,
    /// What is to be done once that answer is given.
    pub(crate) later: Vec<Later>,
    /// Content of the request at hand, where its handler takes that as it arrives.
    pub(crate) inflow: Option<Arc<Flow>>,
    /// A stream is one of the worker's tasks.
    pub(super) tasks: Rc<TaskCount>,
}

/// What follows an answer.
pub(crate) enum Later {
    /// Its content is made piece by piece.
    Pump(Streaming, Box<dyn BodyStream>),
    /// Someone wants to know when it has left.
    Tell(TicketId, Box<dyn FnOnce()>),
    /// Another protocol.
    Upgrade(Upgrade),
}

/// Octets of fields that there is room for from the beginning.
const FIELDS: usize = 256;

impl Desk {
    pub(crate) fn new(clock: &Clock, tasks: &Rc<TaskCount>) -> Desk {
        Desk {
            heads: Heads::new(clock),
            fields: Headers::with_capacity(FIELDS),
            failure: None,
            later: Vec::new(),
            inflow: None,
            tasks: tasks.clone(),
        }
    }

    /// Gives room back that one answer needed.
    pub(crate) fn trim(&mut self) {
        if self.fields.is_empty() {
            self.fields.shrink_to(16 * FIELDS);
        }
        self.later.shrink_to(16);
    }
}
