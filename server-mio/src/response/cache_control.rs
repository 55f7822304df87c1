//! What caches may do with an answer.

use core::fmt;
use std::time::Duration;

/// The value of a `Cache-Control` (RFC 9111 section 5.2.2): what caches may do with an answer.
///
/// ```
/// use rajada_mio::CacheControl;
/// use std::time::Duration;
///
/// let day = Duration::from_secs(86_400);
/// assert_eq!(CacheControl::NO_STORE.to_string(), "no-store");
/// assert_eq!(CacheControl::public().max_age(day).immutable().to_string(), "public, max-age=86400, immutable");
/// assert_eq!(CacheControl::private().no_cache().to_string(), "private, no-cache");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct CacheControl {
    public: bool,
    private: bool,
    no_store: bool,
    no_cache: bool,
    must_revalidate: bool,
    immutable: bool,
    max_age: Option<u64>,
    shared_max_age: Option<u64>,
    stale_while_revalidate: Option<u64>,
}

impl CacheControl {
    const NOTHING: CacheControl = CacheControl {
        public: false,
        private: false,
        no_store: false,
        no_cache: false,
        must_revalidate: false,
        immutable: false,
        max_age: None,
        shared_max_age: None,
        stale_while_revalidate: None,
    };

    /// `no-store`: nobody keeps it (section 5.2.2.5).
    pub const NO_STORE: CacheControl = CacheControl { no_store: true, ..CacheControl::NOTHING };

    /// `public`: any cache may keep it, also with credentials in the request (section 5.2.2.9).
    pub const fn public() -> CacheControl {
        CacheControl { public: true, ..CacheControl::NOTHING }
    }

    /// `private`: only the cache of its user may keep it (section 5.2.2.7).
    pub const fn private() -> CacheControl {
        CacheControl { private: true, ..CacheControl::NOTHING }
    }

    /// `no-cache`: it is not used again before the server was asked (section 5.2.2.4).
    pub const fn no_cache(self) -> CacheControl {
        CacheControl { no_cache: true, ..self }
    }

    /// `must-revalidate`: once it is stale, it is not used before the server was asked (section 5.2.2.2).
    pub const fn must_revalidate(self) -> CacheControl {
        CacheControl { must_revalidate: true, ..self }
    }

    /// `immutable`: it never changes while it is fresh, so that nobody asks (RFC 8246 section 2).
    pub const fn immutable(self) -> CacheControl {
        CacheControl { immutable: true, ..self }
    }

    /// `max-age`: for so long it is fresh, in whole seconds (section 5.2.2.1).
    pub const fn max_age(self, age: Duration) -> CacheControl {
        CacheControl { max_age: Some(age.as_secs()), ..self }
    }

    /// `s-maxage`: the same for caches that are shared (section 5.2.2.10).
    #[doc(alias = "s_maxage")]
    pub const fn shared_max_age(self, age: Duration) -> CacheControl {
        CacheControl { shared_max_age: Some(age.as_secs()), ..self }
    }

    /// `stale-while-revalidate`: for so long, in whole seconds, it may be used behind that while the server is asked (RFC
    /// 5861 section 3).
    pub const fn stale_while_revalidate(self, age: Duration) -> CacheControl {
        CacheControl { stale_while_revalidate: Some(age.as_secs()), ..self }
    }
}

impl fmt::Display for CacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        let flags = [
            (self.public, "public"),
            (self.private, "private"),
            (self.no_store, "no-store"),
            (self.no_cache, "no-cache"),
        ];
        let ages = [
            (self.max_age, "max-age"),
            (self.shared_max_age, "s-maxage"),
            (self.stale_while_revalidate, "stale-while-revalidate"),
        ];
        let last = [(self.must_revalidate, "must-revalidate"), (self.immutable, "immutable")];
        for (_, name) in flags.into_iter().filter(|(is_set, _)| *is_set) {
            write!(f, "{comma}{name}")?;
            comma = ", ";
        }
        for (age, name) in ages {
            if let Some(seconds) = age {
                write!(f, "{comma}{name}={seconds}")?;
                comma = ", ";
            }
        }
        for (_, name) in last.into_iter().filter(|(is_set, _)| *is_set) {
            write!(f, "{comma}{name}")?;
            comma = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_said_once_each() {
        let second = Duration::from_millis(1999);
        let all = CacheControl::private()
            .immutable()
            .must_revalidate()
            .max_age(second)
            .max_age(Duration::ZERO)
            .shared_max_age(second)
            .stale_while_revalidate(Duration::MAX);
        assert_eq!(
            all.to_string(),
            "private, max-age=0, s-maxage=1, stale-while-revalidate=18446744073709551615, must-revalidate, immutable"
        );
    }
}
