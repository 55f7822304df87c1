//! Multipart forms (RFC 7578): fields and files.

mod decoder;
mod disposition;
mod stream;
#[cfg(test)]
mod tests;

use bytes::Bytes;

use super::form::CHARSET;
use super::media_type::is_utf8;
use super::{ContentError, MediaType, OwnedRequest, Request, RequestError};
use decoder::{Decoder, Event};

pub use stream::{Multipart, PartStream};

/// One field of a multipart form, or one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The name of the field.
    pub name: String,
    /// The name of the file, as the client gives it; `None` if this is no file. Never use it as a path: it may hold
    /// slashes and dots, and a `%22` that stands for a quote. Octets that are not UTF-8 are U+FFFD.
    pub file_name: Option<String>,
    /// The media type as the client writes it, if it does: see [`MediaType::parse`]. Octets that are not UTF-8 are U+FFFD.
    pub media_type: Option<String>,
    /// The content.
    pub content: Bytes,
}

impl Part {
    /// The content as text.
    ///
    /// # Errors
    /// It is not UTF-8, is labelled with another charset, or its label can't be understood.
    pub fn text(&self) -> Result<&str, RequestError> {
        if let Some(label) = &self.media_type {
            MediaType::parse(label).ok_or(RequestError::BadMediaType)?.check_charset()?;
        }
        core::str::from_utf8(&self.content).map_err(|_| RequestError::NotUtf8)
    }
}

/// Octets that a boundary may have (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// Parts that a form may have.
const MOST_PARTS: usize = 1000;

impl Request<'_> {
    /// The fields and files of a multipart form, in order: content of the type multipart/form-data, of at most 1,000
    /// parts.
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
    /// Content of another type (415), without a boundary of 1 to 70 octets or malformed (400), or whose field `_charset_`
    /// (RFC 7578 section 4.6) says that it is not UTF-8 (415); [`RequestError::Unread`].
    #[doc(alias("upload", "file upload", "form-data"))]
    pub fn multipart(&self) -> Result<Vec<Part>, RequestError> {
        let boundary = self.boundary()?;
        let content = Bytes::copy_from_slice(self.read_bytes()?);
        let parts = parts(&boundary, &content).map_err(RequestError::Multipart)?;
        let mut charsets = parts.iter().filter(|part| part.name == CHARSET);
        if !charsets.all(|part| part.text().is_ok_and(|label| label.is_empty() || is_utf8(label))) {
            return Err(RequestError::Charset);
        }
        Ok(parts)
    }

    /// What stands between the parts.
    fn boundary(&self) -> Result<String, RequestError> {
        let boundary = self.media_type_of("multipart/form-data")?.only("boundary")?;
        let boundary = boundary.filter(|boundary| is_boundary(boundary));
        boundary.map(Into::into).ok_or(RequestError::BadMediaType)
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

/// Octets that are visible, and spaces but at the end. (RFC 2046 section 5.1.1 has fewer marks; what a quoted string may
/// hold does no harm here.)
fn is_boundary(boundary: &str) -> bool {
    (1..=LONGEST_BOUNDARY).contains(&boundary.len())
        && boundary.bytes().all(|octet| (b' '..=b'~').contains(&octet))
        && !boundary.ends_with(' ')
}

/// All parts of content that is there as a whole.
fn parts(boundary: &str, content: &Bytes) -> Result<Vec<Part>, ContentError> {
    let (mut decoder, mut parts) = (Decoder::new(boundary), Vec::<Part>::new());
    let mut at = 0;
    // Where the content of the youngest part begins.
    let mut begins = 0;
    loop {
        let decoded = decoder.decode(&content[at..]);
        let (event, taken) =
            decoded.map_err(|(fault, behind)| told(fault, (at + behind) as u64))?;
        match event {
            Event::NeedData => return Err(told(CUT, content.len() as u64)),
            Event::Part { .. } if parts.len() == MOST_PARTS => {
                return Err(told(format_args!("more than {MOST_PARTS} parts"), at as u64));
            }
            Event::Part { disposition, content_type } => {
                begins = at + taken;
                parts.push(Part {
                    name: disposition.name,
                    file_name: disposition.file_name,
                    media_type: content_type.map(|text| String::from_utf8_lossy(text).into()),
                    content: Bytes::new(),
                });
            }
            Event::Data(_) => {}
            Event::EndOfPart => {
                if let Some(part) = parts.last_mut() {
                    part.content = content.slice(begins..at);
                }
            }
            Event::End => return Ok(parts),
        }
        at += taken;
    }
}

/// What is wrong with a form that does not end.
const CUT: &str = "it ends before its last delimiter";

fn told(what: impl core::fmt::Display, at: u64) -> ContentError {
    ContentError::new(what).at(format_args!("octet {at}"))
}
