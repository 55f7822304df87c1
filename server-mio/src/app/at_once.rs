//! The shortest way: from the start of a request line to a handler that nothing is around.

use super::shared::Entry;
use crate::handler::Kind;
use crate::routing::statics::Statics;
use crate::routing::table::{EndpointId, Table};

/// What most requests are for, by `method SP request-target` as it stands in their request line: handlers without
/// hooks, at paths without parameters. One look compares method and path, and leads to the code to call.
pub(crate) struct AtOnce {
    by_line: Statics<Ready>,
}

/// A handler that can be called at once.
pub(crate) struct Ready {
    pub(crate) kind: Kind,
    pub(crate) endpoint: EndpointId,
    /// Its place in the table of routes.
    pub(crate) route: u32,
}

impl AtOnce {
    pub(super) fn new(table: &Table, entries: &[Entry]) -> AtOnce {
        let mut by_line = Statics::default();
        for (path, route) in table.verbatim() {
            for (method, endpoint) in table.routes()[route as usize].methods.named() {
                let entry = &entries[endpoint as usize];
                if entry.is_plain {
                    let line = [method.as_bytes(), b" ", path].concat();
                    by_line.insert(&line, Ready { kind: entry.kind.clone(), endpoint, route });
                }
            }
        }
        AtOnce { by_line }
    }

    /// The handler for a request, if it is one of these.
    #[inline]
    pub(crate) fn find(&self, head: &rajada_parser::Request<'_, '_>) -> Option<&Ready> {
        let line = head.method_position().start..head.target_position().end;
        self.by_line.find(head.octets().get(line)?)
    }
}
