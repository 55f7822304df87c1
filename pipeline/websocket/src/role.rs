//! Which end of the connection this is.

/// The role of an end, [`Server`] or [`Client`], with what it needs. The trait is sealed.
pub trait Role: sealed::Sealed {
    /// Whether it masks what it sends, and its peer does not (RFC 6455 section 5.1).
    #[doc(hidden)]
    const MASKS: bool;
    /// The key of the next frame, in the order of the wire.
    #[doc(hidden)]
    fn key(&mut self) -> u32;
}

/// The end that accepted the opening handshake.
#[derive(Debug, Clone, Copy, Default)]
pub struct Server;

impl Role for Server {
    const MASKS: bool = false;

    #[inline]
    fn key(&mut self) -> u32 {
        0
    }
}

/// The end that began the opening handshake. It has a source of keys, one a frame.
///
/// Who can foresee keys can choose what stands on the wire, and so deceive intermediaries: they must come from a strong source of
/// entropy (RFC 6455 sections 5.3 and 10.3), such as the operating system, or a generator that it has seeded.
#[derive(Debug, Clone, Copy)]
pub struct Client<K>(
    /// The source.
    pub K,
);

impl<K: FnMut() -> [u8; 4]> Role for Client<K> {
    const MASKS: bool = true;

    #[inline]
    fn key(&mut self) -> u32 {
        u32::from_ne_bytes((self.0)())
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Server {}
    impl<K> Sealed for super::Client<K> {}
}
