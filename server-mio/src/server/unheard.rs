//! Why a server does not listen.

use core::error::Error;
use core::fmt;
use std::io;
use std::net::SocketAddr;

/// What is in the [`io::Error`] of a server that can't listen: a text that names the address. Its source is what the
/// operating system said, with its number.
#[derive(Debug)]
pub(super) struct Unheard {
    text: String,
    source: io::Error,
}

impl Unheard {
    /// Nobody knows the address.
    pub(super) fn unknown(source: io::Error) -> io::Error {
        let text = format!("the address to listen on can't be found: {source}");
        Unheard { text, source }.into()
    }

    /// These addresses were tried, in this order.
    pub(super) fn at(refused: Vec<(SocketAddr, io::Error)>) -> io::Error {
        let reasons = refused
            .iter()
            .map(|(address, error)| format!("{address} can't be listened on: {error}"));
        let text = reasons.collect::<Vec<_>>().join("; ");
        match refused.into_iter().next_back() {
            Some((_, source)) => Unheard { text, source }.into(),
            None => io::Error::new(io::ErrorKind::InvalidInput, "no address to listen on"),
        }
    }
}

impl From<Unheard> for io::Error {
    fn from(unheard: Unheard) -> io::Error {
        io::Error::new(unheard.source.kind(), unheard)
    }
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Unheard {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
