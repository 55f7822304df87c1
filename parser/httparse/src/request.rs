//! Request heads.

use core::mem::{self, MaybeUninit};

use rajada_parser::TextSlots;

use crate::{Header, ParserConfig, Result, Status, walk, whole};

/// A request head, as far as it was parsed: what is not known yet is `None`.
///
/// ```
/// let mut headers = [httparse::EMPTY_HEADER; 16];
/// let mut request = httparse::Request::new(&mut headers);
/// assert!(request.parse(b"GET /404 HTTP/1.1\r\nHost:").unwrap().is_partial());
/// assert_eq!(request.path, Some("/404"));
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct Request<'headers, 'buf> {
    /// The method: a token, case-sensitive (RFC 9110 section 9.1).
    pub method: Option<&'buf str>,
    /// The request target as it stands in the request line, in whatever form (RFC 9112
    /// section 3.2).
    pub path: Option<&'buf str>,
    /// The minor version, 0 or 1.
    pub version: Option<u8>,
    /// Slots for headers, and behind a complete parse the headers.
    pub headers: &'headers mut [Header<'buf>],
}

impl<'h, 'b> Request<'h, 'b> {
    /// A request of which nothing is known, with these slots.
    #[inline]
    pub fn new(headers: &'h mut [Header<'b>]) -> Request<'h, 'b> {
        Request { method: None, path: None, version: None, headers }
    }

    /// Parses a request head. Complete, it is where the head ends, and `headers` become as many
    /// as there are fields; otherwise they remain as many as they are, and the first of them
    /// are what was found.
    ///
    /// # Errors
    /// The [`Error`](crate::Error) of the first octet that can't be right, as soon as it is
    /// there.
    pub fn parse(&mut self, buf: &'b [u8]) -> Result<usize> {
        self.parse_with(buf, &ParserConfig::default())
    }

    /// Parses as [`parse`](Self::parse) does, into slots that need not be initialised.
    /// Complete, the request has those that were; otherwise its headers stay as they are.
    ///
    /// # Errors
    /// The same.
    pub fn parse_with_uninit_headers(
        &mut self,
        buf: &'b [u8],
        headers: &'h mut [MaybeUninit<Header<'b>>],
    ) -> Result<usize> {
        self.parse_into(buf, &ParserConfig::default(), headers)
    }

    pub(crate) fn parse_with(&mut self, buf: &'b [u8], config: &ParserConfig) -> Result<usize> {
        let headers = mem::take(&mut self.headers);
        let parsed = self.parse_head(buf, config, TextSlots::initialised(&mut *headers));
        let (headers, parsed) = match parsed {
            Ok(Status::Complete((end, filled))) => {
                let count = filled.len();
                (headers.get_mut(..count).unwrap_or_default(), Ok(Status::Complete(end)))
            }
            Ok(Status::Partial) => (headers, Ok(Status::Partial)),
            Err(error) => (headers, Err(error)),
        };
        self.headers = headers;
        parsed
    }

    // Always: a call costs a tenth of a small head.
    #[inline(always)]
    pub(crate) fn parse_into(
        &mut self,
        buf: &'b [u8],
        config: &ParserConfig,
        headers: &'h mut [MaybeUninit<Header<'b>>],
    ) -> Result<usize> {
        Ok(match self.parse_head(buf, config, TextSlots::new(headers))? {
            Status::Complete((end, headers)) => {
                self.headers = headers;
                Status::Complete(end)
            }
            Status::Partial => Status::Partial,
        })
    }

    /// All but where the headers go.
    #[inline(always)]
    fn parse_head<'s>(
        &mut self,
        buf: &'b [u8],
        config: &ParserConfig,
        slots: TextSlots<'s, Header<'b>>,
    ) -> Result<(usize, &'s mut [Header<'b>])> {
        match whole::request(self, buf, slots) {
            Ok(complete) => Ok(Status::Complete(complete)),
            Err(slots) => walk::request(self, buf, config, slots),
        }
    }
}
