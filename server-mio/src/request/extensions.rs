//! Values that hooks attach to a request, by type.

use std::any::{Any, TypeId};

/// Values attached to one request, one of each type.
#[derive(Default)]
pub(crate) struct Extensions {
    values: Vec<(TypeId, Box<dyn Any + Send>)>,
}

impl Extensions {
    /// Attaches a value, instead of an earlier one of the same type.
    pub(crate) fn insert<T: Send + 'static>(&mut self, value: T) {
        self.values.retain(|(id, _)| *id != TypeId::of::<T>());
        self.values.push((TypeId::of::<T>(), Box::new(value)));
    }

    /// The value of a type.
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let of_type = |(id, _): &&(TypeId, Box<dyn Any + Send>)| *id == TypeId::of::<T>();
        self.values.iter().find(of_type).and_then(|(_, value)| value.downcast_ref())
    }

    pub(crate) fn clear(&mut self) {
        self.values.clear();
    }
}

impl core::fmt::Debug for Extensions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Extensions").field("values", &self.values.len()).finish()
    }
}
