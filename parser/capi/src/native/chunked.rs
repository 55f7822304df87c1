//! Chunked content.

use rajada_parser::ChunkedDecoder;

use super::config::{self, Config};
use super::error::Error;
use super::kept::Kept;
use super::outcome::{Output, RAJADA_COMPLETE, RAJADA_DATA, RAJADA_INCOMPLETE, RAJADA_MISUSE};
use super::raw;

const MARK: u64 = u64::from_le_bytes(*b"rjd chnk");

/// `rajada_chunked`: a decoder for one message's content.
#[repr(transparent)]
pub struct Chunked(Kept<ChunkedDecoder, 19>);

/// `rajada_chunk`: where a piece of content stands in the octets that were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Chunk {
    /// First octet of the data.
    pub data_start: usize,
    /// Octets of data.
    pub data_len: usize,
    /// Octets that were taken, the data included.
    pub consumed: usize,
}

/// `rajada_decoded`: what decoding in place came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Decoded {
    /// Octets of content, which stand at the front.
    pub content: usize,
    /// Octets that were taken; what is behind them stands where it stood.
    pub consumed: usize,
}

/// Begins a decoder with the limits of a configuration.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_chunked_init(chunked: *mut Chunked, config: *const Config) -> i32 {
    // SAFETY: the caller's promise.
    let Some(config) = (unsafe { config::given(config) }) else { return RAJADA_MISUSE };
    let made = Chunked(Kept::new(MARK, ChunkedDecoder::new(config.limits())));
    // SAFETY: the caller's promise.
    if unsafe { raw::write(chunked, made) } { RAJADA_COMPLETE } else { RAJADA_MISUSE }
}

/// Decodes up to and including the next piece of data.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_chunked_decode(
    chunked: *mut Chunked,
    octets: *const u8,
    octets_len: usize,
    chunk: *mut Chunk,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let chunked = unsafe { raw::one_mut(chunked) };
    // SAFETY: the caller's promise.
    let octets = unsafe { raw::slice(octets, octets_len) };
    let (Some(Chunked(kept)), Some(octets)) = (chunked, octets) else { return RAJADA_MISUSE };
    let Some(decoder) = kept.get_mut(MARK) else { return RAJADA_MISUSE };
    // SAFETY: the caller's promise.
    let Some(output) = (unsafe { Output::of(chunk, error) }) else { return RAJADA_MISUSE };
    match decoder.decode(octets) {
        Ok((rajada_parser::Chunk::Data(data), consumed)) => {
            let data_start = data.as_ptr().addr() - octets.as_ptr().addr();
            output.found(Chunk { data_start, data_len: data.len(), consumed }, RAJADA_DATA)
        }
        Ok((rajada_parser::Chunk::NeedData, consumed)) => {
            output.found(Chunk { consumed, ..Chunk::default() }, RAJADA_INCOMPLETE)
        }
        Ok((rajada_parser::Chunk::Trailers, consumed)) => {
            output.found(Chunk { consumed, ..Chunk::default() }, RAJADA_COMPLETE)
        }
        Err(wrong) => {
            kept.clear();
            output.refused(Chunk::default(), wrong)
        }
    }
}

/// Decodes all of the octets, or all up to the last chunk, and moves the content to their
/// front.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_chunked_decode_in_place(
    chunked: *mut Chunked,
    octets: *mut u8,
    octets_len: usize,
    decoded: *mut Decoded,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let chunked = unsafe { raw::one_mut(chunked) };
    // SAFETY: the caller's promise.
    let octets = unsafe { raw::slice_mut(octets, octets_len) };
    let (Some(Chunked(kept)), Some(octets)) = (chunked, octets) else { return RAJADA_MISUSE };
    let Some(decoder) = kept.get_mut(MARK) else { return RAJADA_MISUSE };
    // SAFETY: the caller's promise.
    let Some(output) = (unsafe { Output::of(decoded, error) }) else { return RAJADA_MISUSE };
    match decoder.decode_in_place(octets) {
        Ok(found) => output.found(
            Decoded { content: found.content, consumed: found.taken },
            if found.done { RAJADA_COMPLETE } else { RAJADA_INCOMPLETE },
        ),
        Err(wrong) => {
            kept.clear();
            output.refused(Decoded::default(), wrong)
        }
    }
}

/// How many octets of content were found so far; 0 of what is no decoder.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_chunked_content(chunked: *const Chunked) -> u64 {
    // SAFETY: the caller's promise.
    let decoder = unsafe { raw::one(chunked) }.and_then(|chunked| chunked.0.get(MARK));
    decoder.map_or(0, ChunkedDecoder::content)
}

/// How many octets of the current chunk's data are still to come; 0 of what is no decoder.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_chunked_remaining(chunked: *const Chunked) -> u64 {
    // SAFETY: the caller's promise.
    let decoder = unsafe { raw::one(chunked) }.and_then(|chunked| chunked.0.get(MARK));
    decoder.map_or(0, ChunkedDecoder::remaining)
}
