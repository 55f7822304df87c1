//! Runs against an echo of a few lines that keeps to a script.

use std::net::TcpListener;
use std::time::Duration;

use rajada_websocket::Kind;

use super::super::{Load, Report, run};
use super::*;

/// What the server makes of the message of this number, which it would echo.
type Script = fn(usize, Vec<u8>) -> Vec<u8>;

/// A server that works as long as the test's process does.
fn server(script: Script) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream, script));
        }
    });
    address
}

/// Echoes what comes, in one write what one read has brought; each frame as the script has it.
fn serve(mut stream: TcpStream, script: Script) {
    let (mut buffer, mut head) = ([0; 4096], Vec::new());
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(count @ 1..) = stream.read(&mut buffer) else { return };
        head.extend_from_slice(&buffer[..count]);
    }
    stream.write_all(super::answer().as_bytes()).unwrap();
    let settings = Settings::default();
    let (mut rest, mut collector, mut number) = (Vec::new(), Collector::new(), 0);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        rest.extend_from_slice(&buffer[..count]);
        let mut answers = Vec::new();
        let mut parser = WebSocket::<_, Vec<u8>>::server();
        parser.lend(Box::new(Store::new(&settings)));
        let mut copy = rest.clone();
        let mut burst = Burst::new(&mut copy);
        let mut consumed = 0;
        loop {
            let (kind, payload) = match collector.take(parser.receive(&settings, &mut burst)) {
                Some(Event::Text(text)) => (Kind::Text, text.as_bytes().to_vec()),
                Some(Event::Binary(octets)) => (Kind::Binary, octets.to_vec()),
                Some(Event::NeedData) => break,
                Some(event) => panic!("{event:?}"),
                None => continue,
            };
            consumed = burst.consumed();
            let first = if kind == Kind::Text { 0x81 } else { 0x82 };
            let mut frame = match payload.len() {
                0..126 => vec![first, payload.len() as u8],
                _ => [&[first, 126][..], &(payload.len() as u16).to_be_bytes()].concat(),
            };
            frame.extend_from_slice(&payload);
            answers.extend(script(number, frame));
            number += 1;
        }
        rest.drain(..consumed);
        if stream.write_all(&answers).is_err() {
            return;
        }
    }
}

fn run_with(messages: Messages, depth: usize, script: Script) -> Result<Report, String> {
    run(&Load {
        address: server(script),
        shape: "root".into(),
        requests: Vec::new(),
        websocket: Some(messages),
        connections: 3,
        depth,
        measured: Duration::from_millis(200),
        warm_up: Duration::from_millis(20),
        threads: 1,
        rate: None,
        pid: None,
    })
}

fn messages(size: usize) -> Messages {
    Messages { path: "/ws".into(), size, text: false }
}

#[test]
fn echoes_are_counted() {
    for (size, depth, text) in [(0, 1, false), (40, 16, true), (126, 5, false), (5000, 40, true)] {
        let report =
            run_with(Messages { text, ..messages(size) }, depth, |_, frame| frame).unwrap();
        assert_eq!(report.errors.total(), 0, "{size} octets, {depth} at once");
        assert!(report.requests > 0);
        assert_eq!(report.requests, report.bursts * depth as u64);
        assert_eq!(report.unit, "message");
        assert!(report.to_string().contains("us CPU a message"), "{report}");
    }
}

#[test]
fn echoes_in_fragments_are_echoes() {
    let report = run_with(messages(2), 4, |_, frame| vec![2, 1, frame[2], 128, 1, frame[3]]);
    assert_eq!(report.unwrap().errors.total(), 0);
}

#[test]
fn what_differs_from_what_was_sent_is_not_measured() {
    let first = |script: Script| run_with(messages(40), 4, script).unwrap_err();
    let payload: Script = |number, mut frame| {
        frame[41] ^= u8::from(number == 3);
        frame
    };
    assert!(first(payload).contains("instead of echo 3"));
    let kind: Script = |_, frame| [&[0x81], &frame[1..]].concat();
    assert!(first(kind).contains("instead of echo 0"));
    let twice: Script = |number, frame| frame.repeat(if number == 3 { 2 } else { 1 });
    assert!(first(twice).contains("instead of echo 4"));
    let part: Script = |number, frame| frame[..42 - usize::from(number == 3)].into();
    assert!(first(part).contains("can't be read from"));
    assert!(first(|_, frame| [&[0xA2], &frame[1..]].concat()).contains("echo 0: "));
}

#[test]
fn what_differs_later_is_an_error() {
    // The header, and the last octet of a payload.
    for at in [0, 41] {
        let script: Script = match at {
            0 => |number, mut frame| {
                frame[0] ^= u8::from(number == 9);
                frame
            },
            _ => |number, mut frame| {
                frame[41] ^= u8::from(number == 9);
                frame
            },
        };
        let errors = run_with(messages(40), 4, script).unwrap().errors;
        assert!(errors.mismatch > 0, "octet {at}: {errors:?}");
        assert_eq!(errors.total(), errors.mismatch);
    }
}

#[test]
fn payloads_have_their_size_and_differ() {
    let messages = Messages { path: "/".into(), size: 40, text: true };
    assert_eq!(
        messages.payload(7),
        "7rst in a burst in a burst in a burst in a burst".get(..40).unwrap()
    );
    assert!((0..100).all(|number| messages.payload(number).len() == 40));
    assert_ne!(messages.payload(3), messages.payload(4));
    assert_eq!(Messages { size: 0, ..messages }.payload(4), "");
}

#[test]
fn handshakes_are_judged() {
    let whole = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    let judge = |text: &str| accepted(text.as_bytes());
    assert_eq!(judge(whole), Ok(Some("permessage-deflate".into())));
    assert_eq!(judge(&whole[..whole.len() - 1]), Ok(None));
    assert!(judge(&whole.replace("s3p", "s4p")).unwrap_err().contains("another key"));
    assert!(judge(&whole.replace("101 S", "200 S")).unwrap_err().contains("200 S"));
    assert!(judge(&format!("{whole}\u{1}")).unwrap_err().contains("before it was asked"));
    assert!(judge("HTP/1.1 101 \r\n\r\n").unwrap_err().contains("the server's answer"));
}
