//! Heads that have come before.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use rajada_parser::Fields;

use super::Unrepresentable;
use crate::peer::Peer;
use crate::request::Context;

/// What peers have sent last, as the crate `http` has it: their targets, and their fields.
///
/// Who keeps a connection sends most requests with the fields of the one before, and many with its target. What has come
/// twice in a row is cloned from then on instead of made: nothing of it is looked at, names are not looked for, places not
/// found. It is compared with what the same peer has sent, and nothing else, so nobody can learn by the time that it takes
/// what another one sends.
#[derive(Default)]
pub(crate) struct Remembered {
    /// Each peer has one place, which it may share with others. There are none before there is a request.
    places: Vec<Option<Box<Memory>>>,
}

/// What a peer has sent.
struct Memory {
    peer: Peer,
    /// The application that it was sent to: others may read the same octets in other ways. It is not kept.
    context: Weak<Context>,
    target: Line<Uri>,
    fields: Line<HeaderMap>,
    /// How many fields there are.
    count: usize,
    /// It was asked for since the last trim.
    is_used: bool,
}

/// Octets, and what they are once they have come twice in a row.
struct Line<T> {
    octets: Vec<u8>,
    known: Option<T>,
}

/// How many peers a worker remembers.
const PLACES: usize = 128;

/// Octets of a target, and of fields, that are remembered. They are few for what programs send each other, and enough for a
/// browser with a cookie.
const MOST_OCTETS: usize = 1024;

/// What the head of a request is made of.
pub(crate) struct Sent<'r> {
    pub(crate) peer: &'r Peer,
    pub(crate) context: &'r Arc<Context>,
    pub(crate) head: &'r [u8],
    pub(crate) target: &'r [u8],
    pub(crate) fields: Fields<'r, 'r>,
}

impl Remembered {
    /// Gives a new request what is known of its head, and says what that is: the target, and the fields.
    pub(crate) fn recall<B>(
        &mut self,
        new: &mut http::Request<B>,
        sent: &Sent<'_>,
    ) -> (bool, bool) {
        let Some(octets) = sent.octets_of_fields() else { return (false, false) };
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        match self.places.get_mut(place(sent.peer)) {
            Some(Some(memory)) => memory.recall(new, sent, octets),
            Some(none) => {
                *none = Some(Memory::new(sent, octets));
                (false, false)
            }
            None => (false, false),
        }
    }

    /// Forgets what nobody has asked for since the last time.
    pub(crate) fn trim(&mut self) {
        for place in &mut self.places {
            place.take_if(|memory| !core::mem::take(&mut memory.is_used));
        }
        if self.places.iter().all(Option::is_none) {
            self.places = Vec::new();
        }
    }
}

impl Memory {
    #[cold]
    fn new(sent: &Sent<'_>, octets: &[u8]) -> Box<Memory> {
        Box::new(Memory {
            peer: *sent.peer,
            context: Arc::downgrade(sent.context),
            target: Line { octets: sent.target.to_vec(), known: None },
            fields: Line { octets: octets.to_vec(), known: None },
            count: sent.fields.len(),
            is_used: true,
        })
    }

    #[inline]
    fn recall<B>(
        &mut self,
        new: &mut http::Request<B>,
        sent: &Sent<'_>,
        octets: &[u8],
    ) -> (bool, bool) {
        self.is_used = true;
        if self.peer != *sent.peer
            || !core::ptr::eq(self.context.as_ptr(), Arc::as_ptr(sent.context))
        {
            self.forget(sent);
        }
        if self.count != sent.fields.len() {
            (self.count, self.fields) = (sent.fields.len(), Line::default());
        }
        let target = self.target.recall(sent.target, || Uri::try_from(sent.target).ok());
        if let Some(target) = target {
            *new.uri_mut() = target.clone();
        }
        let fields = self.fields.recall(octets, || shared(octets, sent.fields));
        if let Some(fields) = fields {
            *new.headers_mut() = fields.clone();
        }
        (target.is_some(), fields.is_some())
    }

    /// Has the place of another peer.
    #[cold]
    fn forget(&mut self, sent: &Sent<'_>) {
        self.peer = *sent.peer;
        self.context = Arc::downgrade(sent.context);
        self.target = Line::default();
        self.fields = Line::default();
    }
}

impl<T> Default for Line<T> {
    fn default() -> Line<T> {
        Line { octets: Vec::new(), known: None }
    }
}

impl<T> Line<T> {
    /// What octets are, if they have come before; `make` makes it. Otherwise they are kept.
    #[inline]
    fn recall(&mut self, octets: &[u8], make: impl FnOnce() -> Option<T>) -> Option<&T> {
        if self.octets != octets {
            self.octets.clear();
            self.octets.extend_from_slice(octets);
            self.known = None;
            return None;
        }
        if self.known.is_none() {
            self.known = make();
        }
        self.known.as_ref()
    }
}

