//! Requests that follow each other in one buffer.

use core::mem::MaybeUninit;
use core::ops::ControlFlow;

use rajada_parser::{
    BodyLength, BorrowedPositions, ErrorKind, FieldPosition, Framing, Positions, Resume, Status,
};

use super::config::{self, Config};
use super::error::Error;
use super::outcome::{Output, RAJADA_COMPLETE, RAJADA_FULL, RAJADA_INCOMPLETE, RAJADA_MISUSE};
use super::raw;
use super::request::Request;

/// `rajada_burst`: how much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Burst {
    /// How many requests were written.
    pub request_count: usize,
    /// How many fields were written, of all of them.
    pub field_count: usize,
    /// Octets of all requests, with the content that was passed over.
    pub consumed: usize,
    /// 0.
    pub reserved: u64,
}

/// Parses the requests that follow each other, as many as are there, and decides their
/// framing.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_parse_requests(
    config: *const Config,
    octets: *const u8,
    octets_len: usize,
    fields: *mut FieldPosition,
    fields_capacity: usize,
    requests: *mut Request,
    requests_capacity: usize,
    burst: *mut Burst,
    error: *mut Error,
) -> i32 {
    // SAFETY: the caller's promise.
    let config = unsafe { config::given(config) };
    // SAFETY: the caller's promise.
    let octets = unsafe { raw::slice(octets, octets_len) };
    // SAFETY: the caller's promise.
    let fields = unsafe { raw::room(fields, fields_capacity) };
    // SAFETY: the caller's promise.
    let requests = unsafe { raw::room(requests, requests_capacity) };
    let (Some(config), Some(octets), Some(fields), Some(requests)) =
        (config, octets, fields, requests)
    else {
        return RAJADA_MISUSE;
    };
    // SAFETY: the caller's promise.
    let Some(output) = (unsafe { Output::of(burst, error) }) else { return RAJADA_MISUSE };
    let mut found = Found { octets, fields, requests, burst: Burst::default() };
    match found.parse(config) {
        End::Incomplete => output.found(found.burst, RAJADA_INCOMPLETE),
        End::Stopped => output.found(found.burst, RAJADA_COMPLETE),
        End::Full => output.found(found.burst, RAJADA_FULL),
        End::Refused(wrong) => output.refused(found.burst, wrong),
    }
}

/// Fields of a head that is parsed with others. One with more is parsed by itself.
const USUAL_FIELDS: usize = 128;

/// Why a burst ends.
#[derive(Clone, Copy)]
enum End {
    /// The next head is incomplete, or there is none.
    Incomplete,
    /// It is the caller's turn behind the last request.
    Stopped,
    /// An array is full.
    Full,
    Refused(rajada_parser::Error),
}

/// Why requests are no longer parsed together.
enum Break {
    End(End),
    /// The next one is wrong, or there is no room for its fields. What is to be said of it
    /// depends on the room that is left.
    Alone,
}

/// What was found so far.
///
/// Invariant: the counts of `burst` are at most what the arrays have, and `consumed` is at
/// most the number of octets.
struct Found<'a> {
    octets: &'a [u8],
    fields: &'a mut [MaybeUninit<FieldPosition>],
    requests: &'a mut [MaybeUninit<Request>],
    burst: Burst,
}

impl Found<'_> {
    fn parse(&mut self, config: &rajada_parser::Config) -> End {
        let mut slots = Positions::<USUAL_FIELDS>::new();
        loop {
            let rest = self.octets.get(self.burst.consumed..).unwrap_or_default();
            let mut reason = None;
            let parsed =
                config.parse_requests(rest, &mut slots, |request| match self.take(&request) {
                    Ok(content) => ControlFlow::Continue(content),
                    Err(why) => {
                        reason = Some(why);
                        ControlFlow::Break(())
                    }
                });
            let reason = reason.unwrap_or(match parsed.error {
                None => Break::End(End::Incomplete),
                Some(_) => Break::Alone,
            });
            match reason {
                Break::End(end) => return end,
                Break::Alone => {
                    if let Err(end) = self.take_alone(config) {
                        return end;
                    }
                }
            }
        }
    }

    /// Keeps a request, and returns how many octets of content are to be passed over.
    fn take(&mut self, parsed: &rajada_parser::Request<'_, '_>) -> Result<usize, Break> {
        let positions = parsed.fields().positions();
        let room = self.fields.get_mut(self.burst.field_count..).unwrap_or_default();
        let Some(room) = room.get_mut(..positions.len()) else { return Err(Break::Alone) };
        let framing = parsed.framing().map_err(|error| Break::End(End::Refused(error)))?;
        for (slot, position) in room.iter_mut().zip(positions) {
            slot.write(*position);
        }
        self.keep(Request::of(parsed), framing).map_err(Break::End)
    }

    /// Parses the next request with all room for fields that is left, and keeps it.
    #[cold]
    fn take_alone(&mut self, config: &rajada_parser::Config) -> Result<usize, End> {
        let rest = self.octets.get(self.burst.consumed..).unwrap_or_default();
        let room = self.fields.get_mut(self.burst.field_count..).unwrap_or_default();
        let is_room_less = room.len() < config.limits().fields as usize;
        let mut at = Resume::new();
        // SAFETY: that is a fresh one.
        let mut slots = unsafe { BorrowedPositions::uninit(room, &at) };
        let (request, framing) = match config.parse_request(rest, &mut at, &mut slots) {
            Ok(Status::Complete(parsed, _)) => {
                (Request::of(&parsed), parsed.framing().map_err(End::Refused)?)
            }
            Ok(Status::Partial) => return Err(End::Incomplete),
            // The next call has the whole array for it.
            Err(error)
                if error.kind() == ErrorKind::TooManyFields
                    && is_room_less
                    && self.burst.request_count > 0 =>
            {
                return Err(End::Full);
            }
            Err(error) => return Err(End::Refused(error)),
        };
        self.keep(request, framing)
    }

    /// Keeps a request whose fields were written behind the others.
    fn keep(&mut self, request: Request, framing: Framing) -> Result<usize, End> {
        let burst = &mut self.burst;
        let Some(place) = self.requests.get_mut(burst.request_count) else {
            return Err(End::Full);
        };
        place.write(Request {
            start: burst.consumed,
            first_field: burst.field_count,
            framing: framing.into(),
            ..request
        });
        burst.request_count += 1;
        burst.field_count += request.field_count;
        burst.consumed += request.head_len;
        let behind = self.octets.len() - burst.consumed;
        let content = match framing.body {
            BodyLength::None => 0,
            BodyLength::Exact(octets) => match usize::try_from(octets) {
                Ok(octets) if octets <= behind => octets,
                _ => return Err(End::Stopped),
            },
            _ => return Err(End::Stopped),
        };
        burst.consumed += content;
        let is_last = !framing.persistent || framing.upgrade || framing.tunnel;
        if is_last { Err(End::Stopped) } else { Ok(content) }
    }
}
