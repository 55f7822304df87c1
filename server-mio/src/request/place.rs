//! Where content is not the value that was expected.

use std::fmt::Write;

use serde::de::{Deserialize, Deserializer};
use serde_path_to_error::Segment;

/// The path of what is wrong; empty where the value as a whole is, or what follows it. It is found by reading again, so
/// that what is right is read at no cost.
#[cold]
pub(super) fn of<'r, T: Deserialize<'r>, D: Deserializer<'r>>(deserializer: D) -> String {
    let mut place = String::new();
    if let Err(error) = serde_path_to_error::deserialize::<_, T>(deserializer) {
        for segment in error.path() {
            let dot = if place.is_empty() { "" } else { "." };
            // Writing to a String can't fail.
            let _ = match segment {
                Segment::Seq { index } => write!(place, "[{index}]"),
                Segment::Map { key: name } | Segment::Enum { variant: name } => {
                    write!(place, "{dot}{name}")
                }
                // Within a name that can't be read, or is none.
                Segment::Unknown => break,
            };
        }
    }
    place
}
