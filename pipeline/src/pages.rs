//! The content of answers that the pipeline makes itself.

#[cfg(feature = "alloc")]
use alloc::{sync::Arc, vec::Vec};

use crate::Head;
#[cfg(feature = "alloc")]
use crate::PreparedHead;

/// The answers that the pipeline makes itself, by status. A status without a page is answered
/// without content.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Pages {
    /// Pages that live as long as the program.
    Static(&'static [ErrorPage<'static>]),
    /// Pages that live as long as somebody shares them. (Only with the feature `alloc`.)
    #[cfg(feature = "alloc")]
    Shared(Arc<[PreparedPage]>),
}

/// One such answer.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it is made by its two fields")]
pub struct ErrorPage<'p> {
    /// Status line and fields, without `Date`.
    pub head: Head<'p>,
    /// The content; left out of an answer to `HEAD`.
    pub content: &'p [u8],
}

/// One such answer that owns its octets.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "it is made by its two fields")]
pub struct PreparedPage {
    /// Status line and fields, without `Date`.
    pub head: PreparedHead<Vec<u8>>,
    /// The content; left out of an answer to `HEAD`.
    pub content: Vec<u8>,
}

impl Pages {
    /// No pages.
    pub const NONE: Self = Self::Static(&[]);

    /// The page for a status.
    pub fn get(&self, status: u16) -> Option<ErrorPage<'_>> {
        match self {
            Self::Static(pages) => pages.iter().find(|page| page.head.status() == status).copied(),
            #[cfg(feature = "alloc")]
            Self::Shared(pages) => {
                let page = pages.iter().find(|page| page.head.head().status() == status)?;
                Some(ErrorPage { head: page.head.head(), content: &page.content })
            }
        }
    }
}

impl From<&'static [ErrorPage<'static>]> for Pages {
    fn from(pages: &'static [ErrorPage<'static>]) -> Self {
        Self::Static(pages)
    }
}

#[cfg(feature = "alloc")]
impl From<Vec<PreparedPage>> for Pages {
    fn from(pages: Vec<PreparedPage>) -> Self {
        Self::Shared(pages.into())
    }
}
