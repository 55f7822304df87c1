//! The routes of an application, static ones first.

use arrayvec::ArrayVec;
use rajada_parser::encode::is_token;

use super::RouteError;
use super::methods::{KNOWN, Methods};
use super::path;
use super::pattern::{self, MOST_PARAMETERS};
use super::statics::Statics;
use super::tails::{Look, Tails};

/// The place of a handler in its application.
pub(crate) type EndpointId = u32;

/// Where the values of a route's parameters stand in the decoded path: start and end of each.
pub(crate) type Ranges = ArrayVec<(u32, u32), MOST_PARAMETERS>;

/// A pattern as a request sees it.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) text: Box<str>,
    pub(crate) names: Box<[Box<str>]>,
}

/// One pattern and what answers its methods.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// Its place in [`Table::routes`].
    pub(crate) index: u32,
    pub(crate) pattern: Box<str>,
    pub(crate) names: Box<[Box<str>]>,
    pub(crate) methods: Methods<EndpointId>,
}

/// Routes by path. A path without parameters is found by its length and a comparison, without being decoded where it
/// holds no `%`; the others by a radix tree.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    routes: Vec<Route>,
    /// Those without parameters, by path.
    statics: Statics<u32>,
    dynamic: matchit::Router<u32>,
    /// Those of them that can be found without the tree.
    tails: Tails,
    /// Methods that some route has and no RFC that we know.
    extensions: Vec<Box<str>>,
}

impl Table {
    pub(crate) fn new() -> Table {
        Table {
            routes: Vec::new(),
            statics: Statics::default(),
            dynamic: matchit::Router::new(),
            tails: Tails::default(),
            extensions: Vec::new(),
        }
    }

    /// Adds a handler for a method (`None`: any) of a pattern.
    pub(crate) fn insert(
        &mut self,
        method: Option<&str>,
        pattern: &str,
        handler: EndpointId,
    ) -> Result<(), RouteError> {
        let index = match self.routes.iter().position(|route| *route.pattern == *pattern) {
            Some(index) => index,
            None => self.insert_pattern(pattern)?,
        };
        let methods = &mut self.routes[index].methods;
        let Some(method) = method else {
            return match methods.insert_any(handler) {
                true => Ok(()),
                false => Err(RouteError::new(pattern, "there is a handler for any method already")),
            };
        };
        if !is_token(method.as_bytes()) {
            return Err(RouteError::new(pattern, format!("`{method}` is not a method")));
        }
        if !methods.insert(method, handler) {
            return Err(RouteError::new(pattern, format!("{method} has a handler already")));
        }
        if !KNOWN.contains(&method) {
            self.extensions.push(method.into());
        }
        Ok(())
    }

    /// The paths that a request target can be compared with as it is (a `%` in a target begins an escape), and the
    /// places of their routes.
    pub(crate) fn verbatim(&self) -> impl Iterator<Item = (&[u8], u32)> {
        let all = self.statics.iter().map(|(path, route)| (path, *route));
        all.filter(|(path, _)| path.is_ascii() && !path.contains(&b'%'))
    }

    /// What stands in front of the only parameter of routes that end in it, whether that is a wildcard, and their
    /// places: those that a target which begins so, and holds neither escapes nor a query, is for.
    pub(crate) fn verbatim_tails(&self) -> impl Iterator<Item = (&[u8], bool, u32)> {
        self.tails.iter().filter(|(prefix, ..)| {
            let hidden = self.statics.iter().any(|(path, _)| path.starts_with(prefix));
            prefix.is_ascii() && !prefix.contains(&b'%') && !hidden
        })
    }

    /// The static route of a decoded path.
    #[inline]
    fn find_static(&self, path: &[u8]) -> Option<&Route> {
        self.routes.get(*self.statics.find(path)? as usize)
    }

