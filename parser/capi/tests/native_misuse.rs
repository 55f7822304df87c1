//! What no caller may give is answered with `RAJADA_MISUSE`, and nothing is done.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use rajada::native::{self as c, FieldPosition, RAJADA_COMPLETE, RAJADA_INCOMPLETE, RAJADA_MISUSE};

const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn config() -> c::Config {
    let mut config = MaybeUninit::uninit();
    // SAFETY: there is room for one.
    let done = unsafe { c::rajada_config_init(config.as_mut_ptr(), c::RAJADA_PROFILE_STRICT) };
    assert_eq!(done, RAJADA_COMPLETE);
    // SAFETY: it was begun.
    unsafe { config.assume_init() }
}

fn zeroed<T>() -> T {
    // SAFETY: the types that this is called for are words, of which all may be zero.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// Parses `HEAD` with these arguments; the others are right.
fn request(
    config: *const c::Config,
    octets: *const u8,
    fields: *mut FieldPosition,
    room: usize,
) -> i32 {
    let mut request = c::Request::default();
    // SAFETY: what is not NULL is live.
    let outcome = unsafe {
        c::rajada_parse_request(
            config,
            octets,
            HEAD.len(),
            null_mut(),
            fields,
            room,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!(request.head_len, if outcome == RAJADA_COMPLETE { HEAD.len() } else { 0 });
    outcome
}

#[test]
fn null_stands_for_nothing_where_something_must_be() {
    let mut fields = [FieldPosition::default(); 4];
    let slots = fields.as_mut_ptr();
    assert_eq!(request(null(), HEAD.as_ptr(), slots, 4), RAJADA_COMPLETE);
    assert_eq!(request(&config(), HEAD.as_ptr(), slots, 4), RAJADA_COMPLETE);
    assert_eq!(request(null(), null(), slots, 4), RAJADA_MISUSE);
    assert_eq!(request(null(), HEAD.as_ptr(), null_mut(), 4), RAJADA_MISUSE);
    // No room for a field is a limit like any other.
    assert_eq!(request(null(), HEAD.as_ptr(), null_mut(), 0), c::RAJADA_ERROR);
    // SAFETY: NULL, and live.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            HEAD.as_ptr(),
            27,
            null_mut(),
            slots,
            4,
            null_mut(),
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_parse_response(
            null(),
            HEAD.as_ptr(),
            27,
            null(),
            3,
            null_mut(),
            slots,
            4,
            &mut zeroed(),
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_MISUSE, "a method");
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_parse_response(
            null(),
            HEAD.as_ptr(),
            27,
            null(),
            0,
            null_mut(),
            slots,
            4,
            null_mut(),
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_MISUSE);
    for parse in [c::rajada_parse_trailers, c::rajada_parse_fields] {
        // SAFETY: as above.
        let outcome = unsafe {
            parse(null(), HEAD.as_ptr(), 27, null_mut(), slots, 4, null_mut(), null_mut())
        };
        assert_eq!(outcome, RAJADA_MISUSE);
    }
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_parse_requests(
            null(),
            HEAD.as_ptr(),
            27,
            slots,
            4,
            null_mut(),
            0,
            null_mut(),
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_parse_requests(
            null(),
            HEAD.as_ptr(),
            27,
            slots,
            4,
            null_mut(),
            2,
            &mut zeroed(),
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: NULL.
    assert_eq!(unsafe { c::rajada_resume_init(null_mut()) }, RAJADA_MISUSE);
    // SAFETY: NULL.
    assert_eq!(unsafe { c::rajada_config_init(null_mut(), 0) }, RAJADA_MISUSE);
    // SAFETY: NULL.
    assert_eq!(unsafe { c::rajada_chunked_init(null_mut(), null()) }, RAJADA_MISUSE);
    // SAFETY: NULL.
    assert_eq!(unsafe { c::rajada_find_field(null(), 1, null(), 1, 0, null(), 1) }, 1);
}

#[test]
fn no_octets_need_no_address() {
    let mut request = c::Request::default();
    // SAFETY: NULL, with numbers of 0.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            null(),
            0,
            null_mut(),
            null_mut(),
            0,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_INCOMPLETE);
    let mut burst = c::Burst::default();
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_parse_requests(
            null(),
            null(),
            0,
            null_mut(),
            0,
            null_mut(),
            0,
            &mut burst,
            null_mut(),
        )
    };
    assert_eq!((outcome, burst), (RAJADA_INCOMPLETE, c::Burst::default()));
    let mut chunked = zeroed();
    // SAFETY: there is room for one.
    assert_eq!(unsafe { c::rajada_chunked_init(&mut chunked, null()) }, RAJADA_COMPLETE);
    let (mut chunk, mut decoded) = (c::Chunk::default(), c::Decoded::default());
    // SAFETY: NULL, with numbers of 0, and a live decoder.
    let outcome =
        unsafe { c::rajada_chunked_decode(&mut chunked, null(), 0, &mut chunk, null_mut()) };
    assert_eq!(outcome, RAJADA_INCOMPLETE);
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_chunked_decode_in_place(&mut chunked, null_mut(), 0, &mut decoded, null_mut())
    };
    assert_eq!(outcome, RAJADA_INCOMPLETE);
    // SAFETY: as above.
    let outcome =
        unsafe { c::rajada_chunked_decode(&mut chunked, null(), 1, &mut chunk, null_mut()) };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: as above.
    let outcome =
        unsafe { c::rajada_chunked_decode(&mut chunked, null(), 0, null_mut(), null_mut()) };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: as above.
    let outcome = unsafe {
        c::rajada_chunked_decode_in_place(&mut chunked, null_mut(), 0, null_mut(), null_mut())
    };
    assert_eq!(outcome, RAJADA_MISUSE);
}

#[test]
fn what_is_not_aligned_or_longer_than_memory_is_not_touched() {
    let mut fields = [FieldPosition::default(); 4];
    let odd = fields.as_mut_ptr().wrapping_byte_add(1);
    assert_eq!(request(null(), HEAD.as_ptr(), odd, 3), RAJADA_MISUSE);
    assert_eq!(request(null(), HEAD.as_ptr(), fields.as_mut_ptr(), usize::MAX), RAJADA_MISUSE);
    let odd = (&raw mut fields).cast::<c::Resume>().wrapping_byte_add(1);
    let mut request = c::Request::default();
    // SAFETY: nobody follows what is not aligned.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            HEAD.as_ptr(),
            27,
            odd,
            fields.as_mut_ptr(),
            4,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!((outcome, request), (RAJADA_MISUSE, c::Request::default()));
    // SAFETY: nobody reads so many.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            HEAD.as_ptr(),
            usize::MAX,
            null_mut(),
            fields.as_mut_ptr(),
            4,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!((outcome, request), (RAJADA_MISUSE, c::Request::default()));
}

/// Room for any of the objects that are written, at no address that one can have.
fn odd<T>(room: &mut [u64; 32]) -> *mut T {
    room.as_mut_ptr().wrapping_byte_add(1).cast()
}

#[test]
fn an_object_that_can_not_be_written_stops_all_work() {
    let mut fields = [FieldPosition::default(); 4];
    let slots = fields.as_mut_ptr();
    let mut room = [7; 32];
    let (mut request, mut response) = (c::Request::default(), c::Response::default());
    let (mut section, mut burst) = (c::Section::default(), c::Burst::default());
    let mut requests = [c::Request::default(); 2];
    let mut resume: c::Resume = zeroed();
    let head = |octets: &'static [u8]| (octets.as_ptr(), octets.len());
    let wrong = head(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n");

    // What is asked for, and its error: of what is in order and what is not.
    for ((octets, len), parsed, error) in [
        (head(HEAD), null_mut(), null_mut()),
        (head(HEAD), odd(&mut room), null_mut()),
        (head(HEAD), &raw mut request, odd(&mut room)),
        (wrong, &raw mut request, odd(&mut room)),
        (wrong, odd(&mut room), null_mut()),
        (head(b"GET /"), odd(&mut room), null_mut()),
    ] {
        let at = &raw mut resume;
        // SAFETY: live, NULL, or not aligned.
        let outcome =
            unsafe { c::rajada_parse_request(null(), octets, len, at, slots, 4, parsed, error) };
        assert_eq!((outcome, request), (RAJADA_MISUSE, c::Request::default()));
    }
    for (parsed, error) in [(odd(&mut room), null_mut()), (&raw mut response, odd(&mut room))] {
        let (octets, len) = head(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
        let at = &raw mut resume;
        // SAFETY: live, NULL, or not aligned.
        let outcome = unsafe {
            c::rajada_parse_response(null(), octets, len, null(), 0, at, slots, 4, parsed, error)
        };
        assert_eq!((outcome, response), (RAJADA_MISUSE, c::Response::default()));
    }
    for parse in [c::rajada_parse_trailers, c::rajada_parse_fields] {
        for (parsed, error) in [(odd(&mut room), null_mut()), (&raw mut section, odd(&mut room))] {
            let (octets, len) = head(b"A: b\r\n\r\n");
            let at = &raw mut resume;
            // SAFETY: live, NULL, or not aligned.
            let outcome = unsafe { parse(null(), octets, len, at, slots, 4, parsed, error) };
            assert_eq!((outcome, section), (RAJADA_MISUSE, c::Section::default()));
        }
    }
    for ((octets, len), parsed, error) in [
        (head(HEAD), odd(&mut room), null_mut()),
        (head(HEAD), &raw mut burst, odd(&mut room)),
        (wrong, &raw mut burst, odd(&mut room)),
    ] {
        let into = requests.as_mut_ptr();
        // SAFETY: live, NULL, or not aligned.
        let outcome = unsafe {
            c::rajada_parse_requests(null(), octets, len, slots, 4, into, 2, parsed, error)
        };
        assert_eq!((outcome, burst), (RAJADA_MISUSE, c::Burst::default()));
    }
    assert_eq!(requests, [c::Request::default(); 2]);
    assert_eq!(fields, [FieldPosition::default(); 4]);
    assert_eq!(room, [7; 32]);
    // It is a fresh one still.
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            HEAD.as_ptr(),
            HEAD.len(),
            &mut resume,
            slots,
            4,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!((outcome, request.head_len), (RAJADA_COMPLETE, HEAD.len()));
}

#[test]
fn chunks_are_not_decoded_without_a_place_for_what_is_found() {
    let mut room = [7; 32];
    let (mut chunk, mut decoded) = (c::Chunk::default(), c::Decoded::default());
    let mut decoder = zeroed();
    // SAFETY: there is room for one.
    assert_eq!(unsafe { c::rajada_chunked_init(&mut decoder, null()) }, RAJADA_COMPLETE);
    for given in [*b"x\r\nabc\r\n0\r\n", *b"3\r\nabc\r\n0\r\n"] {
        let mut content = given;
        for (found, error) in [(odd(&mut room), null_mut()), (&raw mut chunk, odd(&mut room))] {
            // SAFETY: live, NULL, or not aligned.
            let outcome = unsafe {
                c::rajada_chunked_decode(&mut decoder, content.as_ptr(), 11, found, error)
            };
            assert_eq!((outcome, chunk), (RAJADA_MISUSE, c::Chunk::default()));
        }
        for (found, error) in [(odd(&mut room), null_mut()), (&raw mut decoded, odd(&mut room))] {
            let octets = content.as_mut_ptr();
            // SAFETY: live, NULL, or not aligned.
            let outcome = unsafe {
                c::rajada_chunked_decode_in_place(&mut decoder, octets, 11, found, error)
            };
            assert_eq!((outcome, decoded), (RAJADA_MISUSE, c::Decoded::default()));
            assert_eq!(content, given);
        }
    }
    assert_eq!(room, [7; 32]);
    // The decoder still stands before the first octet.
    let mut content = *b"3\r\nabc\r\n0\r\n";
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_chunked_decode_in_place(
            &mut decoder,
            content.as_mut_ptr(),
            11,
            &mut decoded,
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_COMPLETE);
    assert_eq!(decoded, c::Decoded { content: 3, consumed: 11 });
}

#[test]
fn what_was_not_begun_is_no_configuration_and_no_decoder() {
    let mut fields = [FieldPosition::default(); 4];
    let mut none: c::Config = zeroed();
    assert_eq!(request(&none, HEAD.as_ptr(), fields.as_mut_ptr(), 4), RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_config_set_limit(&mut none, 1, 1) }, RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_config_allow(&mut none, 0) }, RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_config_at_most(&mut none, 1) }, RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_config_limit(&none, 1) }, 0);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_config_allowed(&none) }, 0);
    // SAFETY: live, and all zero.
    assert!(unsafe { c::rajada_level_name(&none) }.is_null());
    let (mut decoder, mut chunk, mut decoded): (c::Chunked, _, _) =
        (zeroed(), c::Chunk::default(), c::Decoded::default());
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_chunked_init(&mut decoder, &none) }, RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    let outcome =
        unsafe { c::rajada_chunked_decode(&mut decoder, null(), 0, &mut chunk, null_mut()) };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    let outcome = unsafe {
        c::rajada_chunked_decode_in_place(&mut decoder, null_mut(), 0, &mut decoded, null_mut())
    };
    assert_eq!(outcome, RAJADA_MISUSE);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_chunked_content(&decoder) }, 0);
    // SAFETY: live, and all zero.
    assert_eq!(unsafe { c::rajada_chunked_remaining(&decoder) }, 0);
}

