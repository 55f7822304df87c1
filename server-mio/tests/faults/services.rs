//! Services of tower whose peers leave, end their side, or read nothing.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame};
use rajada_mio::driver::State;
use rajada_mio::{App, Bytes, Limits, RequestBody, sleep};
use tower::service_fn;

use crate::rig::{World, get};

type Asked = http::Request<RequestBody>;
type Answer = Result<http::Response<Pieces>, Infallible>;

/// Counts those that are there.
struct Alive(Rc<Cell<usize>>);

thread_local! {
    static ALIVE: Rc<Cell<usize>> = Rc::default();
    static MADE: Cell<usize> = const { Cell::new(0) };
}

impl Alive {
    fn new() -> Alive {
        let count = ALIVE.with(Rc::clone);
        count.set(count.get() + 1);
        Alive(count)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Octets of a piece.
const PIECE: usize = 4096;

/// Content of pieces, or none that ever comes.
struct Pieces {
    left: usize,
    waits: bool,
    _alive: Alive,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.waits {
            return Poll::Pending;
        }
        let Some(left) = self.left.checked_sub(1) else { return Poll::Ready(None) };
        self.left = left;
        MADE.set(MADE.get() + PIECE);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'x'; PIECE])))))
    }
}

async fn answer(request: Asked) -> Answer {
    let _alive = Alive::new();
    let pieces = |left, waits| Pieces { left, waits, _alive: Alive::new() };
    let pieces = match request.uri().path() {
        "/never" => std::future::pending().await,
        "/body/never" => pieces(1, true),
        "/endless" => pieces(usize::MAX, false),
        "/later" => {
            sleep(Duration::from_secs(9)).await;
            pieces(1, false)
        }
        _ => pieces(2, false),
    };
    Ok(http::Response::new(pieces))
}

fn app() -> App {
    App::of_service(service_fn(answer))
}

fn alive() -> usize {
    ALIVE.with(|count| count.get())
}

#[test]
fn what_a_service_is_at_is_dropped_when_its_peer_has_gone() {
    for path in ["/never", "/body/never"] {
        let mut world = World::new(app());
        let peer = world.ask(get(path));
        world.settle();
        assert_eq!(alive(), 1, "{path}");
        world.vanish(peer);
        world.settle();
        assert_eq!((alive(), world.state(peer)), (0, None), "{path}");
        assert_eq!(world.driver.connections(), 0, "{path}");
    }
}

#[test]
fn a_peer_that_has_ended_its_side_gets_all_of_its_answers_in_order() {
    let mut world = World::new(app());
    let peer = world.ask(get("/later") + &get("/") + &get("/later"));
    world.end(peer);
    world.settle();
    assert_eq!((world.statuses(peer), world.state(peer)), (vec![], Some(State::HalfClosed)));
    world.pass(Duration::from_secs(10));
    assert_eq!(world.statuses(peer), [200; 3]);
    assert_eq!(world.arrived(peer).matches('x').count(), 4 * PIECE);
    assert_eq!(alive(), 0);
}

#[test]
fn an_endless_answer_waits_for_who_does_not_read_it() {
    MADE.set(0);
    let mut world = World::new(app());
    let peer = world.connect();
    world.set_stuck(peer, true);
    world.send(peer, get("/endless"));
    world.settle();
    assert!(MADE.get() <= Limits::DEFAULT.held + 2 * PIECE, "{} octets were made", MADE.get());
    world.pass(Duration::from_secs(35));
    assert_eq!((world.state(peer), alive()), (None, 0), "it has not read for so long");
}

#[test]
fn answers_that_nobody_reads_are_held_up_to_their_bound() {
    MADE.set(0);
    let mut world = World::new(app());
    let peer = world.connect();
    world.set_stuck(peer, true);
    for _ in 0..100 {
        world.send(peer, get("/").repeat(100));
        world.settle();
    }
    assert_eq!(world.state(peer), Some(State::Writing));
    let in_flight = Limits::DEFAULT.requests_in_flight;
    let most = Limits::DEFAULT.held + in_flight * 2 * PIECE;
    assert!(MADE.get() <= most, "{} octets were made", MADE.get());
}
