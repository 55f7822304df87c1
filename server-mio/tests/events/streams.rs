//! An answer that is a stream of events, at the driver.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;
use rajada_mio::driver::State;
use rajada_mio::{
    App, CacheControl, Error, Event, Events, OwnedRequest, Request, RequestError, Status, sleep,
};

use crate::event_source::Answer;
use crate::rig::{World, get, millis};

const SECOND: Duration = Duration::from_secs(1);

type Item = Result<Event, Error>;

thread_local! {
    /// Of the stream that a test is about.
    static GIVEN: Rc<RefCell<Given>> = Rc::default();
}

/// What the test gives to the stream.
#[derive(Default)]
struct Given {
    items: VecDeque<Item>,
    ended: bool,
    dropped: usize,
    waker: Option<Waker>,
}

struct Queue(Rc<RefCell<Given>>);

impl Stream for Queue {
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let given = &mut *self.0.borrow_mut();
        match given.items.pop_front() {
            Some(item) => Poll::Ready(Some(item)),
            None if given.ended => Poll::Ready(None),
            None => {
                given.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.0.borrow_mut().dropped += 1;
    }
}

fn queue() -> Queue {
    Queue(GIVEN.with(Rc::clone))
}

fn change(change: impl FnOnce(&mut Given)) {
    let waker = GIVEN.with(|given| {
        change(&mut given.borrow_mut());
        given.borrow_mut().waker.take()
    });
    waker.into_iter().for_each(Waker::wake);
}

fn give(item: impl Into<Item>) {
    change(|given| given.items.push_back(item.into()));
}

fn dropped() -> usize {
    GIVEN.with(|given| given.borrow().dropped)
}

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "plain")
        .get("/events", |_: &Request<'_>| Events::new(queue()))
        .get("/later", |_: OwnedRequest| async {
            sleep(millis(5)).await;
            Events::new(queue())
        })
        .get("/often", |_: &Request<'_>| Events::new(queue()).heartbeat(SECOND))
        .get("/never", |_: &Request<'_>| Events::new(queue()).heartbeat(None))
        .get("/retry", |_: &Request<'_>| Events::new(queue()).retry(millis(1500)))
        .get("/cached", |_: &Request<'_>| {
            (
                Status::ACCEPTED,
                CacheControl::private(),
                [("x-accel-buffering", "yes")],
                Events::new(queue()),
            )
        })
        .get("/slowly", |_: OwnedRequest| async {
            sleep(SECOND).await;
            "slow"
        })
        .get("/id", |req: &Request<'_>| {
            Ok::<_, RequestError>(req.last_event_id()?.unwrap_or("none").to_owned())
        })
}

fn answer(world: &World, peer: usize) -> Answer {
    Answer::of(&world.arrived(peer))
}

#[test]
fn the_head_and_a_comment_leave_at_once() {
    let mut world = World::new(app());
    for path in ["/events", "/later"] {
        let peer = world.ask(get(path));
        if path == "/later" {
            world.pass(millis(5));
        }
        world.turn();
        let answer = answer(&world, peer);
        assert_eq!(answer.content, ":\n\n");
        for line in [
            "HTTP/1.1 200 OK\r\n",
            "Content-Type: text/event-stream\r\n",
            "Cache-Control: no-store, no-transform\r\n",
            "X-Accel-Buffering: no\r\n",
            "Transfer-Encoding: chunked\r\n",
        ] {
            assert!(answer.head.contains(line), "{line}: {}", answer.head);
        }
        assert_eq!(world.arrivals(peer).len(), 1, "in one write");
        assert_eq!(world.state(peer), Some(State::Streaming));
    }
}

#[test]
fn headers_that_were_set_stay() {
    let mut world = World::new(app());
    let peer = world.ask(get("/cached"));
    world.turn();
    let head = answer(&world, peer).head.to_lowercase();
    assert!(head.starts_with("http/1.1 202 accepted\r\n"), "{head}");
    assert!(
        head.contains("cache-control: private\r\n") && head.contains("x-accel-buffering: yes\r\n")
    );
    assert_eq!((head.matches("cache-control").count(), head.matches("x-accel").count()), (1, 1));
}

#[test]
fn an_event_leaves_in_the_turn_in_which_it_is_given() {
    let mut world = World::new(app());
    let peer = world.ask(get("/events"));
    world.settle();
    for number in 0..3 {
        give(Ok(Event::new(number.to_string())));
        world.turn();
        assert_eq!(answer(&world, peer).source().messages.len(), number + 1);
        assert_eq!(world.arrivals(peer).len(), number + 2, "one write each");
    }
    // Those that are given together leave together.
    change(|given| given.items.extend((3..9).map(|number| Ok(Event::new(number.to_string())))));
    world.turn();
    assert_eq!(answer(&world, peer).source().data(), ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    assert_eq!(world.arrivals(peer).len(), 5);
    change(|given| given.ended = true);
    world.settle();
    assert_eq!(answer(&world, peer).rest.as_deref(), Some(""));
    assert_eq!(dropped(), 1);
}

#[test]
fn a_silence_ends_with_a_comment() {
    let mut world = World::new(app());
    let peers = ["/events", "/often", "/never"].map(|path| world.ask(get(path)));
    world.settle();
    let comments = |world: &World| peers.map(|peer| answer(world, peer).source().comments);
    assert_eq!(comments(&world), [1, 1, 1]);
    world.pass(millis(999));
    assert_eq!(comments(&world), [1, 1, 1]);
    world.pass(millis(1));
    assert_eq!(comments(&world), [1, 2, 1]);
    world.pass(millis(13_998));
    assert_eq!(comments(&world), [1, 15, 1]);
    world.pass(millis(2));
    assert_eq!(comments(&world), [2, 16, 1]);
    world.pass(60 * SECOND);
    assert_eq!(comments(&world), [6, 76, 1]);
}

#[test]
fn what_is_sent_puts_the_comment_off() {
    let mut world = World::new(app());
    let peer = world.ask(get("/often"));
    world.settle();
    for _ in 0..10 {
        world.pass(millis(700));
        give(Ok(Event::new("a")));
        world.settle();
    }
    assert_eq!(answer(&world, peer).source().comments, 1);
    world.pass(millis(999));
    assert_eq!(answer(&world, peer).source().comments, 1);
    world.pass(millis(1));
    assert_eq!(answer(&world, peer).source().comments, 2);
}

#[test]
fn the_time_to_wait_is_told_first() {
    let mut world = World::new(app());
    let peer = world.ask(get("/retry"));
    world.turn();
    let source = answer(&world, peer).source();
    assert_eq!(
        (source.retry.as_deref(), source.comments, source.messages),
        (Some("1500"), 1, Vec::new())
    );
}

#[test]
fn a_request_for_the_head_has_no_stream() {
    let mut world = World::new(app());
    let peer = world.ask("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n".to_owned() + &get("/"));
    world.settle();
    assert_eq!(world.statuses(peer), [200, 200]);
    let arrived = world.arrived(peer);
    assert!(
        arrived.contains("text/event-stream") && arrived.ends_with("\r\n\r\nplain"),
        "{arrived}"
    );
    assert!(!arrived.contains(":\n\n"));
    assert_eq!(dropped(), 1);
}

#[test]
fn over_http_1_0_it_ends_with_the_connection() {
    let mut world = World::new(app());
    let peer = world.ask("GET /events HTTP/1.0\r\n\r\n");
    world.turn();
    give(Ok(Event::new("a")));
    world.settle();
    let got = answer(&world, peer);
    assert!(
        !got.head.contains("chunked") && got.head.contains("Connection: close\r\n"),
        "{}",
        got.head
    );
    assert_eq!(got.content, ":\n\ndata: a\n\n");
    change(|given| given.ended = true);
    world.settle();
    assert_eq!(answer(&world, peer).content, ":\n\ndata: a\n\n");
    world.pass(3 * SECOND);
    assert_eq!(world.state(peer), None);
}

#[test]
fn in_a_burst_it_has_its_turn_and_so_have_those_behind_it() {
    let mut world = World::new(app());
    let burst = ["/", "/slowly", "/events", "/", "/"].map(get).concat();
    let peer = world.ask(burst);
    world.settle();
    give(Ok(Event::new("early")));
    world.settle();
    assert_eq!(world.statuses(peer), [200], "the slow one has not answered");
    world.pass(SECOND);
    assert_eq!(world.statuses(peer), [200, 200, 200]);
    let from = |world: &World| {
        let arrived = world.arrived(peer);
        Answer::of(&arrived[arrived.find("slow").unwrap() + 4..])
    };
    assert_eq!((from(&world).source().data(), from(&world).rest), (vec!["early"], None));
    give(Ok(Event::new("late")));
    world.settle();
    assert_eq!(from(&world).source().data(), ["early", "late"]);
    assert_eq!(world.statuses(peer).len(), 3, "they wait for its end");
    change(|given| given.ended = true);
    world.settle();
    assert_eq!(world.statuses(peer), [200; 5]);
    let rest = from(&world).rest.unwrap();
    assert!(rest.starts_with("HTTP/1.1 200 OK\r\n") && rest.matches("\r\n\r\nplain").count() == 2);
    assert_eq!(world.state(peer), Some(State::Idle));
}

#[test]
fn behind_an_endless_one_no_more_is_read_than_the_bounds_allow() {
    let mut world = World::new(app());
    let peer = world.ask(get("/events"));
    world.settle();
    world.send(peer, get("/").repeat(10_000));
    world.settle();
    assert_eq!(world.state(peer), Some(State::Held));
    assert!(world.unread(peer) > 10_000 * get("/").len() - 2 * 64 * 1024, "{}", world.unread(peer));
    give(Ok(Event::new("a")));
    world.settle();
    assert_eq!(answer(&world, peer).source().data(), ["a"], "and it goes on");
    change(|given| given.ended = true);
    world.settle();
    assert_eq!(world.statuses(peer).len(), 10_001);
}

#[test]
fn an_error_cuts_the_answer_short() {
    for item in [Err(Error::message(Status::BAD_GATEWAY, "no news")), Ok(Event::new("b").id("\n"))]
    {
        let mut world = World::new(app());
        change(|given| *given = Given::default());
        let peer = world.ask(get("/events"));
        give(Ok(Event::new("a")));
        give(item);
        world.settle();
        let answer = answer(&world, peer);
        assert_eq!((answer.source().data(), answer.rest), (vec!["a"], None));
        world.pass(3 * SECOND);
        assert_eq!((world.state(peer), dropped()), (None, 1));
    }
}

#[test]
fn service_that_ends_ends_it() {
    let mut world = World::new(app());
    let peers = ["/events", "/never"].map(|path| world.ask(get(path)));
    let burst = world.ask(get("/") + &get("/retry") + &get("/"));
    world.settle();
    let now = world.now();
    // What is ready then still leaves.
    change(|given| given.items.push_back(Ok(Event::new("last"))));
    world.driver.turn(now).shut_down();
    world.settle();
    let answers = peers.map(|peer| answer(&world, peer));
    assert!(answers.iter().all(|answer| answer.rest.as_deref() == Some("")), "{answers:?}");
    let data: usize = answers.iter().map(|answer| answer.source().messages.len()).sum();
    assert_eq!(world.statuses(burst), [200, 200, 200]);
    assert!(world.arrived(burst).ends_with("plain"));
    let arrived = world.arrived(burst);
    let of_burst = Answer::of(arrived.split_once("\r\n\r\nplain").unwrap().1);
    assert_eq!(data + of_burst.source().messages.len(), 1);
    assert!(of_burst.rest.unwrap().ends_with("\r\n\r\nplain"));
    world.pass(3 * SECOND);
    assert!([peers[0], peers[1], burst].into_iter().all(|peer| world.state(peer).is_none()));
    assert_eq!(dropped(), 3);
    assert_eq!(world.driver.turn(now).exit(), Some(rajada_mio::Exit::Clean));
}

#[test]
fn a_stream_that_never_ends_by_itself_ends_with_service() {
    let endless = |_: &Request<'_>| Events::new(Endless);
    let mut world = World::new(App::new().get("/", endless));
    let peer = world.ask(get("/"));
    world.turn();
    world.turn();
    let now = world.now();
    world.driver.turn(now).shut_down();
    world.settle();
    assert_eq!(answer(&world, peer).rest.as_deref(), Some(""));
}

struct Endless;

impl Stream for Endless {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
        Poll::Ready(Some(Event::new("x".repeat(100))))
    }
}

#[test]
fn who_does_not_read_has_a_window_of_events_and_no_more() {
    let mut world = World::new(app());
    let peer = world.connect();
    world.set_stuck(peer, true);
    world.send(peer, get("/events"));
    change(|given| given.items.extend((0..1000).map(|_| Ok(Event::new("x".repeat(92))))));
    world.settle();
    let left = GIVEN.with(|given| given.borrow().items.len());
    assert!((955..=962).contains(&left), "4 KiB are 41 events of 100 octets: {left} are left");
    // It reads, and all of it comes.
    world.set_stuck(peer, false);
    world.settle();
    assert_eq!(answer(&world, peer).source().messages.len(), 1000);
}

#[test]
fn the_id_that_a_client_comes_with_is_any_text() {
    let mut world = World::new(app());
    for (field, expected) in [
        ("", "none"),
        ("Last-Event-ID: 7\r\n", "7"),
        ("last-event-id:  a \t b  \r\n", "a \t b"),
        ("Last-Event-ID:\r\n", "none"),
        ("Last-Event-ID: \u{e4}\u{2028}\r\n", "\u{e4}\u{2028}"),
        ("Last-Event-ID: 7\r\nLast-Event-ID: 7\r\n", "7"),
    ] {
        let peer = world.ask(format!("GET /id HTTP/1.1\r\nHost: a\r\n{field}\r\n"));
        world.settle();
        assert!(world.arrived(peer).ends_with(&format!("\r\n\r\n{expected}")), "{field:?}");
    }
    for field in [&b"Last-Event-ID: \xff\r\n"[..], b"Last-Event-ID: 7\r\nLast-Event-ID: 8\r\n"] {
        let peer = world.ask([b"GET /id HTTP/1.1\r\nHost: a\r\n", field, b"\r\n"].concat());
        world.settle();
        assert_eq!(world.statuses(peer), [400], "{field:?}");
    }
}
