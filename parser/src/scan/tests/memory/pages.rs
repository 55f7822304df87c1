//! Pages of memory with nothing mapped in front of them and behind them: who reads an octet
//! outside ends the process. No other file maps memory.

use core::ffi::c_void;
use core::ptr;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::boxed::Box;

use super::Place;

/// A multiple of the size of a page, which is 4, 16 or 64 KiB.
const PAGE: usize = 64 * 1024;

/// What may be written, between two pages that may not be touched.
const ROOM: usize = 4 * PAGE;

pub(super) fn places() -> [Box<dyn Place>; 2] {
    [Box::new(AtBeginning(Pages::new())), Box::new(AtEnd(Pages::new()))]
}

struct Pages {
    /// Invariant: mapped, of `PAGE + ROOM + PAGE` octets, and those of `ROOM` may be read and
    /// written.
    map: *mut c_void,
}

impl Pages {
    fn new() -> Pages {
        let len = PAGE + ROOM + PAGE;
        // SAFETY: an address of the system's choice is nobody else's.
        let map =
            unsafe { mmap_anonymous(ptr::null_mut(), len, ProtFlags::empty(), MapFlags::PRIVATE) };
        let pages = Pages { map: map.expect("memory can be mapped") };
        // SAFETY: these pages were mapped just before, and nothing refers to them.
        unsafe { mprotect(pages.first(), ROOM, MprotectFlags::READ | MprotectFlags::WRITE) }
            .expect("pages can be made writable");
        pages
    }

    /// The first octet that may be touched.
    fn first(&self) -> *mut c_void {
        self.map.wrapping_byte_add(PAGE)
    }

    /// Room for as many octets.
    fn room(&mut self) -> &mut [u8; ROOM] {
        // SAFETY: the invariant; pages are mapped with zeros in them, and borrowed as
        // `self` is.
        unsafe { &mut *self.first().cast() }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the invariant, and nothing refers to them any more.
        unsafe { munmap(self.map, PAGE + ROOM + PAGE) }.expect("what is mapped can be unmapped");
    }
}

/// The first octets of a page: in front of them is nothing.
struct AtBeginning(Pages);

impl Place for AtBeginning {
    fn put(&mut self, octets: &[u8]) -> &[u8] {
        let room = &mut self.0.room()[..octets.len()];
        room.copy_from_slice(octets);
        room
    }
}

/// The last octets of a page: behind them is nothing.
struct AtEnd(Pages);

impl Place for AtEnd {
    fn put(&mut self, octets: &[u8]) -> &[u8] {
        let room = &mut self.0.room()[ROOM - octets.len()..];
        room.copy_from_slice(octets);
        room
    }
}
