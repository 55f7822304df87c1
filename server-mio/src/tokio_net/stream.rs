//! A socket of tokio as a transport.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::wakes::SocketWake;
use crate::driver::{Readiness, Transport};

/// A socket with the waker that is woken when it can do more.
pub(super) struct Stream {
    stream: TcpStream,
    waker: Waker,
}

impl Stream {
    pub(super) fn new(stream: TcpStream, wake: Arc<SocketWake>) -> Stream {
        Stream { stream, waker: wake.into() }
    }

    /// Polls, and says `WouldBlock` for what is pending: the waker is woken then.
    fn poll(
        &mut self,
        poll: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> io::Result<usize> {
        match poll(Pin::new(&mut self.stream), &mut Context::from_waker(&self.waker)) {
            Poll::Ready(done) => done,
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }

    /// What the runtime knows of the end of a socket that nobody reads: who reads finds it by that.
    pub(super) fn end(&self) -> Readiness {
        let ready = pin!(self.stream.ready(Interest::READABLE | Interest::WRITABLE));
        match ready.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(ready)) => Readiness {
                read_closed: ready.is_read_closed(),
                write_closed: ready.is_write_closed(),
                ..Readiness::default()
            },
            // The runtime is about to end.
            Poll::Ready(Err(_)) => Readiness { error: true, ..Readiness::default() },
            Poll::Pending => Readiness::default(),
        }
    }

    /// What took less than all there was is asked again when there is room: who is not told to wait is not woken.
    fn await_room(&self) {
        let mut cx = Context::from_waker(&self.waker);
        if self.stream.poll_write_ready(&mut cx).is_ready() {
            self.waker.wake_by_ref();
        }
    }
}

impl Transport for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut room = ReadBuf::new(room);
        self.poll(|stream, cx| stream.poll_read(cx, &mut room).map_ok(|()| room.filled().len()))
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.poll(|stream, cx| stream.poll_write(cx, octets))?;
        if written < octets.len() {
            self.await_room();
        }
        Ok(written)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let written = self.poll(|stream, cx| stream.poll_write_vectored(cx, pieces))?;
        if written < pieces.iter().map(|piece| piece.len()).sum() {
            self.await_room();
        }
        Ok(written)
    }

    /// Only a read that has to wait registers the waker; behind a short one tokio knows that without asking the
    /// system.
    fn is_drained(&self, _: usize, _: usize) -> bool {
        false
    }

    fn shutdown(&mut self) -> io::Result<()> {
        SockRef::from(&self.stream).shutdown(std::net::Shutdown::Write)
    }

    fn reset(&mut self) {
        if let Err(error) = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)) {
            log::debug!("a connection can't be reset: {error}");
        }
    }
}
