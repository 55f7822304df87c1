//! Multipart forms (RFC 7578): fields and files.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use super::{OwnedRequest, Request, RequestError};

/// One field of a multipart form, or one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The name of the field.
    pub name: Option<String>,
    /// The name of the file, as the client gives it. Never use it as a path.
    pub file_name: Option<String>,
    /// The media type, if the client says one.
    pub media_type: Option<String>,
    /// The content.
    pub content: Bytes,
}

impl Part {
    /// The content as text; octets that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

impl Request<'_> {
    /// The fields and files of a multipart form: content of the type multipart/form-data.
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError};
    ///
    /// App::new().post("/upload", |req: &Request| {
    ///     let parts = req.multipart()?;
    ///     let names = parts.iter().filter_map(|part| part.file_name.as_deref());
    ///     Ok::<_, RequestError>(names.collect::<Vec<_>>().join(", "))
    /// });
    /// ```
    ///
    /// # Errors
    /// Content of another type, or that is malformed; [`RequestError::Unread`].
    pub fn multipart(&self) -> Result<Vec<Part>, RequestError> {
        const TYPE: &str = "multipart/form-data";
        let octets = self.content_of(TYPE)?;
        let boundary =
            self.header_text("content-type").and_then(|value| multer::parse_boundary(value).ok());
        let boundary = boundary.ok_or(RequestError::BadMediaType)?;
        let form = multer::Multipart::new(Whole(Some(Bytes::copy_from_slice(octets))), boundary);
        at_once(collect(form)).map_err(|error| RequestError::Multipart(error.to_string()))
    }
}

impl OwnedRequest {
    /// See [`Request::multipart`].
    ///
    /// # Errors
    /// As [`Request::multipart`].
    pub fn multipart(&self) -> Result<Vec<Part>, RequestError> {
        self.as_request().multipart()
    }
}

/// Content as the stream that the library asks for.
struct Whole(Option<Bytes>);

impl futures_core::Stream for Whole {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

async fn collect(mut form: multer::Multipart<'_>) -> Result<Vec<Part>, multer::Error> {
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        parts.push(Part {
            name: field.name().map(str::to_owned),
            file_name: field.file_name().map(str::to_owned),
            media_type: field.content_type().map(ToString::to_string),
            content: field.bytes().await?,
        });
    }
    Ok(parts)
}

/// Runs a future that never has to wait: all of its input is there.
fn at_once<T>(future: impl Future<Output = Result<T, multer::Error>>) -> Result<T, multer::Error> {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(multer::Error::IncompleteStream),
    }
}
