//! What is compressed and inflated, compared with a naive inflater.

mod inflate;

use inflate::Wrong;
use proptest::prelude::*;
use rajada_websocket::deflate::{Deflater, History, InflateError, Inflater, Settings, WindowBits};

fn window(bits: u8) -> WindowBits {
    WindowBits::new(bits).unwrap()
}

/// Everything is compressed, if it gets smaller.
fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.smallest = 0;
    settings
}

fn limited(message: usize) -> Settings {
    let mut settings = settings();
    settings.message = message;
    settings
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

/// What the naive inflater says, in our words.
fn expected(history: &[u8], payload: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    inflate::message(history, payload, 1 << 15, limit).map_err(|wrong| match wrong {
        Wrong::Malformed => InflateError::Malformed,
        Wrong::TooBig => InflateError::TooBig,
    })
}

const HELLO: &[u8] = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

/// The examples of RFC 7692 section 7.2.3, and others that must do.
const RIGHT: &[(&[u8], &[u8])] = &[
    // 7.2.3.1.
    (HELLO, b"Hello"),
    // 7.2.3.3: a block that is not compressed.
    (&[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00], b"Hello"),
    // 7.2.3.4: a last block.
    (&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00], b"Hello"),
    // 7.2.3.5: two blocks.
    (&[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00], b"Hello"),
    // 7.2.3.6: an empty message.
    (&[0x00], b""),
    // Without the octet behind it.
    (&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], b"Hello"),
    (&[0x03, 0x00], b""),
    // Last blocks in the middle: empty, not compressed, and one that refers to what is before it.
    (&[0x03, 0x00, 0x03, 0x00, 0x00], b""),
    (&[0x01, 0x01, 0x00, 0xfe, 0xff, 0x41, 0x01, 0x01, 0x00, 0xfe, 0xff, 0x42, 0x00], b"AB"),
    (&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x02, 0x13, 0x00, 0x00], b"HelloHello"),
];

#[test]
fn what_is_right() {
    let mut inflater = Inflater::new(settings());
    for (payload, message) in RIGHT {
        assert_eq!(inflater.inflate(&History::NONE, payload), Ok(*message), "{payload:x?}");
        assert_eq!(expected(&[], payload, 100), Ok(message.to_vec()), "{payload:x?}");
    }
}

#[test]
fn what_is_wrong() {
    let mut inflater = Inflater::new(settings());
    let behind = |octets: &[u8]| [HELLO, octets].concat();
    let last = |octets: &[u8]| [&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], octets].concat();
    for payload in [
        // Not one octet, where an empty message has one.
        vec![],
        // The tail was not taken off.
        behind(&[0x00, 0x00, 0xff, 0xff]),
        // Octets behind the end.
        behind(&[0x00]),
        behind(b"Hello"),
        behind(&[0xff]),
        // Octets behind a last block, of which one may be there.
        last(b"Hello"),
        last(&[0x00, 0x00]),
        last(&[0x00, 0x00, 0x00, 0xff, 0xff]),
        // A reserved type of block.
        vec![0x06],
        // A length that is not its complement's.
        vec![0x00, 0x05, 0x00, 0xfa, 0xfe, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00],
        // More octets than are there.
        vec![0x00, 0x0f, 0x00, 0xf0, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00],
        // What was not before.
        vec![0x02, 0x13, 0x00, 0x00],
    ] {
        assert_eq!(
            inflater.inflate(&History::NONE, &payload),
            Err(InflateError::Malformed),
            "{payload:x?}"
        );
        assert_eq!(expected(&[], &payload, 100), Err(InflateError::Malformed), "{payload:x?}");
        // It has left nothing behind.
        assert_eq!(inflater.inflate(&History::NONE, HELLO), Ok(&b"Hello"[..]));
    }
}

