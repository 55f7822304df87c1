//! Nothing around what a worker runs.

/// What workers enter: nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ambient {}

impl Ambient {
    /// There is nothing to be had from around this call.
    #[cfg(feature = "tower")]
    pub(crate) fn adopt(&mut self) {}

    /// Enters it on this thread until the guard goes.
    pub(crate) fn enter(&self) -> Option<core::marker::PhantomData<&()>> {
        None
    }
}
