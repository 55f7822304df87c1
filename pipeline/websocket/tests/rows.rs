//! Small texts in a row, which are judged together: what comes of them is what comes of each by itself.

mod common;

use common::naive::{self, Outcome, Receiver};
use common::run;
use rajada_websocket::{Burst, Event, Offence, Settings, Store, WebSocket};

/// What is the end of a text, is missing there, or is wrong, from which octet on.
const ENDS: [(&[u8], Option<usize>); 8] = [
    (b"", None),
    ("€".as_bytes(), None),
    (b"\xE2\x82", Some(2)),
    (b"\xF0", Some(1)),
    (b"\xFF", Some(0)),
    (b"\xC0\x80", Some(0)),
    (b"\xED\xA0\x80", Some(1)),
    (b"\x80", Some(0)),
];

fn key(is_server: bool) -> Option<[u8; 4]> {
    is_server.then_some([0x37, 0xFA, 0x21, 0x3D])
}

/// Octets of frames as they come to that role, and what the naive model says of them.
fn texts(receiver: Receiver<'_>, texts: &[Vec<u8>]) -> (Vec<u8>, Vec<Outcome>) {
    let frames = texts.iter().map(|text| naive::frame(0x81, key(receiver.is_server), text));
    let octets = frames.collect::<Vec<_>>().concat();
    let outcomes = naive::receive(receiver, &octets);
    (octets, outcomes)
}

#[test]
fn a_wrong_text_is_found_where_it_is_and_the_ones_before_it_are_right() {
    let settings = Settings::default();
    for is_server in [true, false] {
        let receiver = Receiver { settings: &settings, is_server, compressed: false };
        for place in 0..5 {
            for (end, wrong) in ENDS {
                let long = "é".repeat(73);
                let mut row: Vec<Vec<u8>> =
                    ["né", "", "€ and more", &long, "\u{80}ok"].map(Into::into).into();
                row[place].extend(end);
                let (octets, expected) = texts(receiver, &row);
                assert_eq!(expected.len(), if wrong.is_some() { place + 1 } else { 5 });
                for at in 0..=octets.len() {
                    let run = run::in_pieces(receiver, &octets, [at]);
                    assert_eq!(run.outcomes, expected, "{place}, {end:x?}, split at {at}");
                }
                let Some(Outcome::Malformed(offence, offset, _)) = expected.last() else {
                    assert_eq!(wrong, None);
                    continue;
                };
                assert_eq!(*offence, Offence::NotUtf8);
                let frame = |text: &Vec<u8>| naive::frame(0x81, key(is_server), text).len();
                let before: usize = row[..place].iter().map(frame).sum();
                let within = frame(&row[place]) - end.len();
                assert_eq!(Some(*offset as usize), wrong.map(|wrong| before + within + wrong));
            }
        }
    }
}

#[test]
fn more_than_a_row_and_what_is_no_part_of_one_come_in_order() {
    let mut settings = Settings::default();
    settings.frame = 1200;
    for is_server in [true, false] {
        let receiver = Receiver { settings: &settings, is_server, compressed: false };
        for length in [0, 1, 39, 63, 64, 125, 126, 127, 128, 255, 256, 1000, 1023, 1024, 1200, 1201]
        {
            let text = "é".repeat(length / 2) + &"a".repeat(length % 2);
            let (mut octets, _) =
                texts(receiver, &vec![text.into_bytes(); 7 + 3000 / (length + 1)]);
            octets.extend(naive::frame(0x89, key(is_server), b"between"));
            octets.extend(texts(receiver, &[b"a".to_vec(), vec![b'b'; 1201]]).0);
            let expected = naive::receive(receiver, &octets);
            for ends in
                [&[][..], &[1], &[octets.len() / 2, octets.len() - 100], &[octets.len() / 2 + 1]]
            {
                let run = run::in_pieces(receiver, &octets, ends.iter().copied());
                assert_eq!(run.outcomes, expected, "{length}, {ends:?}");
            }
        }
    }
}

#[test]
fn a_text_beyond_the_limit_ends_a_row() {
    let mut settings = Settings::default();
    for limit in [5, 100, 300] {
        (settings.frame, settings.message) = (limit + 1, limit);
        for is_server in [true, false] {
            let receiver = Receiver { settings: &settings, is_server, compressed: false };
            let most = limit as usize;
            let row = [1, most, most, 3, most + 1, 1].map(|length| vec![b'a'; length]);
            let (octets, expected) = texts(receiver, &row);
            assert!(matches!(expected[4], Outcome::Malformed(Offence::MessageTooBig, ..)));
            for at in 0..=octets.len() {
                assert_eq!(run::in_pieces(receiver, &octets, [at]).outcomes, expected, "{at}");
            }
        }
    }
}

#[test]
fn what_is_left_of_a_row_waits_until_all_of_it_is_given_again() {
    let settings = Settings::default();
    let receiver = Receiver { settings: &settings, is_server: true, compressed: false };
    let (mut octets, _) = texts(receiver, &["né", "€", "😀"].map(Into::into));
    let mut socket = WebSocket::<_, Vec<u8>>::server();
    socket.lend(Box::new(Store::new(&settings)));

    let mut burst = Burst::new(&mut octets);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Text("né"));
    assert!(!burst.rest().is_empty());
    let consumed = burst.consumed();
    assert_eq!(consumed, 6 + 3);

    let mut burst = Burst::new(&mut octets[consumed..consumed + 9]);
    assert_eq!(socket.receive(&settings, &mut burst), Event::NeedData);
    assert_eq!(burst.consumed(), 0);
    let mut burst = Burst::new(&mut octets[consumed..]);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Text("€"));
    assert_eq!(socket.receive(&settings, &mut burst), Event::Text("😀"));
    assert_eq!(socket.receive(&settings, &mut burst), Event::NeedData);
    assert_eq!((consumed + burst.consumed()) as u64, socket.octets_received());
    assert_eq!(burst.rest(), b"");
}

#[test]
fn a_stream_that_ends_in_a_row_is_truncated() {
    let settings = Settings::default();
    let receiver = Receiver { settings: &settings, is_server: true, compressed: false };
    let (mut octets, _) = texts(receiver, &["one", "two", "three"].map(Into::into));
    let mut socket = WebSocket::<_, Vec<u8>>::server();
    socket.lend(Box::new(Store::new(&settings)));
    let mut burst = Burst::new(&mut octets);
    assert_eq!(socket.receive(&settings, &mut burst), Event::Text("one"));
    let Event::Malformed(error) = socket.receive_eof() else { panic!("two were not taken") };
    assert_eq!((error.offence(), error.offset()), (Offence::Truncated, 9));
    assert_eq!(socket.receive(&settings, &mut burst), Event::Closed);
}
