//! The grammar of a head: RFC 9112 sections 2 to 5.
//!
//! ```abnf
//! HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
//! start-line   = request-line / status-line
//! ```
//!
//! It is written once for all levels, and a head is tried in up to three ways. All give the
//! same for the same octets.
//!
//! | way | for | how |
//! |---|---|---|
//! | [`RoughLook`] | whole heads of the usual form, of ASCII without tabs | [`whole`]: where all lines end is known before one is looked at |
//! | [`ExactLook`] | the same with tabs and other text | the same, by a class that takes longer |
//! | [`Stepwise`] | heads in pieces, of any other form, and wrong ones | over a [`Scan`], from the end of one octet class to the end of the next |
//!
//! A parse either gets to the end, stops at the lowest offset that can't be right, or stops
//! for want of octets and notes in [`Resume`] how far it got ([`Stop`]).

pub(crate) mod burst;
mod field_lines;
mod parse;
pub mod pull;
mod request_line;
mod status_line;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod whole;

use core::marker::PhantomData;

use self::whole::{ExactLook, RoughLook, Whole};
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::lines::{FirstLine, Lines};
use crate::scan::slots::{Inside, Record, Writer};
use crate::scan::{Op, Scan, dispatch, dispatch_head};
use crate::{Config, Error, ErrorKind, FieldPosition, Limits, Slots, Status};

/// Why a parse goes no further.
enum Stop {
    /// More octets are needed.
    Partial,
    /// They would not help.
    Error(Error),
}

/// Short for the error at an offset.
#[cold]
fn error(kind: ErrorKind, offset: usize) -> Stop {
    Stop::Error(Error::new(kind, offset))
}

/// The octets up to a limit, and what to say at the limit.
#[derive(Clone, Copy)]
struct Bounded<'b> {
    octets: &'b [u8],
    /// Whether octets beyond the limit are there.
    exceeded: bool,
    kind: ErrorKind,
}

impl<'b> Bounded<'b> {
    #[inline(always)]
    fn new(octets: &'b [u8], limit: usize, kind: ErrorKind) -> Self {
        match octets.get(..limit) {
            Some(within) => Bounded { octets: within, exceeded: octets.len() > limit, kind },
            None => Bounded { octets, exceeded: false, kind },
        }
    }

    /// No octet is left: more are needed, unless the limit is in the way.
    #[cold]
    fn out_of_octets(self) -> Stop {
        if self.exceeded { error(self.kind, self.octets.len()) } else { Stop::Partial }
    }
}

/// What a head begins with, and what it is the head of: a request, a response, or nothing
/// but fields.
trait HeadKind {
    /// The view of such a head.
    type Message<'b, 'h>;

    /// Whether [`parse_usual`](Self::parse_usual) knows a usual form.
    const HAS_USUAL_FORM: bool = true;

    /// How many octets such a head may have, and what is wrong with more.
    #[inline(always)]
    fn limit(limits: &Limits) -> (usize, ErrorKind) {
        (limits.head as usize, ErrorKind::HeadTooLarge)
    }

    /// Parses the line and returns it with the offset of what follows.
    fn parse<S: Scan>(
        scan: S,
        head: Bounded<'_>,
        config: &Config,
        at: &mut Resume,
    ) -> Result<(StartLine, usize), Stop>;

    /// The same for a line of the usual form, which is the first of `lines`. `None`
    /// for any other: [`parse`](Self::parse) says what it is.
    fn parse_usual<'b>(
        lines: &impl Lines<'b>,
        line: &FirstLine,
        limits: &Limits,
    ) -> Option<StartLine>;

    /// The view, if what can only be judged at the end of a head is in order.
    fn message<'b, 'h>(head: ParsedHead<'b, 'h>) -> Result<Self::Message<'b, 'h>, Error>;
}

/// All that is known of a complete head.
#[derive(Clone, Copy)]
pub(crate) struct ParsedHead<'b, 'h> {
    pub(crate) octets: &'b [u8],
    pub(crate) positions: &'h [FieldPosition],
    pub(crate) record: &'h Record,
}

/// How many octets a head has that was parsed, or why it was not. It fits in two
/// registers: what is found goes to the slots, and a view of it is made where it is used.
type Parsed = Result<usize, Stop>;

