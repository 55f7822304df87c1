//! The way out: from messages to octets.

use core::ops::DerefMut;

use crate::header::{
    self, BINARY, CLOSE, CONTINUATION, CONTROL, FIN, LONGEST, PING, PONG, RSV1, TEXT,
};
use crate::memory::Memory;
use crate::role::Role;
use crate::socket::{Reply, Sending};
use crate::store::Store;
use crate::utf8::Utf8;
use crate::{ApiMisuse, CloseCode, Kind, WebSocket, mask};

/// An owned payload below this many octets is copied.
pub const COPY_BELOW: usize = 1024;

impl<R: Role, B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>>
    WebSocket<R, B, M, L>
{
    /// Sends a message of text, which is copied: the right choice for small ones.
    ///
    /// # Errors
    /// [`ApiMisuse::Full`], [`ApiMisuse::InMessage`], [`ApiMisuse::Closing`], [`ApiMisuse::NoStore`]. Nothing was put out then.
    #[inline]
    pub fn send_text(&mut self, text: &str) -> Result<(), ApiMisuse> {
        self.message_begins()?;
        self.put(FIN | TEXT, text.as_bytes())
    }

    /// Sends a message of octets, which is copied.
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text).
    #[inline]
    pub fn send_binary(&mut self, octets: &[u8]) -> Result<(), ApiMisuse> {
        self.message_begins()?;
        self.put(FIN | BINARY, octets)
    }

    /// Sends a message whose payload is kept until it is transmitted, as its own slice, without a copy. (One of less than [`COPY_BELOW`]
    /// octets is copied and dropped at once: that is cheaper than one more slice. A client's is always copied, as it is masked.)
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text), and [`ApiMisuse::NotUtf8`]. The payload is dropped then.
    pub fn send_owned(&mut self, kind: Kind, payload: B) -> Result<(), ApiMisuse> {
        self.message_begins()?;
        let octets = payload.as_ref();
        if kind == Kind::Text && simdutf8::basic::from_utf8(octets).is_err() {
            return Err(ApiMisuse::NotUtf8);
        }
        let first = FIN | header::opcode(kind);
        if R::MASKS || octets.len() < COPY_BELOW {
            return self.put(first, octets);
        }
        let len = octets.len();
        let store = self.store.as_deref_mut().ok_or(ApiMisuse::NoStore)?;
        if !store.output.room_for_piece(&mut store.memory) {
            return Err(ApiMisuse::Full);
        }
        let room =
            store.output.room(&mut store.memory, LONGEST, store.spare).ok_or(ApiMisuse::Full)?;
        let size = header::write(room, first, None, len);
        store.output.commit(size);
        store.output.own(&mut store.memory, payload, len);
        Ok(())
    }

    /// Sends a message that the caller has compressed (RFC 7692 section 7.2.1), which is copied.
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text), and [`ApiMisuse::NotNegotiated`].
    pub fn send_compressed(&mut self, kind: Kind, deflated: &[u8]) -> Result<(), ApiMisuse> {
        if !self.compressed {
            return Err(ApiMisuse::NotNegotiated);
        }
        self.message_begins()?;
        self.put(FIN | RSV1 | header::opcode(kind), deflated)
    }

    /// Begins a message in pieces, whose length need not be known: [`send`](Self::send) them, then [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text).
    pub fn start(&mut self, kind: Kind) -> Result<(), ApiMisuse> {
        self.message_begins()?;
        self.sending = Some(Sending { kind, begun: false, text: Utf8::START });
        Ok(())
    }

    /// Sends a piece of the message that was started, in a frame of its own; text may be parted anywhere. Nothing is put out for an empty one.
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text), [`ApiMisuse::NoMessage`] and [`ApiMisuse::NotUtf8`].
    pub fn send(&mut self, piece: &[u8]) -> Result<(), ApiMisuse> {
        self.put_piece(piece, 0)
    }

    /// Sends the last piece, which may be empty.
    ///
    /// # Errors
    /// As [`send`](Self::send). The message is still to be finished then.
    pub fn finish(&mut self, piece: &[u8]) -> Result<(), ApiMisuse> {
        self.put_piece(piece, FIN)
    }

    fn put_piece(&mut self, piece: &[u8], fin: u8) -> Result<(), ApiMisuse> {
        let Some(Sending { kind, begun, mut text }) = self.sending else {
            return Err(ApiMisuse::NoMessage);
        };
        self.accepts_data()?;
        if kind == Kind::Text {
            text.judge(piece).map_err(|_| ApiMisuse::NotUtf8)?;
            if fin != 0 && !text.is_complete() {
                return Err(ApiMisuse::NotUtf8);
            }
        }
        if fin == 0 && piece.is_empty() {
            return Ok(());
        }
        self.put(fin | if begun { CONTINUATION } else { header::opcode(kind) }, piece)?;
        self.sending = if fin == 0 { Some(Sending { kind, begun: true, text }) } else { None };
        Ok(())
    }

    /// Asks the peer for a pong with the same payload, of 125 octets at most (RFC 6455 section 5.5.2). May stand in the middle of a message in pieces.
    ///
    /// # Errors
    /// [`ApiMisuse::TooLong`]; [`ApiMisuse::Full`] if [`Settings::control`](crate::Settings::control) octets of control frames are unsent; and as
    /// [`send_text`](Self::send_text).
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), ApiMisuse> {
        self.put_signal(PING, payload)
    }

    /// A sign of life that is not answered (RFC 6455 section 5.5.3). Pings are answered without it.
    ///
    /// # Errors
    /// As [`ping`](Self::ping).
    pub fn pong(&mut self, payload: &[u8]) -> Result<(), ApiMisuse> {
        self.put_signal(PONG, payload)
    }

    /// Closes: behind what was sent before a close frame is put out, and no data after it. What the peer sends until it replies is received. If
    /// a close frame was put out before, nothing happens.
    ///
    /// A message in pieces that is under way is not finished then.
    ///
    /// # Errors
    /// [`ApiMisuse::TooLong`] of a reason of more than 123 octets, [`ApiMisuse::NoStore`].
    pub fn close(&mut self, code: CloseCode, reason: &str) -> Result<(), ApiMisuse> {
        if reason.len() > CONTROL - 2 {
            return Err(ApiMisuse::TooLong);
        }
        if self.store.is_none() {
            return Err(ApiMisuse::NoStore);
        }
        self.put_close(Some(code), reason);
        Ok(())
    }

    /// Puts out the close frame that answers the peer's, or an offence, where that was [deferred](Self::deferred). Nothing happens unless
    /// it is [due](crate::Phase::Concluding).
    ///
    /// # Errors
    /// [`ApiMisuse::NoStore`].
    pub fn conclude(&mut self) -> Result<(), ApiMisuse> {
        let Reply::Due(code) = self.reply else { return Ok(()) };
        if self.store.is_none() {
            return Err(ApiMisuse::NoStore);
        }
        self.put_close(code, "");
        Ok(())
    }

    /// Answers the peer's end, or sees that it will be.
    pub(crate) fn reply(&mut self, code: Option<CloseCode>) {
        match self.reply {
            Reply::AtOnce => self.put_close(code, ""),
            _ if self.closing => {}
            Reply::Deferred | Reply::Due(_) => self.reply = Reply::Due(code),
        }
    }

    #[inline]
    fn accepts_data(&self) -> Result<(), ApiMisuse> {
        match &self.store {
            _ if self.closing => Err(ApiMisuse::Closing),
            None => Err(ApiMisuse::NoStore),
            Some(store) if !store.has_room() => Err(ApiMisuse::Full),
            Some(_) => Ok(()),
        }
    }

    #[inline]
    pub(crate) fn message_begins(&self) -> Result<(), ApiMisuse> {
        if self.sending.is_some() {
            return Err(ApiMisuse::InMessage);
        }
        self.accepts_data()
    }

    /// Puts a frame of data out.
    #[inline]
    fn put(&mut self, first: u8, payload: &[u8]) -> Result<(), ApiMisuse> {
        let store = self.store.as_deref_mut().ok_or(ApiMisuse::NoStore)?;
        let spare = store.spare;
        if put_frame(store, &mut self.role, first, payload, spare).is_some() {
            Ok(())
        } else {
            Err(ApiMisuse::Full)
        }
    }

    fn put_signal(&mut self, opcode: u8, payload: &[u8]) -> Result<(), ApiMisuse> {
        if payload.len() > CONTROL {
            return Err(ApiMisuse::TooLong);
        }
        if self.closing {
            return Err(ApiMisuse::Closing);
        }
        let store = self.store.as_deref_mut().ok_or(ApiMisuse::NoStore)?;
        put_control(store, &mut self.role, opcode, payload).ok_or(ApiMisuse::Full)
    }

    /// Answers a ping now, or once there is room again, if no newer one comes until then.
    pub(crate) fn answer_ping(&mut self, payload: &[u8]) {
        let Some(store) = self.store.as_deref_mut() else { return };
        if self.closing || put_control(store, &mut self.role, PONG, payload).is_some() {
            store.pongs.due_len = None;
            return;
        }
        // (A control frame's payload fits.)
        if let Some(due) = store.pongs.due.get_mut(..payload.len()) {
            due.copy_from_slice(payload);
            store.pongs.due_len = Some(payload.len() as u8);
        }
    }

    /// So many octets have left: if all control frames are among them, the newest ping that waits is answered.
    #[cold]
    pub(crate) fn pongs_transmitted(&mut self, count: usize) {
        let Some(store) = self.store.as_deref_mut() else { return };
        store.pongs.until = store.pongs.until.saturating_sub(count);
        if store.pongs.until > 0 {
            return;
        }
        store.pongs.octets = 0;
        let Some(len) = store.pongs.due_len.take() else { return };
        let due = store.pongs.due;
        if !self.closing {
            put_control(store, &mut self.role, PONG, &due[..usize::from(len)]);
        }
    }

    /// Puts a close frame out, if none was, with a reason of 123 octets at most.
    pub(crate) fn put_close(&mut self, code: Option<CloseCode>, reason: &str) {
        if self.closing {
            return;
        }
        self.closing = true;
        self.reply = Reply::AtOnce;
        let Some(store) = self.store.as_deref_mut() else { return };
        let (mut payload, mut len) = ([0; CONTROL], 0);
        if let Some(code) = code {
            payload[..2].copy_from_slice(&code.get().to_be_bytes());
            len = 2 + reason.len();
            payload[2..len].copy_from_slice(reason.as_bytes());
        }
        // There is room: it is kept for this one frame.
        let put = put_frame(store, &mut self.role, FIN | CLOSE, &payload[..len], 0);
        debug_assert!(put.is_some(), "room is kept for a close frame");
    }
}

