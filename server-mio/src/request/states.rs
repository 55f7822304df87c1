//! Values that all handlers of an application share, by type.

use std::any::{Any, TypeId, type_name};

/// Values by type.
#[derive(Default)]
pub(crate) struct States {
    values: Vec<(TypeId, Box<dyn Any + Send + Sync>)>,
}

impl States {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.join(States { values: vec![(TypeId::of::<T>(), Box::new(value))] });
    }

    /// Takes all values of `other`, instead of our own of the same types.
    pub(crate) fn join(&mut self, other: States) {
        for (id, value) in other.values {
            self.values.retain(|(own, _)| *own != id);
            self.values.push((id, value));
        }
    }

    /// The value of a type.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn get<T: 'static>(&self) -> &T {
        let of_type = self.values.iter().find(|(id, _)| *id == TypeId::of::<T>());
        match of_type.and_then(|(_, value)| value.downcast_ref()) {
            Some(value) => value,
            None => panic!("the application has no state of type {}", type_name::<T>()),
        }
    }
}
