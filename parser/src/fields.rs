//! The fields of a head or a trailer section, as octets.

use core::fmt;
use core::iter::FusedIterator;

use crate::FieldPosition;

/// One field: a name and a value, as they stand in the message.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a field has a name and a value")]
pub struct Field<'b> {
    /// The name, a token (RFC 9110 section 5.1). Names compare without case.
    pub name: &'b [u8],
    /// The value without the white space around it; visible octets, spaces,
    /// tabs and octets of 0x80 and above (RFC 9110 section 5.5). May be empty. With
    /// [`Leniency::obs_fold`](crate::Leniency::obs_fold) it may hold folds: see
    /// [`unfolded`](Self::unfolded).
    pub value: &'b [u8],
}

impl Field<'_> {
    /// Whether this is the field `name`, compared without case.
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}: {}\"", self.name.escape_ascii(), self.value.escape_ascii())
    }
}

/// The fields of a head or a trailer section in the order of the wire.
///
/// A view: nothing is copied, decoded or lower-cased.
///
/// ```
/// use rajada_parser::{Config, Positions, Resume, Status};
///
/// let head = b"GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\naccept: */*\r\n\r\n";
/// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
/// let Status::Complete(request, _) = Config::STRICT.parse_request(head, &mut at, &mut slots)?
///     else { unreachable!() };
/// let fields = request.fields();
/// assert_eq!(fields.len(), 3);
/// assert_eq!(fields.get("ACCEPT"), Some(&b"text/html"[..]));
/// assert_eq!(fields.get_all("accept").count(), 2);
/// assert_eq!(fields.iter().next().unwrap().name, b"Host");
/// # Ok::<(), rajada_parser::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Fields<'b, 'h> {
    octets: &'b [u8],
    positions: &'h [FieldPosition],
}

impl<'b, 'h> Fields<'b, 'h> {
    /// The fields that stand at `positions` of `octets`, the message or what is
    /// before its content: for callers who stored both.
    #[inline]
    pub const fn new(octets: &'b [u8], positions: &'h [FieldPosition]) -> Self {
        Fields { octets, positions }
    }

    /// How many field lines there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// The value of the first field line called `name`, compared without case.
    pub fn get(&self, name: &str) -> Option<&'b [u8]> {
        self.get_all(name).next()
    }

    /// The values of all field lines called `name`, in order.
    pub fn get_all<'n>(&self, name: &'n str) -> GetAll<'b, 'h, 'n> {
        GetAll { octets: self.octets, rest: self.positions.iter(), name }
    }

    /// All fields in order.
    #[inline]
    pub fn iter(&self) -> FieldIter<'b, 'h> {
        FieldIter { octets: self.octets, rest: self.positions.iter() }
    }

    /// Where the fields stand.
    #[inline]
    pub const fn positions(&self) -> &'h [FieldPosition] {
        self.positions
    }
}

impl fmt::Debug for Fields<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'b, 'h> IntoIterator for Fields<'b, 'h> {
    type Item = Field<'b>;
    type IntoIter = FieldIter<'b, 'h>;

    #[inline]
    fn into_iter(self) -> FieldIter<'b, 'h> {
        self.iter()
    }
}

/// Iterates over [`Fields`]; see [`Fields::iter`].
#[derive(Clone, Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct FieldIter<'b, 'h> {
    octets: &'b [u8],
    rest: core::slice::Iter<'h, FieldPosition>,
}

impl<'b> Iterator for FieldIter<'b, '_> {
    type Item = Field<'b>;

    #[inline]
    fn next(&mut self) -> Option<Field<'b>> {
        self.rest.next().map(|position| field(self.octets, position))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl DoubleEndedIterator for FieldIter<'_, '_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.rest.next_back().map(|position| field(self.octets, position))
    }
}

impl ExactSizeIterator for FieldIter<'_, '_> {}
impl FusedIterator for FieldIter<'_, '_> {}

/// Iterates over the values of one name; see [`Fields::get_all`].
#[derive(Clone, Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct GetAll<'b, 'h, 'n> {
    octets: &'b [u8],
    rest: core::slice::Iter<'h, FieldPosition>,
    name: &'n str,
}

impl<'b> Iterator for GetAll<'b, '_, '_> {
    type Item = &'b [u8];

    #[inline]
    fn next(&mut self) -> Option<&'b [u8]> {
        let (octets, name) = (self.octets, self.name);
        // Comparing lengths first needs no octet of the message.
        self.rest
            .by_ref()
            .filter(|at| at.name_end.wrapping_sub(at.name_start) as usize == name.len())
            .map(|position| field(octets, position))
            .find(|field| field.is(name))
            .map(|field| field.value)
    }
}

impl FusedIterator for GetAll<'_, '_, '_> {}

/// Positions are hints: whatever they say, this gives octets or none.
#[inline]
fn field<'b>(octets: &'b [u8], at: &FieldPosition) -> Field<'b> {
    Field {
        name: between(octets, at.name_start, at.name_end),
        value: between(octets, at.value_start, at.value_end),
    }
}

