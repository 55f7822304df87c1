//! The header of a frame (RFC 6455 section 5.2).
//!
//! ```text
//!   first octet      second octet
//! +-+-+-+-+-------+-+-------------+-----------------+---------------+
//! |F|R|R|R| op-   |M| length      | length of 16    | masking key   |
//! |I|S|S|S| code  |A|  0 to 125,  | or 64 bits, if  | of 4 octets,  |
//! |N|V|V|V| 4     |S|  126: 16,   | 126 or 127      | if masked     |
//! | |1|2|3|       |K|  127: 64    |                 |               |
//! +-+-+-+-+-------+-+-------------+-----------------+---------------+
//! ```

use crate::{Kind, Offence};

/// The longest header, with a key.
pub(crate) const LONGEST: usize = 14;
/// Octets of a control frame's payload, at most (RFC 6455 section 5.5).
pub(crate) const CONTROL: usize = 125;

pub(crate) const FIN: u8 = 0x80;
pub(crate) const RSV1: u8 = 0x40;
const RSV2_RSV3: u8 = 0x30;
const OPCODE: u8 = 0x0F;
pub(crate) const MASK: u8 = 0x80;

pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// The first octet, in order by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct First(u8);

impl First {
    /// Judges what can be judged without the message around. RSV1 is left to the caller.
    pub(crate) const fn judge(octet: u8) -> Result<Self, Offence> {
        let first = Self(octet);
        if octet & RSV2_RSV3 != 0
            || (octet & RSV1 != 0 && (first.is_control() || first.opcode() == CONTINUATION))
        {
            return Err(Offence::ReservedBits);
        }
        match first.opcode() {
            CONTINUATION | TEXT | BINARY => Ok(first),
            CLOSE | PING | PONG if first.is_final() => Ok(first),
            CLOSE | PING | PONG => Err(Offence::FragmentedControl),
            _ => Err(Offence::ReservedOpcode),
        }
    }

    pub(crate) const fn opcode(self) -> u8 {
        self.0 & OPCODE
    }

    pub(crate) const fn is_control(self) -> bool {
        self.0 & 8 != 0
    }

    pub(crate) const fn is_final(self) -> bool {
        self.0 & FIN != 0
    }

    pub(crate) const fn is_compressed(self) -> bool {
        self.0 & RSV1 != 0
    }
}

/// What stands behind the first octet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest {
    /// Octets of payload.
    pub(crate) length: u64,
    /// The masking key, in the order of the wire, or 0.
    pub(crate) key: u32,
    /// Octets of the whole header.
    pub(crate) size: usize,
    /// Which of them the length ends with.
    pub(crate) length_at: usize,
}

impl Rest {
    /// Reads a header whose first octet was judged. `None` if it is incomplete and may be right.
    ///
    /// # Errors
    /// What is wrong, and which octet shows it.
    pub(crate) fn read(
        first: First,
        header: &[u8],
        masked: bool,
    ) -> Result<Option<Self>, (Offence, usize)> {
        let Some(second) = header.get(1) else { return Ok(None) };
        if (second & MASK != 0) != masked {
            return Err((if masked { Offence::Unmasked } else { Offence::Masked }, 1));
        }
        let short = second & !MASK;
        if first.is_control() && short as usize > CONTROL {
            return Err((Offence::LongControl, 1));
        }
        if first.opcode() == CLOSE && short == 1 {
            return Err((Offence::HalfCode, 1));
        }
        let Some((length, length_at)) = length(short, &header[2..])? else { return Ok(None) };
        let size = length_at + 1 + if masked { 4 } else { 0 };
        let Some(header) = header.get(..size) else {
            return Ok(Some(Self { length, key: 0, size, length_at }));
        };
        let key = match header.last_chunk() {
            Some(key) if masked => u32::from_ne_bytes(*key),
            _ => 0,
        };
        Ok(Some(Self { length, key, size, length_at }))
    }
}

/// The length, and which octet of the header is its last.
fn length(short: u8, behind: &[u8]) -> Result<Option<(u64, usize)>, (Offence, usize)> {
    match short {
        126 => {
            let Some(octets) = behind.first_chunk() else { return Ok(None) };
            let length = u16::from_be_bytes(*octets);
            if length < 126 { Err((Offence::LongLength, 3)) } else { Ok(Some((length.into(), 3))) }
        }
        127 => {
            // The octets before the last two: if all are 0, two would have been enough.
            let high = &behind[..behind.len().min(6)];
            if high.first().is_some_and(|octet| octet & 0x80 != 0) {
                return Err((Offence::TopBit, 2));
            }
            if high == [0; 6] {
                return Err((Offence::LongLength, 7));
            }
            Ok(behind.first_chunk().map(|octets| (u64::from_be_bytes(*octets), 9)))
        }
        short => Ok(Some((short.into(), 1))),
    }
}

/// The opcode of a message's first frame.
#[inline]
pub(crate) const fn opcode(kind: Kind) -> u8 {
    match kind {
        Kind::Text => TEXT,
        Kind::Binary => BINARY,
    }
}

/// Writes first octet and length, with `mask` in it, to the front of `room`, and says how many octets that makes. The caller has reserved 10.
#[inline(always)]
pub(crate) fn write(room: &mut [u8], first: u8, mask: u8, length: usize) -> usize {
    let Some(room) = room.first_chunk_mut::<10>() else { return 0 };
    room[0] = first;
    if length <= CONTROL {
        room[1] = mask | length as u8;
        2
    } else if let Ok(length) = u16::try_from(length) {
        room[1] = mask | 126;
        [room[2], room[3]] = length.to_be_bytes();
        4
    } else {
        room[1] = mask | 127;
        room[2..].copy_from_slice(&(length as u64).to_be_bytes());
        10
    }
}
