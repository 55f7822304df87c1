//! What contestants do, and with what.

use std::rc::Rc;

use rajada_websocket::Kind;

/// Octets of a message.
pub(super) const SIZES: [usize; 4] = [40, 200, 512, 16 * 1024];
const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// What a decoder has seen of a burst: messages, and the sum of their octets and of their last ones.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) messages: usize,
    pub(super) octets: usize,
    pub(super) last: usize,
}

impl Seen {
    /// Takes note of a message.
    #[inline]
    pub(super) fn message(&mut self, payload: &[u8]) {
        self.messages += 1;
        self.octets += payload.len();
        self.last += payload.last().map_or(0, |octet| usize::from(*octet));
    }
}

/// Receives a burst of masked frames.
pub(super) trait Decode {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen;
}

/// Sends messages, and gives what is to be written.
pub(super) trait Encode {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8];
}

/// A frame of a client, of at most 64 KiB.
pub(super) fn frame(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![if kind == Kind::Text { 0x81 } else { 0x82 }];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len => {
            frame.push(0x80 | 126);
            frame.extend((len as u16).to_be_bytes());
        }
    }
    frame.extend(KEY);
    frame.extend(payload.iter().zip(KEY.iter().cycle()).map(|(octet, mask)| octet ^ mask));
    frame
}

/// Octets that are no text, text of one octet a code point, and text of several.
pub(super) fn payloads(size: usize) -> [(&'static str, Kind, Vec<u8>); 3] {
    let binary = (0..size).map(|index| (index % 251) as u8 ^ 0x80).collect();
    let ascii = "in a burst ".bytes().cycle().take(size).collect();
    let mut mixed = "bár € – ok 😀".repeat(size / 8);
    while mixed.len() > size {
        mixed.pop();
    }
    mixed.push_str(&"a".repeat(size - mixed.len()));
    [
        ("binary", Kind::Binary, binary),
        ("ascii", Kind::Text, ascii),
        ("mixed", Kind::Text, mixed.into_bytes()),
    ]
}

/// As many messages as make up 64 KiB, at least one.
pub(super) fn times(size: usize) -> usize {
    (64 * 1024 / (size + 8)).max(1)
}

/// Whether these are so many frames of a server with this payload.
pub(super) fn are_unmasked(frames: &[u8], kind: Kind, payload: &[u8], times: usize) -> bool {
    let mut one = frame(kind, payload);
    let key = one.len() - payload.len() - KEY.len();
    one.truncate(key);
    one[1] &= 0x7F;
    one.extend(payload);
    frames == one.repeat(times)
}

/// Whether these are so many frames of a client with this payload, whatever their keys.
pub(super) fn are_masked(frames: &[u8], kind: Kind, payload: &[u8], times: usize) -> bool {
    let one = frame(kind, payload);
    let header = one.len() - payload.len() - KEY.len();
    let is_one = |frame: &[u8]| {
        let (head, behind) = frame.split_at(header);
        let (key, masked) = behind.split_at(KEY.len());
        let octets = masked.iter().zip(key.iter().cycle()).map(|(octet, mask)| octet ^ mask);
        head == &one[..header] && octets.eq(payload.iter().copied())
    };
    frames.len() == one.len() * times && frames.chunks(one.len()).all(is_one)
}
