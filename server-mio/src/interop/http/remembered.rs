//! Heads that have come before.

use std::sync::{Arc, Weak};

use http::Uri;
use rajada_parser::Fields;

use super::lines::Lines;
use crate::peer::Peer;
use crate::request::Context;

/// What peers have sent last, as the crate `http` has it: their targets, and their fields.
///
/// Who keeps a connection sends most requests with the fields of the one before, or with few others, and many with its
/// target. What has come twice in a row is cloned from then on instead of made: it is not checked again, names are not
/// looked for, places not found. A head that is the same in all is found by one comparison. It is compared with what the same peer has sent, and nothing else, so nobody can learn by
/// the time that it takes what another one sends.
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
    /// A head as a whole, and what it is.
    whole: Option<(Box<[u8]>, http::Request<()>)>,
    target: Target,
    fields: Lines,
    /// It was asked for since the last trim.
    is_used: bool,
}

/// A target.
#[derive(Default)]
struct Target {
    octets: Vec<u8>,
    /// What it is, once it has come twice in a row.
    known: Option<Uri>,
}

/// How many peers a worker remembers.
const PLACES: usize = 128;

/// Octets of a target, and of fields, that are remembered. They are few for what programs send each other, and enough for a
/// browser with a cookie.
const MOST_OCTETS: usize = 1024;

/// What is known of a head.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Recalled {
    pub(crate) target: bool,
    pub(crate) fields: bool,
    /// Both are as they were before: it may be [kept](Remembered::keep) as a whole.
    pub(crate) is_same: bool,
}

/// What the head of a request is made of.
pub(crate) struct Sent<'r> {
    pub(crate) peer: &'r Peer,
    pub(crate) context: &'r Arc<Context>,
    pub(crate) head: &'r [u8],
    pub(crate) target: &'r [u8],
    pub(crate) fields: Fields<'r, 'r>,
}

impl Remembered {
    /// Gives a new request, which has nothing of it yet, its head, if that is known as a whole.
    #[inline]
    pub(crate) fn recall_same<B>(
        &mut self,
        new: &mut http::Request<B>,
        (peer, context): (&Peer, &Arc<Context>),
        head: &[u8],
    ) -> bool {
        let Some(Some(memory)) = self.places.get_mut(place(peer)) else { return false };
        let Some((octets, known)) = &memory.whole else { return false };
        if **octets != *head || !memory.is_of(peer, context) {
            return false;
        }
        memory.is_used = true;
        put(new.method_mut(), known.method().clone());
        put(new.uri_mut(), known.uri().clone());
        put(new.headers_mut(), known.headers().clone());
        *new.version_mut() = known.version();
        true
    }

    /// The same of parts of a head. Says which they are.
    pub(crate) fn recall<B>(&mut self, new: &mut http::Request<B>, sent: &Sent<'_>) -> Recalled {
        let Some(octets) = sent.octets_of_fields() else { return Recalled::default() };
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        match self.places.get_mut(place(sent.peer)) {
            Some(Some(memory)) => memory.recall(new, sent, octets),
            Some(none) => {
                *none = Some(Memory::new(sent, octets));
                Recalled::default()
            }
            None => Recalled::default(),
        }
    }

    /// Keeps a head as a whole, and what it is.
    #[cold]
    pub(crate) fn keep<B>(&mut self, made: &http::Request<B>, sent: &Sent<'_>) {
        let Some(Some(memory)) = self.places.get_mut(place(sent.peer)) else { return };
        let mut whole = http::Request::new(());
        *whole.method_mut() = made.method().clone();
        *whole.uri_mut() = made.uri().clone();
        *whole.headers_mut() = made.headers().clone();
        *whole.version_mut() = made.version();
        memory.whole = Some((sent.head.into(), whole));
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
        let mut memory = Box::new(Memory {
            peer: *sent.peer,
            context: Arc::downgrade(sent.context),
            whole: None,
            target: Target::default(),
            fields: Lines::default(),
            is_used: true,
        });
        memory.target.learn(sent.target);
        memory.fields.learn(octets, sent.fields);
        memory
    }

