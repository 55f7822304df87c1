//! Response heads.

use core::mem::{self, MaybeUninit};

use rajada_parser::TextSlots;

use crate::{Header, ParserConfig, Result, Status, walk, whole};

/// A response head, as far as it was parsed: what is not known yet is `None`.
#[derive(Debug, Eq, PartialEq)]
pub struct Response<'headers, 'buf> {
    /// The minor version, 0 or 1.
    pub version: Option<u8>,
    /// The status code, any three digits.
    pub code: Option<u16>,
    /// The reason phrase (RFC 9112 section 4). Empty if there is none, and if it has octets of
    /// 0x80 or above.
    pub reason: Option<&'buf str>,
    /// Slots for headers, and behind a complete parse the headers.
    pub headers: &'headers mut [Header<'buf>],
}

impl<'h, 'b> Response<'h, 'b> {
    /// A response of which nothing is known, with these slots.
    #[inline]
    pub fn new(headers: &'h mut [Header<'b>]) -> Response<'h, 'b> {
        Response { version: None, code: None, reason: None, headers }
    }

    /// Parses a response head. Complete, it is where the head ends, and `headers` become as
    /// many as there are fields; otherwise they remain as many as they are, and the first of
    /// them are what was found.
    ///
    /// # Errors
    /// The [`Error`](crate::Error) of the first octet that can't be right, as soon as it is
    /// there.
    pub fn parse(&mut self, buf: &'b [u8]) -> Result<usize> {
        self.parse_with(buf, &ParserConfig::default())
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
        match whole::response(self, buf, config, slots) {
            Ok(complete) => Ok(Status::Complete(complete)),
            Err(slots) => walk::response(self, buf, config, slots),
        }
    }
}
