//! What the short ways find is what the tree finds, and that is what a slow search finds.

use super::*;

/// Numbers below a bound, always the same ones.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }

    fn text(&mut self, most: usize, pieces: &[&str]) -> String {
        (0..=self.below(most)).map(|_| pieces[self.below(pieces.len())]).collect()
    }
}

/// Every third one is not to be found by request lines.
impl Value for usize {
    type Short = usize;

    fn short(&self) -> Option<usize> {
        (self % 3 != 2).then_some(*self)
    }
}

impl Value for u32 {
    type Short = u32;

    fn short(&self) -> Option<u32> {
        Some(*self)
    }
}

fn router(patterns: &[&str]) -> Router<u32> {
    let mut router = Router::new();
    for (value, pattern) in (0..).zip(patterns) {
        router.insert(Some("GET"), pattern, value).unwrap();
    }
    router
}

/// The value for `GET` and the values of the parameters.
fn find(router: &Router<u32>, path: &str) -> Option<(u32, Vec<String>)> {
    let (mut scratch, mut ranges) = (Vec::new(), Ranges::new());
    let plain = !path.contains('%');
    let found = router.find(b"GET", path.as_bytes(), plain, &mut scratch, &mut ranges);
    let Found::Leaf(leaf) = found else { return None };
    let decoded = if plain { path.to_owned() } else { String::from_utf8(scratch).unwrap() };
    let values = ranges.iter().map(|&(start, end)| &decoded[start as usize..end as usize]);
    Some((leaf.value, values.map(str::to_owned).collect()))
}

fn tail(router: &Router<u32>, line: &str) -> Option<(u32, (u32, u32))> {
    router.tail(line.as_bytes()).map(|(leaf, range)| (leaf.value, range))
}

#[test]
fn what_may_be_nothing_has_the_path_in_front_of_it_too() {
    let router = router(&["/{**rest}", "/fixed/", "/in/{id}/{**rest}"]);
    let found = |path: &str| find(&router, path).map(|(value, values)| (value, values.join(" ")));
    let some = |value, text: &str| Some((value, text.to_owned()));
    assert_eq!(found("/"), some(0, ""));
    assert_eq!(found("/a/b"), some(0, "a/b"));
    assert_eq!(found("/a%2fb/"), some(0, "a/b/"));
    assert_eq!(found("/fixed/"), some(1, ""));
    assert_eq!(found("/fixed/x"), some(0, "fixed/x"));
    assert_eq!(found("/in/7/"), some(2, "7 "));
    assert_eq!(found("/in/7/x/y"), some(2, "7 x/y"));
    assert_eq!(found("/in/7"), some(0, "in/7"));
    let mut twice: Router<u32> = Router::new();
    twice.insert(Some("GET"), "/a/{**rest}", 0).unwrap();
    for other in ["/a/{**other}", "/a/{*rest}"] {
        assert!(twice.insert(Some("GET"), other, 1).is_err(), "{other}");
    }
    twice.insert(Some("PUT"), "/a/{**rest}", 1).unwrap();
}

#[test]
fn a_route_that_has_every_path_finds_the_same_alone_and_among_others() {
    let alone = router(&["*", "/{**rest}", "/fixed"]);
    let others = ["/a/{id}/b", "/{**rest}", "/c/{*rest}"];
    let among = router(&others);
    let behind = router(&[others[1], others[0], others[2]]);
    for path in ["/", "//", "/a", "/a/", "/a/b/c/", "/a%2Fb", "/%C3%A9", "/%20"] {
        let found = find(&alone, path);
        let rest = found.as_ref().map(|(value, rest)| (*value, rest.len()));
        assert_eq!(rest, Some((1, 1)), "{path}");
        assert_eq!(found, find(&among, path), "{path}");
        let values = |found: Option<(u32, Vec<String>)>| found.map(|(_, values)| values);
        assert_eq!(values(found), values(find(&behind, path)), "{path}");
    }
    assert_eq!(find(&alone, "/fixed"), Some((2, vec![])));
    assert_eq!(find(&alone, "*"), Some((0, vec![])));
    assert_eq!(find(&router(&["/{**rest}"]), "*"), None);
    assert_eq!(find(&behind, "/a/1/b"), Some((1, vec!["1".to_owned()])));
}

