//! The decision for responses.

use super::content_length;
use super::transfer_encoding::{self, Codings};
use super::{BodyLength, Framing, Side};
use crate::fields::Known;
use crate::{Error, ErrorKind, Response, Version};

impl Response<'_, '_> {
    /// Decides what follows this head and whether the connection persists, by
    /// RFC 9112 section 6.3, for the response to a request with `method`.
    ///
    /// A fold, which [`Leniency::obs_fold`](crate::Leniency::obs_fold) lets in, counts as
    /// the space that RFC 9112 section 5.2 has in its place.
    ///
    /// A response without any framing ends when the server closes; one that
    /// does not persist is to be followed by closing.
    ///
    /// ```
    /// use rajada_parser::{BodyLength, Config, Positions, Resume, Status};
    ///
    /// let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    /// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
    /// let Status::Complete(response, _) =
    ///     Config::STRICT.parse_response(head, &mut at, &mut slots)? else { unreachable!() };
    /// assert_eq!(response.framing(b"GET")?.body, BodyLength::Chunked);
    /// assert_eq!(response.framing(b"HEAD")?.body, BodyLength::None);
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Transfer-Encoding` that is malformed, in HTTP/1.0, or beside
    /// `Content-Length`; a `Content-Length` that is malformed or given twice
    /// with different values. A client closes the connection then.
    pub fn framing(&self, method: &[u8]) -> Result<Framing, Error> {
        let connection = super::values(&self.0.record.noted, self.fields());
        let (persistent, keep_alive, _) = super::connection(connection, self.version());
        let tunnel = method == b"CONNECT" && matches!(self.code(), 200..=299);
        let upgrade = self.code() == 101;
        let without_content =
            method == b"HEAD" || tunnel || matches!(self.code(), 100..=199 | 204 | 304);
        let body = if without_content { BodyLength::None } else { self.body_length()? };
        Ok(Framing {
            body,
            persistent: persistent && body != BodyLength::UntilClose,
            keep_alive,
            expect_continue: false,
            upgrade,
            tunnel,
        })
    }

    fn body_length(&self) -> Result<BodyLength, Error> {
        let fields = self.fields();
        let Some((codings, at)) =
            transfer_encoding::parse(fields, &self.0.record.noted, Side::Response)?
        else {
            let length = content_length::parse(fields, &self.0.record.noted, Side::Response)?;
            return Ok(length.map_or(BodyLength::UntilClose, BodyLength::Exact));
        };
        if self.version() < Version::Http11 {
            return Err(Error::new(ErrorKind::TransferEncodingVersion, at));
        }
        if let Some((position, _)) = self.0.record.noted.find(Known::ContentLength, fields).next() {
            let offset = at.max(position.value_start as usize);
            return Err(Error::new(ErrorKind::TransferEncodingAndContentLength, offset));
        }
        match codings {
            Codings::Chunked => Ok(BodyLength::Chunked),
            Codings::OthersThenChunked(at) => Err(Error::new(ErrorKind::TransferCodingUnknown, at)),
            // RFC 9112 section 6.3, item 4: the connection's end is the content's.
            Codings::NotChunked(_) => Ok(BodyLength::UntilClose),
        }
    }
}
