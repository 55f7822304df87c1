//! Text of strangers on a terminal.

/// What stays on one line, and does nothing to a terminal: controls are escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}
