//! Those that are compared here.

#[path = "../../src/peers/httparse.rs"]
pub mod httparse;
#[cfg(feature = "thhp")]
#[path = "../../src/peers/thhp.rs"]
pub mod thhp;

use crate::contest::Contestant;

/// The one that has a feature.
#[cfg(feature = "thhp")]
pub fn if_asked_for() -> Option<Box<dyn Contestant>> {
    Some(Box::new(thhp::Thhp::default()))
}

/// The feature is not there.
#[cfg(not(feature = "thhp"))]
pub fn if_asked_for() -> Option<Box<dyn Contestant>> {
    None
}
