//! What must not happen: each kind of fault, in all of its places. Over a driver and a clock that the test sets, so
//! that a test of what takes a minute takes none.

mod bounds;
mod effects;
mod fairness;
mod gone;
mod held;
mod hooks;
mod linger;
mod rig;
mod routes;
#[cfg(feature = "tower")]
mod services;
mod status;
mod timers;
mod unread;
mod values;
