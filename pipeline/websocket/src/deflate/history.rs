//! What messages before were, where later ones may refer to it.

use alloc::vec::Vec;

use super::WindowBits;

/// The last octets of the messages that went compressed in one direction of one connection, as many as a window has: all that connections
/// keep for themselves if they refer to messages before. It grows to the window's size, and is allocated by the first message.
#[derive(Debug, Default)]
pub struct History(Vec<u8>);

impl History {
    /// That of a connection without messages, and of one whose messages do not refer to each other.
    pub const NONE: Self = Self(Vec::new());

    /// Appends a message that went compressed, and forgets what is no longer in the window.
    pub fn append(&mut self, window: WindowBits, message: &[u8]) {
        let Self(octets) = self;
        let room = window.octets();
        let message = &message[message.len().saturating_sub(room)..];
        let forgotten = (octets.len() + message.len()).saturating_sub(room);
        octets.drain(..forgotten);
        let needed = octets.len() + message.len();
        if needed > octets.capacity() {
            // No window is larger than a power of two below it.
            octets.reserve_exact(needed.next_power_of_two().min(room) - octets.len());
        }
        octets.extend_from_slice(message);
    }

    /// The octets, at most as many as the window has.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_end_of_all_messages_and_no_larger_than_the_window() {
        let window = WindowBits::MIN;
        let (mut history, mut all) = (History::NONE, Vec::new());
        for (index, length) in
            [0, 1, 100, 0, 155, 1, 3, 256, 255, 257, 1000, 5].into_iter().enumerate()
        {
            let message: Vec<u8> = (0..length).map(|at| (at * 7 + index) as u8).collect();
            history.append(window, &message);
            all.extend(&message);
            assert_eq!(history.octets(), &all[all.len().saturating_sub(256)..]);
            assert!(history.0.capacity() <= 256, "{}", history.0.capacity());
        }
    }
}
