//! What both ends are bound to.

use core::fmt;

use super::WindowBits;

/// What both ends have agreed on about compression. Its text is the element of `Sec-WebSocket-Extensions` in the server's answer.
///
/// ```
/// use rajada_websocket::deflate::Terms;
///
/// let offers = [Ok(&b"permessage-deflate; client_max_window_bits"[..])];
/// let agreed = Terms::DEFAULT.accept(offers).unwrap().unwrap();
/// let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
/// assert_eq!(agreed.to_string(), answer);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub(super) server_context: bool,
    pub(super) client_context: bool,
    /// As they stand in the answer.
    pub(super) server_bits: Option<WindowBits>,
    pub(super) client_bits: Option<WindowBits>,
}

impl Agreed {
    /// Whether what the server sends may refer to messages before.
    pub const fn server_context(&self) -> bool {
        self.server_context
    }

    /// Whether what the client sends may refer to messages before.
    pub const fn client_context(&self) -> bool {
        self.client_context
    }

    /// How far back what the server sends may refer.
    pub fn server_window(&self) -> WindowBits {
        self.server_bits.unwrap_or(WindowBits::MAX)
    }

    /// How far back what the client sends may refer.
    pub fn client_window(&self) -> WindowBits {
        self.client_bits.unwrap_or(WindowBits::MAX)
    }
}

impl fmt::Display for Agreed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("permessage-deflate")?;
        if !self.server_context {
            f.write_str("; server_no_context_takeover")?;
        }
        if !self.client_context {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_bits {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        if let Some(bits) = self.client_bits {
            write!(f, "; client_max_window_bits={bits}")?;
        }
        Ok(())
    }
}
