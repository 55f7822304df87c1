//! Heads as text: for callers who want `&str` where RFC 9110 has tokens.

#[cfg(test)]
mod tests;

use core::fmt;

use super::request_line::RequestLine;
use super::status_line::StatusLine;
use super::whole::{RoughLook, Whole};
use crate::scan::dispatch_head;
use crate::scan::slots::{Slot, Writer};
use crate::scan::text::AsciiHead;
use crate::{Config, TextSlots, Version};

impl Config {
    /// Parses a request head as [`parse_request`](Self::parse_request) does, if it is there
    /// as a whole, of ASCII and of the usual form, as nearly all are: then its parts are text,
    /// and nothing is looked at again to know that.
    ///
    /// An error says nothing else of the octets: the head may be incomplete, wrong, or right
    /// and of another form (a tab, two spaces behind a colon, an empty value, a name of more
    /// than 32 octets, more fields than there are slots), or all octets may be fewer than 32,
    /// and `parse_request` tells. The other way round, what is given here it gives, too.
    ///
    /// Fields are written to the slots as what the caller makes of them, which is to be little:
    /// it is done while the head is parsed.
    ///
    /// # Errors
    /// The slots. Of the lines in front of the first that is unusual or not there as a whole,
    /// some are written to the first of them, in order and none left out.
    ///
    /// ```
    /// use core::mem::MaybeUninit;
    /// use rajada_parser::{Config, FieldText, TextSlots};
    ///
    /// let octets = b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\nGET /next";
    /// let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 8];
    /// let slots = TextSlots::new(&mut storage);
    /// let request = Config::STRICT.parse_request_text(octets, slots).expect("all usual");
    /// assert_eq!((request.method(), request.target()), ("GET", "/a"));
    /// let [host] = request.fields() else { unreachable!() };
    /// assert_eq!((host.name, host.value), ("Host", "example.org"));
    /// assert_eq!(&octets[request.len()..], b"GET /next");
    /// ```
    #[inline]
    pub fn parse_request_text<'b, 'h, T: From<FieldText<'b>>>(
        &self,
        octets: &'b [u8],
        slots: TextSlots<'h, T>,
    ) -> Result<RequestText<'b, 'h, T>, TextSlots<'h, T>> {
        AsciiHead::request(self, octets, slots).map(RequestText)
    }

    /// Parses a response head as [`parse_response`](Self::parse_response) does, under the
    /// conditions of [`parse_request_text`](Self::parse_request_text).
    ///
    /// # Errors
    /// The same as there.
    ///
    /// ```
    /// use core::mem::MaybeUninit;
    /// use rajada_parser::{Config, FieldText, TextSlots};
    ///
    /// let octets = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    /// let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 8];
    /// let slots = TextSlots::new(&mut storage);
    /// let response = Config::STRICT.parse_response_text(octets, slots).expect("all usual");
    /// assert_eq!((response.code(), response.reason()), (404, "Not Found"));
    /// assert_eq!(response.len(), octets.len());
    /// ```
    #[inline]
    pub fn parse_response_text<'b, 'h, T: From<FieldText<'b>>>(
        &self,
        octets: &'b [u8],
        slots: TextSlots<'h, T>,
    ) -> Result<ResponseText<'b, 'h, T>, TextSlots<'h, T>> {
        AsciiHead::response(self, octets, slots).map(ResponseText)
    }
}

/// Where a request head ends that a rough look passes as a whole: no octet of it is outside
/// of ASCII.
#[inline(always)]
pub(crate) fn rough_request<'b, T: Slot<'b>>(
    config: &Config,
    octets: &'b [u8],
    writer: Writer<'_, T>,
) -> Option<usize> {
    match dispatch_head::<RoughLook<RequestLine, T>>(config.choice, octets, config, writer) {
        Whole::Complete(end) => Some(end),
        _ => None,
    }
}

/// The same of a response head.
#[inline(always)]
pub(crate) fn rough_response<'b, T: Slot<'b>>(
    config: &Config,
    octets: &'b [u8],
    writer: Writer<'_, T>,
) -> Option<usize> {
    match dispatch_head::<RoughLook<StatusLine, T>>(config.choice, octets, config, writer) {
        Whole::Complete(end) => Some(end),
        _ => None,
    }
}

/// A whole request head of ASCII; see [`Config::parse_request_text`].
pub struct RequestText<'b, 'h, T>(AsciiHead<'b, 'h, T>);

#[expect(clippy::len_without_is_empty, reason = "no head is empty")]
impl<'b, 'h, T> RequestText<'b, 'h, T> {
    /// The method: a token, case-sensitive (RFC 9110 section 9.1).
    #[inline]
    pub fn method(&self) -> &'b str {
        let line = self.0.start();
        self.0.part(line.start, line.first_end)
    }

    /// The request target as it stands in the request line (RFC 9112 section 3.2).
    #[inline]
    pub fn target(&self) -> &'b str {
        let line = self.0.start();
        self.0.part(line.second_start, line.second_end)
    }

    /// The version that the request is handled as.
    #[inline]
    pub fn version(&self) -> Version {
        self.0.start().version.into()
    }

    /// The fields, in order.
    #[inline]
    pub fn fields(&self) -> &[T] {
        self.0.fields()
    }

    /// The same, for as long as the slots that they are in.
    #[inline]
    pub fn into_fields(self) -> &'h mut [T] {
        self.0.into_fields()
    }

    /// Octets in the head, to the end of its empty line.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T> fmt::Debug for RequestText<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestText")
            .field("method", &self.method())
            .field("target", &self.target())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// A whole response head of ASCII; see [`Config::parse_response_text`].
pub struct ResponseText<'b, 'h, T>(AsciiHead<'b, 'h, T>);

#[expect(clippy::len_without_is_empty, reason = "no head is empty")]
impl<'b, 'h, T> ResponseText<'b, 'h, T> {
    /// The version that the response is handled as.
    #[inline]
    pub fn version(&self) -> Version {
        self.0.start().version.into()
    }

    /// The status code, `100..=599` (RFC 9110 section 15).
    #[inline]
    pub fn code(&self) -> u16 {
        self.0.start().code
    }

    /// The reason phrase, which may be empty and means nothing (RFC 9112 section 4).
    #[inline]
    pub fn reason(&self) -> &'b str {
        let line = self.0.start();
        self.0.part(line.second_start, line.second_end)
    }

    /// The fields, in order.
    #[inline]
    pub fn fields(&self) -> &[T] {
        self.0.fields()
    }

    /// The same, for as long as the slots that they are in.
    #[inline]
    pub fn into_fields(self) -> &'h mut [T] {
        self.0.into_fields()
    }

    /// Octets in the head, to the end of its empty line.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T> fmt::Debug for ResponseText<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseText")
            .field("version", &self.version())
            .field("code", &self.code())
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}

/// One field as text: a name and a value, as they stand in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a field has a name and a value")]
pub struct FieldText<'b> {
    /// The name, a token (RFC 9110 section 5.1). Names compare without case.
    pub name: &'b str,
    /// The value without the white space around it: visible ASCII and spaces.
    pub value: &'b str,
}
