//! Compressed messages from one end to the other: RFC 7692 over RFC 6455.

use proptest::prelude::*;
use rajada_websocket::deflate::{
    Agreed, Compression, Deflater, History, Inflater, Settings as Limits, Terms, WindowBits,
};
use rajada_websocket::{
    ApiMisuse, Burst, Client, Collector, Encoded, Event, Kind, Offence, Role, Server, Settings,
    Store, WebSocket,
};

type Keys = fn() -> [u8; 4];

/// One end of a connection.
struct End<R> {
    socket: WebSocket<R, Vec<u8>>,
    compression: Compression,
    collector: Collector,
    settings: Settings,
    buffer: Vec<u8>,
}

fn server(agreed: Agreed) -> End<Server> {
    End::new(WebSocket::server(), agreed)
}

fn client(agreed: Agreed) -> End<Client<Keys>> {
    End::new(WebSocket::client(|| [0x37, 0xFA, 0x21, 0x3D]), agreed)
}

/// What comes out of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Out {
    Message(Kind, Vec<u8>),
    Ping,
    Close(Option<u16>),
    Malformed(Offence, u64, Option<u16>),
}

fn binary(octets: &[u8]) -> Out {
    Out::Message(Kind::Binary, octets.to_vec())
}

fn text(text: &str) -> Out {
    Out::Message(Kind::Text, text.as_bytes().to_vec())
}

impl<R: Role> End<R> {
    fn new(socket: WebSocket<R, Vec<u8>>, agreed: Agreed) -> Self {
        let mut socket = socket.compressed();
        let settings = Settings::default();
        socket.lend(Box::new(Store::new(&settings)));
        let compression = Compression::new(agreed);
        Self { socket, compression, collector: Collector::new(), settings, buffer: vec![] }
    }

    /// Receives what has come, by the worker's inflater.
    fn receive(&mut self, inflater: &mut Inflater, octets: &[u8]) -> Vec<Out> {
        self.buffer.extend_from_slice(octets);
        let (mut burst, mut outs) = (Burst::new(&mut self.buffer), vec![]);
        loop {
            let event = self.socket.receive(&self.settings, &mut burst);
            let Some(event) = self.collector.take(event) else { continue };
            outs.push(match self.compression.take(&mut self.socket, inflater, event) {
                Event::Text(text) => Out::Message(Kind::Text, text.into()),
                Event::Binary(octets) => Out::Message(Kind::Binary, octets.into()),
                Event::Ping(_) => Out::Ping,
                Event::Close { code, .. } => Out::Close(code.map(|code| code.get())),
                Event::Malformed(error) => Out::Malformed(
                    error.offence(),
                    error.offset(),
                    error.code().map(|code| code.get()),
                ),
                Event::NeedData | Event::Closed => break,
                event => panic!("unexpected: {event:?}"),
            });
        }
        let consumed = burst.consumed();
        self.buffer.drain(..consumed);
        outs
    }

    /// What is ready to leave.
    fn transmit(&mut self) -> Vec<u8> {
        let mut slices = [&[][..]; 64];
        let count = self.socket.poll_transmit(&mut slices);
        let octets = slices[..count].concat();
        self.socket.transmitted(octets.len());
        assert!(!self.socket.wants_write());
        octets
    }

    fn send(
        &mut self,
        deflater: &mut Deflater,
        kind: Kind,
        message: &[u8],
    ) -> Result<(), ApiMisuse> {
        let Self { socket, compression, .. } = self;
        match kind {
            Kind::Binary => compression.send_binary(socket, deflater, message),
            Kind::Text => {
                compression.send_text(socket, deflater, std::str::from_utf8(message).unwrap())
            }
        }
    }
}

fn window(bits: u8) -> WindowBits {
    WindowBits::new(bits).unwrap()
}

/// What is agreed on if a server grants this, and the client wants all it can get.
fn agreed(contexts: bool, bits: u8) -> Agreed {
    let mut terms = Terms::DEFAULT;
    (terms.server_context, terms.client_context) = (contexts, contexts);
    (terms.server_window, terms.client_window) = (window(bits), window(bits));
    terms.accept([Ok(&b"permessage-deflate; client_max_window_bits"[..])]).unwrap().unwrap()
}