#[test]
fn numbers_that_stand_for_nothing_change_nothing() {
    let mut config = config();
    for number in [-1, 0, 9, i32::MAX, i32::MIN] {
        // SAFETY: a live configuration.
        assert_eq!(unsafe { c::rajada_config_set_limit(&mut config, number, 1) }, RAJADA_MISUSE);
        // SAFETY: a live configuration.
        assert_eq!(unsafe { c::rajada_config_limit(&config, number) }, 0);
    }
    for number in [-1, 0, 8, i32::MAX, i32::MIN] {
        // SAFETY: a live configuration.
        assert_eq!(unsafe { c::rajada_config_at_most(&mut config, number) }, RAJADA_MISUSE);
    }
    for number in [-1, 6, i32::MAX, i32::MIN] {
        // SAFETY: a live configuration.
        assert_eq!(unsafe { c::rajada_config_init(&mut config, number) }, RAJADA_MISUSE);
    }
    for number in [0x80, 0x81, u32::MAX] {
        // SAFETY: a live configuration.
        assert_eq!(unsafe { c::rajada_config_allow(&mut config, number) }, RAJADA_MISUSE);
    }
    // SAFETY: a live configuration.
    assert_eq!(unsafe { c::rajada_config_allowed(&config) }, 0);
    // SAFETY: a live configuration.
    assert_eq!(unsafe { c::rajada_config_limit(&config, 3) }, 64 * 1024);
    // SAFETY: NULL, for the strict one.
    assert_eq!(unsafe { c::rajada_config_limit(null(), 3) }, 64 * 1024);
    for kind in [-1, 0, 45, i32::MAX, i32::MIN] {
        // SAFETY: it ends with NUL, and lives for ever.
        let text = unsafe { CStr::from_ptr(c::rajada_error_message(kind)) };
        assert_eq!(text, c"unknown error");
    }
}