    /// The route with parameters that a decoded path belongs to, and where their values are.
    #[inline]
    fn find_dynamic(&self, path: &[u8], ranges: &mut Ranges) -> Found<'_> {
        match self.tails.look(path) {
            Look::Route(route, start) => {
                ranges.clear();
                ranges.push((start as u32, path.len() as u32));
                self.routes.get(route as usize).map_or(Found::Nothing, Found::Route)
            }
            Look::Nothing => Found::Nothing,
            Look::Unknown => {
                let Ok(path) = core::str::from_utf8(path) else { return Found::BadPath };
                self.find_in_tree(path, ranges).map_or(Found::Nothing, Found::Route)
            }
        }
    }

    /// The same by the tree, which knows all of them.
    #[inline(never)]
    fn find_in_tree(&self, path: &str, ranges: &mut Ranges) -> Option<&Route> {
        let found = self.dynamic.at(path).ok()?;
        ranges.clear();
        for (_, value) in found.params.iter() {
            let start = value.as_ptr() as usize - path.as_ptr() as usize;
            ranges.try_push((start as u32, (start + value.len()) as u32)).ok()?;
        }
        self.routes.get(*found.value as usize)
    }

    /// Whether an RFC or a route of this application defines a method: if not, 501 says more than 405.
    pub(crate) fn knows_method(&self, method: &[u8]) -> bool {
        KNOWN.iter().any(|known| known.as_bytes() == method)
            || self.extensions.iter().any(|known| known.as_bytes() == method)
    }

    pub(crate) fn patterns(&self) -> Box<[Pattern]> {
        let pattern =
            |route: &Route| Pattern { text: route.pattern.clone(), names: route.names.clone() };
        self.routes.iter().map(pattern).collect()
    }

    /// Every route, in the order of first mention.
    pub(crate) fn routes(&self) -> &[Route] {
        &self.routes
    }

    fn insert_pattern(&mut self, pattern: &str) -> Result<usize, RouteError> {
        let parsed = pattern::parse(pattern)?;
        let index = self.routes.len();
        match parsed.path {
            Some(path) => {
                if !self.statics.insert(path.as_bytes(), index as u32) {
                    return Err(RouteError::new(pattern, "another pattern has the same path"));
                }
            }
            None => self.dynamic.insert(pattern, index as u32).map_err(|error| {
                RouteError::new(
                    pattern,
                    format!("it can't be told apart from another route: {error}"),
                )
            })?,
        }
        let names = parsed.names.into();
        self.routes.push(Route {
            index: index as u32,
            pattern: pattern.into(),
            names,
            methods: Methods::new(),
        });
        let dynamic = self.routes.iter().filter(|route| !route.names.is_empty());
        self.tails = Tails::new(dynamic.map(|route| (&*route.pattern, route.index)));
        Ok(index)
    }
}

/// What a request path leads to.
pub(crate) enum Found<'t> {
    /// A route; its parameters' ranges refer to the decoded path.
    Route(&'t Route),
    /// None that we have.
    Nothing,
    /// The path can't be decoded.
    BadPath,
}