/// `octets[start..end]`, or nothing where there is no such part.
#[inline]
pub(crate) fn between(octets: &[u8], start: u32, end: u32) -> &[u8] {
    octets.get(start as usize..end as usize).unwrap_or_default()
}

/// The fields that decide framing. The parser notes on the way where they are,
/// so that framing need not look at every field again.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Known {
    Host,
    Expect,
    Upgrade,
    Connection,
    ContentLength,
    TransferEncoding,
}

impl Known {
    const ALL: [Known; 6] = [
        Known::Host,
        Known::Expect,
        Known::Upgrade,
        Known::Connection,
        Known::ContentLength,
        Known::TransferEncoding,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Known::Host => "host",
            Known::Expect => "expect",
            Known::Upgrade => "upgrade",
            Known::Connection => "connection",
            Known::ContentLength => "content-length",
            Known::TransferEncoding => "transfer-encoding",
        }
    }

    /// A count of one in its octet of [`Noted`].
    const fn one(self) -> u64 {
        1 << (self as u32 * 8)
    }

    /// Its octet of [`Noted`].
    pub(crate) const fn mask(self) -> u64 {
        0xFF << (self as u32 * 8)
    }
}

/// Whether `octets` are `lower`, which is in lower case, when compared without
/// case: with a constant `lower` a few instructions and no loop.
#[inline(always)]
pub(crate) fn same(octets: &[u8], lower: &'static str) -> bool {
    let lower = lower.as_bytes();
    if octets.len() != lower.len() {
        return false;
    }
    // Two words, which may have octets in common, where they are all. (As C libraries
    // copy and compare what is short: glibc's `memmove`, `L(between_8_15)`.)
    match (octets.first_chunk(), octets.last_chunk(), lower.first_chunk(), lower.last_chunk()) {
        (Some(first), Some(last), Some(lower_first), Some(lower_last)) if lower.len() <= 16 => {
            differing(first, lower_first) | differing(last, lower_last) == 0
        }
        _ => {
            octets
                .iter()
                .zip(lower)
                .fold(0, |differing, (octet, lower)| differing | ((octet ^ lower) & !case(*lower)))
                == 0
        }
    }
}

/// In which bits but that of case eight octets differ from others in lower case.
#[inline(always)]
fn differing(octets: &[u8; 8], lower: &[u8; 8]) -> u64 {
    let case = u64::from_ne_bytes(lower.map(case));
    (u64::from_ne_bytes(*octets) ^ u64::from_ne_bytes(*lower)) & !case
}

/// The bit that tells a letter in lower case from the one in upper case.
#[inline(always)]
const fn case(lower: u8) -> u8 {
    if lower.is_ascii_lowercase() { 0x20 } else { 0 }
}

/// How many field lines can be each of the [`Known`] fields. A line *can* be one
/// if the length and the second letter of its name say so; names are compared
/// when a field is asked for.
///
/// One word and no branch: noting is part of every parse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    /// One octet for each known field. With more than [`Noted::MANY`] lines an
    /// octet can overflow into the next, and all of them mean nothing.
    counts: u64,
}

impl Noted {
    pub(crate) const NONE: Noted = Noted { counts: 0 };

    /// With so many field lines the counts hold.
    const MANY: usize = 0xFF;

    /// A count of field lines without a name, behind whose colon is a space. It has two
    /// octets: more lines than fit in one are [listed](crate::scan::index) at once, and
    /// never so many. (256 lines that can be `Transfer-Encoding` look like one of these,
    /// which makes their head slow and no other.)
    const NAMELESS: u64 = 1 << 48;

    /// Notes a field line whose name is `len` octets long, by the line's first two octets.
    #[inline(always)]
    pub(crate) fn note(&mut self, len: usize, first_two: [u8; 2]) {
        self.counts = self.counts.wrapping_add(CAN_BE[place(len, first_two)]);
    }

    /// Whether a field line has no name, which none may be without; to be asked of lines
    /// with colon and space, and names of fewer than 64 octets. (Counted, it costs less than
    /// a look at each line.)
    #[inline(always)]
    pub(crate) fn has_nameless(&self) -> bool {
        self.counts >= Noted::NAMELESS
    }

    /// The value of `Host`, if there is one, and no other field line can be any of
    /// the known ones.
    #[inline(always)]
    pub(crate) fn only_host<'b>(&self, fields: Fields<'b, '_>) -> Option<&'b [u8]> {
        if self.counts != Known::Host.one() || fields.len() > Noted::MANY {
            return None;
        }
        let len = Known::Host.name().len();
        // One line has this length and this second letter; the name has to be compared still.
        for position in fields.positions {
            let name = between(fields.octets, position.name_start, position.name_end);
            if name.len() == len && same(name, Known::Host.name()) {
                return Some(between(fields.octets, position.value_start, position.value_end));
            }
        }
        None
    }

