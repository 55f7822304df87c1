//! Fields that have come before.

use arrayvec::ArrayVec;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use rajada_parser::{Field, Fields};

use super::headers::{made, slices};

/// The fields that were sent last, and what they are once they have come again, or most of them.
#[derive(Default)]
pub(super) struct Lines {
    octets: Vec<u8>,
    /// Where they stand in those.
    positions: Vec<Position>,
    known: Option<Known>,
}

struct Position {
    name: (u32, u32),
    value: (u32, u32),
}

struct Known {
    headers: HeaderMap,
    /// In the order in which they were sent; none, if some are the same.
    names: Vec<HeaderName>,
}

/// So many values may be others.
const MOST_OTHERS: usize = 8;

/// Values that many send. Nobody owns them, so that no owners are counted when they are cloned and dropped.
const FREQUENT: [&str; 11] = [
    "*/*",
    "0",
    "1",
    "application/json",
    "application/x-www-form-urlencoded",
    "close",
    "gzip, deflate",
    "gzip, deflate, br",
    "gzip, deflate, br, zstd",
    "keep-alive",
    "no-cache",
];

/// A value that many send, if it is one.
fn frequent(value: &[u8]) -> Option<Bytes> {
    let known = FREQUENT.iter().find(|known| known.as_bytes() == value)?;
    Some(Bytes::from_static(known.as_bytes()))
}

impl Lines {
    /// What fields are that stand in `octets`, if they are those that were sent last.
    #[inline]
    pub(super) fn recall(&mut self, octets: &[u8], fields: Fields<'_, '_>) -> Option<HeaderMap> {
        if self.octets != octets || self.positions.len() != fields.len() {
            return None;
        }
        if self.known.is_none() {
            self.make(octets, fields);
        }
        Some(self.known.as_ref()?.headers.clone())
    }

    /// What fields are that have the names of those that were sent last, and other values of at most half of them.
    /// Otherwise they are kept for the next time.
    pub(super) fn recall_most(
        &mut self,
        octets: &[u8],
        fields: Fields<'_, '_>,
    ) -> Option<HeaderMap> {
        let others = self.others(fields).filter(|others| others.len() <= fields.len() / 2);
        let Some(others) = others else {
            self.learn(octets, fields);
            return None;
        };
        if self.known.is_none() {
            self.learn(octets, fields);
            self.make(octets, fields);
            return Some(self.known.as_ref()?.headers.clone());
        }
        let known = self.known.as_ref()?;
        let mut headers = known.headers.clone();
        for (at, value) in others {
            *headers.get_mut(known.names.get(at)?)? = HeaderValue::from_bytes(value).ok()?;
        }
        Some(headers)
    }

    /// The values that are others than before, and which they are; nothing, if they are too many, or names are others.
    fn others<'b>(
        &self,
        fields: Fields<'b, '_>,
    ) -> Option<ArrayVec<(usize, &'b [u8]), MOST_OTHERS>> {
        if self.positions.len() != fields.len() {
            return None;
        }
        let mut others = ArrayVec::new();
        for (at, (before, field)) in self.positions.iter().zip(fields).enumerate() {
            if self.part(before.name) != field.name {
                return None;
            }
            if self.part(before.value) != field.value {
                others.try_push((at, field.value)).ok()?;
            }
        }
        Some(others)
    }

    /// Keeps fields for the next time.
    pub(super) fn learn(&mut self, octets: &[u8], fields: Fields<'_, '_>) {
        self.octets.clear();
        self.octets.extend_from_slice(octets);
        let place = |part: &[u8]| {
            let start = (part.as_ptr() as usize).wrapping_sub(octets.as_ptr() as usize);
            (start as u32, start.wrapping_add(part.len()) as u32)
        };
        let position = |Field { name, value }| Position { name: place(name), value: place(value) };
        self.positions.clear();
        self.positions.extend(fields.iter().map(position));
        self.known = None;
    }

    /// Makes what the fields are that are kept. Their values are slices of one copy, but for those that many send.
    #[cold]
    fn make(&mut self, octets: &[u8], fields: Fields<'_, '_>) {
        let slice = slices(octets);
        let share = |value: &[u8]| frequent(value).unwrap_or_else(|| slice(value));
        let Ok(headers) = made(fields, share) else { return };
        let names = match headers.keys_len() == headers.len() {
            true => {
                fields.iter().filter_map(|field| HeaderName::from_bytes(field.name).ok()).collect()
            }
            false => Vec::new(),
        };
        self.known = Some(Known { headers, names });
    }

    fn part(&self, (start, end): (u32, u32)) -> &[u8] {
        self.octets.get(start as usize..end as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_many_send_is_the_octets_that_came_and_no_other_is_found() {
        for known in FREQUENT {
            assert_eq!(frequent(known.as_bytes()).as_deref(), Some(known.as_bytes()));
        }
        for other in ["*", "*/* ", "Close", "application/jso", "text/x"] {
            assert_eq!(frequent(other.as_bytes()), None, "{other}");
        }
    }
}
