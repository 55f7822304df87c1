//! What the handlers of the simulation share with it: who was called, who has ended, who may go on.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Endpoint, Error, IntoResponse, Limits, OwnedRequest,
    Request, Response, Status, sleep,
};

use super::requests::{content, piece};

/// What is known of each request.
#[derive(Default)]
pub(crate) struct Known {
    /// When its handler was called.
    pub(crate) called: Option<u64>,
    /// Which of all events that was, and the end of its answer: of a call and what it leads to, which comes first.
    pub(crate) called_as: usize,
    pub(crate) over_as: usize,
    /// All requests in front of it had been answered then.
    pub(crate) alone: bool,
    /// Its answer is complete.
    pub(crate) done: bool,
    /// Its handler was dropped before it had an answer.
    pub(crate) gone: bool,
    /// How often it may go on, and how often it has.
    pub(crate) allowed: usize,
    pub(crate) handed: usize,
    /// The hook before its handler has run.
    pub(crate) hooked: bool,
    /// Its stream was one too many.
    pub(crate) refused: bool,
    /// Its stream has failed.
    pub(crate) failed: bool,
    /// Its answer has left, as far as it was told.
    pub(crate) told: bool,
    pub(crate) waker: Option<Waker>,
    connection: usize,
    /// Nobody may be at work beside it.
    effects: bool,
}

/// All requests of a simulation.
#[derive(Default)]
pub(crate) struct Board {
    pub(crate) now: u64,
    /// Calls and ends so far.
    pub(crate) events: usize,
    pub(crate) requests: Vec<Known>,
    /// By connection, in order.
    pub(crate) connections: Vec<Vec<usize>>,
    pub(crate) in_flight: usize,
    pub(crate) unsafe_in_parallel: bool,
    pub(crate) tasks: usize,
    /// Futures and streams that there are.
    pub(crate) alive: usize,
    /// What a handler has seen that must not be.
    pub(crate) wrong: Vec<String>,
}

pub(crate) type Shared = Arc<Mutex<Board>>;

pub(crate) fn lock(board: &Shared) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    /// Takes note of a request that a peer will send.
    pub(crate) fn ask(&mut self, connection: usize, effects: bool) -> usize {
        self.requests.push(Known { connection, effects, ..Known::default() });
        let id = self.requests.len() - 1;
        self.connections[connection].push(id);
        id
    }

    /// Whether its answer is complete.
    pub(crate) fn is_over(&self, id: usize) -> bool {
        self.requests[id].done || self.requests[id].gone
    }

    fn call(&mut self, id: usize) {
        let known = &self.requests[id];
        let all = &self.connections[known.connection];
        let index = all.iter().position(|other| *other == id).unwrap_or_default();
        let over = all.iter().take_while(|other| self.is_over(**other)).count();
        if known.called.is_some() {
            self.wrong.push(format!("{id} is handled twice"));
        }
        if all[..index].iter().any(|other| self.requests[*other].called.is_none()) {
            self.wrong.push(format!("{id} is handled before another"));
        }
        if index.saturating_sub(over) >= self.in_flight {
            self.wrong.push(format!("{id} is handled beyond the bound"));
        }
        let at_work = &all[over.min(index)..=index];
        let effects = at_work.iter().any(|other| self.requests[*other].effects);
        if at_work.len() > 1 && effects && !self.unsafe_in_parallel {
            self.wrong.push(format!("{id} is handled beside others, and one has effects"));
        }
        self.events += 1;
        let known = &mut self.requests[id];
        (known.called, known.alone) = (Some(self.now), over == index);
        known.called_as = self.events;
    }

    fn hook(&mut self, id: usize) {
        if self.requests[id].hooked || self.requests[id].called.is_some() {
            self.wrong.push(format!("a hook runs twice before {id}, or behind its handler"));
        }
        self.requests[id].hooked = true;
    }

    /// A handler, or its stream, has ended: with an answer, or without one.
    fn end(&mut self, id: usize, done: bool) {
        self.events += 1;
        let known = &mut self.requests[id];
        (known.done, known.gone, known.over_as) = (done, !done, self.events);
    }
}

