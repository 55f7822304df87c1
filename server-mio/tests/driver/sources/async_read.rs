//! From a reader of tokio.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use proptest::prelude::*;
use rajada_mio::Body;
use tokio::io::{AsyncRead, ReadBuf};

use super::script::{Source, Step};
use super::{actions, burst, config, run};

/// One that wakes its task while it is polled stands for an empty piece.
impl AsyncRead for Source {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.next(room.remaining(), Some(cx.waker())) {
            Step::Wait => return Poll::Pending,
            Step::Empty => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Step::Octets(octets) => room.put_slice(&octets),
            Step::End => {}
            Step::Fail => return Poll::Ready(Err(io::Error::other("on purpose"))),
        }
        Poll::Ready(Ok(()))
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn readers_of_tokio_are_whole_and_in_order_or_cut_and_bounded(
        burst in burst(),
        actions in actions(),
    ) {
        run(&burst, &actions, Body::from_async_read);
    }
}
