//! The shortest way: from the start of a request line to a handler that nothing is around.

use super::shared::Entry;
use crate::handler::Kind;
use crate::routing::statics::{Statics, is_same};
use crate::routing::table::{EndpointId, Table};

/// What most requests are for, by `method SP request-target` as it stands in their request line: handlers without
/// hooks, at paths without parameters or with one at their end. One look compares method and path, and leads to the
/// code to call.
pub(crate) struct AtOnce {
    by_line: Statics<Ready>,
    /// By the beginning of the line, sorted. None begins another one, so at most one fits, and it is the last that is
    /// not greater.
    tails: Vec<Tail>,
}

struct Tail {
    begins: Box<[u8]>,
    /// Where the parameter begins in the path.
    start: u32,
    /// The parameter may hold slashes.
    wild: bool,
    ready: Ready,
}

/// A handler that can be called at once.
pub(crate) struct Ready {
    pub(crate) kind: Kind,
    pub(crate) endpoint: EndpointId,
    /// Its place in the table of routes.
    pub(crate) route: u32,
    pub(crate) weight: std::sync::Arc<super::Weight>,
}

impl AtOnce {
    pub(super) fn new(table: &Table, entries: &[Entry]) -> AtOnce {
        let bare = |path: &[u8], route: u32| -> Vec<(Vec<u8>, Ready)> {
            let named = table.routes()[route as usize].methods.named();
            let bare = named.filter(|&(_, endpoint)| entries[endpoint as usize].is_bare);
            let ready = bare.map(|(method, endpoint)| {
                let entry = &entries[endpoint as usize];
                let (kind, weight) = (entry.kind.clone(), entry.weight.clone());
                ([method.as_bytes(), b" ", path].concat(), Ready { kind, endpoint, route, weight })
            });
            ready.collect()
        };
        let mut by_line = Statics::default();
        for (path, route) in table.verbatim() {
            for (line, ready) in bare(path, route) {
                by_line.insert(&line, ready);
            }
        }
        let mut tails = Vec::new();
        for (prefix, wild, route) in table.verbatim_tails() {
            for (line, ready) in bare(prefix, route) {
                tails.push(Tail { begins: line.into(), start: prefix.len() as u32, wild, ready });
            }
        }
        tails.sort_by(|one, other| one.begins.cmp(&other.begins));
        AtOnce { by_line, tails }
    }

    /// The handler for a request, if it is one of these.
    #[inline]
    pub(crate) fn find(&self, head: &rajada_parser::Request<'_, '_>) -> Option<&Ready> {
        self.by_line.find(line(head)?)
    }

    /// The same for a path that ends in a parameter, and where that is in the path.
    #[inline]
    pub(crate) fn find_tail(
        &self,
        head: &rajada_parser::Request<'_, '_>,
    ) -> Option<(&Ready, (u32, u32))> {
        let line = line(head)?;
        let tail = match &self.tails[..] {
            [only] => only,
            many => {
                let behind = many.partition_point(|tail| *tail.begins <= *line);
                many[..behind].last()?
            }
        };
        let (begins, value) = line.split_at_checked(tail.begins.len())?;
        if !is_same(begins, &tail.begins) {
            return None;
        }
        let special = |octet: &u8| match octet {
            b'%' | b'?' => true,
            b'/' => !tail.wild,
            _ => false,
        };
        // Whatever has these is looked at in full.
        if value.is_empty() || value.iter().any(special) {
            return None;
        }
        Some((&tail.ready, (tail.start, tail.start + value.len() as u32)))
    }
}

/// A request line as it stands, without its version.
#[inline]
fn line<'b>(head: &rajada_parser::Request<'b, '_>) -> Option<&'b [u8]> {
    head.octets().get(head.method_position().start..head.target_position().end)
}
