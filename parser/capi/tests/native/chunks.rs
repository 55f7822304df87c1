//! Chunked content, by both ways of the decoder.

use std::mem::MaybeUninit;

use rajada::native as c;
use rajada_parser::{Chunk, ChunkedDecoder};

use super::{Both, UNTOUCHED, Wrong, c_wrong, wrong};

/// Chunked content in pieces, in both ways.
pub(crate) fn chunked(config: &Both, octets: &[u8], ends: &[usize]) {
    let mut expected = ChunkedDecoder::new(config.rust.limits());
    let (mut borrowing, mut moving) = (decoder(config), decoder(config));
    let mut start = 0;
    for end in ends.iter().copied().chain([octets.len()]) {
        let piece: Box<[u8]> = octets[start..end].into();
        start = end;
        let before = expected;
        let found = borrow(&mut borrowing, &mut expected, &piece);
        let moved = move_together(&mut moving, before, &piece);
        assert_eq!(moved, found);
        if !matches!(found, Ok(false)) {
            return;
        }
    }
}

fn decoder(config: &Both) -> c::Chunked {
    let mut decoder = MaybeUninit::uninit();
    // SAFETY: there is room for one, and the configuration is live.
    let done = unsafe { c::rajada_chunked_init(decoder.as_mut_ptr(), &config.c) };
    assert_eq!(done, c::RAJADA_COMPLETE);
    // SAFETY: it was begun.
    unsafe { decoder.assume_init() }
}

/// Whether the last chunk was found.
fn borrow(
    decoder: &mut c::Chunked,
    expected: &mut ChunkedDecoder,
    mut octets: &[u8],
) -> Result<bool, Wrong> {
    loop {
        let (mut chunk, mut error) =
            (c::Chunk { data_start: 7, data_len: 7, consumed: 7 }, UNTOUCHED);
        // SAFETY: all of it is live, and the number is that of the slice.
        let outcome = unsafe {
            c::rajada_chunked_decode(decoder, octets.as_ptr(), octets.len(), &mut chunk, &mut error)
        };
        let found = expected.decode(octets);
        let consumed = chunk.consumed;
        let Ok((next, taken)) = found else {
            let wrong = wrong(&found.unwrap_err());
            assert_eq!(
                (outcome, c_wrong(&error), chunk),
                (c::RAJADA_ERROR, wrong.clone(), c::Chunk::default())
            );
            // SAFETY: as above.
            let again = unsafe {
                c::rajada_chunked_decode(
                    decoder,
                    octets.as_ptr(),
                    octets.len(),
                    &mut chunk,
                    &mut error,
                )
            };
            assert_eq!(again, c::RAJADA_MISUSE);
            return Err(wrong);
        };
        assert_eq!((consumed, error), (taken, UNTOUCHED));
        // SAFETY: a live decoder.
        assert_eq!(unsafe { c::rajada_chunked_content(decoder) }, expected.content());
        // SAFETY: a live decoder.
        assert_eq!(unsafe { c::rajada_chunked_remaining(decoder) }, expected.remaining());
        let data = &octets[chunk.data_start..][..chunk.data_len];
        match next {
            Chunk::Data(expected) => assert_eq!((outcome, data), (c::RAJADA_DATA, expected)),
            Chunk::NeedData => {
                assert_eq!((outcome, data), (c::RAJADA_INCOMPLETE, &b""[..]));
                return Ok(false);
            }
            Chunk::Trailers => {
                assert_eq!((outcome, data), (c::RAJADA_COMPLETE, &b""[..]));
                return Ok(true);
            }
        }
        octets = &octets[consumed..];
    }
}

fn move_together(
    decoder: &mut c::Chunked,
    mut expected: ChunkedDecoder,
    octets: &[u8],
) -> Result<bool, Wrong> {
    let (mut by_c, mut by_rust): (Box<[u8]>, Box<[u8]>) = (octets.into(), octets.into());
    let (mut decoded, mut error) = (c::Decoded { content: 7, consumed: 7 }, UNTOUCHED);
    // SAFETY: all of it is live, and the number is that of the slice.
    let outcome = unsafe {
        c::rajada_chunked_decode_in_place(
            decoder,
            by_c.as_mut_ptr(),
            by_c.len(),
            &mut decoded,
            &mut error,
        )
    };
    let found = expected.decode_in_place(&mut by_rust);
    assert_eq!(by_c, by_rust);
    match found {
        Ok(found) => {
            assert_eq!(
                (decoded.content, decoded.consumed, error),
                (found.content, found.taken, UNTOUCHED)
            );
            assert_eq!(outcome, if found.done { c::RAJADA_COMPLETE } else { c::RAJADA_INCOMPLETE });
            Ok(found.done)
        }
        Err(found) => {
            let wrong = wrong(&found);
            assert_eq!(
                (outcome, c_wrong(&error), decoded),
                (c::RAJADA_ERROR, wrong.clone(), c::Decoded::default())
            );
            Err(wrong)
        }
    }
}
