//! Octets of a test or a fuzzer as frames: mostly in order, so that what is behind them is reached.

use rajada_websocket::Settings;

use super::naive::{self, Receiver};
use super::run;

/// Settings whose limits small inputs reach.
pub fn tight() -> Settings {
    let mut settings = Settings::default();
    settings.message = 600;
    settings.frame = 400;
    settings.whole = 40;
    settings.fragments = 5;
    settings.empty = 2;
    settings.controls = 4;
    settings
}

/// The first octet tells who receives, under which limits and in which pieces, the others what.
///
/// Whatever arrives, in whichever pieces: the same comes of it as of the naive model.
pub fn check(input: &[u8]) {
    let [flags, seed, rest @ ..] = input else { return };
    let bit = |at: u8| flags >> at & 1 == 1;
    let settings = [Settings::default(), tight()];
    let receiver = Receiver {
        settings: &settings[usize::from(bit(0))],
        is_server: bit(1),
        compressed: bit(2),
    };
    let octets = if bit(3) { rest.to_vec() } else { frames(receiver, rest) };
    let outcomes = naive::receive(receiver, &octets);
    let mut step = u32::from(*seed);
    let mut at = 0;
    let ends = std::iter::from_fn(|| {
        step = step.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        at += match seed % 4 {
            0 => 1,
            1 => (step >> 24) as usize % 7,
            2 => (step >> 24) as usize,
            _ => octets.len(),
        };
        (at < octets.len()).then_some(at)
    });
    let run = run::in_pieces(receiver, &octets, ends);
    assert_eq!(run.outcomes, outcomes);
    assert_eq!(naive::frames(&run.sent, !receiver.is_server), naive::answers(&outcomes));
}

/// Frames, of which a few are wrong.
pub fn frames(receiver: Receiver<'_>, mut input: &[u8]) -> Vec<u8> {
    let (mut octets, mut within) = (Vec::new(), false);
    while let [what, length, rest @ ..] = input {
        let payload: Vec<u8> = match length % 8 {
            // A text with all lengths of code points, from somewhere on, and as long as it may be.
            0 => "né€😀"
                .bytes()
                .cycle()
                .skip(usize::from(length >> 3))
                .take(usize::from(length >> 1))
                .collect(),
            1 => vec![b'a'; usize::from(*length) * 3],
            // Of the input.
            _ => rest[..rest.len().min(usize::from(length >> 3))].to_vec(),
        };
        input = &rest[if length % 8 > 1 { payload.len() } else { 0 }..];
        let key = receiver.is_server.then_some([payload.len() as u8, *what, *length, 0x5A]);
        let fin = if what & 1 == 0 { 0x80 } else { 0 };
        let first = match what >> 1 & 15 {
            0..=8 if within => {
                within = fin == 0;
                fin
            }
            0..=8 => {
                within = fin == 0;
                let rsv1 = if receiver.compressed && what & 64 != 0 { 0x40 } else { 0 };
                fin | rsv1 | if what & 128 == 0 { 1 } else { 2 }
            }
            9 => 0x89,
            10 => 0x8A,
            11 if what & 0xC0 == 0 => 0x88,
            12 if what & 0xC0 == 0 => *length,
            13 if what & 0xC0 == 0 => {
                octets.push(*length);
                continue;
            }
            _ => 0x8A,
        };
        let payload =
            if first & 8 == 0 { &payload[..] } else { &payload[..payload.len().min(125)] };
        octets.extend(naive::frame(first, key, payload));
    }
    octets
}
