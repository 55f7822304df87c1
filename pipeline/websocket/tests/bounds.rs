//! Bounds: what a peer may send, what is held, and what a flood of pings costs.

mod common;

use std::sync::Arc;

use common::naive::{self, Outcome, Receiver};
use common::run;
use rajada_websocket::{
    ApiMisuse, Burst, CloseCode, Collector, Encoded, Event, Kind, Offence, Phase, Settings, Store,
    WebSocket,
};

fn server(settings: &Settings) -> WebSocket<rajada_websocket::Server, Vec<u8>> {
    let mut socket = WebSocket::server();
    socket.lend(Box::new(Store::new(settings)));
    socket
}

const KEY: Option<[u8; 4]> = Some([1, 2, 3, 4]);

/// Gives octets to a server, and says what its last event but for `NeedData` was.
fn give(
    socket: &mut WebSocket<rajada_websocket::Server, Vec<u8>>,
    settings: &Settings,
    mut octets: Vec<u8>,
) -> Option<Offence> {
    let mut burst = Burst::new(&mut octets);
    loop {
        match socket.receive(settings, &mut burst) {
            Event::NeedData | Event::Closed => return None,
            Event::Malformed(error) => return Some(error.offence()),
            _ => {}
        }
    }
}

/// What is ready to leave, as frames.
fn sent(socket: &WebSocket<rajada_websocket::Server, Vec<u8>>) -> Vec<(u8, Vec<u8>)> {
    let mut slices = [&[][..]; 64];
    let count = socket.poll_transmit(&mut slices);
    naive::frames(&slices[..count].concat(), false)
}

#[test]
fn limits_are_met_at_their_edge() {
    type Limit = (fn(&mut Settings), Offence, fn() -> [Vec<u8>; 2]);
    // Settings, what goes beyond them, and what does and does not.
    let limits: [Limit; 6] = [
        (
            |settings| settings.message = 10,
            Offence::MessageTooBig,
            || [naive::frame(0x82, KEY, &[0; 10]), naive::frame(0x82, KEY, &[0; 11])],
        ),
        (
            |settings| settings.message = 10,
            Offence::MessageTooBig,
            || {
                let first = naive::frame(2, KEY, &[0; 6]);
                [4, 5].map(|len| [first.clone(), naive::frame(0x80, KEY, &vec![0; len])].concat())
            },
        ),
        (
            |settings| settings.frame = 10,
            Offence::FrameTooBig,
            || [10, 11].map(|len| naive::frame(0x81, KEY, &vec![b'a'; len])),
        ),
        (
            |settings| settings.fragments = 3,
            Offence::TooManyFragments,
            || {
                let first = [naive::frame(2, KEY, b"a"), naive::frame(0, KEY, b"b")].concat();
                let (last, more) = (naive::frame(0x80, KEY, b"c"), naive::frame(0, KEY, b"c"));
                [[&first[..], &last].concat(), [&first[..], &more, &last].concat()]
            },
        ),
        (
            |settings| settings.empty = 1,
            Offence::TooManyEmpty,
            || {
                let (empty, last) = (naive::frame(2, KEY, b""), naive::frame(0x80, KEY, b"c"));
                let more = naive::frame(0, KEY, b"");
                [[&empty[..], &last].concat(), [&empty[..], &more, &last].concat()]
            },
        ),
        (
            |settings| settings.controls = 2,
            Offence::TooManyControls,
            || {
                let (pong, text) = (naive::frame(0x8A, KEY, b"a"), naive::frame(0x81, KEY, b"c"));
                let two = [&pong[..], &pong].concat();
                [[&two[..], &text, &two].concat(), [&two[..], &pong].concat()]
            },
        ),
    ];
    for (set, offence, octets) in limits {
        let mut settings = Settings::default();
        set(&mut settings);
        let receiver = Receiver { settings: &settings, is_server: true, compressed: false };
        let [fits, beyond] = octets();
        for (octets, wrong) in [(fits, false), (beyond, true)] {
            let whole = run::in_pieces(receiver, &octets, []);
            assert_eq!(
                matches!(whole.outcomes.last(), Some(Outcome::Malformed(found, ..)) if *found == offence),
                wrong,
                "{offence:?}: {whole:?}"
            );
            for at in 0..octets.len() {
                assert_eq!(run::in_pieces(receiver, &octets, [at]), whole);
            }
        }
    }
}

#[test]
fn empty_messages_are_no_empty_fragments() {
    let mut settings = Settings::default();
    settings.empty = 0;
    let receiver = Receiver { settings: &settings, is_server: true, compressed: false };
    let octets = naive::frame(0x81, KEY, b"").repeat(5);
    assert_eq!(
        run::in_pieces(receiver, &octets, []).outcomes,
        vec![Outcome::Text(String::new()); 5]
    );
    assert_eq!(run::in_pieces(receiver, &octets, 0..octets.len()).outcomes.len(), 5);
}

