//! Somebody on another thread, who takes content and sends an answer between the turns of the driver.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use rajada_mio::{BodySender, Bytes, Headers, NotSent};

use super::asked::{Does, Ends, Plan, TRAILER, piece};
use super::board::{Held, Over, Shared, lock};

/// Somebody elsewhere, with what he has.
pub(crate) struct Away {
    id: usize,
    plan: Plan,
    pub(crate) content: Option<Held>,
    pub(crate) sender: Option<BodySender>,
    /// Taken, and not sent.
    held: Option<Bytes>,
    sent: usize,
    bell: Arc<Bell>,
}

/// A waker of somebody elsewhere.
#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Away {
    pub(crate) fn new(
        id: usize,
        plan: Plan,
        content: Option<Held>,
        sender: Option<BodySender>,
    ) -> Away {
        Away { id, plan, content, sender, held: None, sent: 0, bell: Arc::default() }
    }

    /// Whether he was woken since he found nothing.
    pub(crate) fn is_woken(&self) -> bool {
        self.bell.0.load(Ordering::SeqCst)
    }

    /// Whether it is he who is waited for.
    pub(crate) fn is_due(&self, is_hungry: bool) -> bool {
        self.sender.is_some() && (self.plan.does == Does::Push || !is_hungry || self.is_woken())
    }

    /// Does one thing. True if it led to anything.
    pub(crate) fn step(&mut self, board: &Shared) -> bool {
        if self.plan.does == Does::Push {
            self.push(board) || self.take()
        } else {
            self.pass_on(board)
        }
    }

    /// Takes a piece of content, and leaves it at that.
    fn take(&mut self) -> bool {
        let Some(content) = &mut self.content else { return false };
        let polled = poll(content, &self.bell);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.content = None;
        }
        polled.is_ready()
    }

    /// Sends a piece of content on, or takes one.
    fn pass_on(&mut self, board: &Shared) -> bool {
        if self.sender.is_none() {
            return self.take();
        }
        if let Some(piece) = self.held.take() {
            return self.send(board, piece);
        }
        let polled = match &mut self.content {
            Some(content) => poll(content, &self.bell),
            None => Poll::Ready(None),
        };
        match polled {
            Poll::Pending => return false,
            Poll::Ready(Some(Ok(piece))) => self.held = Some(piece),
            Poll::Ready(None) => self.end(board, self.plan.ends),
            Poll::Ready(Some(Err(_))) => self.end(board, Ends::Abort),
        }
        true
    }

    fn push(&mut self, board: &Shared) -> bool {
        if self.sender.is_none() {
            return false;
        }
        let (count, length) = self.plan.pieces;
        if self.sent == count {
            self.end(board, self.plan.ends);
            return true;
        }
        self.send(board, piece(self.id, self.sent, length).into())
    }

    fn send(&mut self, board: &Shared, piece: Bytes) -> bool {
        let Some(sender) = &self.sender else { return false };
        match sender.try_send(piece.clone()) {
            Ok(()) => {
                self.sent += 1;
                lock(board).requests[self.id].pushed.extend_from_slice(&piece);
            }
            Err(NotSent::Full(_)) => {
                assert!(!sender.is_closed(), "there is no room for ever");
                self.held = (self.plan.does != Does::Push).then_some(piece);
                return false;
            }
            Err(_) => {
                assert!(sender.is_closed());
                lock(board).requests[self.id].is_gone = true;
                self.sender = None;
                self.content = None;
            }
        }
        true
    }

    fn end(&mut self, board: &Shared, how: Ends) {
        let Some(sender) = self.sender.take() else { return };
        let over = match how {
            Ends::Finish => Over::Whole,
            Ends::Trailers => Over::WithTrailers,
            Ends::Drop | Ends::Abort => Over::Cut,
        };
        {
            let known = &mut lock(board).requests[self.id];
            known.over = Some(over);
            known.is_gone |= sender.is_closed();
        }
        match how {
            Ends::Finish => sender.finish(),
            Ends::Trailers => {
                let mut trailers = Headers::new();
                let (name, value) = TRAILER.split_once(": ").expect("a field");
                trailers.set(name, value).expect("a trailer");
                sender.finish_with(trailers);
            }
            Ends::Drop => drop(sender),
            Ends::Abort => sender.abort("on purpose"),
        }
        if how != Ends::Abort {
            self.content = None;
        }
    }
}

fn poll(
    content: &mut Held,
    bell: &Arc<Bell>,
) -> Poll<Option<Result<Bytes, rajada_mio::RequestError>>> {
    bell.0.store(false, Ordering::SeqCst);
    let waker = Waker::from(bell.clone());
    content.poll(&mut Context::from_waker(&waker))
}
