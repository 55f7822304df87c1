//! What threads share, by loom, which tries every order that the memory model allows.

pub(super) use loom::sync::atomic::{AtomicBool, fence};
pub(super) use loom::sync::{Mutex, MutexGuard};