#[test]
fn fields_need_not_be_initialised() {
    let mut resume: c::Resume = zeroed();
    let mut fields = [const { MaybeUninit::<FieldPosition>::uninit() }; 4];
    let mut request = c::Request::default();
    let head = b"GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
    let slots = fields.as_mut_ptr().cast();
    for (len, expected) in
        [(10, RAJADA_INCOMPLETE), (27, RAJADA_INCOMPLETE), (head.len(), RAJADA_COMPLETE)]
    {
        let (at, octets) = (&raw mut resume, head.as_ptr());
        // SAFETY: all of it is live.
        let outcome = unsafe {
            c::rajada_parse_request(null(), octets, len, at, slots, 4, &mut request, null_mut())
        };
        assert_eq!(outcome, expected);
    }
    assert_eq!(request.field_count, 2);
    for (field, (name_start, value_end)) in fields.iter().zip([(16, 23), (25, 29)]) {
        // SAFETY: there are two.
        let field = unsafe { field.assume_init() };
        assert_eq!((field.name_start, field.value_end), (name_start, value_end));
    }
    let mut burst = c::Burst::default();
    let mut requests = [const { MaybeUninit::<c::Request>::uninit() }; 2];
    let (into, room) = (requests.as_mut_ptr().cast(), requests.len());
    let mut fields = [const { MaybeUninit::<FieldPosition>::uninit() }; 4];
    let slots = fields.as_mut_ptr().cast();
    let (octets, len) = (head.as_ptr(), head.len());
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_parse_requests(null(), octets, len, slots, 4, into, room, &mut burst, null_mut())
    };
    assert_eq!((outcome, burst.request_count, burst.field_count), (RAJADA_INCOMPLETE, 1, 2));
    // SAFETY: there is one.
    assert_eq!(unsafe { requests[0].assume_init() }.head_len, head.len());
    // SAFETY: there are two.
    assert_eq!(unsafe { fields[1].assume_init() }.name_start, 25);
}

