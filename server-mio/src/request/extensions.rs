//! Values attached to a request, by type.

use std::any::{Any, TypeId};
use std::sync::OnceLock;

use super::OwnedRequest;
use crate::gate;

/// Values attached to one request, the last one of each type to be found.
///
/// They are only added, so whoever has one may keep looking at it while others attach more: the request of a handler and
/// that of the hooks behind it are the same. All are dropped when the last one who knows the request is done with it.
#[derive(Default)]
pub(crate) struct Extensions {
    first: OnceLock<Box<Attachment>>,
}

struct Attachment {
    id: TypeId,
    value: Box<dyn Any + Send + Sync>,
    next: OnceLock<Box<Attachment>>,
}

/// In front of all others: a request whose values are looked for and attached in place of these.
pub(super) struct Inherited(pub(super) OwnedRequest);

impl Extensions {
    /// Attaches a value, to be found instead of an earlier one of the same type.
    pub(crate) fn insert<T: Send + Sync + 'static>(&self, value: T) {
        if let Some(inherited) = self.inherited() {
            return inherited.insert(value);
        }
        let mut new = Box::new(Attachment {
            id: TypeId::of::<T>(),
            value: Box::new(value),
            next: OnceLock::new(),
        });
        let mut place = &self.first;
        while let Err(refused) = place.set(new) {
            new = refused;
            // Who was there before is there for good.
            let Some(taken) = place.get() else { return };
            place = &taken.next;
        }
    }

    /// The value of a type.
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        if let Some(inherited) = self.inherited() {
            return inherited.get();
        }
        let last = self.iter().filter(|attached| attached.id == TypeId::of::<T>()).last();
        last.and_then(|attached| attached.value.downcast_ref())
    }

    /// Whether nothing is attached.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.first.get().is_none()
    }

    /// Where values are in place of here.
    fn inherited(&self) -> Option<&Extensions> {
        let first = self.first.get()?.value.downcast_ref::<Inherited>()?;
        first.0.parts.as_ref().map(|parts| &parts.extensions)
    }

    fn iter(&self) -> impl Iterator<Item = &Attachment> {
        let first = self.first.get().map(|first| &**first);
        core::iter::successors(first, |attached| attached.next.get().map(|next| &**next))
    }

    /// Drops all values, whatever that does.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if let Some(first) = self.first.take() {
            drop_all(first);
        }
    }
}

#[cold]
fn drop_all(first: Box<Attachment>) {
    let mut next = Some(first);
    while let Some(attached) = next.take() {
        let Attachment { value, next: mut behind, .. } = *attached;
        next = behind.take();
        // One by one: a panic that meets another on its way ends the process.
        gate::discard(value);
    }
}

/// However it comes to its end: values are dropped one by one.
impl Drop for Extensions {
    fn drop(&mut self) {
        self.clear();
    }
}

impl core::fmt::Debug for Extensions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Extensions").field("values", &self.iter().count()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_type_is_found_and_earlier_ones_stay_where_they_are() {
        let mut extensions = Extensions::default();
        assert_eq!(extensions.get::<u8>(), None);
        extensions.insert(1u8);
        let first = extensions.get::<u8>();
        extensions.insert("text");
        extensions.insert(2u8);
        assert_eq!((first, extensions.get::<u8>()), (Some(&1), Some(&2)));
        assert_eq!(extensions.get::<&str>(), Some(&"text"));
        extensions.clear();
        assert_eq!(extensions.get::<u8>(), None);
        extensions.insert(3u8);
        assert_eq!(extensions.get::<u8>(), Some(&3));
    }
}
