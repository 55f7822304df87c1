//! The end of a connection, from either side.

mod common;

use common::naive;
use rajada_websocket::{
    ApiMisuse, Burst, CloseCode, Event, Kind, Offence, Phase, Server, Settings, Store, WebSocket,
};

type Socket = WebSocket<Server, Vec<u8>>;

fn server() -> Socket {
    let mut socket = WebSocket::server();
    socket.lend(Box::new(Store::new(&Settings::default())));
    socket
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    naive::frame(first, Some([9, 8, 7, 6]), payload)
}

/// All that leaves.
fn transmitted(socket: &mut Socket) -> Vec<u8> {
    let mut slices = [&[][..]; 16];
    let count = socket.poll_transmit(&mut slices);
    let octets = slices[..count].concat();
    socket.transmitted(octets.len());
    octets
}

#[test]
fn the_peers_close_frame_is_answered_with_its_code() {
    let settings = Settings::default();
    let mut socket = server();
    socket.send_text("before").unwrap();
    let mut octets = [frame(0x88, b"\x0f\xa1why"), frame(0x81, b"behind")].concat();
    let mut burst = Burst::new(&mut octets);
    let code = CloseCode::new(4001);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Close { code, reason: "why" });
    assert_eq!((socket.phase(), socket.wants_read()), (Phase::Ending, false));
    assert_eq!(socket.receive(&settings, &mut burst), Event::Closed, "none is read behind it");
    for sent in [
        socket.send_text("a"),
        socket.send_owned(Kind::Binary, vec![]),
        socket.start(Kind::Text),
        socket.ping(b""),
        socket.pong(b""),
    ] {
        assert_eq!(sent, Err(ApiMisuse::Closing));
    }
    assert_eq!(socket.close(CloseCode::NORMAL, ""), Ok(()), "it is closed");
    assert_eq!(transmitted(&mut socket), b"\x81\x06before\x88\x02\x0f\xa1");
    assert_eq!(socket.phase(), Phase::Closed);
    assert_eq!(socket.receive_eof(), Event::Closed);
}

#[test]
fn a_deferred_reply_leaves_behind_what_is_sent_before() {
    let settings = Settings::default();
    for (end, reply) in [
        (frame(0x88, b"\x0f\xa1"), &b"\x88\x02\x0f\xa1"[..]),
        (frame(0x88, b""), b"\x88\x00"),
        (frame(0xC1, b""), b"\x88\x02\x03\xea"),
        (frame(0x81, b"\xff"), b"\x88\x02\x03\xef"),
    ] {
        let mut socket = Socket::server().deferred();
        socket.lend(Box::new(Store::new(&settings)));
        assert_eq!(socket.conclude(), Ok(()), "none is due");
        let mut octets = [frame(0x81, b"asks"), end].concat();
        let mut burst = Burst::new(&mut octets);
        assert_eq!(socket.receive(&settings, &mut burst), Event::Text("asks"));
        let event = socket.receive(&settings, &mut burst);
        assert!(matches!(event, Event::Close { .. } | Event::Malformed(_)), "{event:?}");
        assert_eq!((socket.phase(), socket.wants_read()), (Phase::Concluding, false));
        assert!(socket.has_room() && !socket.wants_write());
        // A store is not needed until then.
        let store = socket.reclaim().unwrap();
        assert_eq!(socket.conclude(), Err(ApiMisuse::NoStore));
        socket.lend(store);
        socket.send_text("answer").unwrap();
        assert_eq!(socket.phase(), Phase::Concluding);
        assert_eq!((socket.conclude(), socket.conclude()), (Ok(()), Ok(())));
        assert_eq!(socket.send_text("late"), Err(ApiMisuse::Closing));
        assert_eq!(socket.phase(), Phase::Ending);
        assert_eq!(transmitted(&mut socket), [b"\x81\x06answer", reply].concat());
        assert_eq!(socket.phase(), Phase::Closed);
    }
}

#[test]
fn a_close_frame_put_out_before_is_the_only_one() {
    let settings = Settings::default();
    // Before the peer's, and while the reply waits.
    for early in [true, false] {
        let mut socket = Socket::server().deferred();
        socket.lend(Box::new(Store::new(&settings)));
        if early {
            socket.close(CloseCode::GOING_AWAY, "").unwrap();
        }
        let mut octets = frame(0x88, b"\x03\xe8");
        socket.receive(&settings, &mut Burst::new(&mut octets));
        if !early {
            socket.close(CloseCode::GOING_AWAY, "").unwrap();
        }
        socket.conclude().unwrap();
        assert_eq!(transmitted(&mut socket), b"\x88\x02\x03\xe9");
        assert_eq!(socket.phase(), Phase::Closed);
        socket.abandon();
        assert_eq!(socket.phase(), Phase::Closed);
    }
}

