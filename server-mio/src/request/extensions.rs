//! Values that hooks attach to a request, by type.

use std::any::{Any, TypeId};

use crate::gate;

/// Values attached to one request, one of each type.
///
/// One word: a request that nothing is attached to should not pay for it.
#[derive(Default)]
pub(crate) struct Extensions {
    values: Option<Box<Values>>,
}

#[derive(Default)]
struct Values {
    by_type: Vec<(TypeId, Box<dyn Any + Send>)>,
}

impl Extensions {
    /// Attaches a value, instead of an earlier one of the same type.
    pub(crate) fn insert<T: Send + 'static>(&mut self, value: T) {
        let values = &mut self.values.get_or_insert_default().by_type;
        values.retain(|(id, _)| *id != TypeId::of::<T>());
        values.push((TypeId::of::<T>(), Box::new(value)));
    }

    /// The value of a type.
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let of_type = |(id, _): &&(TypeId, Box<dyn Any + Send>)| *id == TypeId::of::<T>();
        let values = &self.values.as_deref()?.by_type;
        values.iter().find(of_type).and_then(|(_, value)| value.downcast_ref())
    }

    /// Drops all values, whatever that does.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if let Some(values) = self.values.take() {
            // One by one: a panic that meets another on its way ends the process.
            values.by_type.into_iter().for_each(|(_, value)| gate::discard(value));
        }
    }
}

impl core::fmt::Debug for Extensions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let count = self.values.as_deref().map_or(0, |values| values.by_type.len());
        f.debug_struct("Extensions").field("values", &count).finish()
    }
}
