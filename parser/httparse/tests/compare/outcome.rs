// Included twice, for each library that is `library`.

use core::mem::MaybeUninit;

use library::{EMPTY_HEADER, Error, Header, ParserConfig, Request, Response, Status};

use super::{Options, Outcome, Parsed, Places, place};

fn config(options: Options) -> ParserConfig {
    let mut config = ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(options.has(0))
        .allow_obsolete_multiline_headers_in_responses(options.has(1))
        .allow_multiple_spaces_in_request_line_delimiters(options.has(2))
        .allow_multiple_spaces_in_response_status_delimiters(options.has(3))
        .allow_space_before_first_header_name(options.has(4))
        .ignore_invalid_headers_in_responses(options.has(5))
        .ignore_invalid_headers_in_requests(options.has(6));
    assert_eq!(config.obsolete_multiline_headers_in_responses_are_allowed(), options.has(1));
    assert_eq!(config.multiple_spaces_in_request_line_delimiters_are_allowed(), options.has(2));
    assert_eq!(config.multiple_spaces_in_response_status_delimiters_are_allowed(), options.has(3));
    assert_eq!(config.space_before_first_header_name_are_allowed(), options.has(4));
    config
}

fn result(parsed: library::Result<usize>) -> Parsed {
    Parsed::Error(match parsed {
        Ok(Status::Complete(end)) => return Parsed::Complete(end),
        Ok(Status::Partial) => return Parsed::Partial,
        Err(Error::HeaderName) => "HeaderName",
        Err(Error::HeaderValue) => "HeaderValue",
        Err(Error::NewLine) => "NewLine",
        Err(Error::Status) => "Status",
        Err(Error::Token) => "Token",
        Err(Error::TooManyHeaders) => "TooManyHeaders",
        Err(Error::Version) => "Version",
    })
}

fn places<const ROOM: usize>(headers: &[Header<'_>], octets: &[u8]) -> Places<ROOM> {
    let mut found = Places { count: headers.len(), ..Places::default() };
    for (to, header) in found.places.iter_mut().zip(headers) {
        *to = [place(header.name.as_bytes(), octets), place(header.value, octets)];
    }
    found
}

fn request_outcome<const ROOM: usize>(request: &Request<'_, '_>, parsed: library::Result<usize>, octets: &[u8]) -> Outcome<ROOM> {
    let text = |text: Option<&str>| text.map(|text| place(text.as_bytes(), octets));
    Outcome {
        parsed: result(parsed),
        texts: [text(request.method), text(request.path)],
        version: request.version,
        headers: places(request.headers, octets),
        ..Outcome::default()
    }
}

fn response_outcome<const ROOM: usize>(response: &Response<'_, '_>, parsed: library::Result<usize>, octets: &[u8]) -> Outcome<ROOM> {
    Outcome {
        parsed: result(parsed),
        texts: [response.reason.map(|text| place(text.as_bytes(), octets)), None],
        version: response.version,
        code: response.code,
        headers: places(response.headers, octets),
        ..Outcome::default()
    }
}

pub(super) fn request<const ROOM: usize>(octets: &[u8], options: Options, slots: usize) -> Outcome<ROOM> {
    let mut headers = [EMPTY_HEADER; ROOM];
    let mut request = Request::new(&mut headers[..slots]);
    let parsed = config(options).parse_request(&mut request, octets);
    let outcome = request_outcome(&request, parsed, octets);
    Outcome { slots: places(&headers, octets), ..outcome }
}

pub(super) fn response<const ROOM: usize>(octets: &[u8], options: Options, slots: usize) -> Outcome<ROOM> {
    let mut headers = [EMPTY_HEADER; ROOM];
    let mut response = Response::new(&mut headers[..slots]);
    let parsed = config(options).parse_response(&mut response, octets);
    let outcome = response_outcome(&response, parsed, octets);
    Outcome { slots: places(&headers, octets), ..outcome }
}

/// With headers that it had before.
pub(super) fn uninit_request<const ROOM: usize>(octets: &[u8], options: Options, slots: usize) -> Outcome<ROOM> {
    let mut headers = [const { MaybeUninit::uninit() }; ROOM];
    let mut before = [EMPTY_HEADER; 1];
    let mut request = Request::new(&mut before);
    let parsed = config(options).parse_request_with_uninit_headers(&mut request, octets, &mut headers[..slots]);
    request_outcome(&request, parsed, octets)
}

pub(super) fn uninit_response<const ROOM: usize>(octets: &[u8], options: Options, slots: usize) -> Outcome<ROOM> {
    let mut headers = [const { MaybeUninit::uninit() }; ROOM];
    let mut before = [EMPTY_HEADER; 1];
    let mut response = Response::new(&mut before);
    let parsed = config(options).parse_response_with_uninit_headers(&mut response, octets, &mut headers[..slots]);
    response_outcome(&response, parsed, octets)
}

pub(super) fn fields<const ROOM: usize>(octets: &[u8], slots: usize) -> Outcome<ROOM> {
    let mut headers = [EMPTY_HEADER; ROOM];
    let mut found = Places::default();
    let parsed = library::parse_headers(octets, &mut headers[..slots]).map(|status| match status {
        Status::Complete((end, headers)) => {
            found = places(headers, octets);
            Status::Complete(end)
        }
        Status::Partial => Status::Partial,
    });
    let parsed = result(parsed);
    Outcome { parsed, headers: found, slots: places(&headers, octets), ..Outcome::default() }
}

/// A request, again into slots that are not initialised, and a response, by the ways that know no configuration.
pub(super) fn plain<const ROOM: usize>(octets: &[u8], slots: usize) -> [Outcome<ROOM>; 3] {
    let (mut one, mut other) = ([EMPTY_HEADER; ROOM], [EMPTY_HEADER; ROOM]);
    let mut uninit = [const { MaybeUninit::uninit() }; ROOM];
    let mut request = Request::new(&mut one[..slots]);
    let parsed = request.parse(octets);
    let first = request_outcome(&request, parsed, octets);
    // With what is known of it from before.
    let parsed = request.parse_with_uninit_headers(octets, &mut uninit[..slots]);
    let second = request_outcome(&request, parsed, octets);
    let mut response = Response::new(&mut other[..slots]);
    let parsed = response.parse(octets);
    [first, second, response_outcome(&response, parsed, octets)]
}

pub(super) fn size_line(octets: &[u8]) -> (Parsed, u64) {
    match library::parse_chunk_size(octets) {
        Ok(Status::Complete((end, size))) => (Parsed::Complete(end), size),
        Ok(Status::Partial) => (Parsed::Partial, 0),
        Err(_) => (Parsed::Error("InvalidChunkSize"), 0),
    }
}
