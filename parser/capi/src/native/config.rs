//! What is accepted.

use rajada_parser::{Leniency, Limits};

use super::kept::Kept;
use super::outcome::{RAJADA_COMPLETE, RAJADA_MISUSE};
use super::raw;

/// RFC 9110 and RFC 9112 without the leniencies that they permit.
pub const RAJADA_PROFILE_STRICT: i32 = 0;
/// Responses to a client or a proxy, which mend some of them.
pub const RAJADA_PROFILE_CLIENT_RESPONSE: i32 = 1;
/// All requests that httparse 1.10 accepts.
pub const RAJADA_PROFILE_HTTPARSE_REQUEST: i32 = 2;
/// All responses that httparse 1.10 accepts.
pub const RAJADA_PROFILE_HTTPARSE_RESPONSE: i32 = 3;
/// All requests that picohttpparser accepts.
pub const RAJADA_PROFILE_PICOHTTPPARSER_REQUEST: i32 = 4;
/// All responses that picohttpparser accepts.
pub const RAJADA_PROFILE_PICOHTTPPARSER_RESPONSE: i32 = 5;

/// [`Limits::method`].
pub const RAJADA_LIMIT_METHOD: i32 = 1;
/// [`Limits::request_line`].
pub const RAJADA_LIMIT_REQUEST_LINE: i32 = 2;
/// [`Limits::head`].
pub const RAJADA_LIMIT_HEAD: i32 = 3;
/// [`Limits::fields`].
pub const RAJADA_LIMIT_FIELDS: i32 = 4;
/// [`Limits::chunk_extensions`].
pub const RAJADA_LIMIT_CHUNK_EXTENSIONS: i32 = 5;
/// [`Limits::chunk_extensions_total`].
pub const RAJADA_LIMIT_CHUNK_EXTENSIONS_TOTAL: i32 = 6;
/// [`Limits::chunk_overhead`].
pub const RAJADA_LIMIT_CHUNK_OVERHEAD: i32 = 7;
/// [`Limits::trailers`].
pub const RAJADA_LIMIT_TRAILERS: i32 = 8;

/// [`Leniency::bare_lf`].
pub const RAJADA_ALLOW_BARE_LF: u32 = 0x01;
/// [`Leniency::empty_lines`].
pub const RAJADA_ALLOW_EMPTY_LINES: u32 = 0x02;
/// [`Leniency::target_octets`].
pub const RAJADA_ALLOW_TARGET_OCTETS: u32 = 0x04;
/// [`Leniency::spaces`].
pub const RAJADA_ALLOW_SPACES: u32 = 0x08;
/// [`Leniency::any_code`].
pub const RAJADA_ALLOW_ANY_CODE: u32 = 0x10;
/// [`Leniency::obs_fold`].
pub const RAJADA_ALLOW_OBS_FOLD: u32 = 0x20;
/// [`Leniency::space_before_colon`].
pub const RAJADA_ALLOW_SPACE_BEFORE_COLON: u32 = 0x40;

const MARK: u64 = u64::from_le_bytes(*b"rjd conf");

/// `rajada_config`: what a parse accepts.
#[repr(transparent)]
pub struct Config(Kept<rajada_parser::Config, 15>);

impl Config {
    /// The same, changed by `change`.
    pub(super) fn change(
        &mut self,
        change: impl FnOnce(rajada_parser::Config) -> Option<rajada_parser::Config>,
    ) -> i32 {
        match self.0.get(MARK).copied().and_then(change) {
            Some(changed) => {
                self.0.put(MARK, changed);
                RAJADA_COMPLETE
            }
            None => RAJADA_MISUSE,
        }
    }
}

/// The configuration at `config`, or the strict one if that is NULL. `None` if what is there
/// is none.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
pub(super) unsafe fn given<'c>(config: *const Config) -> Option<&'c rajada_parser::Config> {
    const STRICT: rajada_parser::Config = rajada_parser::Config::STRICT;
    if config.is_null() {
        return Some(&STRICT);
    }
    // SAFETY: the caller's promise.
    unsafe { raw::one(config) }?.0.get(MARK)
}

