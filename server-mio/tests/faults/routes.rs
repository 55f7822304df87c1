//! What routes and scopes set for themselves.

use rajada_mio::{
    App, Deadlines, Endpoint, Limits, OwnedRequest, Request, Response, Scope, Status, sleep,
};

use crate::rig::{World, get, millis};

fn length(req: &Request<'_>) -> String {
    format!("{} octets", req.bytes().len())
}

async fn length_later(req: OwnedRequest) -> String {
    length(&req.as_request())
}

/// Limits of 10 octets in general, of 3 in a scope, and of a million and 5 for routes within it.
fn limited() -> App {
    let scope = App::scope()
        .content_limit(3)
        .post("/less", length)
        .post("/more", Endpoint::new(length).content_limit(1_000_000))
        .post("/more/later", Endpoint::new(length_later).content_limit(1_000_000))
        .nest("/inner", App::scope().content_limit(5).post("", length_later).get("", length));
    App::new()
        .limits(Limits { content: 10, ..Limits::DEFAULT })
        .post("/", length)
        .post("/later", length_later)
        .nest("/scope", scope)
}

const LIMITED: [(&str, usize); 6] = [
    ("/", 10),
    ("/later", 10),
    ("/scope/less", 3),
    ("/scope/inner", 5),
    ("/scope/more", 1_000_000),
    ("/scope/more/later", 1_000_000),
];

/// A request with so much content, in one piece, or in chunks.
fn post(path: &str, octets: usize, chunked: bool) -> String {
    let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\n");
    let content = "x".repeat(octets);
    match chunked {
        false => format!("{head}Content-Length: {octets}\r\n\r\n{content}"),
        true => {
            let (one, two) = content.split_at(octets / 2);
            let chunk = |part: &str| match part {
                "" => String::new(),
                part => format!("{:x}\r\n{part}\r\n", part.len()),
            };
            let chunks = chunk(one) + &chunk(two);
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
        }
    }
}