/// Everything is compressed, if it gets smaller.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.smallest = 0;
    limits
}

fn worker() -> (Inflater, Deflater) {
    (Inflater::new(limits()), Deflater::new(limits()))
}

/// A client's frame of less than 126 octets, with a key of zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

const HELLO: &[u8] = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

#[test]
fn the_examples_of_the_rfc_at_every_split() {
    let octets = [
        // RFC 7692 section 7.2.3.1, whole and in fragments, with a ping between them.
        frame(0xC1, HELLO),
        frame(0x41, &HELLO[..3]),
        frame(0x89, b"?"),
        frame(0x80, &HELLO[3..]),
        // 7.2.3.2: another "Hello" that refers to the first.
        frame(0xC1, &[0xf2, 0x00, 0x11, 0x00, 0x00]),
        // 7.2.3.3 to 7.2.3.6.
        frame(0xC1, &[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]),
        frame(0xC1, &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]),
        frame(
            0xC2,
            &[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
        ),
        frame(0xC2, &[0x00]),
        // Not compressed, in between.
        frame(0x81, b"Hello"),
        // Fragments without an octet, and of one.
        frame(0x42, b""),
        frame(0x00, &HELLO[..1]),
        frame(0x00, &HELLO[1..]),
        frame(0x80, b""),
        frame(0x88, &[]),
    ]
    .concat();
    let hello = || text("Hello");
    let expected = [
        hello(),
        Out::Ping,
        hello(),
        hello(),
        hello(),
        hello(),
        binary(b"Hello"),
        binary(b""),
        hello(),
        binary(b"Hello"),
        Out::Close(None),
    ];
    let mut inflater = Inflater::new(limits());
    for first in 0..=octets.len() {
        for second in (first..=octets.len()).step_by(7) {
            let mut server = server(agreed(true, 15));
            let mut outs = server.receive(&mut inflater, &octets[..first]);
            outs.extend(server.receive(&mut inflater, &octets[first..second]));
            outs.extend(server.receive(&mut inflater, &octets[second..]));
            assert_eq!(outs, expected, "{first}, {second}");
        }
    }
    let mut server = server(agreed(true, 15));
    let octet_by_octet = octets.iter().flat_map(|octet| server.receive(&mut inflater, &[*octet]));
    assert_eq!(octet_by_octet.collect::<Vec<_>>(), expected);
}

#[test]
fn two_messages_half_received_on_two_sockets() {
    for contexts in [false, true] {
        let (mut inflater, mut deflater) = worker();
        let mut ends: Vec<_> =
            (0..2).map(|_| (client(agreed(contexts, 15)), server(agreed(contexts, 15)))).collect();
        for round in 0..4 {
            let messages = [0, 1].map(|of| {
                format!("words of {of}, words of {of}, in round {round}, in round {round}")
                    .repeat(3)
            });
            let frames: Vec<_> = ends
                .iter_mut()
                .zip(&messages)
                .map(|((client, _), message)| {
                    client.send(&mut deflater, Kind::Text, message.as_bytes()).unwrap();
                    let frame = client.transmit();
                    assert_eq!(frame[0], 0xC1);
                    frame
                })
                .collect();
            // Octet by octet in turn, the second one ahead.
            let len = frames[0].len().max(frames[1].len());
            let mut received = [vec![], vec![]];
            for at in 0..len + 5 {
                for (of, at) in [(0, at.checked_sub(5)), (1, Some(at))] {
                    let octet = at.and_then(|at| frames[of].get(at..=at)).unwrap_or_default();
                    received[of].extend(ends[of].1.receive(&mut inflater, octet));
                }
            }
            assert_eq!(received, [0, 1].map(|of| vec![text(&messages[of])]));
        }
    }
}

