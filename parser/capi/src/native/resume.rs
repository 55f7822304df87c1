//! What is known of a head that has not fully arrived.

use rajada_parser::{Error, Status};

use super::kept::Kept;
use super::outcome::{RAJADA_COMPLETE, RAJADA_MISUSE};
use super::raw;

/// `rajada_resume`: how far a head is known. All zero is a fresh one.
#[repr(transparent)]
pub struct Resume(Kept<rajada_parser::Resume, 11>);

/// Whose head it is: one of another kind begins again.
#[derive(Clone, Copy)]
pub(super) enum Section {
    Request,
    Response,
    Trailers,
    Fields,
}

impl Section {
    const fn mark(self) -> u64 {
        u64::from_le_bytes(match self {
            Section::Request => *b"rjd req ",
            Section::Response => *b"rjd resp",
            Section::Trailers => *b"rjd trlr",
            Section::Fields => *b"rjd flds",
        })
    }
}

/// Calls `parse` with what is known, and keeps what is known behind it: nothing unless the
/// head is incomplete.
pub(super) fn going_on<T>(
    resume: Option<&mut Resume>,
    section: Section,
    parse: impl FnOnce(&mut rajada_parser::Resume) -> Result<Status<T>, Error>,
) -> Result<Status<T>, Error> {
    let Some(Resume(kept)) = resume else { return parse(&mut rajada_parser::Resume::new()) };
    let mut at = kept.get(section.mark()).copied().unwrap_or_default();
    let parsed = parse(&mut at);
    match parsed {
        Ok(Status::Partial) => kept.put(section.mark(), at),
        _ => kept.clear(),
    }
    parsed
}

/// Makes a fresh one.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_resume_init(resume: *mut Resume) -> i32 {
    // SAFETY: the caller's promise.
    let is_made = unsafe { raw::write(resume, Resume(Kept::NONE)) };
    if is_made { RAJADA_COMPLETE } else { RAJADA_MISUSE }
}
