//! Whole heads of ASCII, whose parts are text without being looked at again, and slots of a
//! caller for it.

use core::mem::MaybeUninit;

use super::Window;
use super::lines::Line;
use super::slots::{Record, Slot, Writer};
use crate::head::text::{FieldText, rough_request, rough_response};
use crate::resume::StartLine;
use crate::{Config, FieldPosition};

/// Slots of a caller for fields as text, initialised or not: for
/// [`Config::parse_request_text`](crate::Config::parse_request_text), and to be
/// [filled](Self::fill) otherwise.
///
/// What is in a slot before is not dropped when it is written.
///
/// ```
/// use core::mem::MaybeUninit;
/// use rajada_parser::{Config, FieldText, TextSlots};
///
/// let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 128];
/// let head = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n";
/// let parsed = Config::STRICT.parse_request_text(head, TextSlots::new(&mut storage));
/// assert_eq!(parsed.expect("all usual").fields()[0].value, "example.org");
/// ```
pub struct TextSlots<'h, T> {
    /// Invariant: if they were initialised, they stay so.
    slots: &'h mut [MaybeUninit<T>],
}

impl<'h, T> TextSlots<'h, T> {
    /// Slots that need not be initialised.
    #[inline]
    pub const fn new(slots: &'h mut [MaybeUninit<T>]) -> Self {
        TextSlots { slots }
    }

    /// Slots that are initialised.
    #[inline]
    pub const fn initialised(slots: &'h mut [T]) -> Self {
        let slots = core::ptr::from_mut(slots) as *mut [MaybeUninit<T>];
        // SAFETY: same layout and lifetime, and by the invariant they stay initialised.
        TextSlots { slots: unsafe { &mut *slots } }
    }

    /// How many there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Writes `items`, from the first slot on and as many as there are of both, and returns the
    /// slots that were written.
    ///
    /// Where all slots are full, no further item is asked for; slots behind the returned ones
    /// are as they were. What is written is not dropped if `items` panics.
    ///
    /// ```
    /// use core::mem::MaybeUninit;
    /// use rajada_parser::TextSlots;
    ///
    /// let mut storage = [const { MaybeUninit::<&str>::uninit() }; 4];
    /// assert_eq!(TextSlots::new(&mut storage).fill(["Host", "Accept"]), ["Host", "Accept"]);
    /// ```
    #[inline]
    pub fn fill(self, items: impl IntoIterator<Item = T>) -> &'h mut [T] {
        let mut count = 0;
        for (slot, item) in self.slots.iter_mut().zip(items) {
            slot.write(item);
            count += 1;
        }
        // SAFETY: they were counted in a walk over the slots, and each was written.
        unsafe { self.written(count) }
    }

    /// The first `count`.
    ///
    /// # Safety
    /// There are so many, and they were written.
    #[inline(always)]
    unsafe fn written(self, count: usize) -> &'h mut [T] {
        // SAFETY: the caller's promise.
        let written = unsafe { self.slots.get_unchecked_mut(..count) };
        // SAFETY: the same, and `MaybeUninit<T>` has the layout of `T`.
        unsafe { &mut *(core::ptr::from_mut(written) as *mut [T]) }
    }
}

impl<T> core::fmt::Debug for TextSlots<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TextSlots").field("capacity", &self.len()).finish_non_exhaustive()
    }
}

/// The octets of a whole head, and its fields.
///
/// A rough look passed it. Where it finds an octet of 0x80 or above that is not of a line's
/// end, it passes nothing, as such an octet is a break
/// ([`Blocks::breaks`](super::Blocks::breaks)) and there are two of them a line and no more;
/// and the ends of all lines are compared with CR LF. (What is compared stands in
/// `head/whole.rs`.)
///
/// Invariant: all `octets` are ASCII, and so is each part of them.
pub(crate) struct AsciiHead<'b, 'h, T> {
    octets: &'b [u8],
    start: StartLine,
    fields: &'h mut [T],
}

