//! A library whose errors are like all others.

use core::convert::Infallible;
use core::error::Error;
use std::any::Any;

/// There is none.
pub(super) type Whole = Infallible;

/// Takes nothing.
pub(super) fn take(_: &mut dyn Any) -> Option<Whole> {
    None
}

pub(super) fn as_error(whole: &Whole) -> &(dyn Error + Send + Sync + 'static) {
    match *whole {}
}

pub(super) fn find<E>(whole: &Whole) -> Option<&E> {
    match *whole {}
}