impl<'r> Sent<'r> {
    /// The octets that fields stand in, if they and the target are to be remembered.
    fn octets_of_fields(&self) -> Option<&'r [u8]> {
        let positions = self.fields.positions();
        let (first, last) = (positions.first()?, positions.last()?);
        let octets = self.head.get(first.name_start as usize..last.value_end as usize)?;
        (octets.len() <= MOST_OCTETS && self.target.len() <= MOST_OCTETS).then_some(octets)
    }
}

/// Where a peer is remembered. Ports of one machine are often even, and next to each other.
fn place(peer: &Peer) -> usize {
    let port = peer.socket_address().map_or(0, |address| address.port());
    usize::from(port.wrapping_mul(0x9e37) >> 8) % PLACES
}

/// Fields whose values are slices of one copy.
#[cold]
fn shared(octets: &[u8], fields: Fields<'_, '_>) -> Option<HeaderMap> {
    let copy = Bytes::copy_from_slice(octets);
    let share = |part: &[u8]| {
        let start = (part.as_ptr() as usize).wrapping_sub(octets.as_ptr() as usize);
        match start.checked_add(part.len()) {
            Some(end) if end <= octets.len() => copy.slice(start..end),
            _ => Bytes::copy_from_slice(part),
        }
    };
    headers(fields, share).ok()
}

/// Fields as the crate `http` has them, with what makes shared octets of their values.
pub(super) fn headers(
    fields: Fields<'_, '_>,
    share: impl Fn(&[u8]) -> Bytes,
) -> Result<HeaderMap, Unrepresentable> {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for field in fields.iter() {
        let name = HeaderName::from_bytes(field.name).map_err(|_| Unrepresentable::Field)?;
        let value = HeaderValue::from_maybe_shared(share(field.value));
        let value = value.map_err(|_| Unrepresentable::Field)?;
        headers.try_append(name, value).map_err(|_| Unrepresentable::Field)?;
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::States;
    use rajada_parser::{Config, Positions, Resume, Status};

    fn context() -> Arc<Context> {
        Arc::new(Context { states: States::default(), patterns: Box::default() })
    }

    /// What is known of a head that a peer has sent, checked.
    fn recall(
        memory: &mut Remembered,
        context: &Arc<Context>,
        port: u16,
        head: &str,
    ) -> (bool, bool) {
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let parsed = Config::STRICT.parse_request(head.as_bytes(), &mut at, &mut slots).unwrap();
        let Status::Complete(request, _) = parsed else { panic!("{head}") };
        let peer = Peer::Inet(([127, 0, 0, 1], port).into());
        let sent = Sent {
            peer: &peer,
            context,
            head: request.octets(),
            target: request.target(),
            fields: request.fields(),
        };
        let mut new = http::Request::new(());
        let known = memory.recall(&mut new, &sent);
        if known.0 {
            assert_eq!(new.uri().to_string().as_bytes(), request.target());
        }
        if known.1 {
            let all =
                request.fields().iter().map(|field| (field.name.to_ascii_lowercase(), field.value));
            let theirs = new.headers().iter();
            let theirs = theirs.map(|(name, value)| (name.as_str().into(), value.as_bytes()));
            assert!(all.eq(theirs), "{:?}", new.headers());
        }
        known
    }

    const HEAD: &str = "GET /a HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n";

    #[test]
    fn what_has_come_twice_in_a_row_is_known_and_what_others_have_sent_is_not() {
        let (mut memory, here) = (Remembered::default(), context());
        let mut of = |port, head: &str| recall(&mut memory, &here, port, head);
        assert_eq!((of(1, HEAD), of(1, HEAD)), ((false, false), (true, true)));
        assert_eq!(of(1, &HEAD.replace("/a", "/b")), (false, true));
        assert_eq!(of(1, &HEAD.replace("/a", "/b").replace(": a", ": b")), (true, false));
        assert_eq!((of(1, HEAD), of(1, HEAD)), ((false, false), (true, true)));
        // Two of them share a place.
        assert_eq!(of(1 + 256 * 16, HEAD), (false, false));
        for port in 2..1000 {
            assert_eq!(of(port, HEAD), (false, false), "{port}");
        }
        assert_eq!(recall(&mut memory, &context(), 999, HEAD), (false, false));
    }

    #[test]
    fn what_nobody_has_asked_for_between_two_trims_is_forgotten() {
        let (mut memory, here) = (Remembered::default(), context());
        let mut known = |memory: &mut Remembered| recall(memory, &here, 1, HEAD);
        assert_eq!((known(&mut memory), known(&mut memory)), ((false, false), (true, true)));
        memory.trim();
        assert_eq!(known(&mut memory), (true, true), "it was used before that");
        memory.trim();
        memory.trim();
        assert_eq!((memory.places.capacity(), known(&mut memory)), (0, (false, false)));
    }

    #[test]
    fn what_is_long_is_not_kept() {
        let (mut memory, here) = (Remembered::default(), context());
        let long = "x".repeat(MOST_OCTETS);
        for head in [HEAD.replace("/a", &format!("/{long}")), HEAD.replace(": a", &long)] {
            for _ in 0..3 {
                let head = head.replace("Hostx", "Host: x");
                assert_eq!(recall(&mut memory, &here, 1, &head), (false, false));
            }
        }
    }
}
