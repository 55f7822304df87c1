//! What pieces cost: memory that grows is bounded by what may be held, however it is cut.
#![cfg(feature = "alloc")]

mod common;

use allocation_counter::measure;
use common::{Connection, get, ok};
use rajada_pipeline::{ApiMisuse, COPY_BELOW, Content, Length, Settings, Streaming};

/// Pieces of a stream, one after another.
type Pieces = fn(usize) -> Content<'static, Vec<u8>>;

const PIECES: [(&str, Pieces); 5] = [
    ("owned", |_| Content::Owned(vec![b'x'])),
    ("copied", |_| Content::Copied(b"x")),
    ("owned and copied", |at| match at % 2 {
        0 => Content::Owned(vec![b'x']),
        _ => Content::Copied(b"x"),
    }),
    ("small copied, large owned", |at| match at % 2 {
        0 => Content::Copied(b"x"),
        _ => Content::Owned(vec![b'x'; COPY_BELOW]),
    }),
    ("small owned, large owned", |at| match at % 2 {
        0 => Content::Owned(vec![b'x']),
        _ => Content::Owned(vec![b'x'; COPY_BELOW]),
    }),
];

/// Sends pieces to these streams in turn until each takes no more; how many were taken.
fn fill(connection: &mut Connection, streams: &[&Streaming], piece: Pieces) -> usize {
    let mut taken = 0;
    loop {
        let before = taken;
        for stream in streams {
            // Of two kinds each stream gets both.
            match connection.pipeline.send(stream, piece(taken / streams.len())) {
                Ok(()) => taken += 1,
                Err(why) => assert_eq!(why, ApiMisuse::Full),
            }
        }
        assert!(taken < 1 << 20, "there is no bound");
        if taken == before {
            return taken;
        }
    }
}

#[test]
fn what_is_held_bounds_memory_however_small_the_pieces() {
    const HELD: usize = 64 * 1024;
    for length in [Length::Exact(1 << 40), Length::Unknown] {
        for (name, piece) in PIECES {
            // At the front, behind another, two of them that wait, and all of these.
            for which in [&[0][..], &[1], &[1, 2], &[0, 1, 2]] {
                let mut connection = Connection::new();
                connection.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
                let tickets = [connection.request(), connection.request(), connection.request()];
                let streams =
                    tickets.map(|ticket| connection.pipeline.start(ticket, &ok(), length).unwrap());
                let streams: Vec<_> = which.iter().map(|&at| &streams[at]).collect();
                let mut taken = 0;
                let info = measure(|| taken = fill(&mut connection, &streams, piece));
                let kept = info.bytes_current;
                assert!(kept < 4 * HELD as i64 + 8192, "{name} to {which:?}: {kept} octets");
                assert!(taken > 50, "{name} to {which:?}: {taken} pieces");
                assert!(streams.iter().all(|s| connection.pipeline.room(s) < COPY_BELOW));
                println!("{length:?}, {name} to {which:?}: {taken} pieces, {kept} octets");
            }
        }
    }
}

#[test]
fn small_pieces_that_are_owned_leave_with_their_neighbours() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let ticket = connection.request();
    let stream = connection.pipeline.start(ticket, &ok(), Length::Unknown).unwrap();
    for len in [1, 2, COPY_BELOW - 1] {
        connection.pipeline.send(&stream, Content::Owned(vec![b'x'; len])).unwrap();
    }
    let slices = |connection: &Connection| connection.pipeline.poll_transmit(&mut [&[][..]; 9]);
    assert_eq!(slices(&connection), 1);
    connection.pipeline.send(&stream, Content::Owned(vec![b'x'; COPY_BELOW])).unwrap();
    assert_eq!(slices(&connection), 3);
    connection.pipeline.finish(stream, &[]).unwrap();
    assert_eq!(connection.output().matches('x').count(), 2 * COPY_BELOW + 2);
}

#[test]
fn capacity_counts_all_that_a_store_keeps() {
    let settings = Settings::default();
    for (requests, stream, piece) in [
        (1, 0, PIECES[3].1),
        (64, 63, PIECES[0].1),
        (2, 1, PIECES[4].1),
        (64, 0, |_| Content::Owned(vec![b'x'; 3000])),
    ] {
        let mut store = None;
        let kept = measure(|| {
            let mut connection = Connection::with(settings.clone());
            connection.push(get("/").repeat(requests).as_bytes());
            let mut streams = Vec::new();
            for _ in 0..requests {
                let ticket = connection.request();
                let length = Length::Exact(1 << 40);
                streams.push(connection.pipeline.start(ticket, &ok(), length).unwrap());
            }
            fill(&mut connection, &[&streams[stream]], piece);
            streams.into_iter().rev().for_each(|stream| {
                connection.pipeline.abort(stream).unwrap();
            });
            connection.output();
            store = connection.pipeline.reclaim();
        });
        let store = store.expect("nothing is in flight or unsent");
        let expected = size_of_val(&*store) + store.capacity();
        assert_eq!(kept.bytes_current, expected as i64, "{requests} requests");
    }
}
