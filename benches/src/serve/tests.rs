//! The loop, with a protocol of lines.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{Protocol, answer, options, worker};

/// A request is a line; `!` is malformed.
struct Lines;

impl Protocol for Lines {
    type Kept = ();

    fn requests(&mut self, (): &mut (), octets: &[u8]) -> Option<usize> {
        let lines = octets.iter().filter(|&&octet| octet == b'\n').count();
        (!octets.contains(&b'!')).then_some(lines)
    }
}

/// A server that works as long as the test's process does, and a connection to it.
fn connect(length: usize) -> TcpStream {
    let listener = options::listen(([127, 0, 0, 1], 0).into(), false).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer::answer(length).unwrap();
    let listener = mio::net::TcpListener::from_std(listener);
    std::thread::spawn(move || worker::run(listener, &answer, Lines));
    TcpStream::connect(address).unwrap()
}

#[test]
fn each_request_is_answered_once() {
    let mut stream = connect(150);
    let answer = answer::answer(150).unwrap();
    for count in [1, 3, 24] {
        stream.write_all(&b"a\n".repeat(count)).unwrap();
        let mut received = vec![0; count * 150];
        stream.read_exact(&mut received).unwrap();
        assert_eq!(received, answer.repeat(count));
    }
}

#[test]
fn nothing_is_lost_when_answers_are_read_late() {
    const REQUESTS: usize = 100_000;
    let mut stream = connect(151);
    let mut sender = stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || sender.write_all(&b"\n".repeat(REQUESTS)));
    let mut received = vec![0; REQUESTS * 151];
    // Both sides are full by now.
    std::thread::sleep(std::time::Duration::from_millis(50));
    stream.read_exact(&mut received).unwrap();
    sending.join().unwrap().unwrap();
    assert!(received == answer::answer(151).unwrap().repeat(REQUESTS));
}

#[test]
fn a_connection_ends_with_its_client_or_its_sense() {
    let mut stream = connect(152);
    stream.write_all(b"\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(received.len(), 152);

    let mut stream = connect(152);
    stream.write_all(b"!").unwrap();
    assert_eq!(stream.read_to_end(&mut received).unwrap(), 0);
}
