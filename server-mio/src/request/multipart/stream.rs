//! Multipart forms as they arrive, part by part.

use core::fmt;

use bytes::{Buf, Bytes, BytesMut};

use super::decoder::{Decoder, Event};
use super::{CHARSET, CUT, MOST_PARTS, told};
use crate::request::media_type::is_utf8;
use crate::{ContentStream, MediaType, OwnedRequest, RequestError};

/// A multipart form (RFC 7578) that is read as it arrives: content of the type multipart/form-data, of any length that its
/// route takes, of which no more is held than a [window](crate::Endpoint::content_window) and what one read brings.
///
/// ```
/// use rajada_mio::{App, ContentStream, Endpoint, Multipart, OwnedRequest, RequestError};
///
/// async fn upload(req: OwnedRequest, content: ContentStream) -> Result<String, RequestError> {
///     let mut form = Multipart::new(&req, content)?.part_limit(2 << 30).most_parts(20);
///     let mut told = String::new();
///     while let Some(part) = form.next_part().await {
///         let mut part = part?;
///         let mut octets = 0;
///         while let Some(piece) = part.next().await {
///             octets += piece?.len();
///         }
///         told += &format!("{}: {octets} octets\n", part.name);
///     }
///     Ok(told)
/// }
///
/// App::new().post("/upload", Endpoint::new(upload).content_limit(8 << 30));
/// ```
pub struct Multipart {
    content: ContentStream,
    decoder: Decoder,
    /// Octets that were not decoded.
    octets: Bytes,
    /// How many octets of the content are in front of those.
    at: u64,
    /// Parts so far, and at the most.
    parts: usize,
    most_parts: usize,
    /// Octets of all parts so far, and at the most.
    taken: u64,
    limit: u64,
    part_limit: u64,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Between,
    /// Within a part, of which so many octets were taken.
    Part(u64),
    /// Behind the last part, or behind an error.
    Over,
}

/// One field of a [`Multipart`] form, or one file, whose content is taken as it arrives. What is not taken is passed over.
#[non_exhaustive]
pub struct PartStream<'f> {
    /// The name of the field.
    pub name: String,
    /// The name of the file: see [`Part::file_name`](crate::Part::file_name). Never use it as a path.
    pub file_name: Option<String>,
    /// The media type as the client writes it, if it does: see [`MediaType::parse`].
    pub media_type: Option<String>,
    form: &'f mut Multipart,
    /// Content that was looked at before.
    ready: Bytes,
}

/// A label of a charset that is longer is none.
const LONGEST_LABEL: usize = 64;

/// What was decoded, without what it borrows.
enum Decoded {
    Part { name: String, file_name: Option<String>, media_type: Option<String> },
    Data(Bytes),
    EndOfPart,
    End,
}

impl Multipart {
    /// The form in the content of a request.
    ///
    /// # Errors
    /// Content of another type (415), or without a boundary of 1 to 70 octets (400).
    pub fn new(request: &OwnedRequest, content: ContentStream) -> Result<Multipart, RequestError> {
        Ok(Multipart::of(&request.as_request().boundary()?, content))
    }

    /// The form in content that has this boundary.
    pub(super) fn of(boundary: &str, content: ContentStream) -> Multipart {
        Multipart {
            content,
            decoder: Decoder::new(boundary),
            octets: Bytes::new(),
            at: 0,
            parts: 0,
            most_parts: MOST_PARTS,
            taken: 0,
            limit: u64::MAX,
            part_limit: u64::MAX,
            stage: Stage::Between,
        }
    }

    /// Octets of content that each part may have; as many as there may be in all unless it is set. Beyond:
    /// [`RequestError::TooLarge`].
    #[must_use]
    pub fn part_limit(self, octets: u64) -> Multipart {
        Multipart { part_limit: octets, ..self }
    }

    /// Octets of content that all parts together may have; what the [route takes](crate::Endpoint::content_limit) unless it
    /// is set. Beyond: [`RequestError::TooLarge`].
    #[must_use]
    pub fn limit(self, octets: u64) -> Multipart {
        Multipart { limit: octets, ..self }
    }

    /// Parts that there may be; 1,000 unless it is set. Beyond: 400. (The head of each has at most 8 KiB, and 16 fields.)
    #[must_use]
    pub fn most_parts(self, most: usize) -> Multipart {
        Multipart { most_parts: most, ..self }
    }