impl<'b, 'h, T: From<FieldText<'b>>> AsciiHead<'b, 'h, T> {
    /// The request head that `octets` begin with, if a rough look passes it as a whole; or the
    /// slots.
    #[inline(always)]
    pub(crate) fn request(
        config: &Config,
        octets: &'b [u8],
        slots: TextSlots<'h, T>,
    ) -> Result<Self, TextSlots<'h, T>> {
        Self::passed(octets, slots, |writer| rough_request(config, octets, writer))
    }

    /// The response head that `octets` begin with, if a rough look passes it as a whole; or the
    /// slots.
    #[inline(always)]
    pub(crate) fn response(
        config: &Config,
        octets: &'b [u8],
        slots: TextSlots<'h, T>,
    ) -> Result<Self, TextSlots<'h, T>> {
        Self::passed(octets, slots, |writer| rough_response(config, octets, writer))
    }

    /// What `rough_look` passes of `octets`, with the fields that it wrote to `slots`.
    #[inline(always)]
    fn passed(
        octets: &'b [u8],
        slots: TextSlots<'h, T>,
        rough_look: impl FnOnce(Writer<'_, T>) -> Option<usize>,
    ) -> Result<Self, TextSlots<'h, T>> {
        // As if all were written, so that it is not counted how many ever were.
        let mut record = Record::new(slots.len());
        let Some(end) = rough_look(Writer::new(slots.slots, &mut record)) else {
            return Err(slots);
        };
        let Some(octets) = octets.get(..end) else { return Err(slots) };
        debug_assert!(octets.is_ascii());
        // SAFETY: it passed a head, so that it wrote as many slots as it counted.
        let fields = unsafe { slots.written(record.fields()) };
        Ok(AsciiHead { octets, start: record.start, fields })
    }
}

impl<'b, 'h, T> AsciiHead<'b, 'h, T> {
    /// How many octets it has.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.octets.len()
    }

    /// What its first line came to.
    #[inline(always)]
    pub(crate) fn start(&self) -> &StartLine {
        &self.start
    }

    /// The part from `start` to `end`, or nothing where there is none.
    #[inline(always)]
    pub(crate) fn part(&self, start: u32, end: u32) -> &'b str {
        let Some(part) = self.octets.get(start as usize..end as usize) else { return nothing() };
        // SAFETY: the invariant: what is ASCII is UTF-8.
        unsafe { core::str::from_utf8_unchecked(part) }
    }

    /// The fields, in order.
    #[inline(always)]
    pub(crate) fn fields(&self) -> &[T] {
        self.fields
    }

    /// The same, for as long as the slots.
    #[inline(always)]
    pub(crate) fn into_fields(self) -> &'h mut [T] {
        self.fields
    }
}

// Never, as all parts that are asked for are there. (A branch costs less than a choice.)
#[cold]
fn nothing() -> &'static str {
    ""
}

/// A line that is written has a colon, a space and an octet above it behind its name, none of
/// which is of its end: so the value begins in front of that. In front of its end no octet is
/// a break: as in [`AsciiHead`], it is ASCII, and so is the name.
impl<'b, T: From<FieldText<'b>>> Slot<'b> for T {
    const IS_NOTED: bool = false;

    #[inline(always)]
    unsafe fn new(octets: Window<'b>, line: &Line, at: FieldPosition) -> T {
        // (From the line's start and length, which are at hand as whole registers.)
        // SAFETY: a name is of the line that it begins.
        let name = unsafe { text(octets, line.start, line.name_len) };
        let len = at.value_end.wrapping_sub(at.value_start) as usize;
        // SAFETY: `value_start <= value_end`, and this is in front of the line's end.
        let value = unsafe { text(octets, at.value_start as usize, len) };
        T::from(FieldText { name, value })
    }
}

/// # Safety
/// `start + len` is at most the length, and these octets are ASCII.
#[inline(always)]
unsafe fn text(octets: Window<'_>, start: usize, len: usize) -> &str {
    debug_assert!(octets.octets()[start..start + len].is_ascii());
    // SAFETY: the caller's promise.
    let first = unsafe { octets.octets().as_ptr().add(start) };
    // SAFETY: the same.
    let part = unsafe { core::slice::from_raw_parts(first, len) };
    // SAFETY: the same: what is ASCII is UTF-8.
    unsafe { core::str::from_utf8_unchecked(part) }
}
