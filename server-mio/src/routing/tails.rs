//! Patterns that end in their only parameter, such as `/user/{id}`: the usual ones, found by a comparison.

/// Patterns of this form that no other pattern with parameters can be confused with, by what stands before the
/// parameter. None of these prefixes begins another one, so at most one of them fits a path, and it is the last one
/// that is not greater.
#[derive(Debug, Clone, Default)]
pub(super) struct Tails {
    sorted: Vec<Tail>,
}

#[derive(Debug, Clone)]
struct Tail {
    prefix: Box<[u8]>,
    /// The parameter is a wildcard: it may hold slashes.
    wild: bool,
    route: u32,
}

/// What comes of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// This route, whose parameter begins here and ends with the path.
    Route(u32, usize),
    /// No route with parameters fits.
    Nothing,
    /// Another kind of pattern may fit.
    Unknown,
}

impl Tails {
    /// Chooses among the patterns with parameters.
    pub(super) fn new<'p>(patterns: impl Iterator<Item = (&'p str, u32)> + Clone) -> Tails {
        let alone = |prefix: &str| {
            let comparable = |&(pattern, _): &(&str, u32)| {
                let other = literal(pattern);
                other.starts_with(prefix) || prefix.starts_with(other)
            };
            patterns.clone().filter(comparable).count() == 1
        };
        let tails = patterns.clone().filter_map(|(pattern, route)| {
            let prefix = literal(pattern);
            let parameter = pattern[prefix.len()..].strip_prefix('{')?.strip_suffix('}')?;
            let plain = !parameter.contains(['{', '}']) && !prefix.contains('}') && alone(prefix);
            let wild = parameter.starts_with('*');
            plain.then(|| Tail { prefix: prefix.as_bytes().into(), wild, route })
        });
        let mut sorted: Vec<Tail> = tails.collect();
        sorted.sort_by(|one, other| one.prefix.cmp(&other.prefix));
        Tails { sorted }
    }

    /// What stands before the parameters, whether each is a wildcard, and the routes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], bool, u32)> {
        self.sorted.iter().map(|tail| (&*tail.prefix, tail.wild, tail.route))
    }

    #[inline]
    pub(super) fn look(&self, path: &[u8]) -> Look {
        let tail = match &self.sorted[..] {
            [] => return Look::Unknown,
            [only] => only,
            many => {
                let behind = many.partition_point(|tail| *tail.prefix <= *path);
                let Some(tail) = many[..behind].last() else { return Look::Unknown };
                tail
            }
        };
        let Some(value) = path.strip_prefix(&*tail.prefix) else { return Look::Unknown };
        if value.is_empty() || (!tail.wild && value.contains(&b'/')) {
            return Look::Nothing;
        }
        Look::Route(tail.route, tail.prefix.len())
    }
}

/// What stands before the first parameter (or the first escaped brace).
fn literal(pattern: &str) -> &str {
    pattern.split('{').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tails(patterns: &[&str]) -> Tails {
        let patterns: Vec<_> = patterns.iter().copied().zip(0..).collect();
        Tails::new(patterns.iter().copied())
    }

    #[test]
    fn a_pattern_that_stands_alone_is_found_by_its_prefix() {
        let tails = tails(&["/user/{id}", "/files/{*rest}", "/a/{b}/c", "/v{number}"]);
        assert_eq!(tails.look(b"/user/7"), Look::Route(0, 6));
        assert_eq!(tails.look(b"/user/"), Look::Nothing);
        assert_eq!(tails.look(b"/user/7/x"), Look::Nothing);
        assert_eq!(tails.look(b"/files/a/b"), Look::Route(1, 7));
        assert_eq!(tails.look(b"/v2"), Look::Route(3, 2));
        assert_eq!(tails.look(b"/a/b/c"), Look::Unknown);
        assert_eq!(tails.look(b"/"), Look::Unknown);
        assert_eq!(tails.look(b""), Look::Unknown);
    }

    #[test]
    fn patterns_that_can_be_confused_are_left_to_the_tree() {
        let tails = tails(&["/user/{id}", "/user/{id}/posts", "/{any}", "/{{x}}/{y}"]);
        assert_eq!(tails.look(b"/user/7"), Look::Unknown);
        assert!(tails.sorted.is_empty());
    }
}
