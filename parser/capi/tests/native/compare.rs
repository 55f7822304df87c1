//! The native C interface beside the parser that it stands before: each function here gives both the same octets, cut alike, and asserts
//! that they say the same.

mod bursts;
mod chunks;

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;

use rajada::native as c;
use rajada_parser::{
    BodyLength, Config, Error, ErrorKind, FieldPosition, Fields, Framing, Level, Limits, Resume,
    Status, Version,
};

pub(crate) use bursts::burst;
pub(crate) use chunks::chunked;

/// A configuration for each.
pub(crate) struct Both {
    pub(crate) rust: Config,
    pub(crate) c: c::Config,
}

impl Both {
    /// Of a profile, with limits and leniencies on top of it if there are any.
    pub(crate) fn new(
        profile: i32,
        limits: Option<Limits>,
        allowed: Option<u32>,
        level: Level,
    ) -> Both {
        let mut rust = match profile {
            c::RAJADA_PROFILE_STRICT => Config::STRICT,
            c::RAJADA_PROFILE_CLIENT_RESPONSE => Config::CLIENT_RESPONSE,
            c::RAJADA_PROFILE_HTTPARSE_REQUEST => Config::HTTPARSE_REQUEST,
            c::RAJADA_PROFILE_HTTPARSE_RESPONSE => Config::HTTPARSE_RESPONSE,
            c::RAJADA_PROFILE_PICOHTTPPARSER_REQUEST => Config::PICOHTTPPARSER_REQUEST,
            c::RAJADA_PROFILE_PICOHTTPPARSER_RESPONSE => Config::PICOHTTPPARSER_RESPONSE,
            other => panic!("no profile: {other}"),
        };
        let mut made = MaybeUninit::uninit();
        // SAFETY: there is room for one.
        let done = unsafe { c::rajada_config_init(made.as_mut_ptr(), profile) };
        assert_eq!(done, c::RAJADA_COMPLETE);
        // SAFETY: it was begun.
        let mut made: c::Config = unsafe { made.assume_init() };
        if let Some(limits) = limits {
            rust = rust.with_limits(limits);
            let values = [
                (c::RAJADA_LIMIT_METHOD, limits.method),
                (c::RAJADA_LIMIT_REQUEST_LINE, limits.request_line),
                (c::RAJADA_LIMIT_HEAD, limits.head),
                (c::RAJADA_LIMIT_FIELDS, limits.fields),
                (c::RAJADA_LIMIT_CHUNK_EXTENSIONS, limits.chunk_extensions),
                (c::RAJADA_LIMIT_CHUNK_EXTENSIONS_TOTAL, limits.chunk_extensions_total),
                (c::RAJADA_LIMIT_CHUNK_OVERHEAD, limits.chunk_overhead),
                (c::RAJADA_LIMIT_TRAILERS, limits.trailers),
            ];
            for (limit, value) in values {
                // SAFETY: a live configuration.
                let done = unsafe { c::rajada_config_set_limit(&mut made, limit, value) };
                assert_eq!(done, c::RAJADA_COMPLETE);
                // SAFETY: a live configuration.
                assert_eq!(unsafe { c::rajada_config_limit(&made, limit) }, value);
            }
        }
        if let Some(bits) = allowed {
            rust = rust.with_leniency(rajada_parser::Leniency {
                bare_lf: bits & c::RAJADA_ALLOW_BARE_LF != 0,
                empty_lines: bits & c::RAJADA_ALLOW_EMPTY_LINES != 0,
                target_octets: bits & c::RAJADA_ALLOW_TARGET_OCTETS != 0,
                spaces: bits & c::RAJADA_ALLOW_SPACES != 0,
                any_code: bits & c::RAJADA_ALLOW_ANY_CODE != 0,
                obs_fold: bits & c::RAJADA_ALLOW_OBS_FOLD != 0,
                space_before_colon: bits & c::RAJADA_ALLOW_SPACE_BEFORE_COLON != 0,
            });
            // SAFETY: a live configuration.
            let done = unsafe { c::rajada_config_allow(&mut made, bits) };
            assert_eq!(done, c::RAJADA_COMPLETE);
            // SAFETY: a live configuration.
            assert_eq!(unsafe { c::rajada_config_allowed(&made) }, bits);
        }
        // SAFETY: a live configuration.
        let done = unsafe { c::rajada_config_at_most(&mut made, level as i32) };
        assert_eq!(done, c::RAJADA_COMPLETE);
        let both = Both { rust: rust.at_most(level), c: made };
        // SAFETY: a live configuration.
        let name = unsafe { c::rajada_level_name(&both.c) };
        // SAFETY: it ends with NUL, and lives for ever.
        let name = unsafe { CStr::from_ptr(name) };
        assert_eq!(name.to_str(), Ok(both.rust.level().name()));
        both
    }
}

