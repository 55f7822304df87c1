//! Whether the octets of an answer are those that the first answer had, but for its date.

use std::ops::Range;

/// Octets of an `IMF-fixdate` (RFC 9110 section 5.6.7).
pub(super) const DATE: usize = 29;

/// What a burst is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    octets: Vec<u8>,
    /// Where answers start, ascending.
    starts: Vec<usize>,
    /// Where dates start, ascending.
    dates: Vec<usize>,
    /// Where in an answer its status code stands.
    code: Range<usize>,
}

/// An octet that is not the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference {
    /// Where in the answers to the burst.
    pub(super) at: usize,
    /// The status code differs, not something behind it.
    pub(super) status: bool,
}

impl Expected {
    /// The answers in `octets`, so many times. Answers start at `starts`, values of `Date` fields at `dates`.
    pub(super) fn new(octets: &[u8], starts: &[usize], dates: &[usize], times: usize) -> Self {
        let each = |places: &[usize]| {
            let shifted = |time| places.iter().map(move |place| time * octets.len() + place);
            (0..times).flat_map(shifted).collect()
        };
        let code = "HTTP/1.1 ".len().."HTTP/1.1 200".len();
        Self { octets: octets.repeat(times), starts: each(starts), dates: each(dates), code }
    }

    /// Frames that start there, and have neither dates nor status codes.
    pub(super) fn of_frames(octets: Vec<u8>, starts: Vec<usize>) -> Self {
        Self { octets, starts, dates: Vec::new(), code: 0..0 }
    }

    pub(super) fn len(&self) -> usize {
        self.octets.len()
    }

    /// Answers to a burst.
    pub(super) fn answers(&self) -> usize {
        self.starts.len()
    }

    /// Where the first answer ends.
    #[inline]
    pub(super) fn first_end(&self) -> usize {
        *self.starts.get(1).unwrap_or(&self.octets.len())
    }

    /// Compares what was received with what belongs to the place `at`, where no more than the burst's answers may be left.
    #[inline]
    pub(super) fn check(&mut self, at: usize, received: &[u8]) -> Result<(), Difference> {
        match self.octets.get(at..at + received.len()) {
            Some(expected) if expected == received => Ok(()),
            _ => self.check_between_dates(at, received),
        }
    }

    #[cold]
    fn check_between_dates(&mut self, at: usize, received: &[u8]) -> Result<(), Difference> {
        let end = (at + received.len()).min(self.octets.len());
        let first = self.dates.partition_point(|date| date + DATE <= at);
        let (mut from, mut newest) = (at, None);
        for &date in &self.dates[first..] {
            if date >= end {
                break;
            }
            let inside = date.max(at)..(date + DATE).min(end);
            self.compare(at, received, from..inside.start.max(from), |a, b| a == b)?;
            self.compare(at, received, inside.clone(), alike)?;
            if inside.len() == DATE {
                newest = received.get(inside.start - at..inside.end - at);
            }
            from = inside.end;
        }
        self.compare(at, received, from..end, |a, b| a == b)?;
        if at + received.len() > end {
            return Err(Difference { at: end, status: false });
        }
        if let Some(newest) = newest {
            for &date in &self.dates {
                self.octets[date..date + DATE].copy_from_slice(newest);
            }
        }
        Ok(())
    }

    /// Compares the octets at these places of the burst's answers.
    fn compare(
        &self,
        at: usize,
        received: &[u8],
        places: Range<usize>,
        same: fn(u8, u8) -> bool,
    ) -> Result<(), Difference> {
        let expected = &self.octets[places.clone()];
        let got = &received[places.start - at..places.end - at];
        if expected == got {
            return Ok(());
        }
        match expected.iter().zip(got).position(|(&a, &b)| !same(a, b)) {
            None => Ok(()),
            Some(offset) => Err(self.difference(places.start + offset)),
        }
    }

    fn difference(&self, at: usize) -> Difference {
        let before = self.starts.partition_point(|&start| start <= at);
        let start = before.checked_sub(1).map_or(0, |index| self.starts[index]);
        Difference { at, status: self.code.contains(&(at - start)) }
    }

    /// What a person needs to see of a difference: both sides from the start of the line.
    pub(super) fn describe(&self, difference: Difference, at: usize, received: &[u8]) -> String {
        let show = |octets: &[u8], from: usize| {
            let octets = octets.get(from..).unwrap_or_default();
            String::from_utf8_lossy(&octets[..octets.len().min(60)]).escape_debug().to_string()
        };
        let line = self.octets[..difference.at].iter().rposition(|&octet| octet == b'\n');
        let from = line.map_or(0, |end| end + 1).max(at).min(difference.at);
        format!(
            "octet {} of the burst's answers differs: expected \"{}\", received \"{}\"",
            difference.at,
            show(&self.octets, from),
            show(received, from - at)
        )
    }
}

/// Whether both are digits, both letters, or equal: so two dates are alike wherever they are cut.
fn alike(a: u8, b: u8) -> bool {
    a == b
        || (a.is_ascii_digit() && b.is_ascii_digit())
        || (a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &[u8] =
        b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 1\r\n\r\na";

    fn later(times: usize) -> Vec<u8> {
        String::from_utf8(FIRST.repeat(times)).unwrap().replace("37 GMT", "38 GMT").into()
    }

    fn expected(times: usize) -> Expected {
        Expected::new(FIRST, &[0], &[23], times)
    }

    #[test]
    fn equal_octets_are_equal_however_they_are_cut() {
        let octets = FIRST.repeat(3);
        for from in 0..octets.len() {
            for to in from..octets.len() {
                assert_eq!(expected(3).check(from, &octets[from..to]), Ok(()));
            }
        }
    }

    #[test]
    fn a_new_date_is_accepted_however_it_is_cut_and_taken_over() {
        let octets = later(3);
        for cut in 0..octets.len() {
            let mut expected = expected(3);
            assert_eq!(expected.check(0, &octets[..cut]), Ok(()));
            assert_eq!(expected.check(cut, &octets[cut..]), Ok(()));
            assert_eq!(expected.octets, octets, "cut at {cut}");
        }
    }

    #[test]
    fn every_other_wrong_octet_is_found_with_its_place() {
        let octets = later(3);
        let date = 23..23 + DATE;
        for place in 0..octets.len() {
            let mut wrong = octets.clone();
            wrong[place] = b'#';
            let found = expected(3).check(0, &wrong).unwrap_err();
            assert_eq!(found.at, place);
            let inside = place % FIRST.len();
            assert_eq!(found.status, (9..12).contains(&inside), "{place}");
            assert!(date.start > 12);
            assert!(expected(3).describe(found, 0, &wrong).contains('#'));
        }
    }

    #[test]
    fn octets_beyond_the_last_answer_are_too_many() {
        let mut octets = FIRST.to_vec();
        octets.push(b'a');
        let too_many = Difference { at: FIRST.len(), status: false };
        assert_eq!(expected(1).check(0, &octets), Err(too_many));
        assert_eq!(expected(1).check(FIRST.len(), b"x"), Err(too_many));
    }

    #[test]
    fn answers_without_dates_must_be_equal() {
        let mut expected = Expected::new(b"HTTP/1.1 200 OK\r\n\r\n", &[0], &[], 2);
        assert_eq!((expected.answers(), expected.first_end()), (2, 19));
        let other = b"HTTP/1.1 404 OK\r\n\r\n";
        assert_eq!(expected.check(0, other), Err(Difference { at: 9, status: true }));
        assert_eq!(expected.check(19, other), Err(Difference { at: 28, status: true }));
    }
}
