//! Storage for header positions that is never initialised before it is used.

use core::mem::MaybeUninit;

use super::Window;
use super::lines::Line;
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};

/// Where a field's name and value stand, as octets from the first one of the
/// message: `name_start..name_end` and `value_start..value_end`. The value is
/// without the white space around it.
///
/// Positions have no lifetime, so they can be stored beside a buffer. They are
/// hints: used with other octets they give wrong text or none, never a panic.
///
/// Four numbers of 32 bits in this order, in C as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
#[expect(clippy::exhaustive_structs, reason = "a field has a name and a value")]
pub struct FieldPosition {
    /// First octet of the name.
    pub name_start: u32,
    /// The octet behind the name: the colon.
    pub name_end: u32,
    /// First octet of the value.
    pub value_start: u32,
    /// The octet behind the value.
    pub value_end: u32,
}

/// Storage for what a parse finds, lent to it: [`Positions`], which has its own
/// room, or [`BorrowedPositions`].
///
/// A head with more fields than there are slots is refused with
/// [`ErrorKind::TooManyFields`](crate::ErrorKind::TooManyFields).
pub trait Slots: sealed::Storage {}

/// Says that a call comes from this crate: nobody else can make one.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Inside;

/// Room for the positions of `N` fields, without a heap and without the cost
/// of initialising it: `16 * N` octets and some 60 more.
///
/// Keep it in a worker or connection and use it again and again; nothing needs
/// clearing. `Positions::<100>::new()` has room for as many fields as
/// [`Limits::DEFAULT`](crate::Limits::DEFAULT) allows.
pub struct Positions<const N: usize> {
    /// Invariant: the first `record.written` of `slots` are initialised.
    record: Record,
    slots: [MaybeUninit<FieldPosition>; N],
}

/// What is found besides the positions of fields, and how many of these are.
#[derive(Clone, Copy)]
pub struct Record {
    pub(crate) start: StartLine,
    pub(crate) noted: Noted,
    /// The fields of the head that was parsed last; at most `written`.
    fields: usize,
    /// How many slots were ever written. Never decreases.
    written: usize,
}

impl Record {
    pub(super) const fn new(written: usize) -> Record {
        Record { start: StartLine::NONE, noted: Noted::NONE, fields: 0, written }
    }

    /// How many fields the head has that was parsed last.
    #[inline(always)]
    pub(super) fn fields(&self) -> usize {
        self.fields
    }
}

impl<const N: usize> Positions<N> {
    /// Empty slots.
    pub const fn new() -> Self {
        let mut positions = MaybeUninit::<Self>::uninit();
        let this = positions.as_mut_ptr();
        // Not as a struct expression: the compiler makes a constant of that, and copies all of it.
        // SAFETY: the field is within what `this` points to.
        let record = unsafe { &raw mut (*this).record };
        // SAFETY: `record` points to memory of this function.
        unsafe { record.write(Record::new(0)) };
        // SAFETY: the other field may be uninitialised.
        unsafe { positions.assume_init() }
    }
}

impl<const N: usize> Default for Positions<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> core::fmt::Debug for Positions<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Positions").field("capacity", &N).finish_non_exhaustive()
    }
}

impl<const N: usize> Slots for Positions<N> {}

impl<const N: usize> sealed::Storage for Positions<N> {
    #[inline(always)]
    fn writer(&mut self, _: Inside) -> Writer<'_> {
        Writer { slots: &mut self.slots, next: 0, record: &mut self.record }
    }

    #[inline(always)]
    fn written(&self, _: Inside) -> (&Record, &[FieldPosition]) {
        // SAFETY: `fields <= written`, and so many slots are there.
        let written = unsafe { self.slots.get_unchecked(..self.record.fields) };
        // SAFETY: the invariant: so many are initialised.
        (&self.record, unsafe { &*(core::ptr::from_ref(written) as *const _) })
    }
}

/// The positions of fields in a caller's storage: for as many as are known at run time alone.
///
/// ```
/// use rajada_parser::{BorrowedPositions, Config, FieldPosition, Resume};
///
/// let mut storage = vec![FieldPosition::default(); 300];
/// let mut slots = BorrowedPositions::new(&mut storage);
/// let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
/// let status = Config::STRICT.parse_request(head, &mut Resume::new(), &mut slots)?;
/// assert_eq!(status.complete().unwrap().0.fields().len(), 1);
/// # Ok::<(), rajada_parser::Error>(())
/// ```
pub struct BorrowedPositions<'s> {
    /// Invariant: the first `record.written` of `slots` are initialised.
    record: Record,
    slots: &'s mut [MaybeUninit<FieldPosition>],
}

