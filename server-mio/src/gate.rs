//! The one way into code of the application: whatever it does there, its caller goes on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs code of the application: a handler, a hook, a future, a destructor. All of it runs through here.
///
/// # Errors
/// What it panicked with.
#[inline(always)]
pub(crate) fn enter<R>(code: impl FnOnce() -> R) -> Result<R, Panic> {
    // Nothing of ours is changed while it runs but by calls that leave it whole, or it is dropped behind a panic.
    catch_unwind(AssertUnwindSafe(code)).map_err(Panic::new)
}

/// Runs code that nobody waits for. A panic in it is logged: `what` has panicked.
#[inline]
pub(crate) fn run(what: &str, code: impl FnOnce()) {
    if let Err(panic) = enter(code) {
        log::error!("{what} panicked: {}", panic.message());
    }
}

/// Drops what the application has made.
#[inline]
pub(crate) fn discard<T>(value: T) {
    run("what was dropped", move || drop(value));
}

/// Logs an error that nobody else is told of, and drops it. Both are code of the application, and a panic in one must
/// not meet another in the other: that would end the process.
#[cold]
pub(crate) fn tell(what: &str, error: impl core::fmt::Display) {
    run("the text of an error", || log::error!("{what}{error}"));
    discard(error);
}

/// What a panic has left: a value of the application, which may panic again when it is dropped.
pub(crate) struct Panic {
    payload: Option<Box<dyn Any + Send>>,
}

impl Panic {
    #[cold]
    fn new(payload: Box<dyn Any + Send>) -> Panic {
        Panic { payload: Some(payload) }
    }

    /// What it said.
    pub(crate) fn message(&self) -> &str {
        let payload = self.payload.as_deref();
        let text = payload.and_then(|payload| payload.downcast_ref::<&'static str>().copied());
        let string = payload.and_then(|payload| payload.downcast_ref::<String>());
        text.or_else(|| string.map(String::as_str)).unwrap_or("a panic without words")
    }

    /// Goes on as it would have without the way in.
    #[cold]
    pub(crate) fn resume(mut self) -> ! {
        resume_unwind(self.payload.take().unwrap_or_else(|| Box::new(())))
    }
}

/// A value that panics when it is dropped leaves another one, which may do the same. After so many the last is leaked.
const MOST_PAYLOADS: usize = 8;

impl Drop for Panic {
    fn drop(&mut self) {
        for _ in 0..MOST_PAYLOADS {
            let payload = self.payload.take();
            match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                Ok(()) => return,
                Err(next) => self.payload = Some(next),
            }
        }
        core::mem::forget(self.payload.take());
    }
}

impl core::fmt::Debug for Panic {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Panic").field(&self.message()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;

    /// Panics as often as it says when it is dropped, with another one of its kind.
    struct Stubborn(u32);

    impl Drop for Stubborn {
        fn drop(&mut self) {
            if self.0 > 0 {
                panic_any(Stubborn(self.0 - 1));
            }
        }
    }

    #[test]
    fn what_panics_is_told_and_goes_no_further() {
        assert_eq!(enter(|| 7).ok(), Some(7));
        assert_eq!(enter(|| panic!("text")).unwrap_err().message(), "text");
        assert_eq!(enter(|| panic!("{} text", "made")).unwrap_err().message(), "made text");
        assert_eq!(enter(|| panic_any(7)).unwrap_err().message(), "a panic without words");
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_goes_no_further_either() {
        for times in [1, 3, 100] {
            drop(enter(|| panic_any(Stubborn(times))).unwrap_err());
            discard(Stubborn(times));
        }
    }
}