    /// Whether a peer has sent it to an application.
    #[inline]
    fn is_of(&self, peer: &Peer, context: &Arc<Context>) -> bool {
        self.peer == *peer && core::ptr::eq(self.context.as_ptr(), Arc::as_ptr(context))
    }

    fn recall<B>(
        &mut self,
        new: &mut http::Request<B>,
        sent: &Sent<'_>,
        octets: &[u8],
    ) -> Recalled {
        self.is_used = true;
        if !self.is_of(sent.peer, sent.context) {
            *self = *Memory::new(sent, octets);
            return Recalled::default();
        }
        let target = self.target.recall(sent.target);
        if let Some(target) = target {
            put(new.uri_mut(), target.clone());
        }
        let (all, most) = match self.fields.recall(octets, sent.fields) {
            None => (false, self.fields.recall_most(octets, sent.fields)),
            all => (true, all),
        };
        let knows_fields = most.is_some();
        if let Some(fields) = most {
            put(new.headers_mut(), fields);
        }
        let is_same = target.is_some() && all && sent.head.len() <= 2 * MOST_OCTETS;
        Recalled { target: target.is_some(), fields: knows_fields, is_same }
    }
}

/// Puts a value in place of one that has nothing, so that nobody looks for what it has.
#[inline]
fn put<T>(place: &mut T, value: T) {
    core::mem::forget(core::mem::replace(place, value));
}

impl Target {
    /// What a target is, if it has come before. Otherwise it is kept.
    #[inline]
    fn recall(&mut self, octets: &[u8]) -> Option<&Uri> {
        if self.octets != octets {
            self.learn(octets);
            return None;
        }
        if self.known.is_none() {
            self.known = Uri::try_from(octets).ok();
        }
        self.known.as_ref()
    }

    fn learn(&mut self, octets: &[u8]) {
        self.octets.clear();
        self.octets.extend_from_slice(octets);
        self.known = None;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::States;
    use rajada_parser::{Config, Positions, Resume, Status};

    fn context() -> Arc<Context> {
        Arc::new(Context { states: States::default(), patterns: Box::default() })
    }

    /// What is known of a head that a peer has sent, checked: all of it, or else its target, and its fields.
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
        let (target, fields) = (request.target(), request.fields());
        let sent = Sent { peer: &peer, context, head: request.octets(), target, fields };
        let mut new = http::Request::new(());
        let is_known = memory.recall_same(&mut new, (&peer, context), request.octets());
        let mut known = Recalled { target: is_known, fields: is_known, is_same: false };
        if is_known {
            assert_eq!(new.method().as_str().as_bytes(), request.method());
        } else {
            known = memory.recall(&mut new, &sent);
            *new.method_mut() = http::Method::from_bytes(request.method()).unwrap();
        }
        if known.target {
            assert_eq!(new.uri().to_string().as_bytes(), target);
        }
        if known.fields {
            let all = fields.iter().map(|field| (field.name.to_ascii_lowercase(), field.value));
            let theirs = new.headers().iter();
            let theirs = theirs.map(|(name, value)| (name.as_str().into(), value.as_bytes()));
            assert!(all.eq(theirs), "{:?}", new.headers());
        }
        if known.is_same {
            assert!(known.target && known.fields);
            memory.keep(&new, &sent);
        }
        (known.target, known.fields)
    }

    const HEAD: &str = "GET /a HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n";

