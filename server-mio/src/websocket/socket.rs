//! A handler's end of a socket.

use core::fmt;
use core::future::{Future, poll_fn};

use rajada_websocket::CloseCode;

use super::broadcast::Broadcast;
use super::ended::{Closed, Ended};
use super::line::Line;
use super::message::{Message, MessageRef};
use super::replies::Replies;

/// One end of a WebSocket: what its handler has. Dropping it closes the connection, with 1000; where a panic does, with 1011.
///
/// It belongs to its worker, and may be moved to another task there.
pub struct WebSocket {
    sender: Sender,
}

/// Sends on a [`WebSocket`], beside whoever receives. It does not keep the connection open. A clone is the same one.
#[derive(Clone)]
pub struct Sender {
    line: Line,
}

impl WebSocket {
    pub(super) fn new(line: Line) -> WebSocket {
        WebSocket { sender: Sender { line } }
    }

    /// Waits for the next message. `None` behind the last one: then [`ended`](Self::ended) tells why.
    ///
    /// Pings are answered without it. While nobody calls it no more is read than the route's
    /// [read-ahead](super::SocketEndpoint::read_ahead), and the peer waits.
    ///
    /// A call that is dropped before it ends loses nothing.
    pub fn recv(&mut self) -> impl Future<Output = Option<Message>> {
        poll_fn(|cx| self.sender.line.poll_message(cx))
    }

    /// Has each message answered where it was read: the fastest way for answers that need not be awaited. The message is borrowed, nothing is
    /// queued, and the handler is not polled meanwhile. It returns behind the last message: then [`ended`](Self::ended) tells why. Or it returns as soon
    /// as `answer` gives an error: that is one that [`send`](Replies::send) has given, since nothing is sent any more.
    ///
    /// Messages that came before go first. While more answers than the route's [backlog](super::SocketEndpoint::backlog) are unsent, messages wait,
    /// as they do for `recv`. A panic in `answer` is one of the call to this. Dropped before it ends, what comes after is for
    /// [`recv`](Self::recv) again.
    ///
    /// ```
    /// use rajada_mio::App;
    /// use rajada_mio::websocket::{MessageRef, WebSocket};
    ///
    /// App::new().websocket("/count", |mut socket: WebSocket| async move {
    ///     let mut count = 0;
    ///     let answer = socket.for_each(move |message, replies| {
    ///         count += 1;
    ///         match message {
    ///             MessageRef::Text("count") => replies.send(count.to_string()),
    ///             message => replies.send(message),
    ///         }
    ///     });
    ///     answer.await;
    /// });
    /// ```
    #[doc(alias("on_message", "callback", "echo"))]
    pub async fn for_each(
        &mut self,
        answer: impl FnMut(MessageRef<'_>, &mut Replies<'_>) -> Result<(), Closed> + 'static,
    ) {
        let line = &self.sender.line;
        let (answers, mut place) = (line.answer_by(Box::new(answer)), line.place());
        poll_fn(|cx| answers.poll(cx, &mut place)).await;
    }

    /// As [`Sender::send`].
    ///
    /// # Errors
    /// As [`Sender::send`].
    pub async fn send(&self, message: impl Into<Message>) -> Result<(), Closed> {
        self.sender.send(message).await
    }

    /// As [`Sender::close`].
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.sender.close(code, reason);
    }

    /// Has this socket get what is sent to a broadcast from now on, until it closes or [leaves](Self::leave). Its connection sends
    /// that by itself. Joined again, nothing changes.
    #[doc(alias("subscribe", "room"))]
    pub fn join(&self, broadcast: &Broadcast) {
        self.sender.line.join(broadcast);
    }

    /// Leaves a broadcast. What was sent to it and has not left for the peer is not sent.
    #[doc(alias("unsubscribe"))]
    pub fn leave(&self, broadcast: &Broadcast) {
        self.sender.line.leave(broadcast);
    }

    /// What sends on this socket, for another task.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// The subprotocol that was selected, of those that the [route](super::SocketEndpoint::protocols) speaks.
    pub fn protocol(&self) -> Option<&str> {
        self.sender.line.protocol()
    }

    /// How it has ended, once it has.
    pub fn ended(&self) -> Option<Ended> {
        self.sender.line.ended()
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        self.sender.line.hang_up();
    }
}

impl Sender {
    /// Sends a message. If the peer is slow it waits until less is unsent than the route's
    /// [backlog](super::SocketEndpoint::backlog). Messages leave in the order of these calls, and all that are ready leave together.
    ///
    /// A call that is dropped before it ends has sent nothing.
    ///
    /// # Errors
    /// [`Closed`]: nothing is sent any more.
    pub async fn send(&self, message: impl Into<Message>) -> Result<(), Closed> {
        let mut message = Some(message.into());
        let mut place = self.line.place();
        poll_fn(|cx| self.line.poll_send(cx, &mut place, &mut message)).await
    }

    /// Closes, behind all that was sent before. What the peer sends until it replies is still received. A reason of more than
    /// 123 octets is cut (RFC 6455 section 5.5). Closed again, nothing happens.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.line.close(code, reason);
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").field("ended", &self.ended()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}