impl<'s> BorrowedPositions<'s> {
    /// Slots in `storage`; what it holds means nothing.
    pub const fn new(storage: &'s mut [FieldPosition]) -> Self {
        let written = storage.len();
        let slots = &raw mut *storage as *mut [MaybeUninit<FieldPosition>];
        // SAFETY: same layout and lifetime, and `Writer` stores initialised positions alone, so
        // the storage stays initialised.
        let slots = unsafe { &mut *slots };
        BorrowedPositions { record: Record::new(written), slots }
    }

    /// Slots in `storage` that need not be initialised, for a parse that goes on with `resume`.
    ///
    /// # Safety
    /// The calls that made `resume` what it is wrote to this storage, or it is a fresh one.
    pub const unsafe fn uninit(
        storage: &'s mut [MaybeUninit<FieldPosition>],
        resume: &Resume,
    ) -> Self {
        let (fields, room) = (resume.fields as usize, storage.len());
        let written = if fields < room { fields } else { room };
        BorrowedPositions { record: Record::new(written), slots: storage }
    }
}

impl core::fmt::Debug for BorrowedPositions<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let capacity = self.slots.len();
        f.debug_struct("BorrowedPositions").field("capacity", &capacity).finish_non_exhaustive()
    }
}

impl Slots for BorrowedPositions<'_> {}

impl sealed::Storage for BorrowedPositions<'_> {
    #[inline(always)]
    fn writer(&mut self, _: Inside) -> Writer<'_> {
        Writer { slots: self.slots, next: 0, record: &mut self.record }
    }

    #[inline(always)]
    fn written(&self, _: Inside) -> (&Record, &[FieldPosition]) {
        let Some(written) = self.slots.get(..self.record.fields) else { return none(&self.record) };
        // SAFETY: the invariant, and `fields <= written`: so many are initialised.
        (&self.record, unsafe { &*(core::ptr::from_ref(written) as *const _) })
    }
}

/// What a slot holds of a field: where it stands, or its [text](super::text).
pub(crate) trait Slot<'b>: Sized {
    /// Whether it is [noted](Noted) which known fields there can be, and lines without a name with
    /// them. If not, none of these may be written: each is looked at.
    const IS_NOTED: bool;

    /// What it holds of a line of `octets` whose field stands at `at`.
    ///
    /// # Safety
    /// The octets were broken into lines by a rough look, and `line` is one of these; `at` is
    /// what `head/whole.rs` makes of it: its name, and behind that a part of it without its end.
    unsafe fn new(octets: Window<'b>, line: &Line, at: FieldPosition) -> Self;
}

impl Slot<'_> for FieldPosition {
    const IS_NOTED: bool = true;

    #[inline(always)]
    unsafe fn new(_: Window<'_>, _: &Line, at: FieldPosition) -> FieldPosition {
        at
    }
}

/// Slots being filled in order.
///
/// Invariant: `slots[..next]` are initialised, and so are `slots[..record.written]` if they
/// are positions.
pub struct Writer<'h, T = FieldPosition> {
    slots: &'h mut [MaybeUninit<T>],
    next: usize,
    record: &'h mut Record,
}

/// What is for positions alone, which are read back.
impl<'h> Writer<'h> {
    /// Goes on behind the first `count` positions, which an earlier call wrote. `false` if these
    /// slots do not hold so many: then they are not the ones that the parse began with.
    #[inline(always)]
    pub(crate) fn resume(&mut self, count: usize) -> bool {
        let held = count <= self.record.written.min(self.slots.len());
        self.next = if held { count } else { 0 };
        held
    }

    /// What the head that was parsed last came to, and where its fields are.
    #[inline(always)]
    pub(crate) fn written(&self) -> (&Record, &[FieldPosition]) {
        let Some(written) = self.slots.get(..self.record.fields) else { return none(self.record) };
        // SAFETY: the invariant, and `fields <= written`: so many are initialised.
        (self.record, unsafe { &*(core::ptr::from_ref(written) as *const _) })
    }

    /// What a head came to whose parse stopped, with how many of its fields.
    pub(crate) fn found(&self) -> (StartLine, Noted, usize) {
        (self.record.start, self.record.noted, self.record.fields)
    }