    #[test]
    fn what_has_come_twice_in_a_row_is_known_and_what_others_have_sent_is_not() {
        let (mut memory, here) = (Remembered::default(), context());
        let mut of = |port, head: &str| recall(&mut memory, &here, port, head);
        assert_eq!((of(1, HEAD), of(1, HEAD)), ((false, false), (true, true)));
        let other = HEAD.replace("/a", "/b");
        assert_eq!(of(1, &other), (false, true));
        let same = place(&Peer::Inet(([127, 0, 0, 1], 1).into()));
        let shares = |port: &u16| place(&Peer::Inet(([127, 0, 0, 1], *port).into())) == same;
        let neighbour = (2..).find(shares).unwrap();
        assert_eq!(of(neighbour, &other), (false, false));
        assert_eq!((of(1, &other), of(1, &other)), ((false, false), (true, true)));
        for port in 2..1000 {
            assert_eq!(of(port, HEAD), (false, false), "{port}");
        }
        assert_eq!(recall(&mut memory, &context(), 999, HEAD), (false, false));
    }

    #[test]
    fn a_head_that_was_kept_is_known_as_a_whole_by_who_has_sent_it_and_nobody_else() {
        let (mut memory, here, there) = (Remembered::default(), context(), context());
        let of = |port| Peer::Inet(([127, 0, 0, 1], port).into());
        let whole = |memory: &mut Remembered, peer: Peer, context, head: &str| {
            let mut new = http::Request::new(());
            let is_known = memory.recall_same(&mut new, (&peer, context), head.as_bytes());
            assert!(is_known || (new.headers().is_empty() && new.uri() == "/"), "{new:?}");
            is_known
        };
        assert!(!whole(&mut memory, of(1), &here, HEAD), "there is no place yet");
        for _ in 0..2 {
            assert!(!whole(&mut memory, of(1), &here, HEAD));
            recall(&mut memory, &here, 1, HEAD);
        }
        assert!(whole(&mut memory, of(1), &here, HEAD));
        for other in ["", "GET", &HEAD.replace("GET", "PUT"), &HEAD.replace("1.1", "1.0")] {
            assert!(!whole(&mut memory, of(1), &here, other), "{other}");
        }
        assert!(!whole(&mut memory, of(1), &there, HEAD), "it was sent to another application");
        for port in 2..1000 {
            assert!(!whole(&mut memory, of(port), &here, HEAD), "{port}");
        }
        assert!(!whole(&mut memory, Peer::Local, &here, HEAD));
        recall(&mut memory, &here, 1, &HEAD.replace("/a", "/b"));
        assert!(whole(&mut memory, of(1), &here, HEAD), "others have come since");
        recall(&mut memory, &there, 1, HEAD);
        assert!(!whole(&mut memory, of(1), &here, HEAD), "the place is another one's");
    }

    #[test]
    fn fields_are_known_by_their_names_and_half_of_their_values() {
        let (mut memory, here) = (Remembered::default(), context());
        let mut of = |fields: &[&str]| {
            let head = format!("GET / HTTP/1.1\r\n{}\r\n\r\n", fields.join("\r\n"));
            recall(&mut memory, &here, 1, &head).1
        };
        assert!(!of(&["Host: a", "X-A: a", "X-B: a"]));
        assert!(of(&["Host: a", "X-A: a", "X-B: b"]), "it is made of these");
        for fields in [["Host: a", "X-A: c", "X-B: b"], ["Host: a", "X-A: a", "X-B:"]] {
            assert!(of(&fields), "{fields:?}");
        }
        assert!(!of(&["Host: a", "X-A: c", "X-B: c"]), "too many others");
        assert!(of(&["Host: a", "X-A: c", "X-B: d"]));
        assert!(!of(&["Host: a", "x-a: c", "X-B: d"]), "it is another name");
        assert!(!of(&["Host: a", "x-a: c"]));
        assert!(!of(&["Host: a", "X: c", "X: d", "x: d"]));
        assert!(of(&["Host: a", "X: c", "X: d", "x: d"]), "the same once more");
        assert!(!of(&["Host: a", "X: c", "X: e", "x: d"]), "some have one name");
    }

    #[test]
    fn what_nobody_has_asked_for_between_two_trims_is_forgotten() {
        let (mut memory, here) = (Remembered::default(), context());
        let known = |memory: &mut Remembered| recall(memory, &here, 1, HEAD);
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
