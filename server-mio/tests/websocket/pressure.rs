//! Who is slow, and what it costs the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rajada_mio::driver::Driver;
use rajada_mio::websocket::{Broadcast, CloseCode, SocketDeadlines, SocketEndpoint, WebSocket};
use rajada_mio::{App, Clock, Limits, OwnedRequest, Peer, Request, sleep, timeout};

use crate::common::{Memory, Running, asks, echo, frame};

#[test]
fn who_does_not_receive_has_the_peer_wait() {
    let app = App::new().websocket(
        "/ws",
        SocketEndpoint::new(|mut socket: WebSocket| async move {
            sleep(Duration::from_secs(5)).await;
            while let Some(message) = socket.recv().await {
                socket.send(message).await.unwrap();
            }
        })
        .read_ahead(1000),
    );
    let mut memory = Memory::open(app, "/ws");
    for number in 0..40 {
        memory.give(&frame(0x81, format!("{number:0100}").as_bytes()));
        memory.run();
    }
    assert!(!memory.wants_read());
    assert_eq!(memory.frames(), []);
    memory.wait(Duration::from_secs(6));
    let expected: Vec<String> = (0..40).map(|number| format!("{number:0100}")).collect();
    assert_eq!(memory.texts(), expected);
    assert!(memory.wants_read());
}

#[test]
fn messages_that_were_not_taken_are_bounded() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let handler = move |mut socket: WebSocket| {
        let count = count.clone();
        async move {
            socket.recv().await;
            for number in 0..100u32 {
                socket.send(format!("{number:01000}")).await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let app = App::new().websocket("/ws", SocketEndpoint::new(handler).backlog(10_000));
    let mut memory = Memory::open(app, "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, b"go"));
    assert_eq!(sent.load(Ordering::Relaxed), 10, "as many as the backlog has room for");
    memory.takes = 700;
    memory.run();
    while memory.take() > 0 {
        memory.run();
        assert!(sent.load(Ordering::Relaxed) <= memory.received.len() / 1000 + 12);
    }
    let expected: Vec<String> = (0..100).map(|number| format!("{number:01000}")).collect();
    assert_eq!(memory.texts(), expected);
}

#[test]
fn who_closes_has_the_answers_that_waited_for_room_before() {
    let echo = |mut socket: WebSocket| async move {
        while let Some(message) = socket.recv().await {
            socket.send(message).await.unwrap();
        }
    };
    for behind in [1, 2, 20] {
        let app = App::new().websocket("/ws", SocketEndpoint::new(echo).backlog(1000));
        let mut memory = Memory::open(app, "/ws");
        memory.takes = 0;
        let text = "a".repeat(900);
        for _ in 0..behind + 2 {
            memory.send(&frame(0x81, text.as_bytes()));
        }
        memory.send(&frame(0x88, &[3, 232]));
        memory.takes = 300;
        memory.run();
        while memory.take() > 0 {
            memory.run();
        }
        let frames = memory.frames();
        let kinds: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
        assert_eq!(kinds, [vec![0x81; behind + 2], vec![0x88]].concat());
    }
}

#[test]
fn a_call_that_is_dropped_loses_nothing() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        loop {
            match timeout(Duration::from_millis(300), socket.recv()).await {
                Err(_) => continue,
                Ok(None) => break,
                Ok(Some(message)) => socket.send(message).await.unwrap(),
            }
        }
    });
    let mut memory = Memory::open(app, "/ws");
    for number in 0..5 {
        memory.wait(Duration::from_secs(2));
        memory.send(&frame(0x81, number.to_string().as_bytes()));
    }
    memory.wait(Duration::from_secs(1));
    assert_eq!(memory.texts(), ["0", "1", "2", "3", "4"]);
}

