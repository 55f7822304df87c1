//! Events over sockets, to clients of several workers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rajada_mio::{App, Broadcast, Error, Event, Events, Exit, Request};
use socket2::{Domain, Socket, Type};

use crate::client::{Client, PATIENCE};
use crate::event_source::{Answer, EventSource};
use crate::serving::{Serving, serve, wait_until};

fn serving(broadcast: &Broadcast, workers: usize) -> Serving {
    let app = App::new()
        .workers(workers)
        .state(broadcast.clone())
        .get("/", |_: &Request<'_>| "plain")
        .get("/events", |req: &Request<'_>| {
            let missed = req.state::<Broadcast>().resume(req.last_event_id()?);
            Ok::<_, Error>(Events::new(missed))
        });
    serve(app)
}

const EVENTS: &str = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";
const PLAIN: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Reads until what has arrived is enough, or the connection ends.
fn read_until(stream: &mut TcpStream, arrived: &mut String, enough: impl Fn(&str) -> bool) {
    let mut buffer = [0; 64 * 1024];
    let began = Instant::now();
    while !enough(arrived) {
        assert!(began.elapsed() < PATIENCE, "{} octets: {arrived:.2000}", arrived.len());
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            return;
        }
        *arrived += std::str::from_utf8(&buffer[..count]).unwrap();
    }
}

#[test]
fn clients_of_all_workers_read_what_many_threads_send() {
    let broadcast = Broadcast::new();
    let serving = serving(&broadcast, 3);
    let mut clients: Vec<TcpStream> = (0..30).map(|_| serving.client().stream).collect();
    for client in &mut clients {
        client.write_all(EVENTS.as_bytes()).unwrap();
    }
    wait_until(|| broadcast.subscribers() == 30);
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let broadcast = &broadcast;
            scope.spawn(move || {
                for number in 0..50 {
                    broadcast.send(Event::new(format!("{sender} {number}"))).unwrap();
                }
            });
        }
    });
    let mut seen: Option<Vec<String>> = None;
    for client in &mut clients {
        let mut arrived = String::new();
        read_until(client, &mut arrived, |text| text.matches("data: ").count() == 200);
        let source = Answer::of(&arrived).source();
        let data: Vec<String> = source.messages.into_iter().map(|message| message.data).collect();
        for sender in 0..4 {
            let of_one = data.iter().filter_map(|data| data.strip_prefix(&format!("{sender} ")));
            assert!(of_one.eq((0..50).map(|number| number.to_string())), "in order: {data:?}");
        }
        assert_eq!(seen.get_or_insert_with(|| data.clone()), &data, "all see one order");
    }
    assert_eq!(broadcast.overflowed(), 0);
}

