//! From a stream of `futures-core`.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use proptest::prelude::*;
use rajada_mio::{Body, Error};

use super::script::{Source, Step};
use super::{actions, burst, config, run};

impl Stream for Source {
    type Item = Result<Vec<u8>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match self.next(usize::MAX, Some(cx.waker())) {
            Step::Wait => return Poll::Pending,
            Step::Empty => Some(Ok(Vec::new())),
            Step::Octets(octets) => Some(Ok(octets)),
            Step::End => None,
            Step::Fail => Some(Err("on purpose".into())),
        })
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn streams_of_futures_are_whole_and_in_order_or_cut_and_bounded(
        burst in burst(),
        actions in actions(),
    ) {
        run(&burst, &actions, Body::from_stream);
    }
}