#[test]
fn a_resume_of_another_kind_of_head_begins_again() {
    let mut resume: c::Resume = zeroed();
    let mut fields = [FieldPosition::default(); 4];
    let (mut request, mut response) = (c::Request::default(), c::Response::default());
    let slots = fields.as_mut_ptr();
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            HEAD.as_ptr(),
            20,
            &mut resume,
            slots,
            4,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_INCOMPLETE);
    let head = b"HTTP/1.1 204 No Content\r\n\r\n";
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_parse_response(
            null(),
            head.as_ptr(),
            head.len(),
            null(),
            0,
            &mut resume,
            slots,
            4,
            &mut response,
            null_mut(),
        )
    };
    assert_eq!((outcome, response.code, response.head_len), (RAJADA_COMPLETE, 204, head.len()));
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            HEAD.as_ptr(),
            20,
            &mut resume,
            slots,
            4,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!(outcome, RAJADA_INCOMPLETE);
    // SAFETY: all of it is live.
    assert_eq!(unsafe { c::rajada_resume_init(&mut resume) }, RAJADA_COMPLETE);
    let other = b"GET /another HTTP/1.1\r\nHost: b\r\n\r\n";
    // SAFETY: all of it is live.
    let outcome = unsafe {
        c::rajada_parse_request(
            null(),
            other.as_ptr(),
            other.len(),
            &mut resume,
            slots,
            4,
            &mut request,
            null_mut(),
        )
    };
    assert_eq!((outcome, request.target_end), (RAJADA_COMPLETE, 12));
}

#[test]
fn versions_are_those_of_the_package_and_of_the_header() {
    // SAFETY: it ends with NUL, and lives for ever.
    let version = unsafe { CStr::from_ptr(c::rajada_version()) };
    assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    assert_eq!(c::rajada_abi_version(), c::RAJADA_ABI_VERSION);
}
