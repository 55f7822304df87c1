//! What a caller in C gives to be written to.

use core::ffi::c_char;
use core::ops::Range;
use core::ptr;

/// A field: `struct phr_header`. Without a name (null) it is another line of the value before,
/// RFC 9112 section 5.2.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "C knows its layout")]
pub struct Header {
    /// First octet of the name, or null.
    pub name: *const c_char,
    /// Octets in the name.
    pub name_len: usize,
    /// First octet of the value.
    pub value: *const c_char,
    /// Octets in the value, without white space behind it.
    pub value_len: usize,
}

/// A variable of the caller. It may be uninitialised: it is never read.
#[derive(Clone, Copy)]
pub(super) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// # Safety
    /// `variable` is valid for writes as long as this exists.
    #[inline(always)]
    pub(super) unsafe fn new(variable: *mut T) -> Self {
        Out(variable)
    }

    #[inline(always)]
    pub(super) fn set(self, value: T) {
        // SAFETY: `new` demands that it can be written.
        unsafe { self.0.write(value) }
    }
}

/// Two variables, for the first octet of a text and its length.
#[derive(Clone, Copy)]
pub(super) struct TextOut {
    pub(super) start: Out<*const c_char>,
    pub(super) len: Out<usize>,
}

impl TextOut {
    #[inline(always)]
    pub(super) fn set(self, text: &[u8]) {
        self.start.set(text.as_ptr().cast());
        self.len.set(text.len());
    }

    /// A part of `octets`. (Without a look at whether it is: it is not dereferenced here.)
    #[inline(always)]
    pub(super) fn set_at(self, octets: &[u8], part: Range<usize>) {
        self.start.set(octets.as_ptr().cast::<c_char>().wrapping_add(part.start));
        self.len.set(part.end.wrapping_sub(part.start));
    }

    #[inline(always)]
    pub(super) fn clear(self) {
        self.start.set(ptr::null());
        self.len.set(0);
    }
}

/// The caller's array of fields, which may be uninitialised.
#[derive(Clone, Copy)]
pub(super) struct Headers {
    first: *mut Header,
    capacity: usize,
}

impl Headers {
    /// # Safety
    /// `capacity` elements from `first` on are valid for writes as long as this exists.
    #[inline(always)]
    pub(super) unsafe fn new(first: *mut Header, capacity: usize) -> Self {
        Headers { first, capacity }
    }

    /// Writes an element for each of `items`, or nothing if there are more of them than elements.
    #[inline(always)]
    pub(super) fn fill<T>(self, items: &[T], header: impl Fn(&T) -> Header) -> bool {
        if items.len() > self.capacity {
            return false;
        }
        for (index, item) in items.iter().enumerate() {
            // SAFETY: there are not more items than elements.
            let element = unsafe { self.first.add(index) };
            // SAFETY: `new` demands that it can be written.
            unsafe { element.write(header(item)) };
        }
        true
    }

    /// The element at an index, if there is one.
    pub(super) fn at(self, index: usize) -> Option<HeaderOut> {
        if index >= self.capacity {
            return None;
        }
        // SAFETY: the index is below the capacity, so this is within the array.
        Some(HeaderOut(unsafe { self.first.add(index) }))
    }
}

/// An element of the caller's array. It is never read.
#[derive(Clone, Copy)]
pub(super) struct HeaderOut(*mut Header);

impl HeaderOut {
    /// The name alone.
    pub(super) fn set_name(self, start: *const c_char, len: usize) {
        // SAFETY: the field is within an element that can be written.
        let name = unsafe { &raw mut (*self.0).name };
        // SAFETY: the same.
        let name_len = unsafe { &raw mut (*self.0).name_len };
        // SAFETY: `Headers::new` demands that it can be written.
        unsafe { name.write(start) };
        // SAFETY: the same.
        unsafe { name_len.write(len) };
    }

    /// The value alone.
    pub(super) fn set_value(self, text: &[u8]) {
        // SAFETY: the field is within an element that can be written.
        let value = unsafe { &raw mut (*self.0).value };
        // SAFETY: the same.
        let value_len = unsafe { &raw mut (*self.0).value_len };
        // SAFETY: `Headers::new` demands that it can be written.
        unsafe { value.write(text.as_ptr().cast()) };
        // SAFETY: the same.
        unsafe { value_len.write(text.len()) };
    }
}
