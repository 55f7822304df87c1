//! Messages received: from compressed to what they were.

use core::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::buffer::Buffer;
use super::{History, Settings, TAIL};

/// The buffer is no smaller than this, unless no message may be as large.
const LEAST: usize = 4096;
/// A block that is the last one, without octets.
const LAST: [u8; 5] = [0x01, 0, 0, 0xFF, 0xFF];

/// What inflates messages, one at a time: one a worker. Nothing is allocated before the first.
pub struct Inflater {
    settings: Settings,
    inflate: Option<Inflate>,
    buffer: Buffer,
}

impl Inflater {
    /// One with these settings.
    pub const fn new(settings: Settings) -> Self {
        Self { settings, inflate: None, buffer: Buffer::EMPTY }
    }

    /// Inflates a message: the payload of all its frames (RFC 7692 section 7.2.2). It stays in the worker's buffer until the next one.
    ///
    /// `history` is what was received before, if the peer may refer to it; append the message to it.
    ///
    /// # Errors
    /// Any [`InflateError`]. No more than [`Settings::message`] octets were inflated.
    pub fn inflate(&mut self, history: &History, payload: &[u8]) -> Result<&[u8], InflateError> {
        self.buffer.clear(self.settings.kept);
        let inflate = self.inflate.get_or_insert_with(|| Inflate::new(false, 15));
        let buffer = &mut self.buffer;
        let mut run =
            Run { inflate, buffer, history: history.octets(), last_blocks: 0, ended: true };
        run.feed(&self.settings, payload)?;
        if run.ended && !payload.is_empty() {
            // It lacks the octet of RFC 7692 section 7.2.3.4, as what `deflateRaw` of Node makes does. (The tail would be half a block.)
            return Ok(self.buffer.octets());
        }
        run.feed(&self.settings, &TAIL)?;
        // All blocks are complete if another one can begin, wherefore one does. (No bits of a block that is not can end with that one's last octet
        // and make nothing of it.)
        let whole = run.buffer.octets().len();
        match run.feed(&self.settings, &LAST) {
            // It is made into octets of the block that is not complete.
            Err(InflateError::TooBig) => return Err(InflateError::Malformed),
            fed => fed?,
        }
        if !run.ended || run.buffer.octets().len() > whole {
            return Err(InflateError::Malformed);
        }
        Ok(self.buffer.octets())
    }

    /// Octets of memory of the buffer, which [`Settings::kept`] bounds from the next message on.
    pub fn capacity(&self) -> usize {
        self.buffer.size()
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A message on its way.
struct Run<'r> {
    inflate: &'r mut Inflate,
    buffer: &'r mut Buffer,
    history: &'r [u8],
    last_blocks: u32,
    /// The last block was a last block: what is behind it begins with the next octet, and may refer to what is before it.
    ended: bool,
}

impl Run<'_> {
    /// Inflates all of `input`.
    fn feed(&mut self, settings: &Settings, mut input: &[u8]) -> Result<(), InflateError> {
        loop {
            if self.ended {
                if input.is_empty() {
                    return Ok(());
                }
                self.begin(settings)?;
            }
            let (taken, made, full) = self.step(settings, input)?;
            input = input.get(taken..).unwrap_or_default();
            if !self.ended && !full {
                if input.is_empty() {
                    return Ok(());
                }
                if taken == 0 && made == 0 {
                    return Err(InflateError::Malformed);
                }
            }
        }
    }

    /// Begins a stream of blocks, the first of which may refer to what is before it.
    fn begin(&mut self, settings: &Settings) -> Result<(), InflateError> {
        if self.last_blocks > settings.last_blocks {
            return Err(InflateError::TooManyLastBlocks);
        }
        self.last_blocks += 1;
        self.ended = false;
        self.inflate.reset(false);
        let made = self.buffer.octets();
        for octets in [self.history, made] {
            let octets = &octets[octets.len().saturating_sub(1 << 15)..];
            if !octets.is_empty() {
                self.inflate.set_dictionary(octets).map_err(|_| InflateError::Malformed)?;
            }
        }
        Ok(())
    }

    /// Takes some octets and makes some. Says how many, and whether there may be more without octets being taken.
    fn step(
        &mut self,
        settings: &Settings,
        input: &[u8],
    ) -> Result<(usize, usize, bool), InflateError> {
        if self.buffer.room().is_empty() {
            let larger = self.buffer.size().saturating_mul(2).max(LEAST);
            self.buffer.reserve(larger.min(settings.message));
        }
        // One more than the limit shows that there are more, and is not kept.
        let (mut beyond, limited) = ([0], self.buffer.room().is_empty());
        let room = if limited { &mut beyond[..] } else { self.buffer.room() };
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, room, InflateFlush::NoFlush);
        let taken = (self.inflate.total_in() - before.0) as usize;
        let made = (self.inflate.total_out() - before.1) as usize;
        // What is wrong behind the limit does not count.
        if limited && made > 0 {
            return Err(InflateError::TooBig);
        }
        let status = status.map_err(|_| InflateError::Malformed)?;
        self.ended = status == Status::StreamEnd;
        let full = made == room.len();
        self.buffer.commit(made);
        Ok((taken, made, full))
    }
}

/// Why a message can't be inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InflateError {
    /// It is no DEFLATE (RFC 1951), refers to what is not there, is incomplete, or has octets behind its end.
    Malformed,
    /// It has more than [`Settings::message`] octets.
    TooBig,
    /// It has more last blocks than [`Settings::last_blocks`].
    TooManyLastBlocks,
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "a message that can't be inflated",
            Self::TooBig => "a message that is too large when inflated",
            Self::TooManyLastBlocks => "a message with too many last blocks",
        })
    }
}

impl core::error::Error for InflateError {}
