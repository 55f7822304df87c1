//! Request targets: the four forms of RFC 9112 section 3.2.

mod percent;
mod query;
#[cfg(test)]
mod tests;

pub use percent::{InvalidPercentEncoding, percent_decode, percent_decode_in_place};
pub use query::{Query, QueryPair};

use crate::Authority;

/// Which of the four forms a request target has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9112 section 3.2 knows four")]
pub enum Form {
    /// `/path?query`, the usual one.
    Origin,
    /// `http://host/path?query`, as sent to proxies.
    Absolute,
    /// `host:port`, with CONNECT alone.
    Authority,
    /// `*`, with OPTIONS alone.
    Asterisk,
}

/// A request target taken apart. Nothing is decoded.
///
/// ```
/// use rajada_parser::{Form, Target};
///
/// let target = Target::of(b"GET", b"/a/b?c=d").unwrap();
/// assert_eq!((target.form, target.path, target.query), (Form::Origin, &b"/a/b"[..], Some(&b"c=d"[..])));
/// let target = Target::of(b"GET", b"http://example.org").unwrap();
/// assert_eq!(target.path, b"/");
/// assert!(Target::of(b"GET", b"*").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target<'b> {
    /// Its form.
    pub form: Form,
    /// The path: begins with `/`; `*` in asterisk-form; empty in
    /// authority-form. An absolute-form target without a path has the path `/`,
    /// or `*` with OPTIONS (RFC 9112 section 3.2.4).
    pub path: &'b [u8],
    /// What stands behind the first `?`, if there is one.
    pub query: Option<&'b [u8]>,
    /// The authority of absolute-form and authority-form, and the port that a
    /// `Host` without one stands for: the scheme's default, or in authority-form
    /// the authority's own (RFC 9112 section 3.2.3).
    pub authority: Option<(Authority<'b>, u16)>,
}

impl<'b> Target<'b> {
    /// Takes a request target apart. `None` if it is in none of the forms, or
    /// in one that does not go with `method`.
    #[inline]
    #[must_use]
    pub fn of(method: &[u8], target: &'b [u8]) -> Option<Target<'b>> {
        match target {
            _ if method == b"CONNECT" => Target::authority(target),
            [b'/', ..] => Some(Target::with_path(Form::Origin, target)),
            b"*" if method == b"OPTIONS" => Some(Target::with_path(Form::Asterisk, target)),
            _ => Target::absolute(target, method),
        }
    }

    #[inline]
    fn with_path(form: Form, target: &'b [u8]) -> Target<'b> {
        let (path, query) = match memchr::memchr(b'?', target) {
            Some(mark) => (&target[..mark], Some(&target[mark + 1..])),
            None => (target, None),
        };
        Target { form, path, query, authority: None }
    }

    fn authority(target: &'b [u8]) -> Option<Target<'b>> {
        let authority = Authority::parse(target)?;
        // RFC 9110 section 9.3.6: the port is never left out.
        let port = authority.port()?;
        Some(Target {
            form: Form::Authority,
            path: b"",
            query: None,
            authority: Some((authority, port)),
        })
    }

    fn absolute(target: &'b [u8], method: &[u8]) -> Option<Target<'b>> {
        let (rest, default_port) = match scheme(target, b"http://") {
            Some(rest) => (rest, 80),
            None => (scheme(target, b"https://")?, 443),
        };
        let end = rest.iter().position(|octet| matches!(octet, b'/' | b'?')).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end)?;
        let authority = Authority::parse(authority)?;
        let mut parts = Target::with_path(Form::Absolute, rest);
        if parts.path.is_empty() {
            parts.path = if method == b"OPTIONS" && parts.query.is_none() { b"*" } else { b"/" };
        }
        Some(Target { authority: Some((authority, default_port)), ..parts })
    }

    /// The name and value pairs of the query; none where there is no query.
    pub fn query_pairs(&self) -> Query<'b> {
        Query::new(self.query.unwrap_or_default())
    }
}

/// What stands behind `scheme`, which compares without case.
fn scheme<'b>(target: &'b [u8], scheme: &[u8]) -> Option<&'b [u8]> {
    let (start, rest) = target.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}