/// Puts a ping or pong out, if those unsent leave room for it.
fn put_control<B, M: Memory<B>>(
    store: &mut Store<B, M>,
    role: &mut impl Role,
    opcode: u8,
    payload: &[u8],
) -> Option<()> {
    let pongs = &store.pongs;
    let most = pongs.octets + payload.len() + LONGEST;
    if most > store.control && pongs.octets > 0 {
        return None;
    }
    let size = put_frame(store, role, FIN | opcode, payload, 0)?;
    store.pongs.octets += size;
    store.pongs.until = store.output.held();
    Some(())
}

/// Puts a frame behind all others, and says how many octets it has. `None` if there is no room for it, and for `spare` octets behind it.
#[inline]
fn put_frame<B, M: Memory<B>, R: Role>(
    store: &mut Store<B, M>,
    role: &mut R,
    first: u8,
    payload: &[u8],
    spare: usize,
) -> Option<usize> {
    let len = payload.len();
    let room = store.output.room(&mut store.memory, len.checked_add(LONGEST)?, spare)?;
    let key = R::MASKS.then(|| role.key());
    let size = header::write(room, first, key, len);
    let body = room.get_mut(size..size + len)?;
    match key {
        Some(key) => mask::copy(body, payload, key),
        None => body.copy_from_slice(payload),
    }
    store.output.commit(size + len);
    Some(size + len)
}