#[test]
fn whatever_is_cut_off_or_changed_is_judged_alike() {
    let mut inflater = Inflater::new(limited(1000));
    let mut deflater = Deflater::new(settings());
    let text = "the same words, the same words, and other words".repeat(3);
    let deflated =
        deflater.deflate(WindowBits::MAX, &History::NONE, text.as_bytes()).unwrap().to_vec();
    let messages = RIGHT.iter().map(|(payload, _)| payload.to_vec()).chain([deflated]);
    let (mut right, mut wrong) = (0, 0);
    for message in messages {
        let mut judge = |payload: &[u8]| {
            let outcome = inflater.inflate(&History::NONE, payload);
            assert_eq!(outcome.map(<[u8]>::to_vec), expected(&[], payload, 1000), "{payload:x?}");
            *(if outcome.is_ok() { &mut right } else { &mut wrong }) += 1;
        };
        for end in 0..message.len() {
            judge(&message[..end]);
            for octet in 0..=255 {
                let mut changed = message.clone();
                changed[end] = octet;
                judge(&changed);
            }
        }
    }
    assert!(right > 1000 && wrong > 10_000, "{right} were right and {wrong} wrong");
}

#[test]
fn a_bomb_costs_the_limit() {
    let zeros = vec![0; 10 << 20];
    let mut deflater = Deflater::new(settings());
    let bomb = deflater.deflate(WindowBits::MAX, &History::NONE, &zeros).unwrap().to_vec();
    assert!(bomb.len() < zeros.len() / 100, "{} octets", bomb.len());
    for limit in [0, 1, 100, 4095, 4096, 4097, 100_000, 1 << 20] {
        let mut inflater = Inflater::new(limited(limit));
        assert_eq!(inflater.inflate(&History::NONE, &bomb), Err(InflateError::TooBig));
        assert!(inflater.capacity() <= limit, "{} octets for {limit}", inflater.capacity());
    }
    let mut inflater = Inflater::new(limited(zeros.len()));
    assert_eq!(inflater.inflate(&History::NONE, &bomb), Ok(&zeros[..]));
    let mut inflater = Inflater::new(limited(zeros.len() - 1));
    assert_eq!(inflater.inflate(&History::NONE, &bomb), Err(InflateError::TooBig));
}

#[test]
fn the_limit_is_exact() {
    for len in (0..70).chain([4095, 4096, 4097, 8192, 70_000]) {
        for message in [vec![b'a'; len], noise(1, len)] {
            let payload = [&stored(&message)[..], &[0]].concat();
            for limit in [len, len + 1, 2 * len + 1] {
                let mut inflater = Inflater::new(limited(limit));
                assert_eq!(inflater.inflate(&History::NONE, &payload), Ok(&message[..]));
            }
            if len > 0 {
                let mut inflater = Inflater::new(limited(len - 1));
                assert_eq!(inflater.inflate(&History::NONE, &payload), Err(InflateError::TooBig));
            }
        }
    }
}

#[test]
fn what_ends_in_a_block_is_malformed_at_any_limit() {
    // A block that announces more octets than there are, the tail's four among them.
    let payload = [&[0x08, 0xFF, 0xFF, 0, 0][..], &[b'a'; 92]].concat();
    for limit in [96, 97, 100, 101, 1000] {
        assert_eq!(expected(&[], &payload, limit), Err(InflateError::Malformed));
        let outcome =
            Inflater::new(limited(limit)).inflate(&History::NONE, &payload).map(<[u8]>::to_vec);
        assert_eq!(outcome, Err(InflateError::Malformed), "{limit}");
    }
    let mut inflater = Inflater::new(limited(95));
    assert_eq!(inflater.inflate(&History::NONE, &payload), Err(InflateError::TooBig));
}

#[test]
fn what_is_wrong_behind_the_limit_does_not_count() {
    // A literal, and then what was not before.
    let payload = [18, 0, 0, 0, 0, 0, 18, 255, 255, 7, 17, 100, 0];
    for (limit, error) in [(0, InflateError::TooBig), (100, InflateError::Malformed)] {
        let mut inflater = Inflater::new(limited(limit));
        assert_eq!(inflater.inflate(&History::NONE, &payload), Err(error));
        assert_eq!(expected(&[], &payload, limit), Err(error));
    }
}

/// Blocks that are not compressed.
fn stored(message: &[u8]) -> Vec<u8> {
    let blocks = message.chunks(65_535).map(|block| {
        let length = block.len() as u16;
        [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), block].concat()
    });
    blocks.collect::<Vec<_>>().concat()
}

#[test]
fn last_blocks_are_counted() {
    let mut settings = settings();
    settings.last_blocks = 3;
    let mut inflater = Inflater::new(settings);
    for (count, right) in [(0, true), (3, true), (4, false), (100_000, false)] {
        let payload = [[0x03, 0x00].repeat(count), vec![0]].concat();
        let expected = if right { Ok(&b""[..]) } else { Err(InflateError::TooManyLastBlocks) };
        assert_eq!(inflater.inflate(&History::NONE, &payload), expected, "{count}");
    }
}