/// What stands in front of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'m> {
    Request,
    /// To a request of this method.
    Response(&'m [u8]),
    Trailers,
    Fields,
}

/// All that is said of a head or a section.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    len: usize,
    first: Vec<u8>,
    second: Vec<u8>,
    code: u16,
    minor: u32,
    fields: Vec<(Vec<u8>, Vec<u8>)>,
}

/// How the content ends, of how many octets, and the flags.
type Follows = (i32, u64, [bool; 5]);
/// Kind, offset, status, text.
type Wrong = (i32, usize, u16, String);

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Incomplete,
    Complete(Head, Option<Follows>),
    Refused(Option<Head>, Wrong),
}

/// Parses what there is after each of the pieces, which end at `ends`, and at last all of `octets`, until it is complete or refused; with
/// room for so many fields.
pub(crate) fn pieces(config: &Both, kind: &Kind<'_>, octets: &[u8], ends: &[usize], room: usize) {
    let mut at = Resume::new();
    let mut rust_fields = vec![FieldPosition::default(); room];
    let mut c_fields = Box::new_uninit_slice(room);
    let mut resume = MaybeUninit::<c::Resume>::zeroed();
    for end in ends.iter().copied().chain([octets.len()]) {
        // Each time elsewhere, and not an octet more.
        let piece: Box<[u8]> = octets[..end].into();
        let expected = by_rust(&config.rust, kind, &piece, &mut at, &mut rust_fields);
        let seen = by_c(&config.c, kind, &piece, resume.as_mut_ptr(), &mut c_fields);
        assert_eq!(
            seen,
            expected,
            "{kind:?} of {:?}, {end} octets of it",
            octets.escape_ascii().to_string()
        );
        if seen != Seen::Incomplete {
            let again = by_c(&config.c, kind, &piece, resume.as_mut_ptr(), &mut c_fields);
            assert_eq!(again, expected, "fresh again");
            let alone = by_c(&config.c, kind, &piece, ptr::null_mut(), &mut c_fields);
            assert_eq!(alone, expected, "without a resume");
            return;
        }
    }
}

fn by_rust(
    config: &Config,
    kind: &Kind<'_>,
    octets: &[u8],
    at: &mut Resume,
    fields: &mut [FieldPosition],
) -> Seen {
    let mut slots = rajada_parser::BorrowedPositions::new(fields);
    let minor = |version| u32::from(version == Version::Http11);
    let judged = |head, framing: Result<Framing, Error>| match framing {
        Ok(framing) => Seen::Complete(head, Some(follows(&framing))),
        Err(error) => Seen::Refused(Some(head), wrong(&error)),
    };
    let section = |parsed: Result<Status<Fields<'_, '_>>, Error>| match parsed {
        Ok(Status::Complete(parsed, len)) => {
            Seen::Complete(Head { len, fields: owned(parsed), ..Head::default() }, None)
        }
        Ok(Status::Partial) => Seen::Incomplete,
        Err(error) => Seen::Refused(None, wrong(&error)),
    };
    match kind {
        Kind::Request => match config.parse_request(octets, at, &mut slots) {
            Ok(Status::Complete(request, len)) => {
                let head = Head {
                    len,
                    first: request.method().into(),
                    second: request.target().into(),
                    minor: minor(request.version()),
                    fields: owned(request.fields()),
                    code: 0,
                };
                judged(head, request.framing())
            }
            Ok(Status::Partial) => Seen::Incomplete,
            Err(error) => Seen::Refused(None, wrong(&error)),
        },
        Kind::Response(method) => match config.parse_response(octets, at, &mut slots) {
            Ok(Status::Complete(response, len)) => {
                let head = Head {
                    len,
                    second: response.reason().into(),
                    code: response.code(),
                    minor: minor(response.version()),
                    fields: owned(response.fields()),
                    first: Vec::new(),
                };
                judged(head, response.framing(method))
            }
            Ok(Status::Partial) => Seen::Incomplete,
            Err(error) => Seen::Refused(None, wrong(&error)),
        },
        Kind::Trailers => section(config.parse_trailers(octets, at, &mut slots)),
        Kind::Fields => section(config.parse_fields(octets, at, &mut slots)),
    }
}

