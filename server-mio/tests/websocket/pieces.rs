//! Octets in pieces of any size, in and out.

use proptest::prelude::*;
use rajada_mio::App;

use crate::common::{Memory, asks, echo, frame};

/// What a client may send: a message in some fragments, or a ping.
#[derive(Debug, Clone)]
enum Sent {
    Message { text: bool, fragments: Vec<Vec<u8>> },
    Ping(Vec<u8>),
}

fn sent() -> impl Strategy<Value = Sent> {
    let piece = prop_oneof![
        proptest::collection::vec(b'a'..=b'z', 0..40),
        proptest::collection::vec(b'a'..=b'z', 2000..6000),
    ];
    prop_oneof![
        4 => (any::<bool>(), proptest::collection::vec(piece, 1..4))
            .prop_map(|(text, fragments)| Sent::Message { text, fragments }),
        1 => proptest::collection::vec(any::<u8>(), 0..126).prop_map(Sent::Ping),
    ]
}

#[test]
fn a_message_that_has_begun_without_an_octet_comes_whole() {
    let mut memory = Memory::open(App::new().websocket("/ws", echo), "/ws");
    let octets = frame(0x82, &[b'x'; 5000]);
    let (header, payload) = octets.split_at(octets.len() - 5000);
    memory.send(header);
    memory.send(payload);
    let frames = memory.frames();
    let found: Vec<_> = frames.iter().map(|frame| (frame.first, frame.payload.len())).collect();
    assert_eq!(found, [(0x82, 5000)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_message_comes_back_in_order_and_every_ping_is_answered(
        sent in proptest::collection::vec(sent(), 1..12),
        cuts in proptest::collection::vec(1usize..3000, 1..20),
        takes in prop_oneof![Just(usize::MAX), 1usize..500],
    ) {
        let mut octets = asks("/ws").into_bytes();
        let (mut messages, mut pings) = (Vec::new(), Vec::new());
        for sent in &sent {
            match sent {
                Sent::Message { text, fragments } => {
                    let opcode = if *text { 1 } else { 2 };
                    for (at, fragment) in fragments.iter().enumerate() {
                        let fin = if at + 1 == fragments.len() { 0x80 } else { 0 };
                        octets.extend(frame(fin | if at == 0 { opcode } else { 0 }, fragment));
                    }
                    messages.push((0x80 | opcode, fragments.concat()));
                }
                Sent::Ping(payload) => {
                    octets.extend(frame(0x89, payload));
                    pings.push(payload.clone());
                }
            }
        }
        octets.extend(frame(0x88, &[3, 232]));
        let mut memory = Memory::new(App::new().websocket("/ws", echo));
        memory.takes = takes;
        let mut rest = &octets[..];
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            while !memory.wants_read() && memory.take() > 0 {
                memory.run();
            }
            let (piece, behind) = rest.split_at(rest.len().min(*cut));
            memory.give(piece);
            if cut % 2 == 0 {
                memory.run();
            }
            rest = behind;
        }
        memory.run();
        while memory.take() > 0 {
            memory.run();
        }
        memory.head();
        let frames = memory.frames();
        let of = |first: fn(u8) -> bool| {
            let frames = frames.iter().filter(move |frame| first(frame.first));
            frames.map(|frame| (frame.first, frame.payload.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(of(|first| first < 0x88), messages);
        let pongs: Vec<Vec<u8>> = of(|first| first == 0x8A).into_iter().map(|it| it.1).collect();
        prop_assert!(pongs.iter().all(|pong| pings.contains(pong)));
        prop_assert_eq!(pongs.last(), pings.last());
        prop_assert_eq!(of(|first| first == 0x88), vec![(0x88, vec![3, 232])]);
        prop_assert!(memory.is_closed && memory.received.is_empty());
    }
}

#[test]
fn fragments_come_octet_by_octet() {
    let fragments = [frame(0x01, b"frag"), frame(0x00, b""), frame(0x80, b"ments")].concat();
    let mut memory = Memory::open(App::new().websocket("/ws", echo), "/ws");
    for octet in fragments {
        memory.send(&[octet]);
    }
    assert_eq!(memory.texts(), ["fragments"]);
}