#[test]
fn rsv1_stands_on_the_first_fragment_alone() {
    let wrong = |octets: &[Vec<u8>], at: u64| {
        let octets = octets.concat();
        for split in 0..=octets.len() {
            let (mut server, mut inflater) = (server(agreed(false, 15)), Inflater::new(limits()));
            let mut outs = server.receive(&mut inflater, &octets[..split]);
            outs.extend(server.receive(&mut inflater, &octets[split..]));
            assert_eq!(
                outs.last(),
                Some(&Out::Malformed(Offence::ReservedBits, at, Some(1002))),
                "{octets:x?}"
            );
            assert_eq!(server.transmit(), [0x88, 0x02, 0x03, 0xEA]);
        }
    };
    wrong(&[frame(0x41, &HELLO[..3]), frame(0xC0, &HELLO[3..])], 9);
    wrong(&[frame(0x41, &HELLO[..3]), frame(0x40, &HELLO[3..]), frame(0x80, b"")], 9);
    wrong(&[frame(0x01, b"Hel"), frame(0xC0, b"lo")], 9);
    for control in [0xC8, 0xC9, 0xCA] {
        wrong(&[frame(control, b"")], 0);
        wrong(&[frame(0xC1, HELLO), frame(control, b"")], 13);
    }
    // Other bits have no meaning, with RSV1 or without.
    for bits in [0x20, 0x10, 0x30, 0x60, 0x50, 0x70] {
        wrong(&[frame(0x81 | bits, HELLO)], 0);
    }
}

#[test]
fn a_socket_that_was_not_told_refuses_rsv1_and_sends_none() {
    let settings = Settings::default();
    let mut socket = WebSocket::<_, Vec<u8>>::server();
    socket.lend(Box::new(Store::new(&settings)));
    let mut octets = frame(0xC1, HELLO);
    let Event::Malformed(error) = socket.receive(&settings, &mut Burst::new(&mut octets)) else {
        panic!()
    };
    assert_eq!(error.offence(), Offence::ReservedBits);
    let mut end = server(agreed(false, 15));
    end.socket = WebSocket::server();
    end.socket.lend(Box::new(Store::new(&settings)));
    let sent = end.send(&mut worker().1, Kind::Binary, &[0; 1000]);
    assert_eq!(sent, Err(ApiMisuse::NotNegotiated));
}

#[test]
fn what_can_not_be_inflated_ends_the_connection() {
    let mut deflater = Deflater::new(limits());
    let not_utf8 =
        deflater.deflate(WindowBits::MAX, &History::NONE, &[b'a', 0xFF].repeat(50)).unwrap();
    let mut limits = limits();
    limits.last_blocks = 3;
    for (frames, offence, code) in [
        (vec![frame(0xC1, b"Hello")], Offence::NotDeflate, 1007),
        (vec![frame(0xC2, &HELLO[..6])], Offence::NotDeflate, 1007),
        (vec![frame(0xC2, b"")], Offence::NotDeflate, 1007),
        (vec![frame(0x42, HELLO), frame(0x80, &[0])], Offence::NotDeflate, 1007),
        // What was not kept can't be referred to.
        (
            vec![frame(0xC2, HELLO), frame(0xC2, &[0xf2, 0x00, 0x11, 0x00, 0x00])],
            Offence::NotDeflate,
            1007,
        ),
        (vec![frame(0xC1, not_utf8)], Offence::NotUtf8, 1007),
        // A code point that does not end.
        (vec![frame(0xC1, &[0x00, 0x01, 0x00, 0xfe, 0xff, 0xC3, 0x00])], Offence::NotUtf8, 1007),
        (vec![frame(0xC2, &[3, 0, 3, 0, 3, 0, 3, 0, 0])], Offence::TooManyLastBlocks, 1008),
    ] {
        let octets = frames.concat();
        for split in 0..octets.len() {
            let (mut server, mut inflater) =
                (server(agreed(false, 15)), Inflater::new(limits.clone()));
            let mut outs = server.receive(&mut inflater, &octets[..split]);
            outs.extend(server.receive(&mut inflater, &octets[split..]));
            // What is behind is not received.
            outs.extend(server.receive(&mut inflater, &frame(0x81, b"Hello")));
            let malformed = Out::Malformed(offence, octets.len() as u64, Some(code));
            assert_eq!(outs.last(), Some(&malformed), "{octets:x?}");
            assert_eq!(server.transmit(), [&[0x88, 0x02][..], &code.to_be_bytes()].concat());
        }
    }
}

