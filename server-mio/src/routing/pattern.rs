//! Patterns of routes: `/static`, `/user/{id}`, `/files/{*rest}`.

use core::fmt;

/// A route, or the prefix of a scope, that can't be served as it was written; the application does not start.
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
    is_prefix: bool,
}

impl RouteError {
    pub(crate) fn new(pattern: &str, why: impl Into<String>) -> RouteError {
        RouteError { pattern: pattern.into(), why: why.into(), is_prefix: false }
    }

    /// The same about the prefix of a scope.
    pub(crate) fn of_prefix(prefix: &str, why: impl Into<String>) -> RouteError {
        RouteError { is_prefix: true, ..RouteError::new(prefix, why) }
    }

    /// The pattern or prefix that is wrong, or that conflicts with an earlier one, with all that is in front of it.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_prefix { "prefix" } else { "route" };
        write!(f, "{what} `{}`: {}", self.pattern, self.why)
    }
}

impl core::error::Error for RouteError {}

/// A pattern as requests tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As it was written.
    pub(crate) text: Box<str>,
    /// The names of its parameters, in order.
    pub(crate) names: Box<[Box<str>]>,
}

/// A pattern that was understood.
pub(super) struct Parsed {
    /// The names of its parameters, in order.
    pub(super) names: Vec<Box<str>>,
    pub(super) shape: Shape,
    /// Where the last segment begins, if it is `{**rest}`, which stands for nothing as well.
    pub(super) open: Option<usize>,
}

/// What a pattern looks like to those who look for short ways. Texts have their braces unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// No parameter: this path.
    Fixed(Box<str>),
    /// This, which ends in `/`, and a parameter as the last segment: `/user/{id}`.
    Tail(Box<str>),
    /// This, which ends in `/`, and a last segment with a parameter and something else: `/user/v{number}`.
    Mixed(Box<str>),
    /// Parameters further up, or a wildcard.
    Other,
}

/// The target that stands for the server as a whole (RFC 9112 section 3.2.4).
pub(crate) const SERVER: &str = "*";

/// How many parameters a pattern may have.
pub(super) const MOST_PARAMETERS: usize = 16;

pub(super) fn parse(pattern: &str) -> Result<Parsed, RouteError> {
    let fail = |why: &str| Err(RouteError::new(pattern, why));
    if pattern == SERVER {
        return Ok(Parsed { names: Vec::new(), shape: Shape::Fixed(pattern.into()), open: None });
    }
    if !pattern.starts_with('/') {
        return fail("a pattern begins with `/`");
    }
    if pattern.contains(['?', '#']) || pattern.bytes().any(|octet| octet.is_ascii_control()) {
        return fail("a pattern is a decoded path, without query, fragment or control octets");
    }
    if has_escape(pattern) {
        return fail(
            "a pattern is a decoded path: what it stands for is written, such as a space for `%20`",
        );
    }
    if pattern.contains("//") {
        return fail("an empty segment (the prefix of a scope ends without `/`)");
    }
    if pattern.split('/').any(|segment| segment.starts_with([':', '<', '*'])) {
        return fail(
            "a parameter is written `{name}`, and all that follows `{*rest}`, or `{**rest}` if that may be nothing",
        );
    }
    let mut names: Vec<Box<str>> = Vec::new();
    let mut path = String::new();
    let (mut first, mut open) = (None, None);
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
        let starred = match after[..end].strip_prefix("**") {
            Some(_) => &after[1..end],
            None => &after[..end],
        };
        let (name, wildcard) = match starred.strip_prefix('*') {
            Some(name) => (name, true),
            None => (starred, false),
        };
        if starred.len() < end {
            open = Some(pattern.len() - rest.len() + at);
        }
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
        first.get_or_insert((path.len(), wildcard));
    }
    if open.is_some_and(|at| !pattern[..at].ends_with('/')) {
        return fail("`{**rest}` is a segment of its own");
    }
    if names.len() > MOST_PARAMETERS {
        return fail("more than 16 parameters");
    }
    path.push_str(rest);
    Ok(Parsed { shape: shape(path, first, names.len()), names, open })
}

/// Whether the prefix of a scope, all of it, is one that something can be below.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), RouteError> {
    match parse(&format!("{prefix}/")) {
        Ok(_) => Ok(()),
        Err(error) => Err(RouteError::of_prefix(prefix, error.why)),
    }
}

/// Whether there is something in it that a path loses when it is decoded.
fn has_escape(pattern: &str) -> bool {
    let is_escape = |three: &[u8]| three[0] == b'%' && three[1..].iter().all(u8::is_ascii_hexdigit);
    pattern.as_bytes().windows(3).any(is_escape)
}

/// The shape of a pattern, of what is in it besides parameters, where the first parameter is, and whether that is a
/// wildcard.
fn shape(path: String, first: Option<(usize, bool)>, parameters: usize) -> Shape {
    let Some((first, wildcard)) = first else { return Shape::Fixed(path.into()) };
    if path[first..].contains('/') {
        return Shape::Other;
    }
    let parent = path[..first].rfind('/').map_or("", |at| &path[..=at]);
    let alone = parameters == 1 && parent.len() == path.len();
    match (alone, wildcard) {
        (true, true) => Shape::Other,
        (true, false) => Shape::Tail(parent.into()),
        (false, _) => Shape::Mixed(parent.into()),
    }
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
    }

    #[test]
    fn shapes_tell_what_is_last() {
        let shape = |pattern: &str| parse(pattern).unwrap().shape;
        assert_eq!(shape("/plain/é"), Shape::Fixed("/plain/é".into()));
        assert_eq!(shape("/{{a}}"), Shape::Fixed("/{a}".into()));
        assert_eq!(shape("/user/{id}"), Shape::Tail("/user/".into()));
        assert_eq!(shape("/{{a}}/{id}"), Shape::Tail("/{a}/".into()));
        for last in ["v{id}", "{id}v", "{id}}}", "{{{id}", "v{*rest}", "{a}{b}"] {
            assert_eq!(shape(&format!("/user/{last}")), Shape::Mixed("/user/".into()), "{last}");
        }
        for other in ["/user/{*rest}", "/user/{id}/", "/user/{id}/x", "/{a}/{b}", "/v{a}/{*b}"] {
            assert_eq!(shape(other), Shape::Other, "{other}");
        }
    }

    #[test]
    fn a_malformed_pattern_says_why() {
        for bad in [
            "", "a", "/{", "/}", "/{}", "/{a", "/{*}", "/{*a}/b", "/{a}/{a}", "/a?b", "/{a/b}",
            "/{a*}", "/\n", "//", "/a//b", "/a//", "/:id", "/a/:id/b", "/<id>", "/*", "/a/*",
            "/*a", "/a%2Fb", "/v{**a}", "/{**}", "/{**a}/b", "/{***a}", "*a", "**",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse("/{*a}/b").err().unwrap().to_string(),
            "route `/{*a}/b`: nothing can follow a `{*wildcard}`"
        );
    }
}
