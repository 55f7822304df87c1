//! What an owned request is made of.

use std::sync::Arc;

use bytes::Bytes;
use rajada_parser::{FieldPosition, Fields, Version};

use super::content_gate::{ContentGate, GateState};
use super::context::Context;
use super::{Attached, ContentStream, Extensions, Head, Known, Request, Whereabouts};
use crate::content::Content;
#[cfg(feature = "http")]
use crate::interop::http::Sent;
use crate::peer::Peer;
use crate::routing::Ranges;

/// What an [`OwnedRequest`] is made of, kept by a worker between two of them.
pub(crate) struct OwnedParts {
    context: Arc<Context>,
    /// The head, then the content.
    octets: Vec<u8>,
    head: usize,
    method: (u32, u32),
    target: (u32, u32),
    version: Version,
    positions: Vec<FieldPosition>,
    /// The path within the octets, if it is not just the target; nothing if `decoded` has it.
    path: Option<(u32, u32)>,
    decoded: Vec<u8>,
    route: Option<u32>,
    ranges: Ranges,
    has_content: bool,
    /// What its content waits for, where hooks run before it is read.
    pub(crate) gate: ContentGate,
    peer: Peer,
    pub(super) extensions: Extensions,
}

impl OwnedParts {
    /// An empty one for requests to an application.
    #[cold]
    pub(super) fn new(context: &Arc<Context>) -> Arc<OwnedParts> {
        Arc::new(OwnedParts {
            context: context.clone(),
            octets: Vec::new(),
            head: 0,
            method: (0, 0),
            target: (0, 0),
            version: Version::Http11,
            positions: Vec::new(),
            path: None,
            decoded: Vec::new(),
            route: None,
            ranges: Ranges::new(),
            has_content: false,
            gate: ContentGate::default(),
            peer: Peer::Local,
            extensions: Extensions::default(),
        })
    }

    /// Becomes a copy of `request`, whose head is `head`, but for its extensions.
    pub(super) fn copy(&mut self, head: &rajada_parser::Request<'_, '_>, request: &Request<'_>) {
        let range = |range: core::ops::Range<usize>| (range.start as u32, range.end as u32);
        self.octets.clear();
        self.octets.extend_from_slice(head.octets());
        self.head = self.octets.len();
        self.method = range(head.method_position());
        self.target = range(head.target_position());
        self.version = head.version();
        self.positions.clear();
        self.positions.extend_from_slice(head.fields().positions());
        self.decoded.clear();
        self.path = request.path.and_then(|path| self.copy_path(path, head.octets()));
        self.route = request.route;
        self.ranges.clear();
        self.ranges.extend(request.ranges.iter().copied());
        self.has_content = false;
        self.gate.open();
        self.peer = *request.peer;
        self.extensions.clear();
        if let Content::Whole(octets) = request.content {
            self.add_content(octets);
        }
    }

    /// Becomes what is known of a request, but for what is attached to it.
    pub(super) fn know(&mut self, known: &Known<'_>, request: &Whereabouts<'_>) {
        self.octets.clear();
        self.octets.extend_from_slice(known.octets);
        self.head = self.octets.len();
        (self.method, self.target, self.version) = (known.method, known.target, known.version);
        self.positions.clear();
        self.positions.extend_from_slice(&known.positions);
        self.decoded.clear();
        self.path = request.path.and_then(|path| self.copy_path(path, known.octets));
        self.route = request.route;
        self.ranges.clear();
        self.ranges.extend(request.ranges.iter().copied());
        self.has_content = false;
        self.gate.open();
        self.peer = *request.peer;
        self.extensions.clear();
    }

    /// Where the path of a request is within its head, whose octets are here; if it is nowhere there, it is copied.
    fn copy_path(&mut self, path: &[u8], head: &[u8]) -> Option<(u32, u32)> {
        let start = (path.as_ptr() as usize).wrapping_sub(head.as_ptr() as usize);
        let end = start.wrapping_add(path.len());
        if self.octets.get(start..end) == Some(path) {
            return Some((start as u32, end as u32));
        }
        self.decoded.extend_from_slice(path);
        None
    }

