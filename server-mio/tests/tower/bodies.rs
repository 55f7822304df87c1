//! Content of answers, frame by frame.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use rajada_mio::Bytes;

/// What a body does when it is polled.
pub(crate) enum Step {
    Data(&'static str),
    /// It is not ready, and wakes at once.
    Wait,
    Trailers,
    Fail,
    Panic,
}

/// A body that does one step after another. It does not know when it is over.
pub(crate) struct Steps {
    steps: VecDeque<Step>,
    exact: Option<u64>,
}

impl Steps {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Steps {
        Steps { steps: steps.into_iter().collect(), exact: None }
    }

    pub(crate) fn exact(mut self, octets: u64) -> Steps {
        self.exact = Some(octets);
        self
    }
}

impl Body for Steps {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match self.steps.pop_front() {
            None => Poll::Ready(None),
            Some(Step::Data(text)) => {
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(text.as_bytes())))))
            }
            Some(Step::Wait) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Trailers) => {
                let mut fields = http::HeaderMap::new();
                fields.insert("x-sum", http::HeaderValue::from_static("7"));
                Poll::Ready(Some(Ok(Frame::trailers(fields))))
            }
            Some(Step::Fail) => Poll::Ready(Some(Err(std::io::Error::other("broken")))),
            Some(Step::Panic) => panic!("a body"),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.exact.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
