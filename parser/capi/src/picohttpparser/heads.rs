//! Heads of requests and responses, and sections of fields.

use core::ffi::{c_char, c_int};

use rajada_parser::{Config, Fields, Leniency, Limits, Positions, Resume, Status};

use super::out::{Header, Headers, Out, TextOut};
use super::position::header_at;
use super::walk::{self, Stop};

/// So many fields go the fast way: positions of that many stand on the stack, 2 KiB.
const SLOTS: usize = 128;

/// What picohttpparser takes, but for what has other parts here than there: folded lines, and
/// several spaces in request lines (behind which the version is looked for at one place).
const REQUEST: Config = Config::STRICT.with_limits(Limits::NONE).with_leniency(Leniency {
    bare_lf: true,
    target_octets: true,
    ..Leniency::NONE
});

/// The same for responses. Their version stands at the beginning.
const RESPONSE: Config = Config::STRICT.with_limits(Limits::NONE).with_leniency(Leniency {
    bare_lf: true,
    spaces: true,
    any_code: true,
    ..Leniency::NONE
});

/// Octets in front of the minor version: `HTTP/1.`
const MINOR: usize = 7;

/// Parses a request line and header section.
///
/// Returns how many octets they have, -2 if more are needed, or -1 if they are wrong.
///
/// # Safety
/// `len` octets from `buf` on can be read; `*num_headers` is initialised, and so many elements
/// from `headers` on can be written; so can whatever the other pointers point to. Nothing of
/// it overlaps the octets, or is in use by another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phr_parse_request(
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
) -> c_int {
    // SAFETY: the caller's part, as documented.
    let octets = unsafe { octets(buf, len) };
    // SAFETY: the same.
    let fields = unsafe { FieldsOut::new(headers, num_headers) };
    // SAFETY: the same.
    let method = unsafe { text_out(method, method_len) };
    // SAFETY: the same.
    let target = unsafe { text_out(path, path_len) };
    // SAFETY: the same.
    let minor = unsafe { Out::new(minor_version) };
    let out = || RequestOut { method, target, minor, fields };

    if last_len != 0
        && let Err(stop) = walk::is_complete(octets, last_len)
    {
        out().clear();
        return stop.code();
    }
    let mut slots = Positions::<SLOTS>::new();
    if let Ok(Status::Complete(request, end)) =
        REQUEST.parse_request(octets, &mut Resume::new(), &mut slots)
        && let Some(&digit) = octets.get(request.target_position().end + 1 + MINOR)
        && fields.set(octets, request.fields())
    {
        method.set_at(octets, request.method_position());
        target.set_at(octets, request.target_position());
        minor.set(value_of(digit));
        return end as c_int;
    }
    result(walk::request(octets, out().clear()))
}

/// Parses a status line and header section.
///
/// Returns the same as [`phr_parse_request`].
///
/// # Safety
/// The same as there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phr_parse_response(
    buf: *const c_char,
    len: usize,
    minor_version: *mut c_int,
    status: *mut c_int,
    msg: *mut *const c_char,
    msg_len: *mut usize,
    headers: *mut Header,
    num_headers: *mut usize,
    last_len: usize,
) -> c_int {
    // SAFETY: the caller's part, as documented.
    let octets = unsafe { octets(buf, len) };
    // SAFETY: the same.
    let fields = unsafe { FieldsOut::new(headers, num_headers) };
    // SAFETY: the same.
    let reason = unsafe { text_out(msg, msg_len) };
    // SAFETY: the same.
    let code = unsafe { Out::new(status) };
    // SAFETY: the same.
    let minor = unsafe { Out::new(minor_version) };
    let out = || ResponseOut { minor, code, reason, fields };

    if last_len != 0
        && let Err(stop) = walk::is_complete(octets, last_len)
    {
        out().clear();
        return stop.code();
    }
    let mut slots = Positions::<SLOTS>::new();
    if let Ok(Status::Complete(response, end)) =
        RESPONSE.parse_response(octets, &mut Resume::new(), &mut slots)
        && let Some(&digit) = octets.get(MINOR)
        && fields.set(octets, response.fields())
    {
        minor.set(value_of(digit));
        code.set(response.code().into());
        reason.set_at(octets, response.reason_position());
        return end as c_int;
    }
    result(walk::response(octets, out().clear()))
}

