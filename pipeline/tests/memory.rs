//! What is used: nothing in the steady state, never more than the bounds, and only what was lent.

mod common;

use allocation_counter::measure;
use common::{Connection, answered, get, ok};
use rajada_parser::Positions;
use rajada_pipeline::memory::{Fixed, Piece};
use rajada_pipeline::{
    ApiMisuse, Burst, Content, Event, Head, Length, Pipeline, Settings, Store, Streaming, Ticket,
};

/// As many requests of a burst as are accepted at once, answered in order or reversed, whole or
/// streamed, and transmitted in steps of `step`.
fn round(
    connection: &mut Connection,
    burst: &mut Burst<'_>,
    reversed: bool,
    streamed: bool,
    step: usize,
    tickets: &mut Vec<Ticket>,
    streams: &mut Vec<Streaming>,
) {
    let Connection { pipeline, settings, slots, .. } = connection;
    while let Event::Request { ticket, .. } = pipeline.receive(settings, burst, slots) {
        tickets.push(ticket);
    }
    assert!(tickets.len() >= 4, "a burst is not cut in small pieces");
    if reversed {
        tickets.reverse();
    }
    for ticket in tickets.drain(..) {
        if streamed {
            streams.push(pipeline.start(ticket, &ok(), Length::Unknown).unwrap());
        } else {
            pipeline.respond(ticket, &ok(), Content::Copied(b"Hello world!")).unwrap();
        }
    }
    for stream in &*streams {
        pipeline.send(stream, Content::Copied(b"Hello")).unwrap();
    }
    for stream in streams.drain(..) {
        pipeline.send(&stream, Content::Copied(b" world!")).unwrap();
        pipeline.finish(stream, &[]).unwrap();
    }
    while pipeline.wants_write() {
        let mut out = [&[][..]; 4];
        let count = pipeline.poll_transmit(&mut out);
        let ready: usize = out[..count].iter().map(|slice| slice.len()).sum();
        pipeline.transmitted(ready.min(step));
    }
}

