//! Storage for header positions that is never initialised before it is used.

use core::mem::MaybeUninit;

/// Where a field's name and value stand, as octets from the first one of the
/// message: `name_start..name_end` and `value_start..value_end`. The value is
/// without the white space around it.
///
/// Positions have no lifetime, so they can be stored beside a buffer. They are
/// hints: used with other octets they give wrong text or none, never a panic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Storage for header positions, lent to a parse: [`Positions`], or a slice of
/// [`FieldPosition`] of any length.
///
/// A head with more fields than there are slots is refused with
/// [`ErrorKind::TooManyFields`](crate::ErrorKind::TooManyFields).
pub trait Slots: sealed::Storage {}

/// Room for the positions of `N` fields, without a heap and without the cost
/// of initialising it: `16 * N` octets and a word.
///
/// Keep it in a worker or connection and use it again and again; nothing needs
/// clearing. `Positions::<100>::new()` has room for as many fields as
/// [`Limits::DEFAULT`](crate::Limits::DEFAULT) allows.
pub struct Positions<const N: usize> {
    slots: [MaybeUninit<FieldPosition>; N],
    /// The first so many slots have been written. Never decreases.
    written: usize,
}

impl<const N: usize> Positions<N> {
    /// Empty slots.
    pub const fn new() -> Self {
        let mut positions = MaybeUninit::<Self>::uninit();
        let this = positions.as_mut_ptr();
        // Not as a struct expression: the compiler makes a constant of that, and
        // copies all of it.
        // SAFETY: the field is within what `this` points to.
        let written = unsafe { &raw mut (*this).written };
        // SAFETY: `written` points to memory of this function.
        unsafe { written.write(0) };
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
    fn writer(&mut self) -> Writer<'_> {
        Writer { slots: &mut self.slots, next: 0, written: Some(&mut self.written) }
    }
}

impl Slots for [FieldPosition] {}

impl sealed::Storage for [FieldPosition] {
    #[inline(always)]
    fn writer(&mut self) -> Writer<'_> {
        let slots = &raw mut *self as *mut [MaybeUninit<FieldPosition>];
        // SAFETY: same layout and lifetime, and `Writer` stores initialised
        // positions alone, so the slice stays initialised.
        let slots = unsafe { &mut *slots };
        Writer { slots, next: 0, written: None }
    }
}

/// Slots being filled in order.
///
/// Invariant: `slots[..next]` are initialised, and so are the first `written`;
/// all of them if there is no such number.
pub struct Writer<'h> {
    slots: &'h mut [MaybeUninit<FieldPosition>],
    next: usize,
    /// How many are initialised, kept for the next parse.
    written: Option<&'h mut usize>,
}

impl<'h> Writer<'h> {
    /// Goes on behind the first `count` positions, which an earlier call wrote.
    /// `false` if these slots do not hold so many: then they are not the ones
    /// that the parse began with.
    #[inline(always)]
    pub(crate) fn resume(&mut self, count: usize) -> bool {
        let written = self.written.as_ref().map_or(self.slots.len(), |written| **written);
        let held = count <= written.min(self.slots.len());
        self.next = if held { count } else { 0 };
        held
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

    /// Moves the end of the last position's value further back; does nothing
    /// where there is none.
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
        if let Some(written) = &mut self.written {
            **written = self.next.max(**written);
        }
    }

    /// All that was written, and a note of it for the next parse.
    #[inline(always)]
    pub(crate) fn finish(mut self) -> &'h [FieldPosition] {
        self.pause();
        let written = &self.slots[..self.next];
        // SAFETY: the invariant: `slots[..next]` are initialised.
        unsafe { written.assume_init_ref() }
    }
}

mod sealed {
    /// Keeps [`Slots`](super::Slots) implementable here alone: its promise
    /// about initialised slots is not for safe code to make.
    pub trait Storage {
        #[doc(hidden)]
        fn writer(&mut self) -> super::Writer<'_>;
    }
}
