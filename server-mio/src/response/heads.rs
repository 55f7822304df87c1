//! Heads of answers, encoded once a second and copied whole into each answer.

use std::time::{Duration, Instant};

use rajada_pipeline::{Head, HeadError, PreparedHead};

use super::ContentType;
use crate::Status;
use crate::runtime::{Clock, after};

/// The heads that one worker keeps ready.
#[derive(Debug)]
pub(crate) struct Heads {
    date: [u8; 29],
    /// When the date must be renewed.
    next: Instant,
    /// The one that was asked for last: it will be asked for again.
    last: Option<Prepared>,
    /// In the order in which they were asked for last.
    others: Vec<Prepared>,
    scratch: Vec<u8>,
}

#[derive(Debug)]
struct Prepared {
    status: Status,
    content_type: Option<ContentType>,
    head: PreparedHead<Vec<u8>>,
}

impl Prepared {
    /// Whether it has this status and this very constant of a type.
    #[inline]
    fn is_for(&self, status: Status, content_type: Option<ContentType>) -> bool {
        let same_type = match (self.content_type, content_type) {
            (Some(one), Some(other)) => core::ptr::eq(one.as_str(), other.as_str()),
            (None, None) => true,
            _ => false,
        };
        same_type && self.status == status
    }
}

/// How many different heads are kept; answers with others are encoded one by one.
const MOST_PREPARED: usize = 64;

impl Heads {
    pub(crate) fn new(clock: &Clock) -> Heads {
        let now = clock.now();
        let mut heads = Heads {
            date: [b' '; 29],
            next: now,
            last: None,
            others: Vec::new(),
            scratch: Vec::new(),
        };
        heads.renew(now, clock);
        heads
    }

    pub(crate) fn date(&self) -> &[u8; 29] {
        &self.date
    }

    /// Renews the date, and the heads with it, if its second is over. True if it did.
    #[inline]
    pub(crate) fn tick(&mut self, now: Instant, clock: &Clock) -> bool {
        let due = now >= self.next;
        if due {
            self.renew(now, clock);
        }
        due
    }

    #[cold]
    fn renew(&mut self, now: Instant, clock: &Clock) {
        let since_1970 = clock.since_1970();
        self.date = rajada_parser::date::format(since_1970.as_secs());
        let begun = Duration::from_nanos(since_1970.subsec_nanos().into());
        self.next = after(now, Duration::from_secs(1).saturating_sub(begun));
        let renewed = |prepared: Prepared| {
            let mut octets = prepared.head.into_inner();
            let at = octets.windows(DATE.len()).position(|part| part == DATE)? + DATE.len();
            octets.get_mut(at..at + self.date.len())?.copy_from_slice(&self.date);
            Some(Prepared { head: PreparedHead::new(octets).ok()?, ..prepared })
        };
        self.last = self.last.take().and_then(renewed);
        // The list is rebuilt where it is: nothing is allocated, once a second.
        self.others = core::mem::take(&mut self.others).into_iter().filter_map(renewed).collect();
    }

    /// The head of a status and a type, with nothing else in it, if it is the one that was asked for last.
    #[inline]
    pub(crate) fn last(
        &self,
        status: Status,
        content_type: Option<ContentType>,
    ) -> Option<&PreparedHead<Vec<u8>>> {
        let last = self.last.as_ref()?;
        last.is_for(status, content_type).then_some(&last.head)
    }

    /// The head of a status and a type, with nothing else in it.
    ///
    /// # Errors
    /// A status that no answer begins with.
    #[inline(never)]
    pub(crate) fn prepared(
        &mut self,
        status: Status,
        content_type: Option<ContentType>,
    ) -> Result<&PreparedHead<Vec<u8>>, HeadError> {
        let mut prepared = self.take_or_prepare(status, content_type)?;
        // The same type may be a constant at another place: this one is known from now on.
        prepared.content_type = content_type;
        Ok(&self.last.insert(prepared).head)
    }

    /// Takes it from its place; the one that was asked for last becomes the first of the others.
    fn take_or_prepare(
        &mut self,
        status: Status,
        content_type: Option<ContentType>,
    ) -> Result<Prepared, HeadError> {
        let same = |prepared: &Prepared| {
            prepared.status == status && prepared.content_type == content_type
        };
        if let Some(last) = self.last.take() {
            if same(&last) {
                return Ok(last);
            }
            self.others.insert(0, last);
        }
        match self.others.iter().position(same) {
            Some(at) => Ok(self.others.remove(at)),
            None => self.prepare(status, content_type),
        }
    }

