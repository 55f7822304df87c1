//! What two libraries with httparse's interface make of the same octets: `crate::facade` and `crate::published`. The fuzz target `facade` has
//! this module, too.

mod ours {
    use crate::facade as library;
    include!("outcome.rs");
}

mod theirs {
    use crate::published as library;
    include!("outcome.rs");
}

/// All options of a parser, one bit each.
#[derive(Clone, Copy, Debug)]
pub struct Options(pub u8);

/// How many different ones there are.
pub const OPTIONS: u8 = 1 << 7;

impl Options {
    fn has(self, bit: u8) -> bool {
        self.0 >> bit & 1 == 1
    }
}

/// Where octets stand: their offset and length. Those that are not among the ones that were parsed have the last offset.
type Place = (usize, usize);

fn place(of: &[u8], octets: &[u8]) -> Place {
    let offset = (of.as_ptr() as usize).wrapping_sub(octets.as_ptr() as usize);
    (if offset <= octets.len() { offset } else { usize::MAX }, of.len())
}

/// What came of a parse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parsed {
    /// Nothing was parsed.
    #[default]
    Nothing,
    /// All, up to this offset.
    Complete(usize),
    /// Not enough.
    Partial,
    /// This is wrong.
    Error(&'static str),
}

/// Where names and values of headers stand, and how many there are. Those that were not written have the last offset.
#[derive(Debug, PartialEq, Eq)]
pub struct Places<const ROOM: usize> {
    count: usize,
    places: [[Place; 2]; ROOM],
}

impl<const ROOM: usize> Default for Places<ROOM> {
    fn default() -> Places<ROOM> {
        Places { count: 0, places: [[(0, 0); 2]; ROOM] }
    }
}

/// What came of a head, or of fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome<const ROOM: usize> {
    parsed: Parsed,
    /// Method and target; the reason.
    texts: [Option<Place>; 2],
    version: Option<u8>,
    code: Option<u16>,
    /// The headers that are given.
    headers: Places<ROOM>,
    /// All slots, and what was written to them.
    slots: Places<ROOM>,
}

/// As many slots as most heads could want.
pub const SLOTS: usize = 24;

/// Slots at most: more than the fields of a head that is parsed at once.
pub const MANY: usize = 140;

/// A way to parse octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Request,
    Response,
    /// Into slots that are not initialised.
    UninitRequest,
    UninitResponse,
    /// By `parse_headers`.
    Fields,
    /// By functions without options.
    Plain,
}

impl Way {
    pub const ALL: [Way; 6] = [
        Way::Request,
        Way::Response,
        Way::UninitRequest,
        Way::UninitResponse,
        Way::Fields,
        Way::Plain,
    ];
}

/// Parses the octets in all ways, with these options and so many slots, and asserts that both libraries come to the same.
///
/// # Panics
/// If they don't.
#[allow(dead_code, reason = "the fuzz target goes one way at a time")]
pub fn check_heads(octets: &[u8], options: Options, slots: usize) {
    for way in Way::ALL {
        check_head(way, octets, options, slots);
    }
}

/// The same in one way. What knows no options is parsed without them.
///
/// # Panics
/// If both libraries don't come to the same.
pub fn check_head(way: Way, octets: &[u8], options: Options, slots: usize) {
    if slots <= SLOTS {
        check_head_in::<SLOTS>(way, octets, options, slots);
    } else {
        check_head_in::<MANY>(way, octets, options, slots.min(MANY));
    }
}

fn check_head_in<const ROOM: usize>(way: Way, octets: &[u8], options: Options, slots: usize) {
    let context = || format!("{way:?}, {options:?}, {slots} slots: {}", octets.escape_ascii());
    match way {
        Way::Request => assert_eq!(
            ours::request::<ROOM>(octets, options, slots),
            theirs::request::<ROOM>(octets, options, slots),
            "{}",
            context()
        ),
        Way::Response => assert_eq!(
            ours::response::<ROOM>(octets, options, slots),
            theirs::response::<ROOM>(octets, options, slots),
            "{}",
            context()
        ),
        Way::UninitRequest => assert_eq!(
            ours::uninit_request::<ROOM>(octets, options, slots),
            theirs::uninit_request::<ROOM>(octets, options, slots),
            "{}",
            context()
        ),
        Way::UninitResponse => assert_eq!(
            ours::uninit_response::<ROOM>(octets, options, slots),
            theirs::uninit_response::<ROOM>(octets, options, slots),
            "{}",
            context()
        ),
        Way::Fields => {
            assert_eq!(
                ours::fields::<ROOM>(octets, slots),
                theirs::fields::<ROOM>(octets, slots),
                "{}",
                context()
            );
        }
        Way::Plain => {
            assert_eq!(
                ours::plain::<ROOM>(octets, slots),
                theirs::plain::<ROOM>(octets, slots),
                "{}",
                context()
            );
        }
    }
}

/// What the published library says of a line with a chunk's size, and the size.
pub fn their_size_line(octets: &[u8]) -> (Parsed, u64) {
    theirs::size_line(octets)
}

/// What ours says.
pub fn our_size_line(octets: &[u8]) -> (Parsed, u64) {
    ours::size_line(octets)
}

/// Whether a line is one that ours alone refuses, without the feature `exact`, and why; see the façade's README.
pub fn is_listed(octets: &[u8]) -> Option<&'static str> {
    let end = octets.windows(2).position(|two| two == b"\r\n").unwrap_or(octets.len());
    if octets.first().is_some_and(|octet| !octet.is_ascii_hexdigit()) {
        return Some("no-digits");
    }
    octets[..end].contains(&b'\n').then_some("lf-in-extension")
}