/// A future or stream that there is.
struct Alive(Shared, usize);

impl Alive {
    fn new(board: &Shared, id: usize) -> Alive {
        lock(board).alive += 1;
        Alive(board.clone(), id)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        let mut board = lock(&self.0);
        board.alive -= 1;
        if !board.requests[self.1].done {
            board.end(self.1, false);
        }
    }
}

/// What a handler panics with.
pub(crate) const ON_PURPOSE: &str = "on purpose";

/// Pieces of a stream, at most.
const PIECES: usize = 4;

struct Pieces {
    alive: Alive,
    choice: u8,
    fails: bool,
}

impl BodyStream for Pieces {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Alive(board, id) = &self.alive;
        let mut board = lock(board);
        let known = &mut board.requests[*id];
        if known.handed == known.allowed {
            known.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if known.handed < pieces(self.choice) {
            let octets = piece(*id, known.handed, self.choice);
            known.handed += 1;
            return Poll::Ready(Some(Ok(octets.into())));
        }
        known.failed = self.fails;
        board.end(*id, true);
        let failed = Error::message(Status::INTERNAL_SERVER_ERROR, ON_PURPOSE);
        Poll::Ready(self.fails.then_some(Err(failed)))
    }
}

/// How many pieces a stream has.
fn pieces(choice: u8) -> usize {
    usize::from(choice) % (PIECES + 1)
}

/// How long a handler sleeps.
pub(crate) fn sleeping(choice: u8) -> u64 {
    u64::from(choice) % 100
}

fn named(id: &str, choice: &str) -> (usize, u8) {
    (id.parse().unwrap_or_default(), choice.parse().unwrap_or_default())
}

fn of(req: &Request<'_>) -> (usize, u8) {
    named(req.param("id"), req.param("choice"))
}

fn of_owned(req: &OwnedRequest) -> (usize, u8) {
    named(req.param("id"), req.param("choice"))
}

/// Waits until the schedule allows it.
async fn allowed(board: &Shared, id: usize) {
    poll_fn(|cx| {
        let mut board = lock(board);
        let known = &mut board.requests[id];
        if known.allowed > 0 {
            return Poll::Ready(());
        }
        known.waker = Some(cx.waker().clone());
        Poll::Pending
    })
    .await;
}

/// An answer, and whether it is to be the last one.
struct Said(Vec<u8>, bool);

impl IntoResponse for Said {
    fn into_response(self, res: &mut Response<'_>) {
        if self.1 {
            res.close();
        }
        res.bytes(&self.0);
    }
}

/// What the answer of an asynchronous handler is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Usual,
    /// The content of its request.
    Echo,
    /// The last one of its connection.
    Quit,
}

/// An asynchronous handler: it is called, waits, and has an answer.
fn later<F: Future<Output = ()> + 'static>(
    board: &Shared,
    wait: impl Fn(Shared, usize, u8) -> F + Send + Sync + 'static,
    how: How,
) -> impl Fn(OwnedRequest) -> std::pin::Pin<Box<dyn Future<Output = Said>>> + Send + Sync + 'static
{
    let board = board.clone();
    let wait = Arc::new(wait);
    move |req: OwnedRequest| {
        let (id, choice) = of_owned(&req);
        {
            let mut board = lock(&board);
            if board.alive >= board.tasks {
                board.wrong.push(format!("{id} is handled beyond the bound on what waits"));
            }
            board.call(id);
        }
        let (alive, wait) = (Alive::new(&board, id), wait.clone());
        let board = board.clone();
        Box::pin(async move {
            wait(board.clone(), id, choice).await;
            let echo = how == How::Echo;
            let answer = if echo { req.bytes().to_vec() } else { content(id, choice) };
            let quits = how == How::Quit;
            lock(&board).end(id, true);
            drop(alive);
            Said(answer, quits)
        })
    }
}