#[test]
fn a_bomb_ends_with_1009_and_costs_the_limit() {
    let mut deflater = Deflater::new(limits());
    let zeros = vec![0; 100 << 20];
    let mut bomber = client(agreed(false, 15));
    bomber.send(&mut deflater, Kind::Binary, &zeros).unwrap();
    let bomb = bomber.transmit();
    assert!(bomb.len() < 1 << 20);
    for limit in [1000, 1 << 20] {
        let mut limits = limits();
        limits.message = limit;
        let mut inflater = Inflater::new(limits);
        let mut server = server(agreed(true, 15));
        let mut outs = vec![];
        server.buffer.reserve(bomb.len());
        let used = allocation_counter::measure(|| outs = server.receive(&mut inflater, &bomb));
        assert_eq!(outs, [Out::Malformed(Offence::MessageTooBig, bomb.len() as u64, Some(1009))]);
        // The buffer of the worker, which grows by doubling, and what inflates; the bomb stood in the burst.
        assert!(used.bytes_max <= limit as u64 * 3 / 2 + 60_000, "{used:?} for {limit}");
        assert_eq!(server.transmit(), [0x88, 0x02, 0x03, 0xF1]);
    }
}

#[test]
fn a_message_is_collected_within_its_limits() {
    let mut server = server(agreed(false, 15));
    server.settings.message = 20;
    let mut inflater = Inflater::new(limits());
    let (first, next) = (frame(0x42, &HELLO[..3]), frame(0x00, &[0; 9]));
    assert_eq!(server.receive(&mut inflater, &[&first[..], &next[..]].concat()), []);
    // The announcement is enough.
    let outs = server.receive(&mut inflater, &frame(0x80, &[0; 9])[..2]);
    assert_eq!(outs, [Out::Malformed(Offence::MessageTooBig, 9 + 15 + 1, Some(1009))]);
}

#[test]
fn large_noise_and_words_arrive_whole_with_contexts_and_without() {
    for contexts in [false, true] {
        for bits in [9, 15] {
            let (mut inflater, mut deflater) = worker();
            let (mut client, mut server) =
                (client(agreed(contexts, bits)), server(agreed(contexts, bits)));
            let words = "the same words ".repeat(100);
            for round in 0..3 {
                let noise = noise(round, 600_000);
                for message in [&noise[..], words.as_bytes(), &noise[..1000], words.as_bytes()] {
                    client.send(&mut deflater, Kind::Binary, message).unwrap();
                    let frames = client.transmit();
                    assert_eq!(frames[0], if message.len() == words.len() { 0xC2 } else { 0x82 });
                    let mut outs = vec![];
                    for piece in frames.chunks(4096) {
                        outs.extend(server.receive(&mut inflater, piece));
                    }
                    assert_eq!(outs, [binary(message)]);
                    // And back again.
                    server.send(&mut deflater, Kind::Binary, message).unwrap();
                    assert_eq!(
                        client.receive(&mut inflater, &server.transmit()),
                        [binary(message)]
                    );
                }
            }
        }
    }
}

/// Octets without a pattern.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn what_was_not_accepted_is_in_no_history() {
    let (mut inflater, mut deflater) = worker();
    let mut server = server(agreed(true, 15));
    let mut client = client(agreed(true, 15));
    server.settings.held = 200;
    server.socket.lend(Box::new(Store::new(&server.settings)));
    let words = |number: u32| format!("words, and more words, {number}").repeat(2).into_bytes();
    let (mut due, mut octets, mut refused) = (vec![], vec![], 0);
    for number in 0..1000 {
        match server.send(&mut deflater, Kind::Text, &words(number % 100)) {
            Ok(()) => due.push(Out::Message(Kind::Text, words(number % 100))),
            Err(error) => {
                assert_eq!(error, ApiMisuse::Full);
                refused += 1;
                octets.extend(server.transmit());
            }
        }
        if refused > 3 {
            break;
        }
    }
    assert!(refused > 3);
    octets.extend(server.transmit());
    assert_eq!(client.receive(&mut inflater, &octets), due);
}

