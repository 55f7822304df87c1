//! Patterns of routes: `/static`, `/user/{id}`, `/files/{*rest}`.

use core::fmt;

/// A route that can't be served as it was written; the application does not start.
///
/// ```
/// use rajada_mio::{App, Request};
///
/// let app = App::new().get("/a", |_: &Request| "one").get("/a", |_: &Request| "two");
/// let error = app.check().unwrap_err();
/// assert_eq!(error.to_string(), "route `/a`: GET has a handler already");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteError {
    pattern: String,
    why: String,
}

impl RouteError {
    pub(crate) fn new(pattern: &str, why: impl Into<String>) -> RouteError {
        RouteError { pattern: pattern.into(), why: why.into() }
    }

    /// The pattern that is wrong, or that conflicts with an earlier one.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "route `{}`: {}", self.pattern, self.why)
    }
}

impl core::error::Error for RouteError {}

/// A pattern that was understood.
pub(super) struct Parsed {
    /// The names of its parameters, in order.
    pub(super) names: Vec<Box<str>>,
    /// The path itself, braces unescaped, if there is no parameter.
    pub(super) path: Option<String>,
}

/// How many parameters a pattern may have.
pub(crate) const MOST_PARAMETERS: usize = 16;

pub(super) fn parse(pattern: &str) -> Result<Parsed, RouteError> {
    let fail = |why: &str| Err(RouteError::new(pattern, why));
    if !pattern.starts_with('/') {
        return fail("a pattern begins with `/`");
    }
    if pattern.contains(['?', '#']) || pattern.bytes().any(|octet| octet.is_ascii_control()) {
        return fail("a pattern is a decoded path, without query, fragment or control octets");
    }
    let mut names: Vec<Box<str>> = Vec::new();
    let mut path = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        path.push_str(&rest[..at]);
        let brace = &rest[at..at + 1];
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix(brace) {
            path.push_str(brace);
            rest = after;
            continue;
        }
        let Some(end) = after.find('}').filter(|_| brace == "{") else {
            return fail("a brace without its partner (`{{` and `}}` stand for themselves)");
        };
        let (name, wildcard) = match after[..end].strip_prefix('*') {
            Some(name) => (name, true),
            None => (&after[..end], false),
        };
        if name.is_empty() || name.contains(['{', '*', '/']) {
            return fail("a parameter has a name, without `{`, `*` or `/`");
        }
        if names.iter().any(|other| **other == *name) {
            return fail("two parameters have the same name");
        }
        names.push(name.into());
        rest = &after[end + 1..];
        if wildcard && !rest.is_empty() {
            return fail("nothing can follow a `{*wildcard}`");
        }
    }
    if names.len() > MOST_PARAMETERS {
        return fail("more than 16 parameters");
    }
    path.push_str(rest);
    let path = names.is_empty().then_some(path);
    Ok(Parsed { names, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str) -> Vec<Box<str>> {
        parse(pattern).unwrap().names
    }

    #[test]
    fn parameters_are_named_in_order() {
        assert_eq!(names("/user/{id}/post/{*rest}"), ["id".into(), "rest".into()]);
        assert_eq!(parse("/plain/é").unwrap().path.as_deref(), Some("/plain/é"));
        assert_eq!(parse("/{{a}}").unwrap().path.as_deref(), Some("/{a}"));
    }

    #[test]
    fn a_malformed_pattern_says_why() {
        for bad in [
            "", "a", "/{", "/}", "/{}", "/{a", "/{*}", "/{*a}/b", "/{a}/{a}", "/a?b", "/{a/b}",
            "/{a*}", "/\n",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse("/{*a}/b").err().unwrap().to_string(),
            "route `/{*a}/b`: nothing can follow a `{*wildcard}`"
        );
    }
}
