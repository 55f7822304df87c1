//! Messages sent: compressed, if that makes them smaller.

use core::fmt;

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush};

use super::buffer::Buffer;
use super::{History, Settings, TAIL, WindowBits};

/// The smallest window that zlib-rs makes.
const LEAST: usize = 9;
/// Octets, at most, of a message that gets larger: literals of 9 bits, and what ends blocks and flushes.
const fn most(len: usize) -> Option<usize> {
    len.checked_add(len / 8 + 64)
}

/// What compresses messages, one at a time: one a worker. A compressor is allocated for each size of window when it is first used.
pub struct Deflater {
    settings: Settings,
    compressors: [Option<Deflate>; 7],
    buffer: Buffer,
}

impl Deflater {
    /// One with these settings.
    pub const fn new(settings: Settings) -> Self {
        Self { settings, compressors: [const { None }; 7], buffer: Buffer::EMPTY }
    }

    /// Compresses a message to the payload of a frame (RFC 7692 section 7.2.1), which stays in the worker's buffer until the next one. `None` if
    /// the message is to be sent as it is: it is smaller than [`Settings::smallest`], does not get smaller, or the window is one of 8 bits.
    ///
    /// `history` is what was sent compressed before, if this message may refer to it; append the message to it once it is sent compressed. What
    /// was made with [`History::NONE`] may be sent to all peers with windows of this size or larger.
    pub fn deflate(
        &mut self,
        window: WindowBits,
        history: &History,
        message: &[u8],
    ) -> Option<&[u8]> {
        if message.len() < self.settings.smallest {
            return None;
        }
        self.compress(window, history, message, most(message.len())?)?;
        (self.buffer.octets().len() < message.len()).then_some(self.buffer.octets())
    }

    /// Compresses a message into so many octets, if they are enough.
    fn compress(
        &mut self,
        window: WindowBits,
        history: &History,
        message: &[u8],
        room: usize,
    ) -> Option<()> {
        let slot = self.compressors.get_mut(usize::from(window.get()).checked_sub(LEAST)?)?;
        // One that stops in the middle of a message is not used again: zlib-rs 0.6.8 does not reset all of it.
        let mut compressor = slot.take().unwrap_or_else(|| new(window, self.settings.level));
        compressor.reset();
        if !history.octets().is_empty() {
            compressor.set_dictionary(history.octets()).ok()?;
        }
        self.buffer.clear(self.settings.kept);
        self.buffer.reserve(room);
        let mut rest = message;
        loop {
            let before = (compressor.total_in(), compressor.total_out());
            let left = self.buffer.size().min(room) - self.buffer.octets().len();
            let out = self.buffer.room().get_mut(..left)?;
            compressor.compress(rest, out, DeflateFlush::SyncFlush).ok()?;
            let made = (compressor.total_out() - before.1) as usize;
            rest = rest.get((compressor.total_in() - before.0) as usize..)?;
            self.buffer.commit(made);
            match () {
                () if made == left => return None,
                () if rest.is_empty() => break,
                () if made == 0 => return None,
                () => {}
            }
        }
        *slot = Some(compressor);
        self.buffer.octets().ends_with(&TAIL).then(|| self.buffer.drop_last(TAIL.len()))
    }

    /// Octets of memory of the buffer, which [`Settings::kept`] bounds from the next message on.
    pub fn capacity(&self) -> usize {
        self.buffer.size()
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cold]
fn new(window: WindowBits, level: u8) -> Deflate {
    Deflate::new_with_config(DeflateConfig {
        level: level.clamp(1, 9).into(),
        // Negative: without a header.
        window_bits: -i32::from(window.get()),
        ..DeflateConfig::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_message_is_one_octet_0() {
        // RFC 7692 section 7.2.3.6.
        for bits in 9..=15 {
            let mut deflater = Deflater::new(Settings::DEFAULT);
            let window = WindowBits::new(bits).unwrap();
            for _ in 0..3 {
                assert_eq!(deflater.compress(window, &History::NONE, b"", 100), Some(()));
                assert_eq!(deflater.buffer.octets(), [0]);
            }
        }
    }

    #[test]
    fn the_examples_of_the_rfc() {
        // RFC 7692 sections 7.2.3.1 and 7.2.3.2, where the second takes an octet more: it begins with a literal.
        let (mut deflater, mut history) = (Deflater::new(Settings::DEFAULT), History::NONE);
        let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        assert_eq!(deflater.compress(WindowBits::MAX, &history, b"Hello", 100), Some(()));
        assert_eq!(deflater.buffer.octets(), hello);
        history.append(WindowBits::MAX, b"Hello");
        assert_eq!(deflater.compress(WindowBits::MAX, &history, b"Hello", 100), Some(()));
        assert_eq!(deflater.buffer.octets(), [0x02, 0x13, 0x00, 0x00]);
    }

    #[test]
    fn a_message_that_was_given_up_leaves_nothing_behind() {
        let message = b"the same words, the same words, and others".repeat(10);
        for level in 1..=9 {
            let mut deflater = Deflater::new(Settings { level, ..Settings::DEFAULT });
            assert_eq!(
                deflater.compress(WindowBits::MAX, &History::NONE, &message, 1000),
                Some(())
            );
            let expected = deflater.buffer.octets().to_vec();
            for room in 0..expected.len() {
                let outcome = deflater.compress(WindowBits::MAX, &History::NONE, &message, room);
                assert_eq!(outcome, None, "level {level}, {room} octets");
                deflater.compress(WindowBits::MAX, &History::NONE, &message, 1000).unwrap();
                assert_eq!(deflater.buffer.octets(), expected, "level {level}, {room} octets");
            }
        }
    }

    #[test]
    fn no_compressor_is_made_for_a_window_of_8_bits() {
        let settings = Settings { smallest: 0, ..Settings::DEFAULT };
        let mut deflater = Deflater::new(settings);
        assert_eq!(deflater.deflate(WindowBits::MIN, &History::NONE, &[0; 1000]), None);
        assert!(deflater.compressors.iter().all(Option::is_none));
    }
}
