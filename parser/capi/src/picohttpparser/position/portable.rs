//! One number after the other.

use core::ffi::c_char;

use rajada_parser::FieldPosition;

use crate::picohttpparser::Header;

/// The field at a position in octets that begin at `start`. (Without a look at whether it is
/// within them: it is not dereferenced here.)
#[inline(always)]
pub(in crate::picohttpparser) fn header_at(
    start: *const c_char,
    position: &FieldPosition,
) -> Header {
    Header {
        name: start.wrapping_add(position.name_start as usize),
        name_len: position.name_end.wrapping_sub(position.name_start) as usize,
        value: start.wrapping_add(position.value_start as usize),
        value_len: position.value_end.wrapping_sub(position.value_start) as usize,
    }
}
