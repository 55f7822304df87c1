//! Where hooks are at home: an application, and each that is nested in it.

use std::sync::Arc;

use super::{AfterHook, RouteSettings};
use crate::RouteError;
use crate::hook::Layer;
use crate::routing::{SERVER, check_prefix};

/// The place of a scope in its application: 0 is the application itself.
pub(super) type ScopeId = usize;

/// The hooks of an application, and where it is nested.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    /// What all its routes begin with.
    pub(super) prefix: String,
    /// The scope that it is nested in.
    pub(super) parent: Option<ScopeId>,
    /// What holds for its hooks where no route says otherwise.
    pub(super) settings: RouteSettings,
    /// What runs before and around its handlers, in the order of declaration.
    pub(super) layers: Vec<Layer>,
    /// What runs behind them, in the order of declaration: the last one first.
    pub(super) after: Vec<Arc<AfterHook>>,
}

/// Puts the scopes of a nested application behind those of the outer one, below a prefix. `settings` are those
/// of the nested application. The numbers of the scopes grow by what comes back.
pub(super) fn nest(
    outer: &mut Vec<Hooks>,
    inner: Vec<Hooks>,
    prefix: &str,
    settings: RouteSettings,
) -> ScopeId {
    let first = outer.len();
    outer.extend(inner.into_iter().map(|mut scope| {
        scope.prefix.insert_str(0, prefix);
        scope.settings = scope.settings.within(settings);
        scope.parent = Some(scope.parent.map_or(0, |parent| parent + first));
        scope
    }));
    first
}

/// Whether scopes are put together at segments, and so are routes, each with its scope.
///
/// # Errors
/// The first prefix or route that is not.
pub(super) fn check<'p>(
    scopes: &[Hooks],
    routes: impl IntoIterator<Item = (&'p str, ScopeId)>,
) -> Result<(), RouteError> {
    const WHY: &str = "what stands within a scope is empty or begins with `/`";
    let fits = |pattern: &str, scope: ScopeId| {
        let prefix = scopes.get(scope).map_or("", |scope| &scope.prefix);
        let own = pattern.strip_prefix(prefix).unwrap_or_default();
        own.is_empty() || own.starts_with('/') || pattern == SERVER
    };
    for scope in scopes {
        check_prefix(&scope.prefix)?;
        if scope.parent.is_some_and(|parent| !fits(&scope.prefix, parent)) {
            return Err(RouteError::of_prefix(&scope.prefix, WHY));
        }
    }
    match routes.into_iter().find(|(pattern, scope)| !fits(pattern, *scope)) {
        Some((pattern, _)) => Err(RouteError::new(pattern, WHY)),
        None => Ok(()),
    }
}

/// All layers around what is in a scope, the outermost first.
pub(super) fn layers(scopes: &[Hooks], of: ScopeId) -> Vec<Layer> {
    let mut around: Vec<&Hooks> = outwards(scopes, of).collect();
    around.reverse();
    around.iter().flat_map(|scope| &scope.layers).cloned().collect()
}

/// All hooks behind what is in a scope, the innermost first.
pub(super) fn after(scopes: &[Hooks], of: ScopeId) -> Box<[Arc<AfterHook>]> {
    outwards(scopes, of).flat_map(|scope| scope.after.iter().rev()).cloned().collect()
}

/// How far inside a scope is: by the segments of its prefix, then by how many scopes it is nested in. Of several that are
/// as far inside, the one with more in front of its handlers.
pub(super) fn rank(scopes: &[Hooks], of: ScopeId) -> (usize, usize, usize) {
    let segments = scopes.get(of).map_or(0, |scope| scope.prefix.matches('/').count());
    let layers = outwards(scopes, of).map(|scope| scope.layers.len()).sum();
    (segments, outwards(scopes, of).count(), layers)
}

fn outwards(scopes: &[Hooks], of: ScopeId) -> impl Iterator<Item = &Hooks> {
    core::iter::successors(scopes.get(of), |scope| scopes.get(scope.parent?))
}

/// The scope that has a path of no route: that of the prefix with the most segments, rather one without parameters, and of
/// several the first.
pub(super) fn of_path<'p>(prefixes: impl Iterator<Item = &'p str>, path: &[u8]) -> ScopeId {
    let rank = |prefix: &str| (prefix.matches('/').count(), !prefix.contains('{'));
    let below = prefixes.enumerate().filter(|(_, prefix)| is_below(prefix, path));
    let closer = |best: (ScopeId, _), (id, prefix): (ScopeId, &str)| {
        if rank(prefix) > best.1 { (id, rank(prefix)) } else { best }
    };
    below.fold((0, (0, true)), closer).0
}

/// Whether a decoded path begins with the segments of a prefix.
fn is_below(prefix: &str, path: &[u8]) -> bool {
    let mut segments = path.split(|&octet| octet == b'/');
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    prefix.is_empty()
        || prefix.split('/').all(|pattern| segments.next().is_some_and(|it| is_like(pattern, it)))
}

/// Whether a segment is one that a pattern stands for.
fn is_like(pattern: &str, segment: &[u8]) -> bool {
    let braces = |text: &str| text.replace("{{", "{").replace("}}", "}");
    let Some((before, after)) = parameter(pattern) else {
        return braces(pattern).as_bytes() == segment;
    };
    let (before, after) = (braces(before), braces(after));
    segment.len() > before.len() + after.len()
        && segment.starts_with(before.as_bytes())
        && segment.ends_with(after.as_bytes())
}

/// What stands before and behind the parameter of a pattern's segment.
fn parameter(pattern: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    loop {
        let open = at + pattern[at..].find('{')?;
        if pattern[open + 1..].starts_with('{') {
            at = open + 2;
            continue;
        }
        let close = open + pattern[open..].find('}')?;
        return Some((&pattern[..open], &pattern[close + 1..]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_below_a_prefix_by_segments() {
        let below = |prefix, path: &str| is_below(prefix, path.as_bytes());
        for (prefix, path) in [
            ("", "/"),
            ("", ""),
            ("/", "/a"),
            ("/api", "/api"),
            ("/api", "/api/"),
            ("/api", "/api/a/b"),
            ("/api/", "/api/a"),
            ("/in/{side}", "/in/left/x"),
            ("/v{n}.x", "/v12.x/y"),
            ("/{{a}}", "/{a}/b"),
            ("/{{{a}}}", "/{b}/c"),
        ] {
            assert!(below(prefix, path), "{prefix} {path}");
        }
        for (prefix, path) in [
            ("/api", "/"),
            ("/api", "/apix"),
            ("/api", "/ap"),
            ("/api", "*"),
            ("/in/{side}", "/in"),
            ("/in/{side}", "/in/"),
            ("/v{n}.x", "/v.x"),
            ("/{{a}}", "/b"),
        ] {
            assert!(!below(prefix, path), "{prefix} {path}");
        }
    }

    #[test]
    fn the_closest_prefix_has_a_path_and_of_several_the_first() {
        let prefixes = ["", "/a", "", "/a/b", "/a/b", "/a/{c}"];
        let of = |path: &str| of_path(prefixes.into_iter(), path.as_bytes());
        assert_eq!(["/", "/b", "/a", "/a/x", "/a/b/c"].map(of), [0, 0, 1, 5, 3]);
    }
}
