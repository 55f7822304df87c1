//! Why a connection is closed.

use core::fmt;

/// The status code of a close frame that may stand on the wire (RFC 6455 section 7.4): 1000 to 1003, 1007 to 1014, 3000
/// to 4999. The rest is reserved, is for local use alone (1005, 1006 and 1015), or belongs to future versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: what the connection was for is done.
    pub const NORMAL: Self = Self(1000);
    /// 1001: a server goes down, or a browser goes elsewhere.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: data of this kind is not accepted, such as binary ones.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1007: data that does not fit its kind: text that is no UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// 1008: a policy is violated, and no other code says more.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message is too large to be processed.
    pub const TOO_BIG: Self = Self(1009);
    /// 1010: a client misses an extension that it needs.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: something unexpected keeps a server from fulfilling the request.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the service restarts (registered with IANA, as the two that follow).
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: the service is overloaded: try again later.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got an invalid response.
    pub const BAD_GATEWAY: Self = Self(1014);

    /// The code of this number, if it may stand on the wire.
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(code)),
            _ => None,
        }
    }

    /// Its number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_by_the_registry() {
        for code in 0..=u16::MAX {
            let refused = code < 1000
                || (1004..=1006).contains(&code)
                || (1015..=2999).contains(&code)
                || code > 4999;
            assert_eq!(CloseCode::new(code).map(CloseCode::get), (!refused).then_some(code));
        }
    }
}