#[test]
fn nothing_is_compressed_for_one_that_can_not_be_sent() {
    let (_, mut deflater) = worker();
    let mut server = server(agreed(false, 15));
    server.socket.start(Kind::Text).unwrap();
    assert_eq!(server.send(&mut deflater, Kind::Text, &[b'a'; 1000]), Err(ApiMisuse::InMessage));
    server.socket.finish(b"").unwrap();
    server.socket.close(rajada_websocket::CloseCode::NORMAL, "").unwrap();
    assert_eq!(server.send(&mut deflater, Kind::Text, &[b'a'; 1000]), Err(ApiMisuse::Closing));
    assert_eq!(deflater.capacity(), 0);
}

#[test]
fn one_that_is_idle_keeps_nothing_and_others_their_windows() {
    assert!(size_of::<Compression>() <= 16);
    let message = b"the same words, the same words".repeat(1334);
    for (contexts, bits, windows) in
        [(false, 15, 0), (true, 9, 512), (true, 12, 4096), (true, 15, 32768)]
    {
        let (mut inflater, mut deflater) = worker();
        let mut client = client(agreed(contexts, bits));
        client.send(&mut deflater, Kind::Binary, &message).unwrap();
        let frame = client.transmit();
        let (most, mut last) =
            (2 * windows + if contexts { size_of::<[History; 2]>() } else { 0 }, 0);
        for connection in 0..3 {
            let mut server = server(agreed(contexts, bits));
            server.buffer.reserve(frame.len());
            server.socket.send_binary(&message).unwrap();
            server.transmit();
            let used = allocation_counter::measure(|| {
                let mut octets = frame.clone();
                let event = server.socket.receive(&server.settings, &mut Burst::new(&mut octets));
                let End { socket, compression, .. } = &mut server;
                let Event::Binary(octets) = compression.take(socket, &mut inflater, event) else {
                    panic!("it is a message");
                };
                assert_eq!(octets, message);
                compression.send_binary(socket, &mut deflater, octets).unwrap();
            });
            // The first one lets the worker's buffers grow.
            assert!(
                connection == 0 || used.bytes_current <= most as i64,
                "{used:?}, and not {most}"
            );
            last = used.bytes_current;
        }
        assert_eq!(last, most as i64);
    }
}

#[test]
fn workers_may_be_threads() {
    let (mut inflater, deflater) = worker();
    let mut here = (Compression::new(agreed(true, 15)), server(agreed(true, 15)).socket, deflater);
    let sent = std::thread::spawn(move || {
        let (compression, socket, deflater) = &mut here;
        socket.lend(Box::new(Store::new(&Settings::default())));
        compression.send_text(socket, deflater, "elsewhere, elsewhere, elsewhere").unwrap();
        assert_eq!(inflater.inflate(&History::NONE, HELLO), Ok(&b"Hello"[..]));
        socket.held()
    });
    assert!((1..20).contains(&sent.join().unwrap()));
}

#[test]
fn one_frame_for_many() {
    let (mut inflater, mut deflater) = worker();
    let message = "news, and more news, and more".repeat(10);
    let narrow = window(10);
    let deflated = deflater.deflate(narrow, &History::NONE, message.as_bytes()).unwrap();
    let shared = Encoded::compressed(Kind::Text, deflated);
    for (contexts, bits, shares) in
        [(false, 15, true), (false, 10, true), (false, 9, false), (true, 15, false)]
    {
        let (mut client, mut server) =
            (client(agreed(contexts, bits)), server(agreed(contexts, bits)));
        assert_eq!(server.compression.shares(narrow), shares);
        if shares {
            for _ in 0..3 {
                server.socket.send_encoded(&shared).unwrap();
                server.send(&mut deflater, Kind::Text, message.as_bytes()).unwrap();
                let outs = client.receive(&mut inflater, &server.transmit());
                assert_eq!(outs, [text(&message), text(&message)]);
            }
        }
    }
}

