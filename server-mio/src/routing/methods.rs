//! The methods of one route.

use std::sync::OnceLock;

/// Methods that RFC 9110 section 9.3 and RFC 5789 define. A request with another one that no route has is answered
/// with 501 rather than 405.
pub(super) const KNOWN: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// The value of `Allow` for the server as a whole.
pub(super) const OF_SERVER: &str = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

/// What answers each method of a route. Methods are compared exactly, case included (RFC 9110 section 9.1).
#[derive(Debug, Clone)]
pub(super) struct Methods<T> {
    /// Looked at first: nearly every request is one.
    get: Option<T>,
    others: Vec<(Box<str>, T)>,
    any: Option<T>,
    /// The value of `Allow`, once it has been asked for.
    allow: OnceLock<String>,
}

impl<T> Methods<T> {
    pub(super) const fn new() -> Methods<T> {
        Methods { get: None, others: Vec::new(), any: None, allow: OnceLock::new() }
    }

    /// Adds a handler; false if the method has one already.
    pub(super) fn insert(&mut self, method: &str, handler: T) -> bool {
        if self.exactly(method.as_bytes()).is_some() {
            return false;
        }
        match method {
            "GET" => self.get = Some(handler),
            _ => self.others.push((method.into(), handler)),
        }
        self.allow.take();
        true
    }

    /// Adds the handler of every method that has none of its own; false if there is one already.
    pub(super) fn insert_any(&mut self, handler: T) -> bool {
        if self.any.is_some() {
            return false;
        }
        self.any = Some(handler);
        self.allow.take();
        true
    }

    /// What answers `method`: its own handler, for HEAD that of GET, or the handler of any method.
    #[inline]
    pub(super) fn find(&self, method: &[u8]) -> Option<&T> {
        if method == b"GET"
            && let Some(handler) = &self.get
        {
            return Some(handler);
        }
        self.find_other(method)
    }

    /// What answers every method, but for `TRACE`, which may have a handler of its own.
    pub(super) fn of_all_but_trace(&self) -> Option<&T> {
        let is_named = self.get.is_some() || self.others.iter().any(|(name, _)| **name != *"TRACE");
        if is_named { None } else { self.any.as_ref() }
    }

    /// The value of `Allow` (RFC 9110 section 10.2.1).
    pub(super) fn allow(&self) -> &str {
        self.allow.get_or_init(|| self.allowed().join(", "))
    }

    fn find_other(&self, method: &[u8]) -> Option<&T> {
        let exactly = self.exactly(method);
        let of_get = || if method == b"HEAD" { self.get.as_ref() } else { None };
        // TRACE reflects what it is sent, so only a route that names it gets it (RFC 9110 section 9.3.8).
        let any = || if method == b"TRACE" { None } else { self.any.as_ref() };
        exactly.or_else(of_get).or_else(any)
    }

    fn exactly(&self, method: &[u8]) -> Option<&T> {
        match method {
            b"GET" => self.get.as_ref(),
            _ => self
                .others
                .iter()
                .find(|(name, _)| name.as_bytes() == method)
                .map(|(_, handler)| handler),
        }
    }

    fn allowed(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        if self.any.is_some() {
            names.extend(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"]);
        }
        if self.get.is_some() {
            names.extend(["GET", "HEAD"]);
        }
        names.extend(self.others.iter().map(|(name, _)| &**name));
        names.push("OPTIONS");
        let mut seen: Vec<&str> = Vec::new();
        for name in names {
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_matched_exactly() {
        let mut methods = Methods::new();
        assert!(methods.insert("GET", 1) && methods.insert("PUT", 2));
        assert!(!methods.insert("GET", 3));
        assert_eq!(methods.find(b"GET"), Some(&1));
        assert_eq!(methods.find(b"HEAD"), Some(&1));
        assert_eq!(methods.find(b"PUT"), Some(&2));
        assert_eq!(methods.find(b"get"), None);
        assert_eq!(methods.find(b"POST"), None);
        assert_eq!(methods.allow(), "GET, HEAD, PUT, OPTIONS");
        assert!(methods.insert("REPORT", 4));
        assert_eq!(methods.allow(), "GET, HEAD, PUT, REPORT, OPTIONS");
    }

    #[test]
    fn any_method_stands_behind_the_named_ones() {
        let mut methods = Methods::new();
        assert!(methods.insert_any(1) && methods.insert("DELETE", 2));
        assert!(!methods.insert_any(3));
        assert_eq!(methods.find(b"DELETE"), Some(&2));
        assert_eq!(methods.find(b"BREW"), Some(&1));
        assert_eq!(methods.find(b"TRACE"), None);
        assert_eq!(methods.allow(), "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS");
    }
}
