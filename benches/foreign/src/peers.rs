//! Those that are compared here.

#[path = "../../src/peers/httparse.rs"]
pub mod httparse;
#[cfg(feature = "thhp")]
#[path = "../../src/peers/thhp.rs"]
pub mod thhp;