fn by_c(
    config: &c::Config,
    kind: &Kind<'_>,
    octets: &[u8],
    resume: *mut c::Resume,
    fields: &mut [MaybeUninit<FieldPosition>],
) -> Seen {
    let (at, len, room) = (octets.as_ptr(), octets.len(), fields.len());
    let slots = fields.as_mut_ptr().cast();
    let mut error = UNTOUCHED;
    match kind {
        Kind::Request => {
            let mut request = c::Request { reserved: 7, ..c::Request::default() };
            // SAFETY: all of it is live, and the numbers are those of the slices.
            let outcome = unsafe {
                c::rajada_parse_request(
                    config,
                    at,
                    len,
                    resume,
                    slots,
                    room,
                    &mut request,
                    &mut error,
                )
            };
            let head = || request_head(&request, octets, fields);
            match outcome {
                c::RAJADA_COMPLETE => Seen::Complete(head(), Some(c_follows(&request.framing))),
                _ if request.head_len == 0 => {
                    nothing(outcome, request == c::Request::default(), &error)
                }
                _ => {
                    refused(outcome, Some(head()), request.framing == c::Framing::default(), &error)
                }
            }
        }
        Kind::Response(method) => {
            let mut response = c::Response { reserved: 7, ..c::Response::default() };
            let (method, method_len) = (method.as_ptr(), method.len());
            // SAFETY: all of it is live, and the numbers are those of the slices.
            let outcome = unsafe {
                c::rajada_parse_response(
                    config,
                    at,
                    len,
                    method,
                    method_len,
                    resume,
                    slots,
                    room,
                    &mut response,
                    &mut error,
                )
            };
            let head = || Head {
                len: response.head_len,
                first: Vec::new(),
                second: octets[response.reason_start as usize..response.reason_end as usize].into(),
                code: response.code,
                minor: response.minor_version,
                fields: written(octets, fields, 0, response.field_count),
            };
            match outcome {
                c::RAJADA_COMPLETE => Seen::Complete(head(), Some(c_follows(&response.framing))),
                _ if response.head_len == 0 => {
                    nothing(outcome, response == c::Response::default(), &error)
                }
                _ => refused(
                    outcome,
                    Some(head()),
                    response.framing == c::Framing::default(),
                    &error,
                ),
            }
        }
        Kind::Trailers | Kind::Fields => {
            let parse = if *kind == Kind::Trailers {
                c::rajada_parse_trailers
            } else {
                c::rajada_parse_fields
            };
            let mut section = c::Section { section_len: 7, field_count: 7 };
            // SAFETY: all of it is live, and the numbers are those of the slices.
            let outcome =
                unsafe { parse(config, at, len, resume, slots, room, &mut section, &mut error) };
            if outcome != c::RAJADA_COMPLETE {
                return nothing(outcome, section == c::Section::default(), &error);
            }
            let fields = written(octets, fields, 0, section.field_count);
            Seen::Complete(Head { len: section.section_len, fields, ..Head::default() }, None)
        }
    }
}

/// What no function writes.
const UNTOUCHED: c::Error = c::Error { offset: usize::MAX, kind: -7, status: 7, reserved: 7 };