#[test]
fn messages_that_wait_count_as_what_the_worker_holds() {
    let limits = Limits { buffered: 50_000, ..Limits::DEFAULT };
    let app = App::new().limits(limits).websocket("/ws", |mut socket: WebSocket| async move {
        sleep(Duration::from_secs(5)).await;
        while socket.recv().await.is_some() {}
    });
    let clock = Clock::manual();
    let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
    let keys = [(); 3].map(|()| driver.turn(clock.now()).open(Peer::Local, ()));
    let run = |driver: &mut Driver<()>, key, octets: &[u8]| {
        let mut turn = driver.turn(clock.now());
        turn.connection(key).unwrap().receive(octets);
        for _ in 0..3 {
            turn.run();
            while let Some(key) = turn.poll_ready() {
                turn.connection(key).unwrap().go_on();
            }
        }
        let mut connection = turn.connection(key).unwrap();
        let mut pieces = [&[][..]; 4];
        let count = connection.transmit(&mut pieces);
        let count = pieces[..count].iter().map(|piece| piece.len()).sum();
        connection.transmitted(count);
        let reads = keys.map(|key| turn.connection(key).unwrap().wants_read());
        drop(turn);
        (driver.buffered(), reads)
    };
    for key in keys {
        assert_eq!(run(&mut driver, key, asks("/ws").as_bytes()), (0, [true; 3]));
    }
    let (held, reads) = run(&mut driver, keys[0], &frame(0x82, &[7; 30_000]));
    assert!((30_000..30_200).contains(&held) && reads == [true; 3], "{held} {reads:?}");
    let (held, reads) = run(&mut driver, keys[1], &frame(0x82, &[7; 30_000]));
    assert!((60_000..60_400).contains(&held), "{held}");
    assert_eq!(reads, [false, false, true], "who holds nothing goes on");
    clock.advance(Duration::from_secs(6));
    assert_eq!(run(&mut driver, keys[2], b""), (0, [true; 3]));
}

/// Sockets that join a broadcast, and a route that sends to it.
fn room(broadcast: &Broadcast) -> App {
    App::new()
        .state(broadcast.clone())
        .websocket("/room", |req: OwnedRequest, mut socket: WebSocket| async move {
            socket.join(req.state::<Broadcast>());
            socket.send("joined").await.unwrap();
            while let Some(message) = socket.recv().await {
                req.state::<Broadcast>().send(message);
            }
        })
        .get("/members", |req: &Request<'_>| req.state::<Broadcast>().members().to_string())
}

#[test]
fn all_members_have_every_message_in_one_order() {
    let broadcast = Broadcast::new();
    let server = Running::new(room(&broadcast).workers(2));
    let mut clients: Vec<_> = (0..6).map(|_| server.open("/room")).collect();
    for client in &mut clients {
        assert_eq!(client.frame().unwrap().payload, b"joined");
    }
    assert_eq!(broadcast.members(), 6);
    for (at, client) in clients.iter_mut().enumerate() {
        for number in 0..20 {
            client.send(0x81, format!("{at}/{number}").as_bytes());
        }
    }
    let mut seen: Vec<Vec<Vec<u8>>> = Vec::new();
    for client in &mut clients {
        seen.push((0..120).map(|_| client.frame().unwrap().payload).collect());
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]), "all have the same order");
    assert_eq!(broadcast.overflowed(), 0);
}

#[test]
fn who_takes_nothing_is_closed_as_soon_as_it_is_too_far_behind() {
    let broadcast = Broadcast::new().backlog(100_000);
    let mut memory = Memory::open(room(&broadcast), "/room");
    memory.run();
    memory.takes = 0;
    while broadcast.overflowed() == 0 {
        broadcast.send(&[b'x'; 50_000][..]);
        memory.run();
    }
    assert_eq!(broadcast.members(), 0, "it has left");
    memory.wait(Duration::from_secs(12));
    assert!(memory.is_closed, "the close handshake has its deadline");
}

#[test]
fn who_does_not_read_is_closed_and_counted_and_the_others_miss_nothing() {
    let broadcast = Broadcast::new().backlog(100_000);
    let server = Running::new(room(&broadcast));
    let mut reads = server.open("/room");
    let mut sleeps: Vec<_> = (0..3).map(|_| server.open("/room")).collect();
    for client in sleeps.iter_mut().chain([&mut reads]) {
        assert_eq!(client.frame().unwrap().payload, b"joined");
    }
    let payload = vec![b'x'; 50_000];
    let mut sent = 0;
    while broadcast.overflowed() < 3 {
        broadcast.send(&payload[..]);
        sent += 1;
        assert_eq!(reads.frame().unwrap().payload.len(), payload.len());
        assert!(sent < 2000, "the backlog has no bound");
    }
    assert_eq!(broadcast.overflowed(), 3);
    for client in &mut sleeps {
        let mut count = 0;
        let code = loop {
            let frame = client.frame().unwrap();
            if frame.first == 0x88 {
                break u16::from_be_bytes([frame.payload[0], frame.payload[1]]);
            }
            count += 1;
        };
        assert_eq!(code, 1008);
        assert!(count < sent, "what was missed is behind all that came");
    }
    broadcast.send("still");
    assert_eq!(reads.frame().unwrap().payload, b"still");
}

