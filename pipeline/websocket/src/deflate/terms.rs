//! What an end grants, and how that becomes what both agree on (RFC 7692 sections 5 and 7.1).

use core::fmt;

use rajada_parser::list::ListError;

use super::parameters::{Element, Parameters};
use super::{Agreed, WindowBits};

/// The most that this end grants. A server [accepts](Self::accept) offers by it, a client [offers](Self::offer) it and
/// [checks](Self::check) the answer by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terms {
    /// Whether what the server sends may refer to messages before. Both ends then keep as many octets of them as the server's window has,
    /// for as long as the connection lives. Default `false`, as in uWebSockets with a shared compressor.
    pub server_context: bool,
    /// The same for what the client sends, and the client's window.
    pub client_context: bool,
    /// How far back what the server sends may refer, at most. Default 15.
    pub server_window: WindowBits,
    /// How far back what the client sends may refer, at most. Default 15. A server with less declines offers of clients that can't be told.
    pub client_window: WindowBits,
    /// The smallest window in which this end can compress. Default 9: zlib and its successors take 9 for 8 without a word.
    pub least: WindowBits,
}

impl Terms {
    /// The documented defaults.
    pub const DEFAULT: Self = Self {
        server_context: false,
        client_context: false,
        server_window: WindowBits::MAX,
        client_window: WindowBits::MAX,
        least: WindowBits::new(9).unwrap(),
    };

    /// For servers: the first of the client's offers that can be granted. They are the elements of `Sec-WebSocket-Extensions`:
    /// `Handshake::extensions` of rajada-pipeline, or [`list::elements`](rajada_parser::list::elements) of each of its values. `None` if there is
    /// none: messages are not compressed.
    ///
    /// An offer is declined if a parameter is unknown, repeated, or has a value that it can't have; if a window is smaller than
    /// [`least`](Self::least); and if the client's window is limited here and it does not offer to heed that (RFC 7692 section 7.1.2.2).
    ///
    /// # Errors
    /// The field is malformed: such a handshake must fail (RFC 6455 section 9.1), with a 400.
    pub fn accept<'b>(
        &self,
        offers: impl IntoIterator<Item = Result<&'b [u8], ListError>>,
    ) -> Result<Option<Agreed>, ListError> {
        let mut agreed = None;
        for offer in offers {
            if let Element::Deflate(offer) = Element::read(offer?)? {
                agreed = agreed.or_else(|| self.grant(&offer));
            }
        }
        Ok(agreed)
    }

    fn grant(&self, offer: &Parameters) -> Option<Agreed> {
        let server_bits = match offer.server_max_window_bits {
            Some(most) => Some(most.min(self.server_window)),
            None => limited(self.server_window),
        };
        let client_bits = match offer.client_max_window_bits {
            Some(Some(most)) => Some(most.min(self.client_window)),
            Some(None) => limited(self.client_window),
            None if limited(self.client_window).is_some() => return None,
            None => None,
        };
        let agreed = Agreed {
            server_context: self.server_context && !offer.server_no_context_takeover,
            client_context: self.client_context && !offer.client_no_context_takeover,
            server_bits,
            client_bits,
        };
        (agreed.server_window() >= self.least).then_some(agreed)
    }

    /// For clients: the offer, an element of `Sec-WebSocket-Extensions`.
    ///
    /// ```
    /// use rajada_websocket::deflate::Terms;
    ///
    /// let offer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits";
    /// assert_eq!(Terms::DEFAULT.offer().to_string(), offer);
    /// ```
    pub const fn offer(&self) -> impl fmt::Display {
        Offer(*self)
    }

    /// For clients: what the server's answer to [`offer`](Self::offer) means. It consists of all elements of the answer's
    /// `Sec-WebSocket-Extensions`, where nothing else was offered. `None` if there are none: messages are not compressed.
    ///
    /// # Errors
    /// The answer is none to the offer: the connection must fail (RFC 7692 section 7.1).
    pub fn check<'b>(
        &self,
        answer: impl IntoIterator<Item = Result<&'b [u8], ListError>>,
    ) -> Result<Option<Agreed>, AnswerError> {
        let mut agreed = None;
        for element in answer {
            let element = element.and_then(Element::read).map_err(AnswerError::Malformed)?;
            match element {
                Element::Other => return Err(AnswerError::NotOffered),
                Element::Wrong => return Err(AnswerError::Parameter),
                Element::Deflate(_) if agreed.is_some() => return Err(AnswerError::Repeated),
                Element::Deflate(answer) => agreed = Some(self.agree(&answer)?),
            }
        }
        Ok(agreed)
    }

    fn agree(&self, answer: &Parameters) -> Result<Agreed, AnswerError> {
        if !self.server_context && !answer.server_no_context_takeover {
            return Err(AnswerError::ServerContext);
        }
        if answer.server_max_window_bits.unwrap_or(WindowBits::MAX) > self.server_window {
            return Err(AnswerError::ServerWindow);
        }
        let client_bits = match answer.client_max_window_bits {
            Some(None) => return Err(AnswerError::Parameter),
            Some(Some(most)) if most > self.client_window => return Err(AnswerError::ClientWindow),
            Some(most) => most,
            // It was told, and need not be confirmed.
            None => limited(self.client_window),
        };
        if client_bits.unwrap_or(WindowBits::MAX) < self.least {
            return Err(AnswerError::ClientWindow);
        }
        Ok(Agreed {
            server_context: !answer.server_no_context_takeover,
            client_context: self.client_context && !answer.client_no_context_takeover,
            server_bits: answer.server_max_window_bits,
            client_bits,
        })
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The window, unless it is the one that goes without saying.
fn limited(window: WindowBits) -> Option<WindowBits> {
    (window < WindowBits::MAX).then_some(window)
}

/// The text of a client's offer.
#[derive(Debug)]
struct Offer(Terms);

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(terms) = self;
        f.write_str("permessage-deflate")?;
        if !terms.server_context {
            f.write_str("; server_no_context_takeover")?;
        }
        if !terms.client_context {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = limited(terms.server_window) {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        f.write_str("; client_max_window_bits")?;
        match limited(terms.client_window) {
            Some(bits) => write!(f, "={bits}"),
            None => Ok(()),
        }
    }
}

/// Why a server's answer is none to what was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// It is no list of extensions (RFC 6455 section 9.1).
    Malformed(ListError),
    /// Another extension (RFC 6455 section 4.1).
    NotOffered,
    /// The extension, more than once.
    Repeated,
    /// A parameter is unknown, repeated, or has a value that it can't have; or `client_max_window_bits` has none (RFC 7692 section 7.1).
    Parameter,
    /// The server was asked to do without messages before, and does not say that it will (RFC 7692 section 7.1.1.1).
    ServerContext,
    /// The server's window is larger than was asked for (RFC 7692 section 7.1.2.1).
    ServerWindow,
    /// The client's window is to be larger than was said, or smaller than [`Terms::least`].
    ClientWindow,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(error) => return write!(f, "no list of extensions: {error}"),
            Self::NotOffered => "an extension that was not offered",
            Self::Repeated => "the extension stands more than once",
            Self::Parameter => "a parameter that can't stand in an answer",
            Self::ServerContext => "the server's messages may refer to those before",
            Self::ServerWindow => "the server's window is larger than was asked for",
            Self::ClientWindow => "the client's window can't be had",
        })
    }
}

impl core::error::Error for AnswerError {}

#[cfg(test)]
mod tests;