#[test]
fn a_route_may_have_the_server_as_a_whole() {
    let target = |router: &Router<u32>, method: &[u8]| {
        let found = router.find(method, b"*", true, &mut Vec::new(), &mut Ranges::new());
        match found {
            Found::Leaf(leaf) => Some(leaf.value),
            Found::Options(None, OF_SERVER) => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(target(&router(&["/{**rest}"]), b"OPTIONS"), None);
    let mut with = router(&["/{**rest}"]);
    with.insert(Some("OPTIONS"), "*", 7).unwrap();
    assert_eq!(target(&with, b"OPTIONS"), Some(7));
    assert_eq!(with.exact(b"OPTIONS *").map(|leaf| leaf.value), Some(7));
}

#[test]
fn where_all_requests_lead_to_one_value_it_is_found_at_once() {
    let sole = || {
        let mut router: Router<u32> = Router::new();
        for (value, pattern) in [(0, "*"), (2, "/{**rest}")] {
            router.insert(Some("TRACE"), pattern, value).unwrap();
            router.insert(None, pattern, value + 1).unwrap();
        }
        router
    };
    let router = sole();
    let mut found = 0;
    for method in ["GET", "HEAD", "OPTIONS", "TRACE", "BREW"] {
        for target in
            ["/", "/a", "/a/b/?c=%41", "/a%20b", "/a?", "/%zz", "*", "http://a/b?c", "http://a"]
        {
            let Some(leaf) = router.sole(method.as_bytes(), target.as_bytes()) else { continue };
            found += 1;
            let (path, _, plain) = path::split(method.as_bytes(), target.as_bytes());
            let (mut scratch, mut ranges) = (Vec::new(), Ranges::new());
            let long = router.find(method.as_bytes(), path, plain, &mut scratch, &mut ranges);
            let is_bad = target.contains("%zz");
            let expected = if is_bad { Found::BadPath } else { Found::Leaf(leaf) };
            assert_eq!((long, leaf.value), (expected, 3), "{method} {target}");
            assert_eq!(router.all(method.as_bytes(), path), Some(leaf), "{method} {target}");
            let range = (1, path.len() as u32);
            assert!(!plain || ranges[..] == [range], "{method} {target}");
        }
    }
    assert_eq!(found, 4 * 6, "all but TRACE, and what is no path");
    assert_eq!(router.all(b"TRACE", b"/%zz").map(|leaf| leaf.value), Some(2));
    assert_eq!(router.all(b"OPTIONS", b"*"), None);
    for (method, pattern) in
        [(Some("GET"), "/{**rest}"), (None, "/a"), (Some("GET"), "/a/{b}"), (None, "/a/{*b}")]
    {
        let mut router = sole();
        router.insert(method, pattern, 7).unwrap();
        assert_eq!(router.sole(b"PUT", b"/b"), None, "{method:?} {pattern}");
    }
    assert_eq!(self::router(&["/{**rest}"]).sole(b"GET", b"/"), None, "it has one method");
}

#[test]
fn static_routes_come_first_and_a_trailing_slash_counts() {
    let router =
        router(&["/", "/user/{id}", "/user/me", "/user/me/", "/files/{*rest}", "/a/{x}/b/{y}"]);
    assert_eq!(find(&router, "/"), Some((0, vec![])));
    assert_eq!(find(&router, "/user/7"), Some((1, vec!["7".into()])));
    assert_eq!(find(&router, "/user/me"), Some((2, vec![])));
    assert_eq!(find(&router, "/user/me/"), Some((3, vec![])));
    assert_eq!(find(&router, "/user/7/"), None);
    assert_eq!(find(&router, "/user/"), None);
    assert_eq!(find(&router, "/files/a/b"), Some((4, vec!["a/b".into()])));
    assert_eq!(find(&router, "/a/1/b/2"), Some((5, vec!["1".into(), "2".into()])));
    assert_eq!(find(&router, ""), None);
}

#[test]
fn an_escaped_slash_does_not_split_a_segment() {
    let router = router(&["/user/{id}", "/user/{id}/x", "/é"]);
    assert_eq!(find(&router, "/user/a%2Fx"), Some((0, vec!["a/x".into()])));
    assert_eq!(find(&router, "/user/a/x"), Some((1, vec!["a".into()])));
    assert_eq!(find(&router, "/%c3%A9"), Some((2, vec![])));
    assert_eq!(find(&router, "/us%65r/%31"), Some((0, vec!["1".into()])));
}

#[test]
fn braces_that_stand_for_themselves_are_no_parameters() {
    let router = router(&["/{a}", "/{{a}}", "/{{x}}/{y}", "/x/{{"]);
    assert_eq!(find(&router, "/{a}"), Some((1, vec![])));
    assert_eq!(find(&router, "/a"), Some((0, vec!["a".into()])));
    assert_eq!(find(&router, "/{x}/1"), Some((2, vec!["1".into()])));
    assert_eq!(find(&router, "/x/1"), None);
    assert_eq!(find(&router, "/x/{"), Some((3, vec![])));
    assert_eq!(tail(&router, "GET /{x}/1"), Some((2, (5, 6))));
    assert_eq!(router.exact(b"GET /{a}").map(|leaf| leaf.value), Some(1));
}

#[test]
fn duplicates_and_conflicts_are_told_at_once() {
    let mut router = router(&["/a", "/{x}", "/b/{y}"]);
    let mut why = |method, pattern: &str| {
        router.insert(method, pattern, 9).map_err(|error| error.to_string())
    };
    assert_eq!(why(Some("GET"), "/a"), Err("route `/a`: GET has a handler already".into()));
    assert_eq!(why(Some("POST"), "/a"), Ok(()));
    assert!(why(Some("GET"), "/b/{z}").unwrap_err().contains("can't be told apart"));
    assert_eq!(why(Some("G T"), "/c"), Err("route `/c`: `G T` is not a method".into()));
    assert_eq!(why(None, "/c"), Ok(()));
    assert!(why(None, "/c").unwrap_err().contains("any method already"));
}

#[test]
fn a_method_that_is_not_answered_is_told_from_one_that_nobody_knows() {
    let mut router = router(&["/a", "/b/{x}"]);
    let (mut scratch, mut ranges) = (Vec::new(), Ranges::new());
    let mut found = |router: &Router<u32>, method: &str, path: &str| {
        let (method, raw) = (method.as_bytes(), path.as_bytes());
        let plain = !path.contains('%');
        format!("{:?}", router.find(method, raw, plain, &mut scratch, &mut ranges))
    };
    assert_eq!(found(&router, "HEAD", "/a"), "Leaf(Leaf { value: 0, route: 0 })");
    assert_eq!(found(&router, "PUT", "/b/1"), r#"NotAllowed(1, "GET, HEAD, OPTIONS")"#);
    assert_eq!(found(&router, "OPTIONS", "/b/1"), r#"Options(Some(1), "GET, HEAD, OPTIONS")"#);
    assert_eq!(
        found(&router, "OPTIONS", "*"),
        r#"Options(None, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS")"#
    );
    assert_eq!(found(&router, "BREW", "/a"), "UnknownMethod(Some(0))");
    assert_eq!(found(&router, "BREW", "/c"), "UnknownMethod(None)");
    assert_eq!(found(&router, "GET", "/c"), "Missing");
    assert_eq!(found(&router, "GET", "/b/%zz"), "BadPath");
    router.insert(Some("BREW"), "/pot", 9).unwrap();
    assert_eq!(found(&router, "BREW", "/a"), r#"NotAllowed(0, "GET, HEAD, OPTIONS")"#);
    assert_eq!(found(&router, "BREW", "/c"), "Missing");
}

#[test]
fn patterns_are_counted_from_the_first() {
    let mut router = router(&["/a", "/b/{x}/{*y}"]);
    router.insert(Some("PUT"), "/a", 9).unwrap();
    let patterns = router.take_patterns();
    let texts: Vec<&str> = patterns.iter().map(|pattern| &*pattern.text).collect();
    assert_eq!(texts, ["/a", "/b/{x}/{*y}"]);
    assert_eq!(*patterns[1].names, ["x".into(), "y".into()]);
}

#[test]
fn a_tail_is_looked_for_behind_the_last_slash() {
    let router = router(&["/user/{id}", "/v{number}", "/files/{*rest}", "/é/{x}", "/100%/{x}"]);
    assert_eq!(tail(&router, "GET /user/4711"), Some((0, (6, 10))));
    for other in [
        "GET /user/",
        "GET /user/7/",
        "GET /user/7?a",
        "GET /user/%37",
        "GET /user/7?a=/b",
        "PUT /user/7",
        "GET /users/7",
        "GET /v1",
        "GET /files/a",
        "GET /é/1",
        "GET /100%/1",
        "GET *",
        "GET http://a/user/7",
        "",
    ] {
        assert_eq!(tail(&router, other), None, "{other}");
    }
}

#[test]
fn a_contested_parent_has_no_tail() {
    for (contestant, contests) in [
        ("/user/me", true),
        ("/user/v{n}", true),
        ("/user/{n}v", true),
        ("/user/v{*n}", true),
        ("/user/", false),
        ("/user/me/", false),
        ("/user/me/{x}", false),
        ("/user/{id}/x", false),
        ("/{a}/{b}", false),
        ("/{a}/me", false),
        ("/{*a}", false),
        ("/user", false),
    ] {
        let expected = if contests { None } else { Some((0, (6, 8))) };
        let mut before = router(&["/user/{id}"]);
        before.insert(Some("GET"), contestant, 9).unwrap();
        let mut behind = Router::new();
        behind.insert(Some("GET"), contestant, 9).unwrap();
        behind.insert(Some("GET"), "/user/{id}", 0).unwrap();
        for router in [before, behind] {
            assert_eq!(tail(&router, "GET /user/me"), expected, "{contestant}");
        }
    }
}

/// What the router says to be looked for in the long way, as it was before there was a tree of all patterns: paths
/// without parameters by comparison, then a tree of those with parameters.
struct Slow {
    fixed: Vec<(String, u32)>,
    dynamic: matchit::Router<u32>,
}

impl Slow {
    fn new(patterns: &[Pattern]) -> Slow {
        let mut slow = Slow { fixed: Vec::new(), dynamic: matchit::Router::new() };
        for (number, pattern) in (0..).zip(patterns) {
            match pattern::parse(&pattern.text).unwrap().shape {
                Shape::Fixed(path) => slow.fixed.push((path.into(), number)),
                _ => slow
                    .dynamic
                    .insert(&*pattern.text, number)
                    .unwrap_or_else(|e| panic!("{e} {patterns:?}")),
            }
        }
        slow
    }

    fn find(&self, path: &str) -> Option<(u32, Ranges)> {
        if let Some(&(_, number)) = self.fixed.iter().find(|(fixed, _)| fixed == path) {
            return Some((number, Ranges::new()));
        }
        let found = self.dynamic.at(path).ok()?;
        let start = |value: &str| (value.as_ptr() as usize - path.as_ptr() as usize) as u32;
        let range = |value: &str| (start(value), start(value) + value.len() as u32);
        Some((*found.value, found.params.iter().map(|(_, value)| range(value)).collect()))
    }
}

const METHODS: [&str; 4] = ["GET", "POST", "HEAD", "BREW"];

/// A router of some patterns; those that are malformed or can't be told apart are left out.
fn random_router(random: &mut Random) -> Router<usize> {
    let pieces = ["/", "a", "b", "{x}", "/{y}", "/{*z}", "/a/", "{w}c", "/{{", "/b/{v}", "é", "%"];
    let mut wanted: Vec<(Option<&str>, String)> = Vec::new();
    for _ in 0..random.below(8) {
        let pattern = ["/", &random.text(3, &pieces)].concat().replace("//", "/");
        for _ in 0..=random.below(2) {
            let method = METHODS.get(random.below(METHODS.len() + 1)).copied();
            wanted.insert(random.below(wanted.len() + 1), (method, pattern.clone()));
        }
    }
    // Again after a failure: matchit may keep part of what it refuses.
    loop {
        let mut router = Router::new();
        let failed = (0..wanted.len()).find(|&value| {
            let (method, pattern) = &wanted[value];
            router.insert(*method, pattern, value).is_err()
        });
        match failed {
            Some(failed) => drop(wanted.remove(failed)),
            None => return router,
        }
    }
}

#[test]
fn short_ways_lead_where_the_long_ones_do() {
    let mut random = Random(1);
    let (mut exact, mut tails, mut contested) = (0, 0, 0);
    for _ in 0..12_000 {
        let mut router = random_router(&mut random);
        let patterns = router.take_patterns();
        let slow = Slow::new(&patterns);
        let mut paths: Vec<String> = Vec::new();
        for _ in 0..12 {
            let segment = ["/", "a", "b", "c", "/a", "/b/", "{", "é", "/{/"];
            paths.push(["/", &random.text(5, &segment)].concat().replace("//", "/"));
        }
        for pattern in &patterns {
            // Likelier to be found.
            let mut path = String::new();
            for part in pattern.text.replace("{{", "[").split_inclusive('}') {
                path += part.split('{').next().unwrap_or_default();
                if part.contains('{') {
                    path += ["a", "b", "ac", "c", "7"][random.below(5)];
                }
            }
            paths.push(path.replace('[', "{"));
        }
        for path in paths {
            let (mut scratch, mut ranges) = (Vec::new(), Ranges::new());
            let expected = slow.find(&path);
            for method in METHODS {
                let what = || format!("{method} {path} in {patterns:?}");
                // A `%` in a pattern is one that stands for itself, and no such path is asked for as it is.
                let found = router.find(
                    method.as_bytes(),
                    path.replace('%', "%25").as_bytes(),
                    !path.contains('%'),
                    &mut scratch,
                    &mut ranges,
                );
                let number = match &found {
                    Found::Leaf(leaf) => Some(leaf.route),
                    Found::NotAllowed(number, _) => Some(*number),
                    Found::UnknownMethod(number) => *number,
                    _ => None,
                };
                assert_eq!(number, expected.as_ref().map(|(number, _)| *number), "{}", what());
                if let Some((_, expected)) = &expected {
                    assert_eq!(ranges, *expected, "{}", what());
                }
                let line = format!("{method} {path}");
                if let Some(leaf) = router.exact(line.as_bytes()) {
                    assert_eq!(found, Found::Leaf(leaf), "{}", what());
                    assert!(ranges.is_empty(), "{}", what());
                    exact += 1;
                }
                if let Some((leaf, range)) = router.tail(line.as_bytes()) {
                    assert_eq!(found, Found::Leaf(leaf), "{}", what());
                    assert_eq!(ranges[..], [range], "{}", what());
                    tails += 1;
                }
            }
        }
        contested += router.shortcuts.contested();
    }
    println!("{exact} lines, {tails} tails, {contested} contested parents");
    assert!(exact > 8000 && tails > 4000 && contested > 500, "{exact} {tails} {contested}");
}
