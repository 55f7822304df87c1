//! What handlers, their streams, and those elsewhere share with the simulation.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use rajada_mio::{Bytes, ContentStream, RequestError};

use super::asked::Plan;
use super::away::Away;

/// How content ended for who takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With so many lines of trailers.
    Complete(Vec<String>),
    Failed(RequestError),
}

/// How a streamed answer has ended, as far as we are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Whole,
    WithTrailers,
    Cut,
}

/// What a handler has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    Text(String),
    Status(u16),
    Panic,
    /// A stream, of a length that it tells.
    Stream(Option<usize>),
    /// Its own content, behind so many octets.
    Content(usize),
}

/// What is known of a request.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) connection: usize,
    pub(crate) plan: Option<Plan>,
    pub(crate) called: bool,
    /// Its content was asked for.
    pub(crate) wanted: bool,
    /// An answer in pieces began while somebody had hold of content: who holds that back is told to go on before it.
    pub(crate) invited: bool,
    /// Who takes content waits for more.
    pub(crate) hungry: bool,
    /// Somebody has hold of it.
    pub(crate) holders: usize,
    /// Not all that is taken is seen here.
    pub(crate) unseen: bool,
    pub(crate) got: Vec<u8>,
    pub(crate) ended: Option<Ended>,
    pub(crate) said: Option<Said>,
    /// What was given to be sent.
    pub(crate) pushed: Vec<u8>,
    pub(crate) over: Option<Over>,
    /// Nobody takes what is sent any more.
    pub(crate) is_gone: bool,
    /// It was dropped before it answered.
    pub(crate) dropped: bool,
    /// How often it may go on; it waits for that.
    pub(crate) allowed: usize,
    pub(crate) waits: bool,
    pub(crate) waker: Option<Waker>,
}

impl Known {
    /// Whether the answer is all there is to be of it.
    pub(crate) fn is_over(&self) -> bool {
        match &self.said {
            None => self.dropped,
            Some(Said::Stream(_)) => self.over.is_some(),
            Some(Said::Content(_)) => false,
            Some(_) => true,
        }
    }

    /// Whether somebody still makes its answer, even if nothing is missing of that.
    pub(crate) fn is_under_way(&self, is_head: bool) -> bool {
        let is_stream = matches!(self.said, Some(Said::Stream(_)));
        is_stream && self.over.is_none() && !self.is_gone && !is_head
    }
}

#[derive(Default)]
pub(crate) struct Board {
    pub(crate) requests: Vec<Known>,
    pub(crate) away: BTreeMap<usize, Away>,
    /// Futures and streams that there are.
    pub(crate) alive: usize,
    pub(crate) wrong: Vec<String>,
}

pub(crate) type Shared = Arc<Mutex<Board>>;

pub(crate) fn lock(board: &Shared) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    /// A handler is called.
    pub(crate) fn call(&mut self, id: usize) -> Option<Plan> {
        let connection = self.requests[id].connection;
        let before = self.requests[..id].iter().filter(|one| one.connection == connection);
        if self.requests[id].called || before.clone().any(|one| !one.called) {
            self.wrong.push(format!("{id} is called twice, or too early"));
        }
        self.requests[id].called = true;
        self.requests[id].plan
    }

    /// Who takes content has polled it.
    pub(crate) fn note(
        &mut self,
        id: usize,
        polled: &Poll<Option<Result<Bytes, RequestError>>>,
        content: &ContentStream,
    ) {
        let known = &mut self.requests[id];
        known.wanted = true;
        known.hungry = polled.is_pending();
        match polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(piece))) => {
                if piece.is_empty() || known.ended.is_some() {
                    self.wrong.push(format!("{id} has nothing, or something behind the end"));
                }
                self.requests[id].got.extend_from_slice(piece);
            }
            Poll::Ready(Some(Err(error))) => {
                if known.ended.is_some() {
                    self.wrong.push(format!("{id} is told of an error behind the end"));
                }
                self.requests[id].ended = Some(Ended::Failed(error.clone()));
            }
            Poll::Ready(None) if known.ended.is_none() => {
                known.ended = Some(Ended::Complete(trailers(content)));
            }
            Poll::Ready(None) => {}
        }
    }
}

fn trailers(content: &ContentStream) -> Vec<String> {
    let line = |name: &[u8], value: &[u8]| {
        format!("{}: {}", String::from_utf8_lossy(name), String::from_utf8_lossy(value))
    };
    content.trailers().iter().map(|field| line(field.name, field.value)).collect()
}

/// A future or stream that there is.
pub(crate) struct Alive(pub(crate) Shared, pub(crate) usize);

impl Alive {
    pub(crate) fn new(board: &Shared, id: usize) -> Alive {
        lock(board).alive += 1;
        Alive(board.clone(), id)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        lock(&self.0).alive -= 1;
    }
}

/// Content that somebody has hold of.
pub(crate) struct Held {
    pub(crate) board: Shared,
    pub(crate) id: usize,
    /// There until it is given away.
    content: Option<ContentStream>,
}

impl Held {
    pub(crate) fn new(board: &Shared, id: usize, content: ContentStream) -> Held {
        lock(board).requests[id].holders += 1;
        Held { board: board.clone(), id, content: Some(content) }
    }

    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, RequestError>>> {
        let Some(content) = &mut self.content else { return Poll::Ready(None) };
        let polled = content.poll_next(cx);
        lock(&self.board).note(self.id, &polled, content);
        polled
    }

    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, RequestError>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// All of it at once.
    pub(crate) async fn collect(&mut self) -> Result<Bytes, RequestError> {
        let Some(content) = &mut self.content else { return Ok(Bytes::new()) };
        {
            let known = &mut lock(&self.board).requests[self.id];
            (known.wanted, known.unseen) = (true, true);
        }
        let whole = content.collect(usize::MAX).await;
        let known = &mut lock(&self.board).requests[self.id];
        known.unseen = false;
        match &whole {
            Ok(octets) => {
                known.got.extend_from_slice(octets);
                known.ended = Some(Ended::Complete(trailers(content)));
            }
            Err(error) => known.ended = Some(Ended::Failed(error.clone())),
        }
        whole
    }

    /// The stream itself, of which nothing is seen from now on.
    pub(crate) fn into_unseen(mut self) -> Option<ContentStream> {
        lock(&self.board).requests[self.id].unseen = true;
        self.content.take()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let content = self.content.take();
        let known = &mut lock(&self.board).requests[self.id];
        known.holders -= 1;
        known.hungry = false;
        drop(content);
    }
}

/// Waits until the schedule allows it.
pub(crate) async fn allowed(board: &Shared, id: usize) {
    poll_fn(|cx| {
        let mut board = lock(board);
        let known = &mut board.requests[id];
        known.waits = known.allowed == 0;
        if known.waits {
            known.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        known.allowed -= 1;
        Poll::Ready(())
    })
    .await;
}