/// Begins a configuration with a profile, one of `RAJADA_PROFILE_*`, and looks up what the
/// processor can do.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_config_init(config: *mut Config, profile: i32) -> i32 {
    let profile = match profile {
        RAJADA_PROFILE_STRICT => rajada_parser::Config::STRICT,
        RAJADA_PROFILE_CLIENT_RESPONSE => rajada_parser::Config::CLIENT_RESPONSE,
        RAJADA_PROFILE_HTTPARSE_REQUEST => rajada_parser::Config::HTTPARSE_REQUEST,
        RAJADA_PROFILE_HTTPARSE_RESPONSE => rajada_parser::Config::HTTPARSE_RESPONSE,
        RAJADA_PROFILE_PICOHTTPPARSER_REQUEST => rajada_parser::Config::PICOHTTPPARSER_REQUEST,
        RAJADA_PROFILE_PICOHTTPPARSER_RESPONSE => rajada_parser::Config::PICOHTTPPARSER_RESPONSE,
        _ => return RAJADA_MISUSE,
    };
    let made = Config(Kept::new(MARK, profile.detected()));
    // SAFETY: the caller's promise.
    if unsafe { raw::write(config, made) } { RAJADA_COMPLETE } else { RAJADA_MISUSE }
}

/// Sets a limit, one of `RAJADA_LIMIT_*`; `u32::MAX` is none.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_config_set_limit(
    config: *mut Config,
    limit: i32,
    value: u32,
) -> i32 {
    // SAFETY: the caller's promise.
    let Some(config) = (unsafe { raw::one_mut(config) }) else { return RAJADA_MISUSE };
    config.change(|config| {
        let mut limits = *config.limits();
        *place(&mut limits, limit)? = value;
        Some(config.with_limits(limits))
    })
}

/// A limit, one of `RAJADA_LIMIT_*`, of the configuration or, with NULL, of the strict one;
/// 0 where there is no such.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_config_limit(config: *const Config, limit: i32) -> u32 {
    // SAFETY: the caller's promise.
    let Some(config) = (unsafe { given(config) }) else { return 0 };
    let mut limits = *config.limits();
    place(&mut limits, limit).map_or(0, |limit| *limit)
}

/// Sets the leniencies, `RAJADA_ALLOW_*` joined by "or", in place of those that there were.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_config_allow(config: *mut Config, leniencies: u32) -> i32 {
    // SAFETY: the caller's promise.
    let Some(config) = (unsafe { raw::one_mut(config) }) else { return RAJADA_MISUSE };
    config.change(|config| {
        let (mut leniency, mut known) = (Leniency::NONE, 0);
        for (bit, switch) in switches(&mut leniency) {
            *switch = leniencies & bit != 0;
            known |= bit;
        }
        (leniencies & !known == 0).then(|| config.with_leniency(leniency))
    })
}

/// The leniencies, `RAJADA_ALLOW_*` joined by "or".
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_config_allowed(config: *const Config) -> u32 {
    // SAFETY: the caller's promise.
    let Some(config) = (unsafe { given(config) }) else { return 0 };
    let mut leniency = *config.leniency();
    let bits = switches(&mut leniency).map(|(bit, switch)| if *switch { bit } else { 0 });
    bits.into_iter().fold(0, |all, bit| all | bit)
}

/// Where a limit stands.
fn place(limits: &mut Limits, limit: i32) -> Option<&mut u32> {
    Some(match limit {
        RAJADA_LIMIT_METHOD => &mut limits.method,
        RAJADA_LIMIT_REQUEST_LINE => &mut limits.request_line,
        RAJADA_LIMIT_HEAD => &mut limits.head,
        RAJADA_LIMIT_FIELDS => &mut limits.fields,
        RAJADA_LIMIT_CHUNK_EXTENSIONS => &mut limits.chunk_extensions,
        RAJADA_LIMIT_CHUNK_EXTENSIONS_TOTAL => &mut limits.chunk_extensions_total,
        RAJADA_LIMIT_CHUNK_OVERHEAD => &mut limits.chunk_overhead,
        RAJADA_LIMIT_TRAILERS => &mut limits.trailers,
        _ => return None,
    })
}

/// Each leniency with its bit.
fn switches(leniency: &mut Leniency) -> [(u32, &mut bool); 7] {
    [
        (RAJADA_ALLOW_BARE_LF, &mut leniency.bare_lf),
        (RAJADA_ALLOW_EMPTY_LINES, &mut leniency.empty_lines),
        (RAJADA_ALLOW_TARGET_OCTETS, &mut leniency.target_octets),
        (RAJADA_ALLOW_SPACES, &mut leniency.spaces),
        (RAJADA_ALLOW_ANY_CODE, &mut leniency.any_code),
        (RAJADA_ALLOW_OBS_FOLD, &mut leniency.obs_fold),
        (RAJADA_ALLOW_SPACE_BEFORE_COLON, &mut leniency.space_before_colon),
    ]
}
