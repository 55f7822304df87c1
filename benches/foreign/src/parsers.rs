//! Parsers with interfaces of their own.

use crate::contest::Contestant;
use crate::{peers, rajada};

pub fn contestants() -> Vec<Box<dyn Contestant>> {
    let mut contestants: Vec<Box<dyn Contestant>> =
        vec![Box::new(peers::httparse::Httparse::default()), Box::new(rajada::Rajada::at_best())];
    #[cfg(feature = "thhp")]
    contestants.push(Box::new(peers::thhp::Thhp::default()));
    contestants
}
