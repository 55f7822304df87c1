//! What threads share, by the standard library.

pub(super) use std::sync::atomic::{AtomicBool, fence};
pub(super) use std::sync::{Mutex, MutexGuard};