#[test]
fn a_flood_of_pings_costs_its_budget_and_the_newest_is_answered() {
    let mut settings = Settings::default();
    settings.control = 300;
    let mut socket = server(&settings);
    for number in 0..1000u16 {
        let ping = naive::frame(0x89, KEY, &[&number.to_be_bytes()[..], &[0; 123]].concat());
        assert_eq!(give(&mut socket, &settings, ping), None);
        assert!(socket.held() <= 300);
    }
    let first = sent(&socket);
    assert_eq!(first.len(), 2, "as many as fit");
    let held = socket.held();
    socket.transmitted(held - 1);
    assert_eq!(socket.held(), 1);
    socket.transmitted(1);
    let newest = sent(&socket);
    assert_eq!(newest.len(), 1);
    assert_eq!((newest[0].0, &newest[0].1[..2]), (0x8A, &999u16.to_be_bytes()[..]));
    let held = socket.held();
    socket.transmitted(held);
    assert!(!socket.wants_write());
}

#[test]
fn pings_in_a_row_that_nobody_lets_be_answered_end() {
    let settings = Settings::default();
    let mut socket = server(&settings);
    let ping = naive::frame(0x89, KEY, b"");
    assert_eq!(give(&mut socket, &settings, ping.repeat(4096)), None);
    assert_eq!(give(&mut socket, &settings, ping.clone()), Some(Offence::TooManyControls));
    // Where they are answered they go on.
    let mut socket = server(&settings);
    for _ in 0..3 {
        assert_eq!(give(&mut socket, &settings, ping.repeat(4000)), None);
        while socket.wants_write() {
            socket.transmitted(1000);
        }
    }
}