impl Table {
    /// Looks up a raw path; `plain` says that it holds no `%`. If it does, `scratch` holds it decoded afterwards, otherwise it is not touched.
    #[inline]
    pub(crate) fn find(
        &self,
        raw: &[u8],
        plain: bool,
        scratch: &mut Vec<u8>,
        ranges: &mut Ranges,
    ) -> Found<'_> {
        if plain {
            if let Some(route) = self.find_static(raw) {
                return Found::Route(route);
            }
            return self.find_dynamic(raw, ranges);
        }
        self.find_decoded(raw, scratch, ranges)
    }

    #[cold]
    fn find_decoded(&self, raw: &[u8], scratch: &mut Vec<u8>, ranges: &mut Ranges) -> Found<'_> {
        let Ok(path) = path::decode(raw, scratch) else {
            scratch.clear();
            return Found::BadPath;
        };
        let path = path.as_bytes();
        let found = match self.find_static(path) {
            Some(route) => Found::Route(route),
            None => self.find_dynamic(path, ranges),
        };
        path::restore_slashes(scratch);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(patterns: &[&str]) -> Table {
        let mut table = Table::new();
        for (index, pattern) in patterns.iter().enumerate() {
            table.insert(Some("GET"), pattern, index as u32).unwrap();
        }
        table
    }

    fn find(table: &Table, path: &str) -> Option<(u32, Vec<String>)> {
        let (mut scratch, mut ranges) = (Vec::new(), Ranges::new());
        let Found::Route(route) =
            table.find(path.as_bytes(), !path.contains('%'), &mut scratch, &mut ranges)
        else {
            return None;
        };
        let decoded =
            if scratch.is_empty() { path.to_owned() } else { String::from_utf8(scratch).unwrap() };
        let values =
            ranges.iter().map(|&(start, end)| decoded[start as usize..end as usize].to_owned());
        Some((route.methods.find(b"GET").unwrap(), values.collect()))
    }

    #[test]
    fn static_routes_come_first_and_a_trailing_slash_counts() {
        let table =
            table(&["/", "/user/{id}", "/user/me", "/user/me/", "/files/{*rest}", "/a/{x}/b/{y}"]);
        assert_eq!(find(&table, "/"), Some((0, vec![])));
        assert_eq!(find(&table, "/user/7"), Some((1, vec!["7".into()])));
        assert_eq!(find(&table, "/user/me"), Some((2, vec![])));
        assert_eq!(find(&table, "/user/me/"), Some((3, vec![])));
        assert_eq!(find(&table, "/user/7/"), None);
        assert_eq!(find(&table, "/user/"), None);
        assert_eq!(find(&table, "/files/a/b"), Some((4, vec!["a/b".into()])));
        assert_eq!(find(&table, "/a/1/b/2"), Some((5, vec!["1".into(), "2".into()])));
        assert_eq!(find(&table, ""), None);
    }

    #[test]
    fn what_is_found_without_the_tree_is_what_the_tree_finds() {
        let pieces = ["/", "a", "b", "{x}", "/{y}", "/{*z}", "/a/", "{w}c"];
        let mut seed = 1u64;
        let mut random = move |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % below
        };
        let mut compared = 0;
        for _ in 0..3000 {
            let mut table = Table::new();
            for handler in 0..random(6) as u32 {
                let pattern: String =
                    (0..1 + random(4)).map(|_| pieces[random(pieces.len())]).collect();
                // Some are malformed or conflict: they are no routes.
                let _ = table.insert(Some("GET"), &pattern, handler);
            }
            for _ in 0..20 {
                let path: String =
                    (0..1 + random(6)).map(|_| ["/", "a", "b", "c", "é"][random(5)]).collect();
                let (mut ours, mut trees) = (Ranges::new(), Ranges::new());
                let tree = table.find_in_tree(&path, &mut trees).map(|route| route.index);
                let Found::Route(found) = table.find_dynamic(path.as_bytes(), &mut ours) else {
                    assert_eq!(tree, None, "{path} in {:?}", table.routes);
                    continue;
                };
                assert_eq!(Some(found.index), tree, "{path} in {:?}", table.routes);
                assert_eq!(ours, trees, "{path} in {:?}", table.routes);
                compared += usize::from(table.tails.look(path.as_bytes()) != Look::Unknown);
            }
        }
        assert!(compared > 500, "{compared}");
    }

    #[test]
    fn an_escaped_slash_does_not_split_a_segment() {
        let table = table(&["/user/{id}", "/user/{id}/x", "/é"]);
        assert_eq!(find(&table, "/user/a%2Fx"), Some((0, vec!["a/x".into()])));
        assert_eq!(find(&table, "/user/a/x"), Some((1, vec!["a".into()])));
        assert_eq!(find(&table, "/%c3%A9"), Some((2, vec![])));
        assert_eq!(find(&table, "/us%65r/%31"), Some((0, vec!["1".into()])));
    }

    #[test]
    fn duplicates_and_conflicts_are_told_at_once() {
        let mut table = table(&["/a", "/{x}", "/b/{y}"]);
        assert!(table.insert(Some("GET"), "/a", 9).is_err());
        assert!(table.insert(Some("POST"), "/a", 9).is_ok());
        assert!(table.insert(Some("GET"), "/b/{z}", 9).is_err());
        assert!(table.insert(Some("G T"), "/c", 9).is_err());
        assert!(table.insert(None, "/c", 9).is_ok());
        assert!(table.insert(None, "/c", 9).is_err());
        assert!(!table.knows_method(b"BREW"));
        table.insert(Some("BREW"), "/pot", 9).unwrap();
        assert!(table.knows_method(b"BREW"));
    }
}
