//! Values that belong to one worker and never cross threads.

use std::any::{Any, TypeId};

use super::Runtime;
use crate::gate;

/// The values of one worker, by type: what a start hook puts here, handlers on that worker find with [`local`].
///
/// ```
/// use rajada_mio::{App, Request, local};
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// App::new()
///     .on_start(|locals| locals.insert(Rc::new(Cell::new(0u64))))
///     .get("/count", |_: &Request| {
///         let count = local::<Rc<Cell<u64>>>().expect("set at the start");
///         count.set(count.get() + 1);
///         count.get().to_string()
///     });
/// ```
#[derive(Default)]
pub struct Locals {
    values: Vec<(TypeId, Box<dyn Any>)>,
}

impl Locals {
    /// Keeps a value, instead of an earlier one of the same type.
    pub fn insert<T: 'static>(&mut self, value: T) {
        self.remove::<T>();
        self.values.push((TypeId::of::<T>(), Box::new(value)));
    }

    /// The value of a type.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        let of_type = |(id, _): &&(TypeId, Box<dyn Any>)| *id == TypeId::of::<T>();
        self.values.iter().find(of_type).and_then(|(_, value)| value.downcast_ref())
    }

    #[cfg(feature = "events")]
    fn get_mut<T: 'static>(&mut self) -> Option<&mut T> {
        let of_type = |(id, _): &&mut (TypeId, Box<dyn Any>)| *id == TypeId::of::<T>();
        self.values.iter_mut().find(of_type).and_then(|(_, value)| value.downcast_mut())
    }

    /// Takes the value of a type out.
    pub fn remove<T: 'static>(&mut self) -> Option<T> {
        let at = self.values.iter().position(|(id, _)| *id == TypeId::of::<T>())?;
        self.values.swap_remove(at).1.downcast().ok().map(|value| *value)
    }
}

/// A value of this worker's that is the server's own, made when it is asked for first. Nothing where they are in use, or on
/// a thread that is not a worker.
#[cfg(feature = "events")]
pub(crate) fn with_local<T: Default + 'static, R>(use_it: impl FnOnce(&mut T) -> R) -> Option<R> {
    let runtime = Runtime::current()?;
    let mut locals = runtime.locals.try_borrow_mut().ok()?;
    if locals.get::<T>().is_none() {
        locals.insert(T::default());
    }
    locals.get_mut().map(use_it)
}

/// Each value by itself: two that panic together would end the process.
impl Drop for Locals {
    fn drop(&mut self) {
        self.values.drain(..).for_each(gate::discard);
    }
}

impl core::fmt::Debug for Locals {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Locals").field("values", &self.values.len()).finish()
    }
}

/// A clone of this worker's value of type `T` (an `Rc` of something, usually); `None` if no start hook put one
/// there, or on a thread that is not a worker.
pub fn local<T: Clone + 'static>() -> Option<T> {
    // They can't be read while a start or stop hook has them.
    Runtime::current()?.locals.try_borrow().ok()?.get::<T>().cloned()
}