#[test]
fn a_full_backlog_refuses_data_and_takes_pongs_and_the_close_frame() {
    let mut settings = Settings::default();
    settings.held = 1000;
    let mut socket = server(&settings);
    let mut taken = 0;
    let refused = loop {
        match socket.send_binary(&[7; 100]) {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((refused, taken, socket.has_room()), (ApiMisuse::Full, 10, false));
    assert_eq!(socket.send_owned(Kind::Binary, vec![0; 5000]), Err(ApiMisuse::Full));
    assert_eq!(socket.start(Kind::Text), Err(ApiMisuse::Full));
    assert_eq!(give(&mut socket, &settings, naive::frame(0x89, KEY, b"still?")), None);
    assert_eq!(socket.ping(b"and you?"), Ok(()));
    socket.close(CloseCode::GOING_AWAY, "").unwrap();
    let frames = sent(&socket);
    assert_eq!(frames[..10], vec![(0x82, vec![7; 100]); 10][..], "what was accepted leaves");
    let behind: Vec<_> =
        frames[10..].iter().map(|(first, payload)| (*first, &payload[..])).collect();
    assert_eq!(
        behind,
        [(0x8A, &b"still?"[..]), (0x89, b"and you?"), (0x88, &1001u16.to_be_bytes())]
    );
}

#[test]
fn one_message_beyond_the_bound_is_taken() {
    let mut settings = Settings::default();
    settings.held = 1;
    let mut socket = server(&settings);
    socket.send_owned(Kind::Binary, vec![9; 100_000]).unwrap();
    assert_eq!(socket.send_text(""), Err(ApiMisuse::Full));
    let mut slices = [&[][..]; 3];
    assert_eq!(socket.poll_transmit(&mut slices), 2, "a header, and the payload where it is");
    assert_eq!(*slices[0], naive::frame(0x82, None, &[9; 100_000])[..10]);
    assert_eq!(slices[1].len(), 100_000);
    socket.transmitted(100_010);
    assert_eq!(socket.send_text(""), Ok(()));
}

#[test]
fn nothing_is_held_for_what_is_only_announced() {
    let settings = Settings::default();
    let mut socket = server(&settings);
    let mut octets = vec![0x82, 0xFF, 0, 0, 0, 0, 0, 0x0F, 0xFF, 0xFF, 1, 2, 3, 4];
    let mut burst = Burst::new(&mut octets);
    assert_eq!(
        socket.receive(&settings, &mut burst),
        Event::Begin { kind: Kind::Binary, compressed: false }
    );
    assert_eq!(socket.receive(&settings, &mut burst), Event::NeedData);
    assert_eq!((burst.consumed(), socket.held()), (14, 0));
    assert_eq!(socket.reclaim().expect("it is idle").capacity(), 0);
}

#[test]
fn a_broadcast_shares_its_octets() {
    let settings = Settings::default();
    let message = Encoded::<Arc<[u8]>>::text(&"a".repeat(2000));
    let small = Encoded::<Arc<[u8]>>::binary(b"small");
    let mut sockets: Vec<_> = (0..3).map(|_| WebSocket::<_, Arc<[u8]>>::server()).collect();
    for socket in &mut sockets {
        assert_eq!(socket.send_encoded(&message), Err(ApiMisuse::NoStore));
        socket.lend(Box::new(Store::new(&settings)));
        socket.send_encoded(&small).unwrap();
        socket.send_encoded(&message).unwrap();
        let deflated = Encoded::compressed(Kind::Text, b"\x4a\x04\x00");
        assert_eq!(socket.send_encoded(&deflated), Err(ApiMisuse::NotNegotiated));
    }
    for socket in &sockets {
        let mut slices = [&[][..]; 4];
        assert_eq!(socket.poll_transmit(&mut slices), 2);
        assert_eq!(slices[0], b"\x82\x05small");
        assert_eq!(slices[1].as_ptr(), message.octets().as_ptr(), "it was not copied");
        assert_eq!(slices[1], naive::frame(0x81, None, "a".repeat(2000).as_bytes()));
    }
}

#[test]
fn what_has_come_in_part_is_known_by_where_it_begins() {
    let settings = Settings::default();
    let mut socket = server(&settings);
    let whole = naive::frame(0x81, KEY, b"whole");
    let pieces = [
        naive::frame(0x02, KEY, b"a"),
        naive::frame(0x89, KEY, b""),
        naive::frame(0x00, KEY, b"b"),
        naive::frame(0x80, KEY, b"c"),
    ];
    let mut octets = [&whole, &pieces.concat(), &whole].map(|it| &it[..]).concat();
    let mut began = Vec::new();
    let mut from = 0;
    for given in 1..=octets.len() {
        let mut burst = Burst::new(&mut octets[from..given]);
        while socket.receive(&settings, &mut burst) != Event::NeedData {}
        from += burst.consumed();
        began.push(socket.began());
    }
    began.dedup();
    // (A frame is known as soon as its header is whole.)
    let (second, third) = (whole.len() as u64, (octets.len() - whole.len()) as u64);
    assert_eq!(began, [None, Some(0), None, Some(second), None, Some(third), None]);
}

#[test]
fn pieces_of_a_message_that_was_given_up_are_not_kept() {
    let mut collector = Collector::new();
    let begin = || Event::Begin { kind: Kind::Text, compressed: false };
    for (event, octets) in [(begin(), 0), (Event::Data(b"a piece"), 7)] {
        assert_eq!(collector.take(event), None);
        assert_eq!(collector.octets(), octets);
    }
    collector.release();
    for event in [Event::Data(b"another"), Event::End] {
        assert_eq!(collector.take(event), None);
        assert_eq!(collector.octets(), 0);
    }
    for event in [begin(), Event::Data(b"next")] {
        assert_eq!(collector.take(event), None);
    }
    assert_eq!(collector.take(Event::End), Some(Event::Text("next")));
}

#[test]
fn a_connection_is_small() {
    assert!(size_of::<WebSocket<rajada_websocket::Server, Vec<u8>>>() <= 104);
}

#[test]
fn a_store_that_was_lost_is_empty_for_the_next() {
    let settings = Settings::default();
    let mut socket = server(&settings);
    socket.send_owned(Kind::Binary, vec![1; 5000]).unwrap();
    assert!(socket.reclaim().is_none(), "something is unsent");
    let other = Box::new(Store::new(&settings));
    assert!(socket.lend(other).is_some(), "the one that is in use stays");
    socket.abandon();
    assert_eq!((socket.phase(), socket.wants_write()), (Phase::Closed, false));
    assert!(socket.reclaim().is_some());
}

/// Octets that are given again need not be all that were given before.
#[test]
fn fewer_octets_given_again_change_nothing() {
    let settings = Settings::default();
    let (whole, text) = (naive::frame(0x81, KEY, b"hello world!"), "hello world!");
    for first in 7..=whole.len() {
        for second in 0..first {
            let (mut socket, mut octets) = (server(&settings), whole.clone());
            let mut seen = Vec::new();
            for given in [first, second, whole.len()] {
                let len = given.saturating_sub(whole.len() - octets.len());
                let mut burst = Burst::new(&mut octets[..len]);
                match socket.receive(&settings, &mut burst) {
                    Event::NeedData => {}
                    Event::Text(text) => seen.push(text.to_owned()),
                    event => panic!("{event:?}"),
                }
                let consumed = burst.consumed();
                octets.drain(..consumed);
            }
            assert_eq!(seen, [text], "{first} {second}");
        }
    }
}
