//! Octets in pieces through one end.

use rajada_websocket::{
    Burst, Client, Collector, Event, Phase, Role, Server, Settings, Store, WebSocket,
};

use super::naive::{Outcome, Receiver};

/// What came of octets.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub outcomes: Vec<Outcome>,
    /// What was put out, all of it transmitted at once.
    pub sent: Vec<u8>,
    pub phase: Phase,
}

/// Receives octets in pieces that end at `ends` (in ascending order) and at the end of all.
pub fn in_pieces(
    receiver: Receiver<'_>,
    octets: &[u8],
    ends: impl IntoIterator<Item = usize>,
) -> Run {
    if receiver.is_server {
        run(receiver, || Server, octets, ends)
    } else {
        let mut last = 0u32;
        let keys = move || {
            last = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            last.to_be_bytes()
        };
        run(receiver, || Client(keys), octets, ends)
    }
}

fn run<R: Role>(
    receiver: Receiver<'_>,
    role: impl Fn() -> R,
    octets: &[u8],
    ends: impl IntoIterator<Item = usize>,
) -> Run {
    let mut socket = WebSocket::new(role());
    if receiver.compressed {
        socket = socket.compressed();
    }
    socket.lend(Box::new(Store::new(receiver.settings)));
    let (mut outcomes, mut sent, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    let (mut collector, mut from, mut total) = (Collector::new(), 0, 0);
    for end in ends.into_iter().chain([octets.len()]) {
        buffer.extend_from_slice(&octets[from..end]);
        from = end;
        let mut burst = Burst::new(&mut buffer);
        loop {
            let event = socket.receive(receiver.settings, &mut burst);
            if matches!(event, Event::Data([])) {
                panic!("an empty piece");
            }
            let done = matches!(event, Event::NeedData | Event::Closed);
            if let Some(event) = collector.take(event) {
                outcomes.extend(outcome(event));
            }
            transmit(&mut socket, &mut sent);
            if done {
                break;
            }
        }
        let consumed = burst.consumed();
        total += consumed as u64;
        assert_eq!(total, socket.octets_received());
        buffer.drain(..consumed);
        let waiting = most_waiting(receiver.settings);
        assert!(
            socket.phase() == Phase::Closed || buffer.len() <= waiting,
            "{} octets wait",
            buffer.len()
        );
        // Between messages nothing else needs to be kept.
        if let Some(store) = socket.reclaim() {
            if let Some(resting) = socket.resting() {
                socket = WebSocket::resume(role(), resting);
            }
            socket.lend(store);
        }
    }
    Run { outcomes, sent, phase: socket.phase() }
}

/// The octets that a caller may have to keep: of a header, of a control frame, of a frame that waits.
fn most_waiting(settings: &Settings) -> usize {
    settings.whole.max(125)
}

fn outcome(event: Event<'_>) -> Option<Outcome> {
    Some(match event {
        Event::Text(text) => Outcome::Text(text.into()),
        Event::Binary(octets) => Outcome::Binary(octets.into()),
        Event::Compressed(kind, octets) => Outcome::Compressed(kind, octets.into()),
        Event::Ping(payload) => Outcome::Ping(payload.into()),
        Event::Pong(payload) => Outcome::Pong(payload.into()),
        Event::Close { code, reason } => Outcome::Close(code.map(|code| code.get()), reason.into()),
        Event::Malformed(error) => {
            Outcome::Malformed(error.offence(), error.offset(), error.code().map(|code| code.get()))
        }
        Event::NeedData | Event::Closed => return None,
        event => panic!("unexpected: {event:?}"),
    })
}

/// Lets all that is ready leave, in pieces.
pub fn transmit<R: Role>(socket: &mut WebSocket<R, Vec<u8>>, to: &mut Vec<u8>) {
    while socket.wants_write() {
        let mut slices = [&[][..]; 3];
        let count = socket.poll_transmit(&mut slices);
        let octets = slices[..count].concat();
        let some = octets.len().min(1 + to.len() % 97);
        to.extend_from_slice(&octets[..some]);
        socket.transmitted(some);
    }
}