#[test]
fn the_steady_state_allocates_nothing() {
    let mut connection = Connection::new();
    let burst = get("/").repeat(64);
    let (mut tickets, mut streams) = (Vec::with_capacity(64), Vec::with_capacity(64));
    let mut all = |connection: &mut Connection| {
        for (reversed, streamed) in [(false, false), (true, false), (false, true), (true, true)] {
            for step in [usize::MAX, 100] {
                let mut burst = Burst::new(burst.as_bytes());
                while !burst.rest().is_empty() {
                    let (burst, tickets, streams) = (&mut burst, &mut tickets, &mut streams);
                    round(connection, burst, reversed, streamed, step, tickets, streams);
                }
            }
        }
        let store = connection.pipeline.reclaim().expect("nothing is in flight or unsent");
        assert!(connection.pipeline.lend(store).is_none());
    };
    all(&mut connection);
    let info = measure(|| (0..10).for_each(|_| all(&mut connection)));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_thousand_idle_connections_need_one_store() {
    let settings = Settings::default();
    let mut pool = vec![Box::new(Store::new(&settings))];
    let mut loans = 0;
    let mut slots = Positions::<16>::new();
    let request = get("/");
    let mut pipelines: Vec<Pipeline<Vec<u8>, _, _>> = (0..1000).map(|_| Pipeline::new()).collect();
    for pipeline in &mut pipelines {
        assert!(pipeline.wants_store());
        assert!(pipeline.lend(pool.pop().expect("one store is enough")).is_none());
        loans += 1;
        // An incomplete head needs no store to be kept ...
        let mut burst = Burst::new(&request.as_bytes()[..20]);
        assert!(matches!(pipeline.receive(&settings, &mut burst, &mut slots), Event::NeedData));
        pool.push(pipeline.reclaim().expect("nothing is in flight"));
    }
    for pipeline in &mut pipelines {
        pipeline.lend(pool.pop().unwrap());
        loans += 1;
        let (mut burst, mut slots) = (Burst::new(request.as_bytes()), Positions::<16>::new());
        // ... and is known by offsets alone; other slots only cost time.
        let event = pipeline.receive(&settings, &mut burst, &mut slots);
        let Event::Request { ticket, .. } = event else { panic!("{event:?}") };
        assert!(pipeline.reclaim().is_none(), "a request is in flight");
        pipeline.respond(ticket, &ok(), Content::None).unwrap();
        assert!(pipeline.reclaim().is_none(), "an answer is unsent");
        pipeline.transmitted(usize::MAX);
        pool.push(pipeline.reclaim().expect("nothing is in flight or unsent"));
    }
    assert_eq!((loans, pool.len()), (2000, 1));
}

#[test]
fn a_client_that_never_reads_is_bounded() {
    let mut settings = Settings::default();
    settings.held = 2000;
    let mut connection = Connection::with(settings);
    let burst = get("/").repeat(10_000);
    let mut burst = Burst::new(burst.as_bytes());
    let answer = [b'x'; 500];
    let Connection { pipeline, settings, slots, .. } = &mut connection;
    let mut answered = 0;
    while let Event::Request { ticket, .. } = pipeline.receive(settings, &mut burst, slots) {
        pipeline.respond(ticket, &ok(), Content::Copied(&answer)).unwrap();
        answered += 1;
        assert!(pipeline.held() < settings.held + 600);
    }
    assert!(!burst.rest().is_empty() && !pipeline.wants_read());
    assert_eq!(answered, 2000 / 540 + 1);
    assert!(pipeline.reclaim().is_none());
}

#[test]
fn streams_are_held_back_by_what_is_unsent() {
    let mut settings = Settings::default();
    settings.held = 1000;
    let mut connection = Connection::with(settings);
    connection.push((get("/a") + &get("/b")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    let b = connection.pipeline.start(b, &ok(), Length::Unknown).unwrap();
    while connection.pipeline.send(&b, Content::Copied(&[b'b'; 100])).is_ok() {}
    assert!(connection.pipeline.held() <= 1100);
    assert!(connection.pipeline.room(&b) < 100);
    // The answer in front is not blocked by those behind it.
    let a = connection.pipeline.start(a, &ok(), Length::Unknown).unwrap();
    let mut sent = 0;
    while connection.pipeline.send(&a, Content::Copied(&[b'a'; 100])).is_ok() {
        sent += 1;
    }
    assert!(sent >= 8 && connection.pipeline.held() <= 2200);
    assert_eq!(connection.pipeline.send(&a, Content::Copied(&[b'a'; 100])), Err(ApiMisuse::Full));
    connection.transmit(usize::MAX);
    connection.pipeline.send(&a, Content::Copied(&[b'a'; 2000])).expect("nothing else is ready");
    connection.pipeline.finish(a, &[]).unwrap();
    connection.pipeline.finish(b, &[]).unwrap();
    connection.output();
    assert_eq!(connection.pipeline.held(), 0);
}

#[test]
fn interim_answers_are_held_back_by_what_is_unsent() {
    let mut settings = Settings::default();
    settings.held = 1000;
    let mut connection = Connection::with(settings);
    connection.push((get("/a") + &get("/b")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    let hints = Head::new(b"HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n").unwrap();
    let most = hints.octets().len() + 2;
    for (ticket, bound) in [(&b, 1000), (&a, 2000)] {
        let mut taken = 0;
        let refused = loop {
            match connection.pipeline.inform(ticket, &hints) {
                Ok(true) => taken += 1,
                other => break other,
            }
            assert!(taken < 1000, "there is no bound");
        };
        assert_eq!(refused, Err(ApiMisuse::Full));
        // The oldest is not blocked by those behind it. They are in two pieces at most.
        assert!(taken >= (1000 - 2 * size_of::<Piece<Vec<u8>>>()) / most);
        assert!(connection.pipeline.held() < bound + 2 * most);
    }
    // The answers themselves are taken.
    connection.answer(b, "b");
    connection.transmit(usize::MAX);
    assert_eq!(connection.pipeline.inform(&a, &hints), Ok(true));
    connection.answer(a, "a");
    assert!(connection.output().ends_with(&answered("b")));
    assert_eq!(connection.pipeline.held(), 0);
}

#[test]
fn a_long_stream_behind_a_waiting_answer_reuses_the_arena() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    connection.answer(b, "waits in the arena's first octets");
    let stream = connection.pipeline.start(a, &ok(), Length::Exact(10_000_000)).unwrap();
    for _ in 0..10_000 {
        connection.pipeline.send(&stream, Content::Copied(&[b'x'; 1000])).unwrap();
        connection.transmit(usize::MAX);
    }
    connection.pipeline.finish(stream, &[]).unwrap();
    assert!(connection.output().ends_with(&answered("waits in the arena's first octets")));
    let store = connection.pipeline.reclaim().unwrap();
    assert!(store.capacity() <= 8192, "{}", store.capacity());
}

// Arrays stay as they are.
#[cfg(feature = "alloc")]
#[test]
fn a_stream_that_waits_gives_memory_back_and_goes_on() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    let stream = connection.pipeline.start(a, &ok(), Length::Exact(4000)).unwrap();
    let send = |connection: &mut Connection| {
        let piece = Content::Copied(&[b'x'; 1000]);
        measure(|| connection.pipeline.send(&stream, piece).unwrap()).bytes_total
    };
    connection.pipeline.give_back_memory();
    assert_eq!(send(&mut connection), 0, "its head is to leave");
    connection.transmit(usize::MAX);
    assert_eq!(send(&mut connection), 0, "nothing was given back");
    connection.transmit(usize::MAX);
    let given = measure(|| connection.pipeline.give_back_memory());
    assert_eq!((given.bytes_current, given.count_current), (-4096, -1));
    connection.pipeline.give_back_memory();
    assert_eq!(send(&mut connection), 4096);
    // What waits behind it is to leave as well.
    connection.transmit(usize::MAX);
    connection.pipeline.respond(b, &ok(), Content::Copied(b"behind")).unwrap();
    assert_eq!(measure(|| connection.pipeline.give_back_memory()).count_current, 0);
    assert_eq!(send(&mut connection), 0);
    connection.pipeline.finish(stream, &[]).unwrap();
    let output = connection.output();
    assert_eq!(output.matches('x').count(), 4000);
    assert!(output.ends_with(&answered("behind")));
}

#[test]
fn a_store_of_a_dropped_pipeline_is_clean_for_the_next() {
    let settings = Settings::default();
    let mut store = Store::new(&settings);
    let mut slots = Positions::<16>::new();
    let requests = get("/") + &get("/") + &get("/");
    for _ in 0..2 {
        let mut pipeline = Pipeline::<Vec<u8>, _, &mut Store<_>>::new();
        pipeline.lend(&mut store);
        let mut burst = Burst::new(requests.as_bytes());
        let mut next = || match pipeline.receive(&settings, &mut burst, &mut slots) {
            Event::Request { ticket, .. } => ticket,
            event => panic!("{event:?}"),
        };
        let (first, second, _third) = (next(), next(), next());
        pipeline.respond(second, &ok(), Content::Copied(b"second")).unwrap();
        assert!(!pipeline.wants_write());
        pipeline.respond(first, &ok(), Content::Copied(b"first")).unwrap();
        let mut out = [&[][..]; 8];
        let count = pipeline.poll_transmit(&mut out);
        assert_eq!(out[..count].concat(), (answered("first") + &answered("second")).as_bytes());
        // Dropped with a request in flight and answers unsent.
    }
}

type Small = Fixed<&'static [u8], 4, 8, 512>;

#[test]
fn everything_works_on_storage_of_the_caller() {
    let settings = Settings::default();
    let mut store = Store::with_memory(&settings, Small::new());
    let mut slots = Positions::<16>::new();
    let mut wire = Vec::with_capacity(4096);
    let requests = get("/") + &get("/") + &get("/") + &get("/");
    let info = measure(|| {
        let mut pipeline: Pipeline<&'static [u8], Small, &mut Store<_, Small>> = Pipeline::new();
        pipeline.lend(&mut store);
        let mut burst = Burst::new(requests.as_bytes());
        let mut next = |pipeline: &mut Pipeline<_, _, _>| match pipeline
            .receive(&settings, &mut burst, &mut slots)
        {
            Event::Request { ticket, .. } => Some(ticket),
            Event::Paused => None,
            event => panic!("{event:?}"),
        };
        let a = next(&mut pipeline).unwrap();
        let b = next(&mut pipeline).unwrap();
        let c = next(&mut pipeline).unwrap();
        assert!(next(&mut pipeline).is_none(), "one slot of four is for an answer of its own");

        let rejected = pipeline.respond(c, &ok(), Content::Copied(&[b'c'; 400])).unwrap_err();
        assert_eq!(rejected.why, ApiMisuse::Full);
        pipeline.respond(rejected.given, &ok(), Content::Copied(&[b'c'; 150])).unwrap();
        let rejected = pipeline.respond(b, &ok(), Content::Copied(&[b'b'; 100])).unwrap_err();
        assert_eq!(rejected.why, ApiMisuse::Full);
        // The oldest has a reserve.
        pipeline.respond(a, &ok(), Content::Copied(&[b'a'; 100])).unwrap();
        pipeline.respond(rejected.given, &ok(), Content::Owned(&[b'b'; 2000])).unwrap();
        while pipeline.wants_write() {
            let mut out = [&[][..]; 2];
            let count = pipeline.poll_transmit(&mut out);
            let taken = out[..count].iter().map(|slice| slice.len()).sum();
            out[..count].iter().for_each(|part| wire.extend_from_slice(part));
            pipeline.transmitted(taken);
        }
        let d = next(&mut pipeline).unwrap();
        pipeline.respond(d, &ok(), Content::None).unwrap();
        pipeline.transmitted(usize::MAX);
        assert!(pipeline.reclaim().is_some());
    });
    assert_eq!(info.count_total, 0);
    let expected = [("a", 100), ("b", 2000), ("c", 150)]
        .map(|(letter, count)| answered(&letter.repeat(count)))
        .concat();
    assert_eq!(String::from_utf8(wire).unwrap(), expected);
}
