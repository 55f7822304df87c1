//! The loop.

use std::io::{self, ErrorKind, Read, Write};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use super::Protocol;

const LISTENER: Token = Token(usize::MAX);

/// Octets of one read.
const READ: usize = 64 * 1024;

/// Answers that one write may have at most.
const ANSWERS: usize = 4096;

struct Connection<K> {
    stream: TcpStream,
    /// Octets of answers that are not written yet.
    owed: usize,
    kept: K,
}

/// Serves until polling fails.
pub(super) fn run<P: Protocol>(
    mut listener: TcpListener,
    answer: &[u8],
    mut protocol: P,
) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut connections: Vec<Option<Connection<P::Kept>>> = Vec::new();
    let mut free = Vec::new();
    let answers = answer.repeat(ANSWERS);
    let mut buffer = vec![0; READ];
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    let index = free.pop().unwrap_or(connections.len());
                    if index == connections.len() {
                        connections.push(None);
                    }
                    stream.set_nodelay(true)?;
                    let both = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, Token(index), both)?;
                    connections[index] =
                        Some(Connection { stream, owed: 0, kept: P::Kept::default() });
                }
                continue;
            }
            let index = event.token().0;
            let Some(Some(connection)) = connections.get_mut(index) else { continue };
            let served = connection.serve(
                &mut protocol,
                &mut buffer,
                (&answers, answer.len()),
                event.is_read_closed(),
            );
            if served.is_none() {
                connections[index] = None;
                free.push(index);
            }
        }
    }
}

impl<K> Connection<K> {
    /// Reads and answers as long as there is something; `None` when the connection has ended.
    #[inline]
    fn serve<P: Protocol<Kept = K>>(
        &mut self,
        protocol: &mut P,
        buffer: &mut [u8],
        answers: (&[u8], usize),
        closed: bool,
    ) -> Option<()> {
        loop {
            // Nobody who doesn't read is read from.
            if self.owed > 0 && !self.write(answers)? {
                return Some(());
            }
            match self.stream.read(buffer) {
                Ok(0) => return None,
                Ok(count) => {
                    self.owed += protocol.requests(&mut self.kept, &buffer[..count])? * answers.1;
                    if self.owed > 0 && !self.write(answers)? {
                        return Some(());
                    }
                    // A read that is not full was the last before the next event.
                    if count < buffer.len() && !closed {
                        return Some(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Some(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    /// Writes what is owed; tells whether all of it was.
    #[inline]
    fn write(&mut self, (answers, len): (&[u8], usize)) -> Option<bool> {
        while self.owed > 0 {
            // The octets owed end with the end of an answer.
            let begun = (len - self.owed % len) % len;
            let now = self.owed.min(answers.len() - begun);
            match self.stream.write(&answers[begun..begun + now]) {
                Ok(count) => self.owed -= count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Some(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        Some(true)
    }
}
