//! What is accepted beyond the usual.

use core::mem::MaybeUninit;

use crate::walk::FieldRules;
use crate::{Header, Request, Response, Result};

/// Options of a parser, all off by default.
///
/// ```
/// use httparse::{EMPTY_HEADER, ParserConfig, Response};
///
/// let head = b"HTTP/1.1 200 OK\r\nName : value\r\n\r\n";
/// let mut headers = [EMPTY_HEADER; 4];
/// let mut response = Response::new(&mut headers);
/// assert!(response.parse(head).is_err());
/// let mut config = ParserConfig::default();
/// config.allow_spaces_after_header_name_in_responses(true);
/// assert!(config.parse_response(&mut response, head).unwrap().is_complete());
/// ```
#[derive(Clone, Debug, Default)]
pub struct ParserConfig {
    allow_spaces_after_header_name_in_responses: bool,
    allow_obsolete_multiline_headers_in_responses: bool,
    allow_multiple_spaces_in_request_line_delimiters: bool,
    allow_multiple_spaces_in_response_status_delimiters: bool,
    allow_space_before_first_header_name: bool,
    ignore_invalid_headers_in_responses: bool,
    ignore_invalid_headers_in_requests: bool,
}

impl ParserConfig {
    /// Whether spaces and tabs may stand between name and colon of a response's fields, which
    /// RFC 9112 section 5.1 has proxies remove.
    pub fn allow_spaces_after_header_name_in_responses(&mut self, value: bool) -> &mut Self {
        self.allow_spaces_after_header_name_in_responses = value;
        self
    }

    /// Whether several spaces may stand between the parts of a request line (RFC 9112 section
    /// 3), but no other white space.
    pub fn allow_multiple_spaces_in_request_line_delimiters(&mut self, value: bool) -> &mut Self {
        self.allow_multiple_spaces_in_request_line_delimiters = value;
        self
    }

    /// Whether several spaces may stand between the parts of a request line.
    pub fn multiple_spaces_in_request_line_delimiters_are_allowed(&self) -> bool {
        self.allow_multiple_spaces_in_request_line_delimiters
    }

    /// Whether several spaces may stand between the parts of a status line (RFC 9112 section
    /// 4), but no other white space.
    pub fn allow_multiple_spaces_in_response_status_delimiters(
        &mut self,
        value: bool,
    ) -> &mut Self {
        self.allow_multiple_spaces_in_response_status_delimiters = value;
        self
    }

    /// Whether several spaces may stand between the parts of a status line.
    pub fn multiple_spaces_in_response_status_delimiters_are_allowed(&self) -> bool {
        self.allow_multiple_spaces_in_response_status_delimiters
    }

    /// Whether the value of a response's field may go on in lines that begin with a space or a
    /// tab (RFC 9112 section 5.2). It is given as it stands, line ends included: whoever passes
    /// it on replaces them by spaces.
    ///
    /// ```
    /// use httparse::{EMPTY_HEADER, ParserConfig, Response};
    ///
    /// let head = b"HTTP/1.1 200 OK\r\nName: one\r\n two \r\n\r\n";
    /// let mut headers = [EMPTY_HEADER; 4];
    /// let mut response = Response::new(&mut headers);
    /// let parsed = ParserConfig::default()
    ///     .allow_obsolete_multiline_headers_in_responses(true)
    ///     .parse_response(&mut response, head);
    /// assert!(parsed.unwrap().is_complete());
    /// assert_eq!(response.headers[0].value, b"one\r\n two");
    /// ```
    pub fn allow_obsolete_multiline_headers_in_responses(&mut self, value: bool) -> &mut Self {
        self.allow_obsolete_multiline_headers_in_responses = value;
        self
    }

    /// Whether the value of a response's field may go on in further lines.
    pub fn obsolete_multiline_headers_in_responses_are_allowed(&self) -> bool {
        self.allow_obsolete_multiline_headers_in_responses
    }

    /// Whether spaces and tabs may stand in front of the first field, of requests and of
    /// responses. RFC 9112 section 2.2 has such a line refused, or left out.
    pub fn allow_space_before_first_header_name(&mut self, value: bool) -> &mut Self {
        self.allow_space_before_first_header_name = value;
        self
    }

    /// Whether spaces and tabs may stand in front of the first field.
    pub fn space_before_first_header_name_are_allowed(&self) -> bool {
        self.allow_space_before_first_header_name
    }

    /// Whether lines of a response that are no field lines are left out, as browsers do, rather
    /// than refused. Lines with NUL or with CR that no LF follows are refused all the same.
    pub fn ignore_invalid_headers_in_responses(&mut self, value: bool) -> &mut Self {
        self.ignore_invalid_headers_in_responses = value;
        self
    }

    /// The same for lines of requests.
    pub fn ignore_invalid_headers_in_requests(&mut self, value: bool) -> &mut Self {
        self.ignore_invalid_headers_in_requests = value;
        self
    }

    /// Parses as [`Request::parse`] does, with these options.
    ///
    /// # Errors
    /// The same.
    #[inline]
    pub fn parse_request<'buf>(
        &self,
        request: &mut Request<'_, 'buf>,
        buf: &'buf [u8],
    ) -> Result<usize> {
        request.parse_with(buf, self)
    }

    /// Parses as [`Request::parse_with_uninit_headers`] does, with these options.
    ///
    /// # Errors
    /// The same.
    #[inline]
    pub fn parse_request_with_uninit_headers<'headers, 'buf>(
        &self,
        request: &mut Request<'headers, 'buf>,
        buf: &'buf [u8],
        headers: &'headers mut [MaybeUninit<Header<'buf>>],
    ) -> Result<usize> {
        request.parse_into(buf, self, headers)
    }

    /// Parses as [`Response::parse`] does, with these options.
    ///
    /// # Errors
    /// The same.
    #[inline]
    pub fn parse_response<'buf>(
        &self,
        response: &mut Response<'_, 'buf>,
        buf: &'buf [u8],
    ) -> Result<usize> {
        response.parse_with(buf, self)
    }

    /// Parses as [`parse_response`](Self::parse_response) does, into slots that need not be
    /// initialised. Complete, the response has those that were; otherwise its headers stay as
    /// they are.
    ///
    /// # Errors
    /// The same.
    #[inline]
    pub fn parse_response_with_uninit_headers<'headers, 'buf>(
        &self,
        response: &mut Response<'headers, 'buf>,
        buf: &'buf [u8],
        headers: &'headers mut [MaybeUninit<Header<'buf>>],
    ) -> Result<usize> {
        response.parse_into(buf, self, headers)
    }

    pub(crate) fn field_rules_of_requests(&self) -> FieldRules {
        FieldRules {
            space_before_colon: false,
            folds: false,
            space_before_first: self.allow_space_before_first_header_name,
            skip_invalid: self.ignore_invalid_headers_in_requests,
        }
    }

    pub(crate) fn field_rules_of_responses(&self) -> FieldRules {
        FieldRules {
            space_before_colon: self.allow_spaces_after_header_name_in_responses,
            folds: self.allow_obsolete_multiline_headers_in_responses,
            space_before_first: self.allow_space_before_first_header_name,
            skip_invalid: self.ignore_invalid_headers_in_responses,
        }
    }
}