#[test]
fn the_bound_of_a_slow_member_counts_small_messages_with_their_places() {
    let broadcast = Broadcast::new().backlog(10_000);
    let mut memory = Memory::open(room(&broadcast), "/room");
    memory.takes = 0;
    let mut sent = 0;
    while broadcast.overflowed() == 0 {
        broadcast.send("x");
        sent += 1;
        assert!(sent < 1000, "what they take is not counted");
    }
}

#[test]
fn who_closes_leaves_its_broadcasts() {
    let broadcast = Broadcast::new().backlog(1000);
    let app = App::new().state(broadcast.clone()).websocket(
        "/room",
        |req: OwnedRequest, mut socket: WebSocket| async move {
            socket.join(req.state::<Broadcast>());
            socket.recv().await;
            socket.close(CloseCode::NORMAL, "");
            socket.join(req.state::<Broadcast>());
            while socket.recv().await.is_some() {}
        },
    );
    let mut memory = Memory::open(app, "/room");
    assert_eq!(broadcast.members(), 1);
    memory.send(&frame(0x81, b"x"));
    assert_eq!(broadcast.members(), 0);
    for _ in 0..5 {
        broadcast.send(&[1; 400][..]);
        memory.run();
    }
    assert_eq!(broadcast.overflowed(), 0);
    let frames = memory.frames();
    assert_eq!((frames.len(), &frames[0].payload[..]), (1, &1000u16.to_be_bytes()[..]));
}

#[test]
fn a_ping_is_answered_while_the_handler_only_sends() {
    let app = App::new().websocket("/ws", |socket: WebSocket| async move {
        for number in 0..1000 {
            socket.send(format!("{number:01000}")).await.unwrap();
        }
        std::future::pending::<()>().await;
    });
    let mut memory = Memory::open(app, "/ws");
    // Behind what the handler has put out before, which fills its backlog.
    memory.received.clear();
    memory.takes = 0;
    memory.send(&frame(0x89, b"first"));
    memory.send(&frame(0x89, b"last"));
    memory.takes = 5000;
    let mut pongs = Vec::new();
    memory.run();
    let frames = memory.frames();
    pongs.extend(frames.iter().filter(|frame| frame.first == 0x8A));
    assert!(pongs.iter().any(|pong| pong.payload == b"last"), "{pongs:?}");
}

#[test]
fn who_sends_and_reads_nothing_is_not_idle_and_its_backlog_is_bounded() {
    let deadlines = SocketDeadlines {
        idle: Some(Duration::from_secs(10)),
        write: Duration::from_secs(1000),
        ..SocketDeadlines::DEFAULT
    };
    let endpoint = SocketEndpoint::new(echo).deadlines(deadlines).backlog(10_000).read_ahead(5000);
    let mut memory = Memory::open(App::new().websocket("/ws", endpoint), "/ws");
    memory.takes = 0;
    let mut sent = 0;
    for _ in 0..100 {
        if memory.wants_read() {
            memory.send(&frame(0x82, &[7; 1000]));
            sent += 1;
        }
        memory.wait(Duration::from_secs(1));
        assert!(!memory.is_closed && memory.driver.buffered() < 30_000);
    }
    assert!((12..25).contains(&sent), "{sent}: it is read no more");
    memory.takes = usize::MAX;
    memory.run();
    let frames = memory.frames();
    let messages = frames.iter().filter(|frame| frame.first == 0x82).count();
    assert_eq!(messages, sent);
}

#[test]
fn a_call_to_send_that_is_dropped_has_sent_nothing() {
    let endpoint = SocketEndpoint::new(|mut socket: WebSocket| async move {
        socket.recv().await;
        socket.send("fills the backlog").await.unwrap();
        for number in 0..3 {
            let sent = timeout(Duration::from_millis(300), socket.send(number.to_string())).await;
            assert!(sent.is_err(), "there was no room");
        }
        socket.send("behind").await.unwrap();
        while let Some(message) = socket.recv().await {
            socket.send(message).await.unwrap();
        }
    });
    let mut memory = Memory::open(App::new().websocket("/ws", endpoint.backlog(1)), "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, b"go"));
    memory.wait(Duration::from_secs(5));
    memory.takes = usize::MAX;
    memory.run();
    memory.send(&frame(0x81, b"on"));
    assert_eq!(memory.texts(), ["fills the backlog", "behind", "on"]);
}