    /// The head of a status and a type with more fields, already encoded and checked.
    ///
    /// # Errors
    /// A field that is the pipeline's to write.
    pub(crate) fn with_fields(
        &mut self,
        status: Status,
        content_type: Option<ContentType>,
        fields: &[u8],
    ) -> Result<Head<'_>, HeadError> {
        self.scratch.clear();
        encode(&mut self.scratch, &self.date, status, content_type);
        self.scratch.extend_from_slice(fields);
        Head::new(&self.scratch)
    }

    #[cold]
    fn prepare(
        &mut self,
        status: Status,
        content_type: Option<ContentType>,
    ) -> Result<Prepared, HeadError> {
        let mut octets = Vec::with_capacity(128);
        encode(&mut octets, &self.date, status, content_type);
        let head = PreparedHead::new(octets)?;
        self.others.truncate(MOST_PREPARED - 1);
        Ok(Prepared { status, content_type, head })
    }
}

const DATE: &[u8] = b"\r\nDate: ";

fn encode(
    octets: &mut Vec<u8>,
    date: &[u8; 29],
    status: Status,
    content_type: Option<ContentType>,
) {
    octets.extend_from_slice(b"HTTP/1.1 ");
    let code = status.as_u16();
    octets.extend([code / 100, code / 10 % 10, code % 10].map(|digit| b'0' + digit as u8));
    octets.push(b' ');
    octets.extend_from_slice(status.reason().as_bytes());
    octets.extend_from_slice(DATE);
    octets.extend_from_slice(date);
    if let Some(content_type) = content_type {
        octets.extend_from_slice(b"\r\nContent-Type: ");
        octets.extend_from_slice(content_type.as_str().as_bytes());
    }
    octets.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock, its heads, and the octets of one of them.
    fn octets(heads: &mut Heads, status: Status, content_type: ContentType) -> Vec<u8> {
        heads.prepared(status, Some(content_type)).unwrap().head().octets().to_vec()
    }

    #[test]
    fn a_prepared_head_is_made_once_and_renewed_with_the_date() {
        let clock = Clock::manual();
        let mut heads = Heads::new(&clock);
        let first = octets(&mut heads, Status::OK, ContentType::TEXT);
        assert!(first.starts_with(b"HTTP/1.1 200 OK\r\nDate: "));
        assert!(first.ends_with(b" GMT\r\nContent-Type: text/plain; charset=utf-8\r\n"));
        let until = heads.next - clock.now();
        clock.advance(until - Duration::from_millis(1));
        assert!(!heads.tick(clock.now(), &clock));
        clock.advance(Duration::from_millis(1));
        assert!(heads.tick(clock.now(), &clock));
        let again = ContentType::new("text/plain; charset=utf-8");
        let second = octets(&mut heads, Status::OK, again);
        assert_eq!(first.len(), second.len());
        assert_ne!(first, second, "a second later");
        assert!(heads.last.is_some() && heads.others.is_empty());
    }

    #[test]
    fn the_head_that_was_asked_for_least_lately_makes_room() {
        let mut heads = Heads::new(&Clock::manual());
        let usual = Some(ContentType::TEXT);
        for code in (200..600).filter_map(Status::new).filter(|status| *status != Status::OK) {
            heads.prepared(Status::OK, usual).unwrap();
            heads.prepared(code, usual).unwrap();
            assert!(heads.others.iter().any(|one| one.is_for(Status::OK, usual)), "{code:?}");
        }
        assert_eq!(heads.others.len(), MOST_PREPARED - 1);
        assert!(heads.last(Status::OK, usual).is_none());
        heads.prepared(Status::OK, usual).unwrap();
        assert!(heads.last(Status::OK, usual).is_some());
    }

    #[test]
    fn every_status_has_a_head() {
        let mut heads = Heads::new(&Clock::manual());
        for code in 0..=u16::MAX {
            let status = Status::new(code);
            assert_eq!(status.is_some(), (100..=599).contains(&code), "{code}");
            if let Some(status) = status {
                assert!(heads.prepared(status, None).is_ok(), "{code}");
                assert!(heads.with_fields(status, None, b"X: y\r\n").is_ok(), "{code}");
            }
        }
    }
}
