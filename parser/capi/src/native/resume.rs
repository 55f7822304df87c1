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

/// Where it is kept what is known of a head.
pub(super) struct Later<'a> {
    resume: Option<&'a mut Resume>,
    section: Section,
}

impl<'a> Later<'a> {
    /// What is known, and where that is kept.
    #[inline]
    pub(super) fn of(
        resume: Option<&'a mut Resume>,
        section: Section,
    ) -> (rajada_parser::Resume, Later<'a>) {
        let known = resume.as_ref().and_then(|resume| resume.0.get(section.mark()));
        (known.copied().unwrap_or_default(), Later { resume, section })
    }

    /// Keeps what is known behind a parse: nothing unless the head is incomplete.
    #[inline]
    pub(super) fn keep<T>(self, at: rajada_parser::Resume, parsed: &Result<Status<T>, Error>) {
        let Some(Resume(kept)) = self.resume else { return };
        match parsed {
            Ok(Status::Partial) => kept.put(self.section.mark(), at),
            _ => kept.clear(),
        }
    }
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
