//! What is known of a head that has not fully arrived.

use crate::{Error, ErrorKind};

/// How far a message's head is known: offsets and counts, no octets and no
/// lifetime, so that it can be stored between two reads.
///
/// Begin a message with a fresh one, and give it to each call for that message
/// together with the same slots and *all* octets of the message so far. What
/// was looked at before is not looked at again: a head costs the same however
/// it is split. Once the head is complete it is as fresh as before, for the next
/// message; after an error it is not.
///
/// ```
/// use rajada_parser::{Config, Positions, Resume, Status};
///
/// let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
/// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
/// for len in 0..head.len() {
///     let status = Config::STRICT.parse_request(&head[..len], &mut at, &mut slots)?;
///     assert!(matches!(status, Status::Partial));
/// }
/// let status = Config::STRICT.parse_request(head, &mut at, &mut slots)?;
/// assert!(matches!(status, Status::Complete(_, 27)));
/// assert_eq!(at, Resume::new());
/// # Ok::<(), rajada_parser::Error>(())
/// ```
///
/// A `Resume` is a hint. Given with other octets or other slots than it was
/// made with, the parse may give a wrong result or an error; it never panics
/// and never reads outside of the octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// Where scanning goes on; all before was looked at.
    pub(crate) scanned: u32,
    /// First octet of the line that `scanned` is in.
    pub(crate) line: u32,
    /// In that line: the end of the method or of the field name, or 0.
    pub(crate) first_end: u32,
    /// In the start line: the first octet of the target, or 0.
    pub(crate) second_start: u32,
    /// In the start line: the end of the target, or 0.
    pub(crate) second_end: u32,
    /// Complete field lines so far.
    pub(crate) fields: u32,
    /// The start line, once it is complete.
    pub(crate) start: Option<StartLine>,
    /// Which fields among them matter to framing.
    pub(crate) noted: crate::fields::Noted,
}

impl Resume {
    /// Nothing is known yet.
    pub const fn new() -> Resume {
        Resume {
            scanned: 0,
            line: 0,
            first_end: 0,
            second_start: 0,
            second_end: 0,
            fields: 0,
            start: None,
            noted: crate::fields::Noted::NONE,
        }
    }
}

/// What is kept of a start line: positions and values.
///
/// | | request line | status line |
/// |---|---|---|
/// | `start` | the method's first octet | the version's first octet |
/// | `first_end` | behind the method | behind the status code |
/// | `second_start` | the target's first octet | the reason's first octet |
/// | `second_end` | behind the target | behind the reason |
/// | `code` | 0 | the status code |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StartLine {
    pub(crate) start: u32,
    /// Where the major version stands, if `version` is [`WireVersion::Other`].
    pub(crate) major: u32,
    pub(crate) first_end: u32,
    pub(crate) second_start: u32,
    pub(crate) second_end: u32,
    pub(crate) code: u16,
    pub(crate) version: WireVersion,
}

impl StartLine {
    /// Where there is no start line: in front of a trailer section.
    pub(crate) const NONE: StartLine = StartLine {
        start: 0,
        first_end: 0,
        second_start: 0,
        second_end: 0,
        code: 0,
        version: WireVersion::Http11,
        major: 0,
    };

    /// A major version other than 1 is refused once the head is complete.
    #[inline(always)]
    pub(crate) fn judge_version(&self) -> Result<(), Error> {
        match self.version {
            WireVersion::Other => {
                Err(Error::new(ErrorKind::VersionUnsupported, self.major as usize))
            }
            _ => Ok(()),
        }
    }
}

/// The version as it stands in a start line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum WireVersion {
    Http10,
    /// 1.1 to 1.9: a recipient treats a higher minor version as its own, RFC
    /// 9110 section 2.5.
    Http11,
    /// A major version other than 1.
    Other,
}

const HTTP_1_1: u64 = u64::from_le_bytes(*b"HTTP/1.1");
const HTTP_1_0: u64 = u64::from_le_bytes(*b"HTTP/1.0");

impl WireVersion {
    /// `HTTP/1.1` and `HTTP/1.0`.
    #[inline(always)]
    pub(crate) fn usual(octets: [u8; 8]) -> Option<WireVersion> {
        // Compared as one integer: a pattern is compared octet by octet.
        match u64::from_le_bytes(octets) {
            HTTP_1_1 => Some(WireVersion::Http11),
            HTTP_1_0 => Some(WireVersion::Http10),
            _ => None,
        }
    }

    /// What `HTTP/` with two digits stands for.
    pub(crate) fn of(octets: [u8; 8]) -> WireVersion {
        match (octets[5], octets[7]) {
            (b'1', b'0') => WireVersion::Http10,
            (b'1', _) => WireVersion::Http11,
            _ => WireVersion::Other,
        }
    }
}
