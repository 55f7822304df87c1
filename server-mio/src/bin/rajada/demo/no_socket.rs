//! No WebSocket: it is a feature that is off.

use rajada_mio::App;

/// Adds nothing.
pub(super) fn add(app: App) -> App {
    app
}
