//! Content from a stream of the crate `futures-core`.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::{Body, BodyStream};
use crate::Error;

impl Body {
    /// Content whose pieces a stream gives, as fast as the peer takes them. It is chunked unless it is told
    /// [its length](Self::with_length); an error cuts it short.
    ///
    /// ```
    /// # mod stream { use std::{pin::Pin, task::{Context, Poll}};
    /// # pub fn iter<I: Iterator + Unpin>(of: I) -> impl futures_core::Stream<Item = I::Item> {
    /// #     struct Of<I>(I);
    /// #     impl<I: Iterator + Unpin> futures_core::Stream for Of<I> {
    /// #         type Item = I::Item;
    /// #         fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
    /// #             Poll::Ready(self.0.next())
    /// #         }
    /// #     }
    /// #     Of(of)
    /// # } }
    /// use rajada_mio::{App, Body, Error, Request, TestClient};
    ///
    /// let app = App::new().get("/", |_: &Request| {
    ///     let lines = (1..=3).map(|line| Ok::<_, Error>(format!("line {line}\n")));
    ///     Body::from_stream(stream::iter(lines))
    /// });
    /// assert_eq!(TestClient::new(app).get("/").send().text(), "line 1\nline 2\nline 3\n");
    /// ```
    #[doc(alias("StreamBody", "wrap_stream", "futures"))]
    pub fn from_stream<T, E>(stream: impl Stream<Item = Result<T, E>> + 'static) -> Body
    where
        T: Into<Bytes> + 'static,
        E: Into<Error> + 'static,
    {
        Body::Stream(Box::new(OfStream(Box::pin(stream))))
    }
}

struct OfStream<S>(Pin<Box<S>>);

impl<T, E, S> BodyStream for OfStream<S>
where
    S: Stream<Item = Result<T, E>> + 'static,
    T: Into<Bytes>,
    E: Into<Error>,
{
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let next = self.0.as_mut().poll_next(cx);
        next.map(|next| next.map(|piece| piece.map(Into::into).map_err(Into::into)))
    }
}