#[test]
fn what_comes_until_the_reply_is_received() {
    let settings = Settings::default();
    let mut socket = server();
    socket.close(CloseCode::GOING_AWAY, "down").unwrap();
    assert_eq!(socket.phase(), Phase::Closing);
    let mut octets = [frame(0x81, b"late"), frame(0x89, b"?"), frame(0x88, b"\x03\xe9")].concat();
    let mut burst = Burst::new(&mut octets);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Text("late"));
    assert_eq!(socket.receive(&settings, &mut burst), Event::Ping(b"?"));
    let code = Some(CloseCode::GOING_AWAY);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Close { code, reason: "" });
    assert_eq!(
        transmitted(&mut socket),
        b"\x88\x06\x03\xe9down",
        "one close frame, and nothing behind it"
    );
    assert_eq!(socket.phase(), Phase::Closed);
}

#[test]
fn a_message_in_pieces_is_broken_off() {
    let mut socket = server();
    socket.start(Kind::Text).unwrap();
    socket.send(b"some").unwrap();
    socket.close(CloseCode::NORMAL, "").unwrap();
    assert_eq!(socket.send(b"more"), Err(ApiMisuse::Closing));
    assert_eq!(socket.finish(b""), Err(ApiMisuse::Closing));
    assert_eq!(transmitted(&mut socket), b"\x01\x04some\x88\x02\x03\xe8");
}

#[test]
fn an_offence_in_closing_is_told_to_the_caller_alone() {
    let settings = Settings::default();
    let mut socket = server();
    socket.close(CloseCode::NORMAL, "").unwrap();
    let mut octets = [0x83, 0x80];
    let event = socket.receive(&settings, &mut Burst::new(&mut octets));
    assert!(matches!(event, Event::Malformed(error) if error.offence() == Offence::ReservedOpcode));
    assert_eq!(transmitted(&mut socket), b"\x88\x02\x03\xe8");
    assert_eq!(socket.phase(), Phase::Closed);
}

#[test]
fn a_stream_that_breaks_off_is_an_offence() {
    let settings = Settings::default();
    let mut socket = server();
    socket.send_text("on its way").unwrap();
    let mut octets = frame(0x81, b"abc");
    octets.truncate(7);
    let mut burst = Burst::new(&mut octets);
    assert_eq!(socket.receive(&settings, &mut burst), Event::NeedData);
    assert!(socket.is_receiving());
    let Event::Malformed(error) = socket.receive_eof() else { panic!("it was cut") };
    assert_eq!((error.offence(), error.offset(), error.code()), (Offence::Truncated, 6, None));
    assert_eq!(socket.phase(), Phase::Ending);
    assert_eq!(transmitted(&mut socket), b"\x81\x0aon its way", "no close frame");
    assert_eq!(socket.receive_eof(), Event::Closed);
}

#[test]
fn reasons_have_123_octets_at_most() {
    let mut socket = server();
    assert_eq!(socket.close(CloseCode::NORMAL, &"a".repeat(124)), Err(ApiMisuse::TooLong));
    assert_eq!(socket.ping(&[0; 126]), Err(ApiMisuse::TooLong));
    assert_eq!(socket.phase(), Phase::Open);
    assert_eq!(socket.close(CloseCode::NORMAL, &"a".repeat(123)), Ok(()));
    assert_eq!(transmitted(&mut socket).len(), 127);
}

#[test]
fn text_that_is_none_is_not_sent() {
    let mut socket = server();
    assert_eq!(socket.send_owned(Kind::Text, vec![0xFF; 2000]), Err(ApiMisuse::NotUtf8));
    socket.start(Kind::Text).unwrap();
    assert_eq!(socket.send_text("between"), Err(ApiMisuse::InMessage));
    socket.send(b"\xe2\x82").unwrap();
    assert_eq!(socket.send(b"a"), Err(ApiMisuse::NotUtf8));
    assert_eq!(socket.finish(b""), Err(ApiMisuse::NotUtf8));
    socket.ping(b"between").unwrap();
    socket.finish(b"\xac").unwrap();
    assert_eq!(socket.finish(b""), Err(ApiMisuse::NoMessage));
    assert_eq!(transmitted(&mut socket), b"\x01\x02\xe2\x82\x89\x07between\x80\x01\xac");
}

#[test]
fn nothing_is_received_without_a_store() {
    let settings = Settings::default();
    let mut socket = Socket::server();
    let mut octets = frame(0x81, b"abc");
    let mut burst = Burst::new(&mut octets);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Paused);
    assert_eq!((burst.consumed(), socket.send_text("")), (0, Err(ApiMisuse::NoStore)));
    socket.lend(Box::new(Store::new(&settings)));
    assert_eq!(socket.receive(&settings, &mut burst), Event::Text("abc"));
}
