//! Compressed messages: any payload is inflated as a naive inflater does, within the limit; any messages come back, whatever window, level and history
//! there is; and what a server answers to any offer is an answer.
//!
//! The input's first octets tell what is done, with which settings; the rest are offers, a payload, or messages.
#![no_main]

#[path = "../../pipeline/websocket/tests/inflate/mod.rs"]
mod inflate;

use inflate::Wrong;
use libfuzzer_sys::fuzz_target;
use rajada_parser::list;
use rajada_websocket::deflate::{
    AnswerError, Deflater, History, InflateError, Inflater, Settings, Terms, WindowBits,
};

fuzz_target!(|input: &[u8]| {
    let Some((&[what, how, level], rest)) = input.split_first_chunk() else { return };
    let mut settings = Settings::default();
    (settings.smallest, settings.level) = (0, 1 + level % 9);
    match what % 4 {
        0 => negotiate(how, rest),
        1 => inflate_any(settings, how, rest),
        _ => come_back(settings, how, rest),
    }
});

fn window(bits: u8) -> WindowBits {
    WindowBits::new(bits).expect("8 to 15")
}

fn negotiate(how: u8, offers: &[u8]) {
    let mut terms = Terms::DEFAULT;
    (terms.server_context, terms.client_context) = (how & 1 != 0, how & 2 != 0);
    (terms.server_window, terms.client_window) = (window(8 + (how >> 2) % 8), window(8 + how % 8));
    let Ok(Some(agreed)) = terms.accept(list::elements(offers)) else { return };
    assert!(agreed.server_window() >= terms.least && agreed.server_window() <= terms.server_window);
    assert!(agreed.client_window() <= terms.client_window);
    assert!(agreed.server_context() <= terms.server_context);
    assert!(agreed.client_context() <= terms.client_context);
    let mut all = Terms::DEFAULT;
    (all.server_context, all.client_context) = (true, true);
    let answer = agreed.to_string();
    let checked = all.check(list::elements(answer.as_bytes()));
    if agreed.client_window() < all.least {
        assert_eq!(checked, Err(AnswerError::ClientWindow));
    } else {
        assert_eq!(checked, Ok(Some(agreed)));
    }
}

/// The rest is what was before, of at most 255 octets, and a payload.
fn inflate_any(mut settings: Settings, how: u8, rest: &[u8]) {
    let Some((history, payload)) = rest.split_at_checked(usize::from(how) / 2) else { return };
    settings.last_blocks = u32::MAX;
    settings.message = [0, 100, 5000, 100_000][usize::from(how) % 4];
    let limit = settings.message;
    let mut kept = History::NONE;
    kept.append(WindowBits::MAX, history);
    let mut inflater = Inflater::new(settings);
    let expected =
        inflate::message(history, payload, 1 << 15, limit).map_err(|wrong| match wrong {
            Wrong::Malformed => InflateError::Malformed,
            Wrong::TooBig => InflateError::TooBig,
        });
    // The second time with what the first has left behind.
    for _ in 0..2 {
        let outcome = inflater.inflate(&kept, payload).map(<[u8]>::to_vec);
        assert_eq!(outcome, expected);
        assert!(inflater.capacity() <= limit);
    }
}

/// The rest are messages: octets, of which one in four says how often what is behind it is repeated.
fn come_back(settings: Settings, how: u8, rest: &[u8]) {
    let (window, keeps) = (window(9 + how % 7), how & 0x80 != 0);
    let (mut inflater, mut deflater) = (Inflater::new(settings.clone()), Deflater::new(settings));
    let (mut sent, mut received) = (History::NONE, History::NONE);
    for message in rest.split(|octet| *octet == b'\n') {
        let message: Vec<u8> = message
            .chunks(16)
            .flat_map(|chunk| {
                let times = chunk.first().map_or(0, |first| usize::from(*first) % 64);
                chunk.repeat(1 + if times < 48 { 0 } else { times })
            })
            .collect();
        let Some(deflated) = deflater.deflate(window, &sent, &message) else { continue };
        assert!(deflated.len() < message.len());
        let naive = inflate::message(sent.octets(), deflated, window.octets(), message.len());
        assert_eq!(naive.as_ref(), Ok(&message));
        assert_eq!(inflater.inflate(&received, deflated), Ok(&message[..]));
        if keeps {
            sent.append(window, &message);
            received.append(window, &message);
        }
    }
}
