//! No files in forms: the feature `multipart` is off.

use rajada_mio::Scope;

/// What the first page says instead.
pub(super) const FORM: &str = "<p>Forms with files need the feature <code>multipart</code>: <code>cargo run --release --features multipart</code>.</p>";

/// Adds nothing.
pub(super) fn add(scope: Scope) -> Scope {
    scope
}