#[test]
fn history_survives_last_blocks_and_reaches_as_far_as_the_window() {
    let (mut inflater, mut deflater) = (Inflater::new(settings()), Deflater::new(settings()));
    for bits in 9..=15 {
        let window = window(bits);
        let (mut sent, mut received) = (History::NONE, History::NONE);
        let words = noise(bits.into(), window.octets() / 2);
        for round in 0..5 {
            let deflated = deflater.deflate(window, &sent, &words);
            // Of noise only what was before can be left out.
            assert_eq!(deflated.is_some(), round > 0 && bits > 9, "{bits}, {round}");
            let payload = match deflated {
                Some(deflated) => deflated.to_vec(),
                None => [&stored(&words)[..], &[0]].concat(),
            };
            // A last block in front of it, which hides nothing.
            let payload = [&[0x03, 0x00, 0x01, 0x00, 0x00, 0xff, 0xff], &payload[..]].concat();
            assert_eq!(inflater.inflate(&received, &payload), Ok(&words[..]));
            sent.append(window, &words);
            received.append(window, &words);
        }
    }
}

#[test]
fn what_does_not_get_smaller_is_sent_as_it_is_and_harms_no_history() {
    let (mut inflater, mut deflater) = (Inflater::new(settings()), Deflater::new(settings()));
    let mut history = History::NONE;
    history.append(WindowBits::MAX, b"some words that come again");
    for len in [0, 1, 5, 100, 1000, 70_000, 1_000_000] {
        assert_eq!(deflater.deflate(WindowBits::MAX, &history, &noise(7, len)), None);
        let again =
            deflater.deflate(WindowBits::MAX, &history, b"some words that come again").unwrap();
        assert!(again.len() < 8, "{again:x?}");
        assert_eq!(inflater.inflate(&history, again), Ok(&b"some words that come again"[..]));
    }
}

#[test]
fn small_messages_are_sent_as_they_are() {
    let mut deflater = Deflater::new(Settings::default());
    for (len, compressed) in [(0, false), (1, false), (1023, false), (1024, true), (100_000, true)]
    {
        let deflated = deflater.deflate(WindowBits::MAX, &History::NONE, &vec![b'a'; len]);
        assert_eq!(deflated.is_some(), compressed, "{len}");
    }
}

#[test]
fn buffers_are_given_back() {
    let mut settings = limited(1 << 20);
    settings.kept = 10_000;
    let (mut inflater, mut deflater) = (Inflater::new(settings.clone()), Deflater::new(settings));
    let message = vec![b'a'; 1 << 20];
    let deflated = deflater.deflate(WindowBits::MAX, &History::NONE, &message).unwrap().to_vec();
    assert_eq!(inflater.inflate(&History::NONE, &deflated), Ok(&message[..]));
    assert!(inflater.capacity() == 1 << 20 && deflater.capacity() > 1 << 20);
    assert_eq!(inflater.inflate(&History::NONE, HELLO), Ok(&b"Hello"[..]));
    assert!(deflater.deflate(WindowBits::MAX, &History::NONE, b"aaaaaaaaaaaaaaaaa").is_some());
    assert_eq!((inflater.capacity(), deflater.capacity()), (10_000, 10_000));
}

#[test]
fn memory_is_what_is_documented() {
    let of = |run: &mut dyn FnMut()| allocation_counter::measure(run).bytes_max as usize;
    let message = b"the same words, the same words".repeat(100);
    let buffer = message.len() + message.len() / 8 + 64;
    for (bits, most) in [(9, 246), (10, 248), (11, 252), (12, 260), (13, 276), (14, 308), (15, 372)]
    {
        let mut deflater = Deflater::new(settings());
        let mut run =
            || assert!(deflater.deflate(window(bits), &History::NONE, &message).is_some());
        let octets = of(&mut run) - buffer;
        assert!((most - 10) * 1024 < octets && octets <= most * 1024, "{bits}: {octets} octets");
        assert_eq!(of(&mut run), 0);
    }
    let mut deflater = Deflater::new(settings());
    let deflated = deflater.deflate(WindowBits::MAX, &History::NONE, &message).unwrap();
    let mut inflater = Inflater::new(settings());
    let mut run = || assert_eq!(inflater.inflate(&History::NONE, deflated), Ok(&message[..]));
    let octets = of(&mut run) - 4096;
    assert!((38 * 1024..=48 * 1024).contains(&octets), "{octets} octets");
    assert_eq!(of(&mut run), 0);
    for bits in 8..=15 {
        let mut history = History::NONE;
        let kept = allocation_counter::measure(|| {
            (0..100).for_each(|_| history.append(window(bits), &message));
        });
        assert_eq!(kept.bytes_current, 1 << bits);
        assert_eq!(of(&mut || history.append(window(bits), &message)), 0);
    }
}