    /// Whether it was made for requests to this application.
    pub(super) fn is_of(&self, context: &Arc<Context>) -> bool {
        Arc::ptr_eq(&self.context, context)
    }

    /// Octets of memory for octets, used or not.
    pub(crate) fn capacity(&self) -> usize {
        self.octets.capacity() + self.decoded.capacity()
    }

    /// Octets of memory that the request takes.
    #[inline]
    pub(crate) fn weight(&self) -> usize {
        self.capacity() + self.positions.capacity() * size_of::<FieldPosition>()
    }

    /// Adds a piece of content.
    pub(super) fn add_content(&mut self, octets: &[u8]) {
        self.has_content = true;
        self.octets.extend_from_slice(octets);
    }

    /// The request as a synchronous handler sees it.
    pub(crate) fn view(&self) -> Request<'_> {
        Request {
            head: Head::Kept(self),
            path: match self.path {
                Some(path) => Some(self.part(path)),
                None if self.decoded.is_empty() => None,
                None => Some(&self.decoded),
            },
            route: self.route,
            ranges: &self.ranges,
            content: self.content(),
            peer: &self.peer,
            context: &self.context,
            extensions: Attached::At(&self.extensions),
        }
    }

    /// The same for hooks before the handler: they see no content.
    pub(super) fn view_of_head(&self) -> Request<'_> {
        let view = self.view();
        let content = match view.content {
            Content::None => Content::None,
            _ => Content::Unread,
        };
        Request { content, ..view }
    }

    /// The same for whoever sees a request that has been answered: content that was not read will not be.
    pub(crate) fn view_behind(&self) -> Request<'_> {
        let view = self.view();
        let content = match view.content {
            Content::Unread => Content::None,
            content => content,
        };
        Request { content, ..view }
    }

    /// The same for whoever sees a request that no handler was asked for: it has no content.
    pub(crate) fn view_refused(&self) -> Request<'_> {
        Request { content: Content::None, ..self.view() }
    }

    /// The content as a handler takes it that does not wait for all of it.
    pub(super) fn content_stream(&self) -> ContentStream {
        self.gate.stream().unwrap_or_else(|| {
            let octets = if self.has_content { self.octets.get(self.head..) } else { None };
            ContentStream::whole(Bytes::copy_from_slice(octets.unwrap_or_default()))
        })
    }

    pub(super) fn content(&self) -> Content<'_> {
        match self.gate.state() {
            GateState::Open if self.has_content => {
                Content::Whole(self.octets.get(self.head..).unwrap_or_default())
            }
            GateState::Arrived(octets) if !octets.is_empty() => Content::Whole(octets),
            GateState::Open | GateState::Arrived(_) => Content::None,
            GateState::Closed => Content::Unread,
        }
    }

    pub(super) fn method(&self) -> &[u8] {
        self.part(self.method)
    }

    pub(super) fn target(&self) -> &[u8] {
        self.part(self.target)
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// The head: the octets that method, target and fields are in.
    pub(super) fn head(&self) -> &[u8] {
        self.octets.get(..self.head).unwrap_or_default()
    }

    /// The application that it was sent to.
    #[cfg(feature = "http")]
    pub(super) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// What its head is made of, and where it came from.
    #[cfg(feature = "http")]
    pub(super) fn sent(&self) -> Sent<'_> {
        Sent {
            peer: &self.peer,
            context: &self.context,
            head: self.head(),
            target: self.target(),
            fields: self.fields(),
        }
    }

    pub(super) fn fields(&self) -> Fields<'_, '_> {
        Fields::new(self.head(), &self.positions)
    }

    fn part(&self, (start, end): (u32, u32)) -> &[u8] {
        self.octets.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl OwnedParts {
    pub(super) fn set_extensions(&mut self, extensions: Extensions) {
        self.extensions = extensions;
    }
}