/// Parses a head that begins with `L`.
#[inline(always)]
fn parse_head<'b, 'h, L: HeadKind, S: Slots + ?Sized>(
    config: &Config,
    octets: &'b [u8],
    at: &mut Resume,
    slots: &'h mut S,
) -> Result<Status<L::Message<'b, 'h>>, Error> {
    let parsed = if L::HAS_USUAL_FORM && at.scanned == 0 {
        match dispatch_head::<RoughLook<L>>(config.choice, octets, config, slots.writer(Inside)) {
            // (Returned here: behind the branches it would be asked again which it is.)
            Whole::Complete(end) => return conclude::<L, S>(Ok(end), octets, slots),
            rough => {
                let (parsed, resume) =
                    parse_unusual::<L>(config, octets, slots.writer(Inside), rough);
                *at = resume;
                parsed
            }
        }
    } else {
        let writer = slots.writer(Inside);
        parse_stepwise(&mut Head::<L> { config, octets, at, writer, line: PhantomData })
    };
    conclude::<L, S>(parsed, octets, slots)
}

/// The view of what was parsed into `slots`, if that is complete.
#[inline(always)]
fn conclude<'b, 'h, L: HeadKind, S: Slots + ?Sized>(
    parsed: Parsed,
    octets: &'b [u8],
    slots: &'h mut S,
) -> Result<Status<L::Message<'b, 'h>>, Error> {
    match parsed {
        Ok(end) => {
            let (record, positions) = slots.written(Inside);
            let Some(octets) = octets.get(..end) else { return incomplete() };
            let message = L::message(ParsedHead { octets, positions, record })?;
            Ok(Status::Complete(message, end))
        }
        Err(Stop::Partial) => Ok(Status::Partial),
        Err(Stop::Error(error)) => Err(error),
    }
}

// Never, as a head ends within its octets. (A branch costs less than a choice.)
#[cold]
fn incomplete<T>() -> Result<Status<T>, Error> {
    Ok(Status::Partial)
}

/// A head to be parsed, and what for.
struct Head<'c, 'b, 'h, L> {
    config: &'c Config,
    octets: &'b [u8],
    at: &'c mut Resume,
    writer: Writer<'h>,
    line: PhantomData<L>,
}

/// Parses a head that a rough look made nothing of, or not all. What it takes for controls
/// may be text that is not ASCII, or tabs.
#[cold]
#[inline(never)]
fn parse_unusual<L: HeadKind>(
    config: &Config,
    octets: &[u8],
    mut writer: Writer<'_>,
    rough: Whole,
) -> (Parsed, Resume) {
    let found = match rough {
        Whole::Unusual => {
            dispatch_head::<ExactLook<L>>(config.choice, octets, config, writer.again())
        }
        found => found,
    };
    if let Whole::Complete(end) = found {
        return (Ok(end), Resume::new());
    }
    let mut at = found.resume(&writer);
    let head = &mut Head::<L> { config, octets, at: &mut at, writer, line: PhantomData };
    (parse_stepwise(head), at)
}

/// Parses a head that is not there as a whole, or not of the usual form.
#[cold]
#[inline(never)]
fn parse_stepwise<L: HeadKind>(head: &mut Head<'_, '_, '_, L>) -> Parsed {
    let parsed = dispatch(head.config.choice, Stepwise(head));
    if parsed.is_ok() {
        *head.at = Resume::new();
    }
    parsed
}

/// A head in any form, whole or in pieces, right or wrong.
struct Stepwise<'p, 'c, 'b, 'h, L>(&'p mut Head<'c, 'b, 'h, L>);

impl<L: HeadKind> Op for Stepwise<'_, '_, '_, '_, L> {
    type Second = ();
    type Third = ();
    type Out = Parsed;

    #[inline(always)]
    fn run<S: Scan>(self, scan: S, (): (), (): ()) -> Self::Out {
        let Head { config, octets, at, writer, .. } = self.0;
        let (limit, kind) = L::limit(&config.limits);
        let head = Bounded::new(octets, limit, kind);
        if !writer.resume(at.fields as usize) {
            // These are not the slots of the earlier calls: begin again.
            **at = Resume::new();
        }
        writer.restrict(config.limits.fields as usize);

        match parse_sections::<L, S>(scan, head, config, at, writer) {
            Ok((start, noted, end)) => {
                writer.begin(start);
                writer.finish(noted);
                Ok(end)
            }
            Err(stop) => {
                writer.pause();
                Err(stop)
            }
        }
    }
}

/// The start line, if it was not parsed before, and the field lines.
#[inline(always)]
fn parse_sections<L: HeadKind, S: Scan>(
    scan: S,
    head: Bounded<'_>,
    config: &Config,
    at: &mut Resume,
    writer: &mut Writer<'_>,
) -> Result<(StartLine, Noted, usize), Stop> {
    let (start, from) = match at.start {
        None => L::parse(scan, head, config, at)?,
        Some(start) => (start, at.line as usize),
    };
    let (noted, end) = field_lines::parse(scan, head, &config.leniency, start, from, at, writer)?;
    Ok((start, noted, end))
}