/// Messages of words, of noise, and of both.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        (any::<u64>(), 0..600_usize).prop_map(|(seed, len)| noise(seed, len)),
        (0..20_usize, 0..300_usize).prop_map(|(from, len)| {
            b"abcdefgh, the same words again; "
                .iter()
                .cycle()
                .skip(from)
                .take(len)
                .copied()
                .collect()
        }),
        (any::<u8>(), 0..3000_usize).prop_map(|(octet, len)| vec![octet; len]),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_compressed_comes_back(
        messages in prop::collection::vec(message(), 1..8),
        bits in 9..=15_u8,
        keeps in any::<bool>(),
        level in 1..=9_u8,
    ) {
        let mut settings = settings();
        settings.level = level;
        let (mut deflater, mut inflater) = (Deflater::new(settings.clone()), Inflater::new(settings));
        let window = window(bits);
        let (mut sent, mut received) = (History::NONE, History::NONE);
        for message in &messages {
            let Some(deflated) = deflater.deflate(window, &sent, message) else { continue };
            prop_assert!(deflated.len() < message.len());
            let naive = inflate::message(sent.octets(), deflated, window.octets(), message.len());
            prop_assert_eq!(naive.as_ref(), Ok(message));
            prop_assert_eq!(inflater.inflate(&received, deflated), Ok(&message[..]));
            if keeps {
                sent.append(window, message);
                received.append(window, message);
            }
        }
    }

    #[test]
    fn miniz_oxide_understands_and_is_understood(message in message(), bits in 9..=15_u8, level in 0..=9_u8) {
        let mut settings = settings();
        settings.level = level;
        let (mut deflater, mut inflater) = (Deflater::new(settings.clone()), Inflater::new(settings));
        if let Some(deflated) = deflater.deflate(window(bits), &History::NONE, &message) {
            // It wants a last block.
            let whole = [deflated, &[0, 0, 0xff, 0xff, 0x01, 0, 0, 0xff, 0xff]].concat();
            let inflated = miniz_oxide::inflate::decompress_to_vec(&whole).ok();
            prop_assert_eq!(inflated.as_ref(), Some(&message));
        }
        // It makes one (RFC 7692 section 7.2.3.4).
        let last = miniz_oxide::deflate::compress_to_vec(&message, level);
        let payload = [&last[..], &[0]].concat();
        prop_assert_eq!(inflater.inflate(&History::NONE, &payload), Ok(&message[..]));
        prop_assert_eq!(inflater.inflate(&History::NONE, &last), Ok(&message[..]));
    }

    #[test]
    fn what_is_inflated_is_what_the_naive_inflater_makes(
        history in message(),
        message in message(),
        payload in prop::collection::vec(any::<u8>(), 0..60),
        change in any::<prop::sample::Index>(),
        octet in any::<u8>(),
        limit in 0..5000_usize,
    ) {
        let (mut deflater, mut inflater) = (Deflater::new(settings()), Inflater::new(limited(limit)));
        let mut kept = History::NONE;
        kept.append(WindowBits::MAX, &history);
        let mut changed = deflater.deflate(WindowBits::MAX, &kept, &message).unwrap_or_default().to_vec();
        if !changed.is_empty() {
            *change.get_mut(&mut changed) = octet;
        }
        for payload in [changed, payload] {
            let outcome = inflater.inflate(&kept, &payload).map(<[u8]>::to_vec);
            prop_assert_eq!(outcome, expected(kept.octets(), &payload, limit));
            prop_assert!(inflater.capacity() <= limit);
        }
    }
}
