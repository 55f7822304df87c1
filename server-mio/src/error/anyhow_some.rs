//! `anyhow::Error`, kept as it is: only it can tell what it was made of.

use core::error::Error;
use std::any::Any;

/// Such an error.
pub(super) type Whole = anyhow::Error;

/// Takes it out of an `Option` of one.
pub(super) fn take(option: &mut dyn Any) -> Option<Whole> {
    option.downcast_mut::<Option<Whole>>()?.take()
}

/// The outermost error of it.
pub(super) fn as_error(whole: &Whole) -> &(dyn Error + Send + Sync + 'static) {
    whole.as_ref()
}

/// An error of type `E` that it was made of, or one of its contexts.
pub(super) fn find<E: Error + Send + Sync + 'static>(whole: &Whole) -> Option<&E> {
    whole.downcast_ref()
}
