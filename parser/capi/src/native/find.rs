//! A field by its name.

use rajada_parser::{FieldPosition, Fields};

use super::raw;

/// Which of the fields, from the one with number `from` on, is the first with this name;
/// `field_count` if none is, or if an argument can't be what it should be.
///
/// # Safety
/// The pointers are [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_find_field(
    head: *const u8,
    head_len: usize,
    fields: *const FieldPosition,
    field_count: usize,
    from: usize,
    name: *const u8,
    name_len: usize,
) -> usize {
    // SAFETY: the caller's promise.
    let head = unsafe { raw::slice(head, head_len) };
    // SAFETY: the caller's promise.
    let fields = unsafe { raw::slice(fields, field_count) };
    // SAFETY: the caller's promise.
    let name = unsafe { raw::slice(name, name_len) };
    let (Some(head), Some(fields), Some(name)) = (head, fields, name) else { return field_count };
    Fields::new(head, fields.get(from..).unwrap_or_default())
        .iter()
        .position(|field| field.name.eq_ignore_ascii_case(name))
        .map_or(field_count, |found| from + found)
}
