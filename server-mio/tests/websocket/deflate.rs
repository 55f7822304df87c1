//! Compressed messages (RFC 7692).

use rajada_mio::websocket::{Broadcast, SocketEndpoint, WebSocket};
use rajada_mio::{App, OwnedRequest};
use rajada_websocket::deflate::{Compression, Deflater, Inflater, Settings, Terms};
use rajada_websocket::{Burst, Client, Collector, Event, Store, WebSocket as Codec};

use crate::common::{Memory, asks, echo, frame};

type Socket = Codec<Client<fn() -> [u8; 4]>, Vec<u8>>;

fn offer(path: &str) -> String {
    let line = format!("\r\nSec-WebSocket-Extensions: {}\r\n\r\n", Terms::DEFAULT.offer());
    asks(path).replace("\r\n\r\n", &line)
}

/// A client behind its handshake, with what was agreed on.
fn open(app: App) -> (Memory, Socket, Compression) {
    let mut memory = Memory::new(app);
    memory.send(offer("/ws").as_bytes());
    let head = memory.head();
    let answer = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Extensions: "));
    let answer = rajada_parser::list::elements(answer.expect("it was granted").as_bytes());
    let agreed = Terms::DEFAULT.check(answer).unwrap().unwrap();
    let mut socket = Codec::client((|| [1, 2, 3, 4]) as fn() -> [u8; 4]).compressed();
    socket.lend(Box::new(Store::new(&rajada_websocket::Settings::DEFAULT)));
    (memory, socket, Compression::new(agreed))
}

#[test]
fn messages_are_compressed_both_ways_where_that_was_agreed() {
    let (mut memory, mut socket, mut compression) = open(App::new().websocket("/ws", echo));
    let text = "again and again, ".repeat(1000);
    let mut deflater = Deflater::new(Settings::DEFAULT);
    compression.send_text(&mut socket, &mut deflater, &text).unwrap();
    compression.send_binary(&mut socket, &mut deflater, b"small").unwrap();
    let mut slices = [&[][..]; 4];
    let count = socket.poll_transmit(&mut slices);
    let octets = slices[..count].concat();
    assert!(octets.len() < 500);
    // In two reads: half a message is collected.
    memory.send(&octets[..50]);
    memory.send(&octets[50..]);
    assert!(memory.received.len() < 500, "{}", memory.received.len());
    assert_eq!(messages(&mut memory, &mut socket, &mut compression), [text, "small".to_owned()]);
}

#[test]
fn a_broadcast_is_compressed_once_for_those_who_agreed_to_that() {
    let broadcast = Broadcast::new();
    let app = || {
        App::new().state(broadcast.clone()).websocket(
            "/ws",
            |req: OwnedRequest, mut socket: WebSocket| async move {
                socket.join(req.state::<Broadcast>());
                while socket.recv().await.is_some() {}
            },
        )
    };
    let mut plain = Memory::open(app(), "/ws");
    let (mut memory, mut socket, mut compression) = open(app());
    assert_eq!(broadcast.members(), 2);
    let text = "again and again, ".repeat(1000);
    broadcast.send(text.as_str());
    broadcast.send("small");
    plain.run();
    memory.run();
    assert!(memory.received.len() < 500, "{}", memory.received.len());
    let expected = [text, "small".to_owned()];
    assert_eq!(messages(&mut memory, &mut socket, &mut compression), expected);
    assert_eq!(plain.texts(), expected);
    memory.end();
    assert_eq!(broadcast.members(), 1);
    broadcast.send("still");
    plain.run();
    assert_eq!(plain.texts(), ["still"]);
}

/// What has come, inflated.
fn messages(
    memory: &mut Memory,
    socket: &mut Socket,
    compression: &mut Compression,
) -> Vec<String> {
    let mut received = core::mem::take(&mut memory.received);
    let (mut burst, mut collector) = (Burst::new(&mut received), Collector::new());
    let mut inflater = Inflater::new(Settings::DEFAULT);
    let settings = rajada_websocket::Settings::DEFAULT;
    let mut seen = Vec::new();
    loop {
        let Some(event) = collector.take(socket.receive(&settings, &mut burst)) else { continue };
        match compression.take(socket, &mut inflater, event) {
            Event::Text(text) => seen.push(text.to_owned()),
            Event::Binary(octets) => seen.push(String::from_utf8(octets.to_vec()).unwrap()),
            Event::NeedData => break,
            event => panic!("{event:?}"),
        }
    }
    seen
}

#[test]
fn a_bomb_ends_in_1009() {
    let app = App::new().websocket("/ws", SocketEndpoint::new(echo).message_limit(10_000));
    let (mut memory, mut socket, mut compression) = open(app);
    let mut deflater = Deflater::new(Settings::DEFAULT);
    compression.send_binary(&mut socket, &mut deflater, &vec![0; 1_000_000]).unwrap();
    let mut slices = [&[][..]; 4];
    let count = socket.poll_transmit(&mut slices);
    memory.send(&slices[..count].concat());
    let frames = memory.frames();
    assert_eq!((frames[0].first, &frames[0].payload[..]), (0x88, &1009u16.to_be_bytes()[..]));
}

#[test]
fn nothing_is_compressed_unless_it_was_agreed() {
    let app = App::new().websocket("/ws", SocketEndpoint::new(echo).compress(false));
    let mut memory = Memory::new(app);
    memory.send(offer("/ws").as_bytes());
    assert!(!memory.head().contains("Sec-WebSocket-Extensions"));
    memory.send(&frame(0xC1, b"\x00"));
    let frames = memory.frames();
    assert_eq!((frames[0].first, &frames[0].payload[..]), (0x88, &1002u16.to_be_bytes()[..]));
}
