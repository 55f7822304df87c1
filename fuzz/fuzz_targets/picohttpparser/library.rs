//! Two libraries with the same functions.

use std::ffi::{c_char, c_int};
use std::ptr;

use rajada::picohttpparser::{self, ChunkedDecoder, Header};

type ParseRequest = unsafe extern "C" fn(
    *const c_char,
    usize,
    *mut *const c_char,
    *mut usize,
    *mut *const c_char,
    *mut usize,
    *mut c_int,
    *mut Header,
    *mut usize,
    usize,
) -> c_int;
type ParseResponse = unsafe extern "C" fn(
    *const c_char,
    usize,
    *mut c_int,
    *mut c_int,
    *mut *const c_char,
    *mut usize,
    *mut Header,
    *mut usize,
    usize,
) -> c_int;
type ParseHeaders =
    unsafe extern "C" fn(*const c_char, usize, *mut Header, *mut usize, usize) -> c_int;
type DecodeChunked = unsafe extern "C" fn(*mut ChunkedDecoder, *mut c_char, *mut usize) -> isize;
type IsInData = unsafe extern "C" fn(*mut ChunkedDecoder) -> c_int;

unsafe extern "C" {
    fn peer_parse_request(
        buf: *const c_char,
        len: usize,
        method: *mut *const c_char,
        method_len: *mut usize,
        path: *mut *const c_char,
        path_len: *mut usize,
        minor_version: *mut c_int,
        headers: *mut Header,
        num_headers: *mut usize,
        last_len: usize,
    ) -> c_int;
    fn peer_parse_response(
        buf: *const c_char,
        len: usize,
        minor_version: *mut c_int,
        status: *mut c_int,
        msg: *mut *const c_char,
        msg_len: *mut usize,
        headers: *mut Header,
        num_headers: *mut usize,
        last_len: usize,
    ) -> c_int;
    fn peer_parse_headers(
        buf: *const c_char,
        len: usize,
        headers: *mut Header,
        num_headers: *mut usize,
        last_len: usize,
    ) -> c_int;
    fn peer_decode_chunked(
        decoder: *mut ChunkedDecoder,
        buf: *mut c_char,
        bufsz: *mut usize,
    ) -> isize;
    fn peer_decode_chunked_is_in_data(decoder: *mut ChunkedDecoder) -> c_int;
}

/// Functions that have the signatures of picohttpparser's.
pub(crate) struct Library {
    request: ParseRequest,
    response: ParseResponse,
    headers: ParseHeaders,
    chunked: DecodeChunked,
    is_in_data: IsInData,
}

pub(crate) const OURS: Library = Library {
    request: picohttpparser::phr_parse_request,
    response: picohttpparser::phr_parse_response,
    headers: picohttpparser::phr_parse_headers,
    chunked: picohttpparser::phr_decode_chunked,
    is_in_data: picohttpparser::phr_decode_chunked_is_in_data,
};

pub(crate) const THEIRS: Library = Library {
    request: peer_parse_request,
    response: peer_parse_response,
    headers: peer_parse_headers,
    chunked: peer_decode_chunked,
    is_in_data: peer_decode_chunked_is_in_data,
};

/// What a head is of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Request,
    Response,
    Fields,
}

/// Addresses and lengths, as they were written, or as they were before.
type Text = (*const c_char, usize);

/// All that a call leaves.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    result: c_int,
    texts: [Text; 2],
    minor: c_int,
    code: c_int,
    count: usize,
    /// All slots, name and value.
    fields: Vec<(Text, Text)>,
}

/// What is nowhere, and has no such length.
const UNTOUCHED: Text = (ptr::without_provenance(1), usize::MAX);

impl Library {
    /// Parses a head into so many slots.
    pub(crate) fn parse(&self, kind: Kind, octets: &[u8], slots: usize, last_len: usize) -> Found {
        let untouched = Header {
            name: UNTOUCHED.0,
            name_len: UNTOUCHED.1,
            value: UNTOUCHED.0,
            value_len: UNTOUCHED.1,
        };
        let mut headers = vec![untouched; slots];
        let (mut first, mut second, mut minor, mut code, mut count) =
            (UNTOUCHED, UNTOUCHED, 77, 77, slots);
        let (buf, len, slots) = (octets.as_ptr().cast(), octets.len(), headers.as_mut_ptr());
        let result = match kind {
            // SAFETY: all that is pointed to is here, with the lengths that are given.
            Kind::Request => unsafe {
                (self.request)(
                    buf,
                    len,
                    &mut first.0,
                    &mut first.1,
                    &mut second.0,
                    &mut second.1,
                    &mut minor,
                    slots,
                    &mut count,
                    last_len,
                )
            },
            // SAFETY: the same.
            Kind::Response => unsafe {
                (self.response)(
                    buf,
                    len,
                    &mut minor,
                    &mut code,
                    &mut first.0,
                    &mut first.1,
                    slots,
                    &mut count,
                    last_len,
                )
            },
            // SAFETY: the same.
            Kind::Fields => unsafe { (self.headers)(buf, len, slots, &mut count, last_len) },
        };
        let fields = headers
            .iter()
            .map(|header| ((header.name, header.name_len), (header.value, header.value_len)))
            .collect();
        Found { result, texts: [first, second], minor, code, count, fields }
    }

    /// Decodes a piece of chunked content: what is returned, the octets of content, all octets as they are then, and whether data comes
    /// next.
    pub(crate) fn decode(
        &self,
        decoder: &mut ChunkedDecoder,
        piece: &[u8],
    ) -> (isize, usize, Box<[u8]>, c_int) {
        let mut octets: Box<[u8]> = piece.into();
        let mut len = octets.len();
        // SAFETY: all that is pointed to is here, with the length that is given.
        let result = unsafe { (self.chunked)(decoder, octets.as_mut_ptr().cast(), &mut len) };
        // SAFETY: the same.
        let is_in_data = unsafe { (self.is_in_data)(decoder) };
        (result, len, octets, is_in_data)
    }
}
