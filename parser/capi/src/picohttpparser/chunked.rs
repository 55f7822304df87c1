//! The chunked coding, decoded in its place.

use core::ffi::{c_char, c_int};

/// What is known of chunked content between two calls: `struct phr_chunked_decoder`. All zeros
/// before the first call, but for `consume_trailer`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "C knows its layout")]
pub struct ChunkedDecoder {
    /// Octets of the chunk that have not arrived.
    pub bytes_left_in_chunk: usize,
    /// Whether the trailer section is passed over as well; otherwise content ends behind the
    /// line of the last chunk.
    pub consume_trailer: c_char,
    /// Digits of a size so far.
    pub hex_count: c_char,
    /// What comes next; a number from 0 to 7.
    pub state: c_char,
    /// Octets that were given.
    pub total_read: u64,
    /// Octets of them that were no content, of calls that returned -2.
    pub total_overhead: u64,
}

/// What comes next, as numbers that C keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Size,
    Extension,
    SizeLineFeed,
    Data,
    DataReturn,
    DataLineFeed,
    TrailerLine,
    WithinTrailerLine,
}

impl State {
    const ALL: [State; 8] = [
        State::Size,
        State::Extension,
        State::SizeLineFeed,
        State::Data,
        State::DataReturn,
        State::DataLineFeed,
        State::TrailerLine,
        State::WithinTrailerLine,
    ];
}

/// Digits in the largest size.
const MOST_DIGITS: c_char = size_of::<usize>() as c_char * 2;

/// Overhead of fewer octets is no offence, whatever its share.
const OVERHEAD: u64 = 100 * 1024;

/// Decodes chunks in their place: moves content to the front of the `*bufsz` octets from `buf`
/// on, followed by what is behind the end, and stores the length of the content in `*bufsz`.
///
/// Returns how many octets are behind the end, -2 if more are needed, or -1 if they are wrong,
/// or if of at least 100 KiB more than three quarters are no content.
///
/// # Safety
/// The octets can be read and written, and so can `*decoder` and `*bufsz`, which are
/// initialised. Nothing of it overlaps, or is in use by another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phr_decode_chunked(
    decoder: *mut ChunkedDecoder,
    buf: *mut c_char,
    bufsz: *mut usize,
) -> isize {
    // SAFETY: the caller's part, as documented.
    let decoder = unsafe { &mut *decoder };
    // SAFETY: the same.
    let len = unsafe { bufsz.read() };
    let octets = if buf.is_null() {
        &mut []
    } else {
        // SAFETY: the same.
        unsafe { core::slice::from_raw_parts_mut(buf.cast(), len) }
    };
    let (result, content) = decoder.decode(octets);
    // SAFETY: the same.
    unsafe { bufsz.write(content) };
    result
}

/// Whether the octets that come next are those of a chunk's data: 1, or 0.
///
/// # Safety
/// `decoder` can be read, and is initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phr_decode_chunked_is_in_data(decoder: *mut ChunkedDecoder) -> c_int {
    // SAFETY: the caller's part, as documented.
    let state = unsafe { (*decoder).state };
    (state == State::Data as c_char).into()
}

/// Where a call ends.
enum End {
    /// Behind the content.
    Complete,
    Partial,
    Wrong,
}

impl ChunkedDecoder {
    /// What C is told, and how many octets of content there are.
    fn decode(&mut self, octets: &mut [u8]) -> (isize, usize) {
        self.total_read = self.total_read.wrapping_add(octets.len() as u64);
        let mut place = Place { octets, from: 0, to: 0 };
        let end = loop {
            if let Some(end) = self.step(&mut place) {
                break end;
            }
        };
        let (len, left) = (place.octets.len(), place.octets.len() - place.from);
        place.shift(left);
        let content = place.to - left;
        let result = match end {
            End::Complete => left as isize,
            End::Partial if self.is_excessive(len - content) => -1,
            End::Partial => -2,
            End::Wrong => -1,
        };
        (result, content)
    }

