//! The router: one structure, which one `insert` builds, and three ways to look into it.

use std::collections::{HashMap, HashSet};

use rajada_parser::encode::is_token;

use super::leaf::{Leaf, Range, Ranges};
use super::methods::{KNOWN, Methods, OF_SERVER};
use super::path::{self, BadPath};
use super::pattern::{self, Pattern, RouteError, SERVER, Shape};
use super::shortcuts::Shortcuts;

/// What a router leads to.
pub(crate) trait Value: Clone {
    /// As much of it as is needed where a request line has led to it.
    type Short: Clone;

    /// None: request lines do not lead to it, only methods and paths.
    fn short(&self) -> Option<Self::Short>;
}

/// For who wants to know no more than whether routes can be told apart.
impl Value for () {
    type Short = ();

    fn short(&self) -> Option<()> {
        Some(())
    }
}

/// Values by method and pattern. Cheapest first, a request is looked for by its line ([`exact`](Self::exact)), by the
/// beginning of its line ([`tail`](Self::tail)), where there is only one value ([`sole`](Self::sole)), and by method and
/// path ([`find`](Self::find)). The last one knows everything; what the others find is what it would find.
///
/// Building takes time in proportion to the number of insertions.
#[derive(Debug, Clone)]
pub(crate) struct Router<V: Value> {
    shortcuts: Shortcuts<V::Short>,
    /// The numbers of routes with parameters. The others are not among them: between two patterns that can't be told
    /// apart, they would hide one from the other.
    tree: matchit::Router<u32>,
    /// The number of the route that has every path, if no other is in the tree.
    all: Option<u32>,
    /// What every method and every path lead to, if nothing but that is there.
    sole: Option<Leaf<V::Short>>,
    /// How many are in the tree.
    in_tree: usize,
    routes: Vec<Route<V>>,
    /// Of each route, until they are taken.
    patterns: Vec<Pattern>,
    /// The numbers of routes by the text of their patterns.
    numbers: HashMap<Box<str>, u32>,
    /// Methods that some route has and no RFC that we know.
    extensions: HashSet<Box<str>>,
}

/// One pattern's methods.
#[derive(Debug, Clone)]
struct Route<V> {
    methods: Methods<Leaf<V>>,
    shape: Shape,
    /// How many parameters it has, if the last one stands for nothing as well.
    open: Option<usize>,
}