/// Parses field lines and the empty line behind them.
///
/// Returns the same as [`phr_parse_request`].
///
/// # Safety
/// The same as there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phr_parse_headers(
    buf: *const c_char,
    len: usize,
    headers: *mut Header,
    num_headers: *mut usize,
    last_len: usize,
) -> c_int {
    // SAFETY: the caller's part, as documented.
    let octets = unsafe { octets(buf, len) };
    // SAFETY: the same.
    let out = unsafe { FieldsOut::new(headers, num_headers) };

    if last_len != 0
        && let Err(stop) = walk::is_complete(octets, last_len)
    {
        out.clear();
        return stop.code();
    }
    out.clear();
    result(walk::fields(octets, out))
}

/// What becomes of a request. Each variable is set to what it has if nothing is found, and
/// then to what is found.
#[derive(Clone, Copy)]
pub(super) struct RequestOut {
    pub(super) method: TextOut,
    pub(super) target: TextOut,
    pub(super) minor: Out<c_int>,
    pub(super) fields: FieldsOut,
}

impl RequestOut {
    #[cold]
    fn clear(self) -> Self {
        self.method.clear();
        self.target.clear();
        self.minor.set(-1);
        self.fields.clear();
        self
    }
}

/// What becomes of a response.
#[derive(Clone, Copy)]
pub(super) struct ResponseOut {
    pub(super) minor: Out<c_int>,
    pub(super) code: Out<c_int>,
    pub(super) reason: TextOut,
    pub(super) fields: FieldsOut,
}

impl ResponseOut {
    #[cold]
    fn clear(self) -> Self {
        self.minor.set(-1);
        self.code.set(0);
        self.reason.clear();
        self.fields.clear();
        self
    }
}

/// What becomes of fields.
#[derive(Clone, Copy)]
pub(super) struct FieldsOut {
    pub(super) headers: Headers,
    pub(super) count: Out<usize>,
}

impl FieldsOut {
    /// # Safety
    /// `count` can be read and written, and so many elements from `headers` on can be written,
    /// as long as this exists.
    #[inline(always)]
    unsafe fn new(headers: *mut Header, count: *mut usize) -> Self {
        // SAFETY: demanded above.
        let capacity = unsafe { count.read() };
        // SAFETY: demanded above.
        let headers = unsafe { Headers::new(headers, capacity) };
        // SAFETY: demanded above.
        let count = unsafe { Out::new(count) };
        FieldsOut { headers, count }
    }

    #[inline(always)]
    fn clear(self) {
        self.count.set(0);
    }

    /// All fields, if there is room for them.
    #[inline(always)]
    fn set(self, octets: &[u8], fields: Fields<'_, '_>) -> bool {
        let positions = fields.positions();
        let start = octets.as_ptr().cast();
        let filled = self.headers.fill(positions, |position| header_at(start, position));
        if filled {
            self.count.set(positions.len());
        }
        filled
    }
}

/// # Safety
/// `len` octets from `buf` on can be read and do not change for `'b`.
#[inline(always)]
unsafe fn octets<'b>(buf: *const c_char, len: usize) -> &'b [u8] {
    if buf.is_null() {
        return &[];
    }
    // SAFETY: demanded above.
    unsafe { core::slice::from_raw_parts(buf.cast(), len) }
}

/// # Safety
/// Both can be written as long as what is returned exists.
#[inline(always)]
unsafe fn text_out(start: *mut *const c_char, len: *mut usize) -> TextOut {
    // SAFETY: demanded above.
    let start = unsafe { Out::new(start) };
    // SAFETY: demanded above.
    let len = unsafe { Out::new(len) };
    TextOut { start, len }
}

#[inline(always)]
fn value_of(digit: u8) -> c_int {
    digit.wrapping_sub(b'0').into()
}

/// What C is told. (A head of 2 GiB and more has a length that is no `int`: it is cut off, as
/// there.)
fn result(walked: Result<usize, Stop>) -> c_int {
    walked.map_or_else(Stop::code, |end| end as c_int)
}