/// A message, by how it is sent.
#[derive(Debug, Clone)]
enum Sent {
    Compressed(Kind, Vec<u8>),
    Plain(Vec<u8>),
    Pieces(Vec<Vec<u8>>),
}

fn sends() -> impl Strategy<Value = Vec<Sent>> {
    let words = (0..20_usize, 0..2000_usize).prop_map(|(from, len)| {
        b"abcdefgh, the same words again; "
            .iter()
            .cycle()
            .skip(from)
            .take(len)
            .copied()
            .collect::<Vec<u8>>()
    });
    let noise = (any::<u64>(), 0..2000_usize).prop_map(|(seed, len)| noise(seed, len));
    let any = prop_oneof![words.clone(), noise];
    let send = prop_oneof![
        4 => any.clone().prop_map(|message| Sent::Compressed(Kind::Binary, message)),
        4 => words.prop_map(|message| Sent::Compressed(Kind::Text, message)),
        1 => any.clone().prop_map(Sent::Plain),
        1 => prop::collection::vec(any, 0..4).prop_map(Sent::Pieces),
    ];
    prop::collection::vec(send, 1..10)
}

fn send_all<R: Role>(
    end: &mut End<R>,
    deflater: &mut Deflater,
    sends: &[Sent],
) -> (Vec<u8>, Vec<Out>) {
    let mut octets = vec![];
    let messages = sends.iter().map(|send| {
        let (kind, message) = match send {
            Sent::Compressed(kind, message) => {
                end.send(deflater, *kind, message).unwrap();
                (*kind, message.clone())
            }
            Sent::Plain(message) => {
                end.socket.send_binary(message).unwrap();
                (Kind::Binary, message.clone())
            }
            Sent::Pieces(pieces) => {
                end.socket.start(Kind::Binary).unwrap();
                pieces.iter().for_each(|piece| end.socket.send(piece).unwrap());
                end.socket.finish(b"").unwrap();
                (Kind::Binary, pieces.concat())
            }
        };
        octets.extend(end.transmit());
        Out::Message(kind, message)
    });
    let messages = messages.collect();
    (octets, messages)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_one_end_sends_the_other_receives(
        sends in prop::collection::vec(sends(), 2),
        server_terms in (any::<[bool; 2]>(), 9..=15_u8, 9..=15_u8),
        client_terms in (any::<[bool; 2]>(), 9..=15_u8, 9..=15_u8),
        pieces in prop::collection::vec(1..3000_usize, 1..8),
    ) {
        let [server_terms, client_terms] = [server_terms, client_terms].map(|(contexts, server, client)| {
            let mut terms = Terms::DEFAULT;
            [terms.server_context, terms.client_context] = contexts;
            (terms.server_window, terms.client_window) = (window(server), window(client));
            terms
        });
        let offer = client_terms.offer().to_string();
        let of_server = server_terms.accept([Ok(offer.as_bytes())]).unwrap().unwrap();
        let answer = of_server.to_string();
        let of_client = client_terms.check([Ok(answer.as_bytes())]).unwrap().unwrap();
        let (mut inflater, mut deflater) = worker();
        let (mut server, mut client) = (server(of_server), client(of_client));
        let (octets, due) = send_all(&mut client, &mut deflater, &sends[0]);
        prop_assert_eq!(receive_in(&mut server, &mut inflater, &octets, &pieces), due);
        let (octets, due) = send_all(&mut server, &mut deflater, &sends[1]);
        prop_assert_eq!(receive_in(&mut client, &mut inflater, &octets, &pieces), due);
    }
}

fn receive_in<R: Role>(
    end: &mut End<R>,
    inflater: &mut Inflater,
    mut octets: &[u8],
    pieces: &[usize],
) -> Vec<Out> {
    let mut outs = vec![];
    for len in pieces.iter().cycle() {
        let (piece, rest) = octets.split_at((*len).min(octets.len()));
        outs.extend(end.receive(inflater, piece));
        octets = rest;
        if octets.is_empty() {
            return outs;
        }
    }
    outs
}