    /// Waits for the next part; what was not taken of the one before is passed over. `None` is the end of the form and of
    /// the content, also behind an error.
    ///
    /// A wait that is dropped, as by [`timeout`](crate::timeout), may lose the field `_charset_`, which is looked at here; no
    /// other.
    ///
    /// # Errors
    /// A form that is malformed, ends too early or has too many parts (400), or whose field `_charset_` (RFC 7578 section 4.6)
    /// says that it is not UTF-8 (415); more octets than it may have (413); those of [`ContentStream::next`].
    pub async fn next_part(&mut self) -> Option<Result<PartStream<'_>, RequestError>> {
        match self.begin_part().await {
            Ok(Some((name, file_name, media_type, ready))) => {
                Some(Ok(PartStream { name, file_name, media_type, form: self, ready }))
            }
            Ok(None) => None,
            Err(error) => {
                self.stage = Stage::Over;
                Some(Err(error))
            }
        }
    }

    async fn begin_part(&mut self) -> Result<Option<Begun>, RequestError> {
        while let Stage::Part(_) = self.stage {
            self.next_piece().await?;
        }
        if self.stage == Stage::Over {
            return Ok(None);
        }
        let Decoded::Part { name, file_name, media_type } = self.decode().await? else {
            self.stage = Stage::Over;
            return Ok(None);
        };
        if self.parts == self.most_parts {
            let what = format_args!("more than {} parts", self.most_parts);
            return Err(RequestError::Multipart(told(what, self.at)));
        }
        self.parts += 1;
        self.stage = Stage::Part(0);
        let mut ready = Bytes::new();
        if name == CHARSET {
            ready = self.charset().await?;
        }
        Ok(Some((name, file_name, media_type, ready)))
    }

    /// The content of the field that tells the charset.
    async fn charset(&mut self) -> Result<Bytes, RequestError> {
        let mut label = BytesMut::new();
        while let Some(piece) = self.next_piece().await? {
            label.extend_from_slice(&piece);
            if label.len() > LONGEST_LABEL {
                return Err(RequestError::Charset);
            }
        }
        match core::str::from_utf8(&label) {
            Ok(text) if text.is_empty() || is_utf8(text) => Ok(label.freeze()),
            _ => Err(RequestError::Charset),
        }
    }

    /// The next piece of the part at hand; nothing at its end.
    async fn next_piece(&mut self) -> Result<Option<Bytes>, RequestError> {
        let Stage::Part(taken) = self.stage else { return Ok(None) };
        let Decoded::Data(piece) = self.decode().await? else {
            self.stage = Stage::Between;
            return Ok(None);
        };
        let len = piece.len() as u64;
        let taken = taken.saturating_add(len);
        self.taken = self.taken.saturating_add(len);
        if taken > self.part_limit || self.taken > self.limit {
            return Err(RequestError::TooLarge);
        }
        self.stage = Stage::Part(taken);
        Ok(Some(piece))
    }

    /// What comes next. The end is told once the content has ended, too.
    async fn decode(&mut self) -> Result<Decoded, RequestError> {
        loop {
            let decoded = self.decoder.decode(&self.octets);
            let (event, taken) = decoded.map_err(|(fault, behind)| {
                RequestError::Multipart(told(fault, self.at + behind as u64))
            })?;
            let decoded = match event {
                Event::NeedData => None,
                Event::Part { disposition, content_type } => Some(Decoded::Part {
                    name: disposition.name,
                    file_name: disposition.file_name,
                    media_type: content_type.map(|text| String::from_utf8_lossy(text).into()),
                }),
                Event::Data(octets) => Some(Decoded::Data(self.octets.slice_ref(octets))),
                Event::EndOfPart => Some(Decoded::EndOfPart),
                Event::End => Some(Decoded::End),
            };
            self.octets.advance(taken);
            self.at += taken as u64;
            match decoded {
                // What follows is looked at, and the content is to end in order.
                Some(Decoded::End) => {
                    if !self.more().await? {
                        return Ok(Decoded::End);
                    }
                }
                Some(decoded) => return Ok(decoded),
                None => {
                    if !self.more().await? {
                        let at = self.at + self.octets.len() as u64;
                        return Err(RequestError::Multipart(told(CUT, at)));
                    }
                }
            }
        }
    }

    /// Waits for more octets; false at the end of the content.
    async fn more(&mut self) -> Result<bool, RequestError> {
        let Some(piece) = self.content.next().await.transpose()? else { return Ok(false) };
        if self.octets.is_empty() {
            self.octets = piece;
        } else {
            // What is left is less than a delimiter, or a head.
            let mut joined = BytesMut::with_capacity(self.octets.len() + piece.len());
            joined.extend_from_slice(&self.octets);
            joined.extend_from_slice(&piece);
            self.octets = joined.freeze();
        }
        Ok(true)
    }
}

/// Name, name of the file, media type, and content that was looked at.
type Begun = (String, Option<String>, Option<String>, Bytes);

impl PartStream<'_> {
    /// Waits for the next piece of content. `None` is its end, also behind an error.
    ///
    /// # Errors
    /// As of [`Multipart::next_part`].
    pub async fn next(&mut self) -> Option<Result<Bytes, RequestError>> {
        if !self.ready.is_empty() {
            return Some(Ok(core::mem::take(&mut self.ready)));
        }
        let piece = self.form.next_piece().await;
        if piece.is_err() {
            self.form.stage = Stage::Over;
        }
        piece.transpose()
    }

    /// Waits for all of the content that was not taken yet.
    ///
    /// # Errors
    /// As of [`Multipart::next_part`]; [`RequestError::TooLarge`] as soon as there are more than `limit` octets.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, RequestError> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if all.len() + piece.len() > limit {
                return Err(RequestError::TooLarge);
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Waits for all of the content, which is text.
    ///
    /// # Errors
    /// As of [`collect`](Self::collect); content that is not UTF-8, is labelled with another charset, or whose label can't
    /// be understood.
    pub async fn text(&mut self, limit: usize) -> Result<String, RequestError> {
        if let Some(label) = &self.media_type {
            MediaType::parse(label).ok_or(RequestError::BadMediaType)?.check_charset()?;
        }
        let octets = self.collect(limit).await?;
        String::from_utf8(octets.into()).map_err(|_| RequestError::NotUtf8)
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl fmt::Debug for PartStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartStream")
            .field("name", &self.name)
            .field("file_name", &self.file_name)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}