/// What a method and a path lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'r, V> {
    /// A route has both.
    Leaf(&'r Leaf<V>),
    /// A route has the path, and other methods: its number, and the value of `Allow`.
    NotAllowed(u32, &'r str),
    /// `OPTIONS` that no value is for, of a route or (`*`) of the server, and the value of `Allow`.
    Options(Option<u32>, &'r str),
    /// No route has the method, nor does an RFC that we know; a route may have the path.
    UnknownMethod(Option<u32>),
    /// No route has the path.
    Missing,
    /// The path can't be decoded.
    BadPath,
}

impl<V: Value> Router<V> {
    /// A router without routes.
    pub(crate) fn new() -> Router<V> {
        Router {
            shortcuts: Shortcuts::new(),
            tree: matchit::Router::new(),
            all: None,
            sole: None,
            in_tree: 0,
            routes: Vec::new(),
            patterns: Vec::new(),
            numbers: HashMap::new(),
            extensions: HashSet::new(),
        }
    }

    /// Adds a value for a method (`None`: any that has none of its own) of a pattern.
    ///
    /// # Errors
    /// The pattern or the method is malformed, the pattern can't be told apart from another one, or the method has a
    /// value already.
    pub(crate) fn insert(
        &mut self,
        method: Option<&str>,
        pattern: &str,
        value: V,
    ) -> Result<(), RouteError> {
        let number = match self.numbers.get(pattern) {
            Some(number) => *number,
            None => self.insert_pattern(pattern)?,
        };
        let route = &mut self.routes[number as usize];
        let short = value.short().map(|value| Leaf { value, route: number });
        let leaf = Leaf { value, route: number };
        let Some(method) = method else {
            if !route.methods.insert_any(leaf) {
                let why = "there is a handler for any method already";
                return Err(RouteError::new(pattern, why));
            }
            self.sole = self.find_sole();
            return Ok(());
        };
        if !is_token(method.as_bytes()) {
            return Err(RouteError::new(pattern, format!("`{method}` is not a method")));
        }
        let capitals = method.to_ascii_uppercase();
        if method != capitals && KNOWN.contains(&&*capitals) {
            let why = format!("methods are case-sensitive: `{capitals}`, not `{method}`");
            return Err(RouteError::new(pattern, why));
        }
        if method == "CONNECT" {
            let why = "no route can have CONNECT: it asks for a tunnel and has no path (RFC 9110 section 9.3.6)";
            return Err(RouteError::new(pattern, why));
        }
        if !route.methods.insert(method, leaf) {
            return Err(RouteError::new(pattern, format!("{method} has a handler already")));
        }
        if let Some(leaf) = short {
            self.shortcuts.insert(method, &route.shape, leaf);
        }
        if !KNOWN.contains(&method) && !self.extensions.contains(method) {
            self.extensions.insert(method.into());
        }
        self.sole = self.find_sole();
        Ok(())
    }

    /// What all that is in front of it leads to: beside the route that has every path there may be that of the server.
    fn find_sole(&self) -> Option<Leaf<V::Short>> {
        let all = self.all?;
        let is_other =
            |route: &Route<V>| matches!(&route.shape, Shape::Fixed(path) if **path != *SERVER);
        if self.routes.len() > 2 || self.routes.iter().any(is_other) {
            return None;
        }
        let leaf = self.routes.get(all as usize)?.methods.of_all_but_trace()?;
        Some(Leaf { value: leaf.value.short()?, route: all })
    }

    fn insert_pattern(&mut self, pattern: &str) -> Result<u32, RouteError> {
        let parsed = pattern::parse(pattern)?;
        let number = self.routes.len() as u32;
        // There are as many paths as patterns without parameters: braces are escaped in one way only.
        if !matches!(parsed.shape, Shape::Fixed(_)) {
            self.insert_into_tree(pattern, parsed.open, number).map_err(|error| {
                let why = format!("it can't be told apart from another route: {error}");
                RouteError::new(pattern, why)
            })?;
            // Only the first is alone.
            let is_all = self.in_tree == 0 && parsed.open == Some("/".len());
            self.all = is_all.then_some(number);
            self.in_tree += 1;
        }
        let open = parsed.open.map(|_| parsed.names.len());
        self.shortcuts.insert_route(&parsed.shape, number);
        self.routes.push(Route { methods: Methods::new(), shape: parsed.shape, open });
        self.patterns.push(Pattern { text: pattern.into(), names: parsed.names.into() });
        self.numbers.insert(pattern.into(), number);
        Ok(number)
    }

    /// What stands for nothing as well is two patterns of the tree: that with nothing, and that with something.
    fn insert_into_tree(
        &mut self,
        pattern: &str,
        open: Option<usize>,
        number: u32,
    ) -> Result<(), matchit::InsertError> {
        let Some((before, last)) = open.and_then(|at| pattern.split_at_checked(at)) else {
            return self.tree.insert(pattern, number);
        };
        self.tree.insert(before, number)?;
        self.tree.insert(format!("{before}{}", last.replacen("**", "*", 1)), number)
    }

    /// The patterns by the numbers of their routes. They are kept elsewhere afterwards.
    pub(crate) fn take_patterns(&mut self) -> Box<[Pattern]> {
        core::mem::take(&mut self.patterns).into()
    }

    /// What a request is for, by `method SP request-target` as it stands in the request line, if that is a path
    /// without parameters, the route names the method, and its value has a short form.
    #[inline]
    pub(crate) fn exact(&self, line: &[u8]) -> Option<&Leaf<V::Short>> {
        self.shortcuts.exact(line)
    }

    /// The same for a path that ends in its only parameter, and where that is in the path.
    #[inline]
    pub(crate) fn tail(&self, line: &[u8]) -> Option<(&Leaf<V::Short>, Range)> {
        self.shortcuts.tail(line)
    }

    /// The same where all requests lead to one value, by method and target, whether its path can be decoded or not. What may
    /// be another value's, or is no path, is not found.
    #[inline]
    pub(crate) fn sole(&self, method: &[u8], target: &[u8]) -> Option<&Leaf<V::Short>> {
        let sole = self.sole.as_ref()?;
        (target.first() == Some(&b'/') && method != b"TRACE").then_some(sole)
    }

    /// The same where it is not known that a target is a path, and with what methods have of their own: by method and raw
    /// path.
    #[cold]
    pub(crate) fn all(&self, method: &[u8], raw: &[u8]) -> Option<&Leaf<V>> {
        let all = self.sole.as_ref().filter(|_| raw.first() == Some(&b'/'))?;
        self.routes.get(all.route as usize)?.methods.find(method)
    }

    /// What a method and a raw path lead to; `plain` says that the path holds no `%`. If it does, `scratch` holds it
    /// decoded afterwards (nothing, if it can't be), otherwise it is not touched. `ranges` tells where the route's
    /// parameters are in the decoded path.
    pub(crate) fn find(
        &self,
        method: &[u8],
        raw: &[u8],
        plain: bool,
        scratch: &mut Vec<u8>,
        ranges: &mut Ranges,
    ) -> Found<'_, V> {
        ranges.clear();
        let found = match plain {
            true => self.walk(raw, ranges),
            false => self.walk_decoded(raw, scratch, ranges),
        };
        match found {
            Ok(Some(number)) => self.of_route(number, method),
            Ok(None) if raw == b"*" => Found::Options(None, OF_SERVER),
            Ok(None) if !self.knows_method(method) => Found::UnknownMethod(None),
            Ok(None) => Found::Missing,
            Err(BadPath) => Found::BadPath,
        }
    }

    #[cold]
    fn walk_decoded(
        &self,
        raw: &[u8],
        scratch: &mut Vec<u8>,
        ranges: &mut Ranges,
    ) -> Result<Option<u32>, BadPath> {
        match path::decode(raw, scratch) {
            Ok(path) => {
                let found = self.walk(path.as_bytes(), ranges);
                path::restore_slashes(scratch);
                found
            }
            Err(bad) => {
                scratch.clear();
                Err(bad)
            }
        }
    }

    /// The route that a decoded path belongs to, one without parameters first.
    fn walk(&self, path: &[u8], ranges: &mut Ranges) -> Result<Option<u32>, BadPath> {
        if let Some(number) = self.shortcuts.fixed(path) {
            return Ok(Some(number));
        }
        let Ok(text) = core::str::from_utf8(path) else { return Err(BadPath) };
        if let Some((number, range)) = self.shortcuts.tail_of_path(path) {
            ranges.push(range);
            return Ok(Some(number));
        }
        Ok(self.walk_tree(text, ranges))
    }

    /// The same for what only the tree can tell.
    #[inline(never)]
    fn walk_tree(&self, path: &str, ranges: &mut Ranges) -> Option<u32> {
        if self.all.is_some() && path.starts_with('/') {
            ranges.try_push(("/".len() as u32, path.len() as u32)).ok()?;
            return self.all;
        }
        let found = self.tree.at(path).ok()?;
        for (_, value) in found.params.iter() {
            let start = value.as_ptr() as usize - path.as_ptr() as usize;
            ranges.try_push((start as u32, (start + value.len()) as u32)).ok()?;
        }
        let open = self.routes.get(*found.value as usize).and_then(|route| route.open);
        if open.is_some_and(|parameters| ranges.len() < parameters) {
            ranges.try_push((path.len() as u32, path.len() as u32)).ok()?;
        }
        Some(*found.value)
    }

    #[inline]
    fn of_route(&self, number: u32, method: &[u8]) -> Found<'_, V> {
        match self.routes.get(number as usize) {
            Some(route) => match route.methods.find(method) {
                Some(leaf) => Found::Leaf(leaf),
                None => self.of_other_method(number, &route.methods, method),
            },
            None => Found::Missing,
        }
    }

    #[cold]
    fn of_other_method<'r>(
        &'r self,
        number: u32,
        methods: &'r Methods<Leaf<V>>,
        method: &[u8],
    ) -> Found<'r, V> {
        match method {
            b"OPTIONS" => Found::Options(Some(number), methods.allow()),
            _ if !self.knows_method(method) => Found::UnknownMethod(Some(number)),
            _ => Found::NotAllowed(number, methods.allow()),
        }
    }

    /// Whether an RFC or a route of this application defines a method: if not, 501 says more than 405.
    fn knows_method(&self, method: &[u8]) -> bool {
        KNOWN.iter().any(|known| known.as_bytes() == method)
            || core::str::from_utf8(method).is_ok_and(|method| self.extensions.contains(method))
    }
}

#[cfg(test)]
mod tests;
