//! Nothing around what a worker runs.

/// What workers enter: nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ambient {}

impl Ambient {
    /// Enters it on this thread until the guard goes.
    pub(crate) fn enter(&self) -> Option<core::marker::PhantomData<&()>> {
        None
    }
}