#[test]
fn slow_clients_are_closed_by_the_bound_and_the_others_read_on() {
    const SLOW: usize = 12;
    let broadcast = Broadcast::new().backlog(64, 1 << 20);
    let serving = serving(&broadcast, 2);
    let (mut slow, mut quick) = (Vec::new(), Vec::new());
    for number in 0..SLOW + 8 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        if number < SLOW {
            socket.set_recv_buffer_size(4096).unwrap();
        }
        socket.connect(&serving.address.into()).unwrap();
        let mut stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(EVENTS.as_bytes()).unwrap();
        if number < SLOW { slow.push(stream) } else { quick.push(stream) }
    }
    wait_until(|| broadcast.subscribers() == SLOW + 8);
    let read: Arc<[AtomicUsize; 8]> = Arc::default();
    let readers: Vec<_> = quick
        .into_iter()
        .enumerate()
        .map(|(number, mut stream)| {
            let read = read.clone();
            std::thread::spawn(move || {
                let mut arrived = String::new();
                read_until(&mut stream, &mut arrived, |text| {
                    let behind = text.len().saturating_sub(80 * 1024);
                    let last = text[behind..].rsplit_once("\nid: ").map(|(_, last)| last);
                    let id = last.and_then(|last| last.split_once('\n')?.0.parse::<usize>().ok());
                    read[number].store(id.map_or(0, |id| id + 1), Ordering::Relaxed);
                    text[behind..].contains("data: end")
                });
                Answer::of(&arrived).source()
            })
        })
        .collect();
    // More than what sockets of loopback hold, and never more at once than the quick ones can be behind.
    let fill = "x".repeat(16 * 1024);
    let mut sent = 0;
    let began = Instant::now();
    while broadcast.overflowed() < SLOW as u64 {
        assert!(
            began.elapsed() < 3 * PATIENCE,
            "{} of {SLOW} behind {sent}",
            broadcast.overflowed()
        );
        broadcast.send(Event::new(&fill).id(sent)).unwrap();
        sent += 1;
        let far = |read: &AtomicUsize| sent - read.load(Ordering::Relaxed) > 30;
        while read.iter().any(far) && began.elapsed() < 3 * PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    broadcast.send(Event::new("end")).unwrap();
    for reader in readers {
        let source = reader.join().unwrap();
        assert_eq!(source.messages.len(), sent + 1);
        let ids = source.messages[..sent].iter().map(|message| message.last_id.parse::<usize>());
        assert!(ids.map(Result::unwrap).eq(0..sent));
    }
    assert_eq!(broadcast.overflowed(), SLOW as u64);
    wait_until(|| broadcast.subscribers() <= 8);
    // Each finds its end behind what its socket held, and has lost nothing in between.
    for mut stream in slow {
        let mut octets = Vec::new();
        let _ = stream.read_to_end(&mut octets);
        let answer = Answer::of(&String::from_utf8(octets).unwrap());
        let numbers = answer.source().messages.into_iter();
        let ids: Vec<usize> = numbers.map(|message| message.last_id.parse().unwrap()).collect();
        assert!(answer.rest.is_none() && ids.iter().copied().eq(0..ids.len()) && ids.len() < sent);
    }
}

#[test]
fn in_a_burst_it_comes_in_its_turn_and_what_is_behind_it_too() {
    let broadcast = Broadcast::new();
    let serving = serving(&broadcast, 1);
    let mut client = serving.client();
    client.send(format!("{PLAIN}{PLAIN}{EVENTS}{PLAIN}{PLAIN}"));
    assert_eq!(
        client.answers(2).iter().map(|answer| answer.text()).collect::<Vec<_>>(),
        ["plain"; 2]
    );
    wait_until(|| broadcast.subscribers() == 1);
    for number in 0..5 {
        broadcast.send(Event::new("a\nb").id(number)).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(client.next_of("GET"), None, "it has not ended");
    broadcast.close();
    let events = client.answer();
    let source = EventSource::of(events.text());
    assert_eq!(source.data(), ["a\nb"; 5]);
    assert_eq!(
        client.answers(2).iter().map(|answer| answer.text()).collect::<Vec<_>>(),
        ["plain"; 2]
    );
}

#[test]
fn a_server_that_ends_ends_its_streams_and_is_clean() {
    let broadcast = Broadcast::new();
    let serving = serving(&broadcast, 2);
    let mut clients: Vec<Client> = (0..10).map(|_| serving.client()).collect();
    for client in &mut clients {
        client.send(EVENTS.to_owned() + PLAIN);
    }
    wait_until(|| broadcast.subscribers() == 10);
    broadcast.send(Event::new("last")).unwrap();
    serving.handle.shut_down();
    for client in &mut clients {
        assert_eq!(EventSource::of(client.answer().text()).data(), ["last"]);
        assert_eq!(client.answer().text(), "plain");
        client.assert_closed();
    }
    drop(clients);
    assert_eq!(serving.join(), Exit::Clean);
}

#[test]
fn a_client_that_is_gone_is_noticed_by_the_heartbeat() {
    let broadcast = Broadcast::new();
    let state = broadcast.clone();
    let app = App::new().get("/", move |_: &Request<'_>| {
        Events::new(state.subscribe()).heartbeat(Duration::from_millis(20))
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send(PLAIN);
    wait_until(|| broadcast.subscribers() == 1);
    drop(client);
    wait_until(|| broadcast.subscribers() == 0);
}