    /// Goes on to the next state, or says where this call ends.
    fn step(&mut self, place: &mut Place<'_>) -> Option<End> {
        let Some(state) = State::ALL.get(self.state as usize) else { return Some(End::Wrong) };
        let next = match state {
            State::Size => return self.size(place),
            State::Extension => match memchr::memchr2(b'\r', b'\n', place.rest()) {
                None => {
                    place.from = place.octets.len();
                    return Some(End::Partial);
                }
                Some(at) => {
                    place.from += at;
                    if place.octet() == Some(b'\n') {
                        return Some(End::Wrong);
                    }
                    place.from += 1;
                    State::SizeLineFeed
                }
            },
            State::SizeLineFeed => match place.expect(b'\n') {
                Some(end) => return Some(end),
                None if self.bytes_left_in_chunk > 0 => State::Data,
                None if self.consume_trailer != 0 => State::TrailerLine,
                None => return Some(End::Complete),
            },
            State::Data => {
                let len = self.bytes_left_in_chunk.min(place.rest().len());
                place.shift(len);
                self.bytes_left_in_chunk -= len;
                if self.bytes_left_in_chunk > 0 {
                    return Some(End::Partial);
                }
                State::DataReturn
            }
            State::DataReturn => match place.expect(b'\r') {
                Some(end) => return Some(end),
                None => State::DataLineFeed,
            },
            State::DataLineFeed => match place.expect(b'\n') {
                Some(end) => return Some(end),
                None => State::Size,
            },
            State::TrailerLine => {
                let returns = place.rest().iter().take_while(|&&octet| octet == b'\r').count();
                place.from += returns;
                let Some(octet) = place.octet() else { return Some(End::Partial) };
                place.from += 1;
                if octet == b'\n' {
                    return Some(End::Complete);
                }
                State::WithinTrailerLine
            }
            State::WithinTrailerLine => match memchr::memchr(b'\n', place.rest()) {
                None => {
                    place.from = place.octets.len();
                    return Some(End::Partial);
                }
                Some(at) => {
                    place.from += at + 1;
                    State::TrailerLine
                }
            },
        };
        self.state = next as c_char;
        None
    }

    /// The digits of a size.
    fn size(&mut self, place: &mut Place<'_>) -> Option<End> {
        loop {
            let Some(octet) = place.octet() else { return Some(End::Partial) };
            let Some(digit) = (octet as char).to_digit(16) else {
                let is_behind = matches!(octet, b' ' | b'\t' | b';' | b'\r' | b'\n');
                if self.hex_count == 0 || !is_behind {
                    return Some(End::Wrong);
                }
                self.hex_count = 0;
                self.state = State::Extension as c_char;
                return None;
            };
            if self.hex_count == MOST_DIGITS {
                return Some(End::Wrong);
            }
            let size = self.bytes_left_in_chunk.wrapping_mul(16);
            self.bytes_left_in_chunk = size.wrapping_add(digit as usize);
            self.hex_count = self.hex_count.wrapping_add(1);
            place.from += 1;
        }
    }

    /// Whether the octets that are no content are too many, with so many more of them.
    fn is_excessive(&mut self, more: usize) -> bool {
        self.total_overhead = self.total_overhead.wrapping_add(more as u64);
        let content = self.total_read.wrapping_sub(self.total_overhead);
        self.total_overhead >= OVERHEAD && content < self.total_read / 4
    }
}

/// A place in octets that are moved to the front.
///
/// Invariant: `to <= from <= octets.len()`.
struct Place<'b> {
    octets: &'b mut [u8],
    /// The next octet to be looked at.
    from: usize,
    /// Where the next octet of content goes.
    to: usize,
}

impl Place<'_> {
    fn octet(&self) -> Option<u8> {
        self.octets.get(self.from).copied()
    }

    fn rest(&self) -> &[u8] {
        self.octets.get(self.from..).unwrap_or_default()
    }

    /// Passes over this octet, or says that it is not here.
    fn expect(&mut self, octet: u8) -> Option<End> {
        match self.octet() {
            None => Some(End::Partial),
            Some(found) if found == octet => {
                self.from += 1;
                None
            }
            Some(_) => Some(End::Wrong),
        }
    }

    /// Moves the next `len` octets, of which there are so many.
    fn shift(&mut self, len: usize) {
        let end = self.from + len;
        if self.to != self.from && len > 0 {
            self.octets.copy_within(self.from..end, self.to);
        }
        self.from = end;
        self.to += len;
    }
}