    /// Whether no slot is left.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.next >= self.slots.len()
    }

    /// Writes the next position; does nothing where no slot is left.
    #[inline(always)]
    pub(crate) fn push(&mut self, position: FieldPosition) {
        if let Some(slot) = self.slots.get_mut(self.next) {
            slot.write(position);
            self.next += 1;
        }
    }

    /// Moves the end of the last position's value further back; does nothing where there is none.
    pub(crate) fn extend_last(&mut self, value_end: u32) {
        let last = self.slots[..self.next].last_mut();
        if let Some(slot) = last {
            // SAFETY: the invariant: `slots[..next]` are initialised.
            let last = unsafe { slot.assume_init_mut() };
            last.value_end = last.value_end.max(value_end);
        }
    }

    /// Keeps all that was written for a later [`resume`](Self::resume).
    #[inline(always)]
    pub(crate) fn pause(&mut self) {
        self.record.written = self.next.max(self.record.written);
    }
}

impl<'h, T> Writer<'h, T> {
    /// One that begins at the first of these slots.
    #[inline(always)]
    pub(super) fn new(slots: &'h mut [MaybeUninit<T>], record: &'h mut Record) -> Writer<'h, T> {
        Writer { slots, next: 0, record }
    }

    /// One for the same slots, which begins at the first.
    pub(crate) fn again(&mut self) -> Writer<'_, T> {
        Writer { slots: self.slots, next: 0, record: self.record }
    }

    /// Its parts, to be handed over in registers.
    #[inline(always)]
    pub(super) fn into_parts(self) -> (&'h mut [MaybeUninit<T>], &'h mut Record) {
        (self.slots, self.record)
    }

    /// A writer again, which begins at the first slot.
    ///
    /// # Safety
    /// The parts are those of one writer.
    #[inline(always)]
    pub(super) unsafe fn from_parts(
        slots: &'h mut [MaybeUninit<T>],
        record: &'h mut Record,
    ) -> Writer<'h, T> {
        Writer { slots, next: 0, record }
    }

    /// Leaves room for `limit` positions, those included that are written.
    #[inline(always)]
    pub(crate) fn restrict(&mut self, limit: usize) {
        let room = limit.max(self.next).min(self.slots.len());
        self.slots = &mut core::mem::take(&mut self.slots)[..room];
    }

    /// How many positions are written.
    #[inline(always)]
    pub(crate) fn count(&self) -> usize {
        self.next
    }

    /// The slots that are left.
    #[inline(always)]
    pub(super) fn left(&mut self) -> &mut [MaybeUninit<T>] {
        self.slots.get_mut(self.next..).unwrap_or_default()
    }

    /// Counts positions that were written to those that were [left](Self::left).
    ///
    /// # Safety
    /// The first `count` slots of it are initialised.
    #[inline(always)]
    pub(super) unsafe fn add(&mut self, count: usize) {
        self.next += count;
    }

    /// Keeps what the first line came to.
    #[inline(always)]
    pub(crate) fn begin(&mut self, start: StartLine) {
        self.record.start = start;
    }

    /// Keeps all that was written, and what else the head came to.
    #[inline(always)]
    pub(crate) fn finish(&mut self, noted: Noted) {
        let (fields, record) = (self.next, &mut *self.record);
        if fields > record.written {
            extend(&mut record.written, fields);
        }
        record.fields = fields;
        record.noted = noted;
    }
}

// Once for each slot at most. (A branch, so that what was written is not stored for each head.)
#[cold]
fn extend(written: &mut usize, fields: usize) {
    *written = fields;
}

// Never, as no more are written than there are.
#[cold]
fn none(record: &Record) -> (&Record, &[FieldPosition]) {
    (record, &[])
}

pub(super) mod sealed {
    /// Keeps [`Slots`](super::Slots) implementable here alone: its promise about
    /// initialised slots is not for safe code to make. Whoever is generic over `Slots`
    /// sees these methods, and has no [`Inside`](super::Inside) to call them with:
    ///
    /// ```compile_fail,E0061
    /// fn look(slots: &mut impl rajada_parser::Slots) {
    ///     slots.writer();
    /// }
    /// ```
    ///
    /// ```compile_fail,E0061
    /// fn look(slots: &impl rajada_parser::Slots) {
    ///     slots.written();
    /// }
    /// ```
    pub trait Storage {
        #[doc(hidden)]
        fn writer(&mut self, _: super::Inside) -> super::Writer<'_>;
        #[doc(hidden)]
        fn written(&self, _: super::Inside) -> (&super::Record, &[super::FieldPosition]);
    }
}
