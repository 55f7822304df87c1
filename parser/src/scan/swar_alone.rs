//! The best level where no vector instructions are known.

use crate::scan::Level;
use crate::scan::swar::Swar;

pub(super) const LEVEL: Level = Level::Swar;
pub(super) const SCANNER: Swar = Swar;