    /// What the fields say of the framing of a request, if that is usual: one line of
    /// `Host`, at most one of `Content-Length`, at most `keep-alive` in one of
    /// `Connection`, and no other field line can be any of the known ones.
    #[inline(always)]
    pub(crate) fn usual<'b>(&self, fields: Fields<'b, '_>) -> Option<UsualFields<'b>> {
        const OPTIONAL: u64 = Known::ContentLength.one() + Known::Connection.one();
        if self.counts & !OPTIONAL != Known::Host.one() || fields.len() > Noted::MANY {
            return None;
        }
        let (mut host, mut length, mut confirmed) = (None, None, Known::Host.one());
        // What can be a field and is none leaves it unconfirmed.
        for position in fields.positions {
            let name = between(fields.octets, position.name_start, position.name_end);
            let value = || between(fields.octets, position.value_start, position.value_end);
            if name.len() == Known::Host.name().len() {
                host = if same(name, Known::Host.name()) { Some(value()) } else { host };
            } else if same(name, Known::ContentLength.name()) {
                length = Some(value());
                confirmed += Known::ContentLength.one();
            } else if same(name, Known::Connection.name()) && same(value(), "keep-alive") {
                confirmed += Known::Connection.one();
            }
        }
        if confirmed == self.counts { Some(UsualFields { host: host?, length }) } else { None }
    }

    /// The value of `Host`, if there is one, and beside it but `Connection: keep-alive`.
    #[inline(always)]
    pub(crate) fn host_and_keep_alive<'b>(&self, fields: Fields<'b, '_>) -> Option<&'b [u8]> {
        if self.counts == Known::Host.one() + Known::Connection.one() {
            self.usual_host(fields)
        } else {
            None
        }
    }

    // Never in line: more requests have just `Host`, and for them it would be in the way.
    #[inline(never)]
    fn usual_host<'b>(&self, fields: Fields<'b, '_>) -> Option<&'b [u8]> {
        Some(self.usual(fields)?.host)
    }

    /// The field lines that are `known`, in order: where they stand, and their
    /// values.
    #[inline]
    pub(crate) fn find<'b, 'h>(
        &self,
        known: Known,
        fields: Fields<'b, 'h>,
    ) -> impl Iterator<Item = (&'h FieldPosition, &'b [u8])> + use<'b, 'h> {
        let count = match fields.len() {
            0..=Noted::MANY => (self.counts >> (known as u32 * 8)) as usize & 0xFF,
            more => more,
        };
        let candidates = if count == 0 { &[] } else { fields.positions };
        KnownLines { known, octets: fields.octets, rest: candidates.iter() }.take(count)
    }

    /// Whether a field line can be one of those in `mask`, made by
    /// [`Known::mask`].
    #[inline(always)]
    pub(crate) fn may_hold(&self, mask: u64, fields: Fields<'_, '_>) -> bool {
        self.counts & mask != 0 || fields.len() > Noted::MANY
    }
}

/// The field lines that are one known field; see [`Noted::find`].
struct KnownLines<'b, 'h> {
    known: Known,
    octets: &'b [u8],
    rest: core::slice::Iter<'h, FieldPosition>,
}

impl<'b, 'h> Iterator for KnownLines<'b, 'h> {
    type Item = (&'h FieldPosition, &'b [u8]);

    // Always: which field it is is known to the compiler then, and so is its name.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let name = self.known.name();
        // By reference: a position that was just written in parts is not to be loaded whole.
        for position in self.rest.by_ref() {
            if position.name_end.wrapping_sub(position.name_start) as usize == name.len() {
                let field = field(self.octets, position);
                if same(field.name, name) {
                    return Some((position, field.value));
                }
            }
        }
        None
    }
}

/// What the fields say of the framing of a request where that is usual; see
/// [`Noted::usual`].
#[derive(Clone, Copy)]
pub(crate) struct UsualFields<'b> {
    /// The value of `Host`.
    pub(crate) host: &'b [u8],
    /// That of `Content-Length`, if there is one.
    pub(crate) length: Option<&'b [u8]>,
}

/// By the [`place`] of a name: a count of one for the known field that has this place.
/// (One table: to look up length and letter in two of them takes longer.)
const CAN_BE: [u64; place(63, [0, 31]) + 1] = {
    let mut table = [0; place(63, [0, 31]) + 1];
    table[place(0, *b": ")] = Noted::NAMELESS;
    let mut i = 0;
    while i < Known::ALL.len() {
        if let name @ [first, second, ..] = Known::ALL[i].name().as_bytes() {
            let place = place(name.len(), [*first, *second]);
            assert!(table[place] == 0, "two fields have one place");
            table[place] = Known::ALL[i].one();
        }
        i += 1;
    }
    table
};

/// The place of a name with these first two octets in [`CAN_BE`]: by its length, and by the
/// last five bits of the second octet, in which letters differ from each other and not from
/// their other case. (The first octet would have to be shifted to its row.)
///
/// Names of 32 octets or more are taken for shorter ones: they are compared before they are
/// used.
#[inline(always)]
const fn place(len: usize, first_two: [u8; 2]) -> usize {
    32 * (first_two[1] as usize % 32) + len % 64
}
