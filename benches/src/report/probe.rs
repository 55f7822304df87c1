//! Looks for faults: what a client may do, and not every server can take.

use std::net::SocketAddr;
use std::thread::sleep;
use std::time::Duration;

use super::client::{Answer, Client};
use super::record::Probe;

/// The greeting's request, and one for something that isn't there.
const GREETING: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n";
const MISSING: &[u8] = b"GET /no-such-thing HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n";
/// Whitespace before the colon must be refused (RFC 9112 section 5.1).
const MALFORMED: &[u8] = b"GET / HTTP/1.1\r\nHost : 127.0.0.1:18080\r\n\r\n";

/// Octets of the answer to `GET /`, which must be a 200 with the greeting: whoever answers anything else is not compared.
pub(super) fn greeting(address: SocketAddr) -> Result<usize, String> {
    let mut client = Client::connect(address)?;
    client.send(GREETING)?;
    match &client.answers(1)?[0] {
        answer if greets(answer) => Ok(answer.octets),
        answer => Err(format!(
            "answers {} \"{}\", not 200 with the greeting",
            answer.status,
            answer.content.escape_ascii()
        )),
    }
}

/// The same, where the answer must be a 200.
pub(super) fn good(address: SocketAddr, request: &[u8]) -> Result<usize, String> {
    let mut client = Client::connect(address)?;
    client.send(request)?;
    match &client.answers(1)?[0] {
        answer if answer.status == 200 => Ok(answer.octets),
        answer => Err(format!("Rajada answers with {}", answer.status)),
    }
}

/// Tries all of it.
pub(super) fn probe(contestant: &str, address: SocketAddr) -> Probe {
    Probe {
        contestant: contestant.into(),
        order: order(address).err(),
        fragments: fragments(address).err(),
        half_close: half_close(address).err(),
        malformed: malformed(address).err(),
    }
}

fn greets(answer: &Answer) -> bool {
    answer.status == 200 && answer.content == b"Hello world!"
}

/// 64 requests in one write: each second one is for something that isn't there.
fn order(address: SocketAddr) -> Result<(), String> {
    let mut client = Client::connect(address)?;
    client.send(&[GREETING, MISSING].concat().repeat(32))?;
    let answers = client.answers(64)?;
    if answers.iter().all(greets) {
        return Err("answers everything with the greeting".into());
    }
    let right = |(place, answer): (usize, &Answer)| match place % 2 {
        0 => greets(answer),
        _ => answer.status == 404,
    };
    match answers.iter().enumerate().all(right) {
        true => Ok(()),
        false => Err("answers out of order".into()),
    }
}

/// Two requests, an octet at a time.
fn fragments(address: SocketAddr) -> Result<(), String> {
    let mut client = Client::connect(address)?;
    for octet in GREETING.repeat(2) {
        client.send(&[octet])?;
        sleep(Duration::from_micros(200));
    }
    match client.answers(2)?.iter().all(greets) {
        true => Ok(()),
        false => Err("answers something else".into()),
    }
}

/// 24 requests and the end of the client's side: all answers must come, and then the end of the server's.
fn half_close(address: SocketAddr) -> Result<(), String> {
    // Whether the end arrives with the requests or behind them is a matter of chance.
    for pause in [0, 0, 0, 0, 5] {
        let mut client = Client::connect(address)?;
        client.send(&GREETING.repeat(24))?;
        sleep(Duration::from_millis(pause));
        client.half_close()?;
        if !client.answers(24)?.iter().all(greets) {
            return Err("answers something else".into());
        }
        match client.answer() {
            Ok(None) => {}
            Ok(Some(_)) => return Err("answers more than was asked".into()),
            Err(_) => return Err("doesn't close its own side within 5 s".into()),
        }
    }
    Ok(())
}

/// Two good requests before one that is malformed.
fn malformed(address: SocketAddr) -> Result<(), String> {
    let mut client = Client::connect(address)?;
    client.send(&[GREETING, GREETING, MALFORMED].concat())?;
    if !client.answers(2)?.iter().all(greets) {
        return Err("answers good requests before a malformed one with something else".into());
    }
    // A 400 is what should come (RFC 9112 section 2.2); to close without one is allowed.
    match client.status()? {
        Some(200) => Err("accepts whitespace before a colon".into()),
        _ => Ok(()),
    }
}
