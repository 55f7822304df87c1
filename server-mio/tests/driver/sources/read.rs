//! From a reader that blocks, on other threads.

use std::io::{self, ErrorKind, Read};

use proptest::prelude::*;
use rajada_mio::Body;

use super::script::{Source, Step};
use super::{actions, burst, config, run};

/// An interruption stands for an empty piece.
impl Read for Source {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.next(room.len(), None) {
                Step::Wait => self.wait(),
                Step::Empty => return Err(ErrorKind::Interrupted.into()),
                Step::Octets(octets) => return (&octets[..]).read(room),
                Step::End => return Ok(0),
                Step::Fail => return Err(io::Error::other("on purpose")),
            }
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn readers_are_whole_and_in_order_or_cut_and_bounded(burst in burst(), actions in actions()) {
        run(&burst, &actions, Body::from_read);
    }
}