#[test]
fn a_route_has_the_limit_of_content_that_is_set_nearest_to_it() {
    for chunked in [false, true] {
        for pieces in [1, 2, 7] {
            for (path, limit) in LIMITED {
                for (octets, status) in [(0, 200), (limit, 200), (limit + 1, 413)] {
                    let mut world = World::new(limited());
                    let request = post(path, octets, chunked);
                    let peer = world.connect();
                    for piece in request.as_bytes().chunks(request.len().div_ceil(pieces)) {
                        world.send(peer, piece);
                        world.settle();
                    }
                    let told = format!("{path} {octets} {chunked} {pieces}");
                    assert_eq!(world.statuses(peer), [status], "{told}");
                    if status == 200 {
                        assert!(
                            world.arrived(peer).ends_with(&format!("{octets} octets")),
                            "{told}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_burst_goes_on_behind_content_that_a_route_does_not_take() {
    let burst = [
        post("/scope/less", 3, false),
        post("/scope/less", 4, false),
        post("/scope/more", 20, false),
        post("/scope/inner", 6, false),
        post("/scope/more", 20, true),
        post("/", 10, true),
        post("/scope/more/later", 100_000, false),
    ];
    for piece in [7, 100, 1_000_000] {
        let mut world = World::new(limited());
        let peer = world.connect();
        for piece in burst.concat().as_bytes().chunks(piece) {
            world.send(peer, piece);
            world.settle();
        }
        assert_eq!(world.statuses(peer), [200, 413, 200, 413, 200, 200, 200], "{piece}");
    }
}

#[test]
fn who_asks_before_sending_too_much_is_told_instead_of_continuing() {
    for (path, octets, answered) in [
        ("/scope/less", 3, "HTTP/1.1 100 Continue\r\n\r\n"),
        ("/scope/less", 4, "HTTP/1.1 413 Content Too Large\r\n"),
        ("/scope/more", 11, "HTTP/1.1 100 Continue\r\n\r\n"),
        ("/scope/more", 1_000_001, "HTTP/1.1 413 Content Too Large\r\n"),
        ("/", 11, "HTTP/1.1 413 Content Too Large\r\n"),
    ] {
        let mut world = World::new(limited());
        let peer = world.ask(format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {octets}\r\n\r\n"
        ));
        world.settle();
        assert!(world.arrived(peer).starts_with(answered), "{path} {octets}");
    }
}

#[test]
fn hooks_run_for_content_that_their_route_does_not_take() {
    let scope = App::scope()
        .content_limit(3)
        .post("", length)
        .before(|req: &mut Request<'_>, res: &mut Response<'_>| {
            if req.header("x-key").is_none() {
                res.set_status(Status::UNAUTHORIZED).text("who is it?");
            }
        })
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-After", "ran");
        });
    let mut world = World::new(App::new().nest("/scope", scope));
    let refused = world.ask(post("/scope", 4, false));
    let known = world.ask(post("/scope", 4, false).replace("Host: a", "Host: a\r\nX-Key: 1"));
    world.settle();
    assert_eq!((world.statuses(refused), world.statuses(known)), (vec![401], vec![413]));
    for peer in [refused, known] {
        assert!(world.arrived(peer).contains("\r\nX-After: ran\r\n"));
    }
}

#[test]
fn a_route_has_its_own_deadline_for_content() {
    let patient = Endpoint::new(length).content_deadline(millis(60_000));
    let hasty: Scope = App::scope().content_deadline(millis(2_000)).post("", length);
    let app = App::new()
        .deadlines(Deadlines { content: millis(10_000), ..Deadlines::DEFAULT })
        .post("/", length)
        .post("/patient", patient)
        .nest("/hasty", hasty);
    let mut world = World::new(app);
    let [usual, patient, hasty] = ["/", "/patient", "/hasty"].map(|path| {
        let request = post(path, 10, false);
        world.ask(&request[..request.len() - 1])
    });
    let after = |world: &mut World, time| {
        world.pass(millis(time));
        [usual, patient, hasty].map(|peer| world.statuses(peer))
    };
    assert_eq!(after(&mut world, 5_000), [vec![], vec![], vec![408]]);
    assert_eq!(after(&mut world, 10_000), [vec![408], vec![], vec![408]]);
    world.send(patient, "x");
    world.settle();
    assert_eq!(world.statuses(patient), [200]);
}

#[test]
fn a_route_has_its_own_deadline_for_its_handler() {
    async fn long(_: OwnedRequest) -> &'static str {
        sleep(millis(20_000)).await;
        "done"
    }
    for (general, usual) in [(None, 200), (Some(millis(10_000)), 503)] {
        let ways = App::scope()
            .handler_deadline(millis(5_000))
            .get("/hasty", long)
            .get("/patient", Endpoint::new(long).handler_deadline(None));
        let app = App::new()
            .deadlines(Deadlines { handler: general, ..Deadlines::DEFAULT })
            .get("/", long)
            .nest("/way", ways);
        let mut world = World::new(app);
        let [plain, hasty, patient] =
            ["/", "/way/hasty", "/way/patient"].map(|path| world.ask(get(path)));
        world.pass(millis(7_000));
        assert_eq!(world.statuses(hasty), [503]);
        assert!(world.statuses(plain).is_empty() && world.statuses(patient).is_empty());
        world.pass(millis(15_000));
        assert_eq!((world.statuses(plain), world.statuses(patient)), (vec![usual], vec![200]));
    }
}

#[test]
fn mistakes_in_routes_are_told_before_anything_is_served() {
    let one = |_: &Request<'_>| "one";
    let inner = || App::scope().get("/x", one);
    for (app, why) in [
        (App::new().get("/:id", one), "route `/:id`: a parameter is written `{name}`"),
        (App::new().get("/a/*", one), "route `/a/*`: a parameter is written `{name}`"),
        (
            App::new().route(["get"], "/", one),
            "route `/`: methods are case-sensitive: `GET`, not `get`",
        ),
        (App::new().route([], "/", one), "route `/`: no method"),
        (App::new().nest("/api/", inner()), "route `/api//x`: an empty segment"),
        (App::new().nest("/", inner()), "route `//x`: an empty segment"),
        (App::new().nest("api", inner()), "route `api/x`: a pattern begins with `/`"),
        (App::new().get("//", one), "route `//`: an empty segment"),
        (App::new().get("/*rest", one), "route `/*rest`: a parameter is written `{name}`"),
        (App::new().get("/a%20b", one), "route `/a%20b`: a pattern is a decoded path"),
        (App::new().route(["CONNECT"], "/", one), "route `/`: no route can have CONNECT"),
        (
            App::new().nest("/api", App::scope().get("v1", one)),
            "route `/apiv1`: what stands within a scope is empty or begins with `/`",
        ),
        (
            App::new().nest("/v1-", App::scope().get("x", one)),
            "route `/v1-x`: what stands within a scope is empty or begins with `/`",
        ),
        (
            App::new().nest("/a", App::scope().nest("b", inner())),
            "prefix `/ab`: what stands within a scope is empty or begins with `/`",
        ),
    ] {
        let error = app.check().unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
        assert_eq!(app.prepare().unwrap_err().to_string(), error);
    }
    let fine = App::new()
        .get("/a:b*/{c}/100%/{{a}}", one)
        .route(["report", "REPORT"], "/", one)
        .nest("/api", inner());
    assert_eq!(fine.check(), Ok(()));
}

#[test]
fn a_prefix_is_looked_at_even_if_no_route_is_below_it() {
    for (prefix, why) in [
        ("api", "a pattern begins with `/`"),
        ("/", "an empty segment"),
        ("/api/", "an empty segment"),
        ("//api", "an empty segment"),
        ("/{", "a brace without its partner"),
        ("/:x", "a parameter is written `{name}`"),
        ("/*rest", "a parameter is written `{name}`"),
        ("/a%20b", "a pattern is a decoded path"),
        ("/{*rest}", "nothing can follow a `{*wildcard}`"),
    ] {
        for app in [
            App::new().nest(prefix, App::scope()),
            App::new().nest("", App::scope().nest(prefix, App::scope())),
        ] {
            let error = app.check().unwrap_err();
            assert_eq!(error.pattern(), prefix);
            assert!(error.to_string().starts_with(&format!("prefix `{prefix}`: {why}")), "{error}");
            assert_eq!(app.prepare().err(), Some(error));
        }
    }
    for prefix in ["", "/api", "/v1-", "/{side}", "/100%"] {
        let inner = App::scope().nest("", App::scope()).nest("/x", App::scope());
        assert_eq!(App::new().nest(prefix, inner).check(), Ok(()), "{prefix}");
    }
}
