//! Python's websockets.

use crate::python::drive;

/// Messages in one burst, fragments, a ping, and a close with a code, which the script looks at itself.
#[test]
fn a_websocket() {
    let Some(arrivals) = drive("websockets", "frames") else { return };
    assert!(arrivals.is_empty(), "{arrivals:?}");
}