/// Of a head that is incomplete or refused, of which nothing is to be told.
fn nothing(outcome: i32, is_told_so: bool, error: &c::Error) -> Seen {
    assert!(is_told_so, "something is told of what is not there");
    if outcome == c::RAJADA_INCOMPLETE {
        assert_eq!(*error, UNTOUCHED);
        return Seen::Incomplete;
    }
    refused(outcome, None, true, error)
}

fn refused(outcome: i32, head: Option<Head>, is_unframed: bool, error: &c::Error) -> Seen {
    assert_eq!(outcome, c::RAJADA_ERROR);
    assert!(is_unframed, "what is refused has no framing");
    Seen::Refused(head, c_wrong(error))
}

fn request_head(
    request: &c::Request,
    octets: &[u8],
    fields: &[MaybeUninit<FieldPosition>],
) -> Head {
    let octets = &octets[request.start..][..request.head_len];
    Head {
        len: request.head_len,
        first: octets[request.method_start as usize..request.method_end as usize].into(),
        second: octets[request.target_start as usize..request.target_end as usize].into(),
        code: 0,
        minor: request.minor_version,
        fields: written(octets, fields, request.first_field, request.field_count),
    }
}

/// The fields that a function wrote; each is found by its name, too.
fn written(
    octets: &[u8],
    fields: &[MaybeUninit<FieldPosition>],
    first: usize,
    count: usize,
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let slots = &fields[first..][..count];
    // SAFETY: the function says that it wrote them.
    let positions: Vec<FieldPosition> =
        slots.iter().map(|slot| unsafe { slot.assume_init() }).collect();
    let fields = owned(Fields::new(octets, &positions));
    // Some of them: this is called for each piece.
    for (number, (name, _)) in fields.iter().enumerate().take(5) {
        let name = name.to_ascii_uppercase();
        let same = |field: &(Vec<u8>, Vec<u8>)| field.0.eq_ignore_ascii_case(&name);
        for from in [0, number, number + 1] {
            let expected = fields[from..].iter().position(same).map_or(count, |found| from + found);
            let (head, len) = (octets.as_ptr(), octets.len());
            // SAFETY: all of it is live, and the numbers are those of the slices.
            let found = unsafe {
                c::rajada_find_field(
                    head,
                    len,
                    positions.as_ptr(),
                    count,
                    from,
                    name.as_ptr(),
                    name.len(),
                )
            };
            assert_eq!(found, expected);
        }
    }
    fields
}

fn owned(fields: Fields<'_, '_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields.iter().map(|field| (field.name.to_vec(), field.value.to_vec())).collect()
}

fn follows(framing: &Framing) -> Follows {
    let (body, length) = match framing.body {
        BodyLength::None => (0, 0),
        BodyLength::Exact(length) => (1, length),
        BodyLength::Chunked => (2, 0),
        BodyLength::UntilClose => (3, 0),
    };
    let flags = [
        framing.persistent,
        framing.keep_alive,
        framing.expect_continue,
        framing.upgrade,
        framing.tunnel,
    ];
    (body, length, flags)
}

fn c_follows(framing: &c::Framing) -> Follows {
    let flags = [
        framing.persistent,
        framing.keep_alive,
        framing.expect_continue,
        framing.upgrade,
        framing.tunnel,
    ];
    assert!(framing.reserved == [0; 7] && flags.iter().all(|flag| *flag <= 1));
    (framing.body, framing.content_length, flags.map(|flag| flag == 1))
}

fn wrong(error: &Error) -> Wrong {
    let place = ErrorKind::ALL.iter().position(|kind| *kind == error.kind()).expect("one of all");
    (place as i32 + 1, error.offset(), error.status(), error.kind().to_string())
}

fn c_wrong(error: &c::Error) -> Wrong {
    assert_eq!(error.reserved, 0);
    // SAFETY: it ends with NUL, and lives for ever.
    let text = unsafe { CStr::from_ptr(c::rajada_error_message(error.kind)) };
    (error.kind, error.offset, error.status, text.to_string_lossy().into_owned())
}