/// A synchronous handler that answers at once.
fn at_once(
    board: &Shared,
    answer: impl Fn(&Request<'_>, &mut Response<'_>, (usize, u8)) + Send + Sync + 'static,
) -> impl Fn(&Request<'_>, &mut Response<'_>) + Send + Sync + 'static {
    let board = board.clone();
    move |req: &Request<'_>, res: &mut Response<'_>| {
        let (id, choice) = of(req);
        {
            let mut board = lock(&board);
            board.call(id);
            board.end(id, true);
        }
        answer(req, res, (id, choice));
    }
}

fn streamed(board: &Shared, fails: bool) -> impl Fn(&Request<'_>) -> Body + Send + Sync + 'static {
    let board = board.clone();
    move |req: &Request<'_>| {
        let (id, choice) = of(req);
        {
            let mut board = lock(&board);
            board.call(id);
            board.requests[id].refused = board.alive >= board.tasks;
        }
        Body::Stream(Box::new(Pieces { alive: Alive::new(&board, id), choice, fails }))
    }
}

/// The application.
pub(crate) fn app(board: &Shared, limits: Limits, deadlines: Deadlines, grace: Duration) -> App {
    let fixed = |_: &Request<'_>, res: &mut Response<'_>, (id, choice)| {
        res.bytes(&content(id, choice));
    };
    let guard = {
        let board = board.clone();
        move |req: &mut Request<'_>, _: &mut Response<'_>| lock(&board).hook(of(req).0)
    };
    let echo = |req: &Request<'_>, res: &mut Response<'_>, _| res.bytes(req.bytes());
    let guarded = App::scope().post("/{id}/{choice}", at_once(board, echo)).before(guard);
    let quits = |_: &Request<'_>, res: &mut Response<'_>, (id, choice)| {
        res.close().bytes(&content(id, choice));
    };
    let told = {
        let board = board.clone();
        move |_: &Request<'_>, res: &mut Response<'_>, (id, choice): (usize, u8)| {
            let board = board.clone();
            res.on_sent(move || lock(&board).requests[id].told = true);
            res.bytes(&content(id, choice));
        }
    };
    let missing = {
        let board = board.clone();
        move |req: &Request<'_>, res: &mut Response<'_>| {
            let mut parts = req.path().split('/').skip(2);
            let (id, choice) =
                named(parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let mut board = lock(&board);
            board.call(id);
            board.end(id, true);
            res.set_status(Status::NOT_FOUND).bytes(&content(id, choice));
        }
    };
    let panics = |_: &Request<'_>, _: &mut Response<'_>, _| panic!("{ON_PURPOSE}");
    let panics_later = |board: Shared, id, _| async move {
        allowed(&board, id).await;
        panic!("{ON_PURPOSE}")
    };
    let parked = |board: Shared, id, _| async move { allowed(&board, id).await };
    let asleep = |_, _, choice| sleep(Duration::from_millis(sleeping(choice)));
    App::new()
        .limits(limits)
        .deadlines(deadlines)
        .grace(grace)
        .not_found(missing)
        .get("/sync/{id}/{choice}", at_once(board, fixed))
        .get("/slow/{id}/{choice}", Endpoint::new(at_once(board, fixed)).slow(true))
        .get("/told/{id}/{choice}", at_once(board, told))
        .get("/panic/{id}/{choice}", at_once(board, panics))
        .get("/quit/{id}/{choice}", at_once(board, quits))
        .get("/quits/{id}/{choice}", later(board, parked, How::Quit))
        .get("/ready/{id}/{choice}", later(board, |_, _, _| async {}, How::Usual))
        .get("/park/{id}/{choice}", later(board, parked, How::Usual))
        .get("/panics/{id}/{choice}", later(board, panics_later, How::Usual))
        .get("/sleep/{id}/{choice}", later(board, asleep, How::Usual))
        .get("/stream/{id}/{choice}", streamed(board, false))
        .get("/fail/{id}/{choice}", streamed(board, true))
        .post("/echo/{id}/{choice}", at_once(board, echo))
        .nest("/guarded", guarded)
        .post("/later/{id}/{choice}", later(board, parked, How::Echo))
}
