//! What no handler is for is behind the hooks of the application that has its path.

use std::time::Duration;

use rajada_mio::{
    App, Clock, Error, OwnedRequest, Request, Response, Scope, Status, TestClient, sleep,
};

/// Lets those pass who have a key.
fn guarded(app: Scope, name: &'static str) -> Scope {
    app.before(move |req: &mut Request<'_>, _: &mut Response<'_>| match req.header("x-key") {
        Some(_) => Ok(()),
        None => Err(Error::message(Status::UNAUTHORIZED, name)),
    })
    .after(move |_: &Request<'_>, res: &mut Response<'_>| {
        res.header("X-After", name);
    })
}

fn app() -> App {
    let inmost = guarded(App::scope().get("/x", |_: &Request<'_>| "x"), "inmost");
    let vault = App::scope()
        .get("", |_: &Request<'_>| "vault")
        .put("/secret", |_: &Request<'_>| "secret")
        .nest("/inner/{id}", inmost);
    let lobby = App::scope().get("/board", |_: &Request<'_>| "board").after(
        |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-After", "lobby");
        },
    );
    let grouped = guarded(App::scope().get("/members", |_: &Request<'_>| "members"), "grouped");
    App::new()
        .get("/", |_: &Request<'_>| "open")
        .post("/vault/secret", |_: &Request<'_>| "declared behind the vault")
        .nest("/vault", guarded(vault, "vault"))
        .nest("/lobby", lobby)
        .nest("", grouped)
}

/// The status, who stood behind it, and `Allow`.
fn ask(client: &mut TestClient, method: &str, target: &str, key: bool) -> (u16, String, bool) {
    let request = client.request(method, target);
    let request = if key { request.header("X-Key", "k") } else { request };
    let answer = request.send();
    let after = answer.header_all("x-after").collect::<Vec<_>>().join(" ");
    (answer.status().as_u16(), after, answer.header("allow").is_some())
}

#[test]
fn what_is_not_found_or_not_allowed_is_behind_the_hooks_of_its_scope() {
    let mut client = TestClient::new(app());
    for (method, target, after, status, allow) in [
        ("GET", "/vault/secret", "vault", 405, true),
        ("PUT", "/vault/secret", "vault", 200, false),
        ("DELETE", "/vault", "vault", 405, true),
        ("OPTIONS", "/vault", "vault", 204, true),
        ("BREW", "/vault", "vault", 501, false),
        ("GET", "/vault/nothing", "vault", 404, false),
        ("BREW", "/vault/nothing", "vault", 501, false),
        ("GET", "/vault/%zz", "vault", 400, false),
        ("GET", "/%76ault/nothing", "vault", 404, false),
        ("GET", "/vault/inner/7/x", "inmost vault", 200, false),
        ("PUT", "/vault/inner/7/x", "inmost vault", 405, true),
        ("GET", "/vault/inner/7/y", "inmost vault", 404, false),
        ("GET", "/vault/inner", "vault", 404, false),
        ("GET", "/lobby/nothing", "lobby", 404, false),
        ("PUT", "/lobby/board", "lobby", 405, true),
        ("GET", "/members", "grouped", 200, false),
        ("PUT", "/members", "grouped", 405, true),
        ("GET", "/vaulted", "", 404, false),
        ("GET", "/nothing", "", 404, false),
        ("OPTIONS", "*", "", 204, true),
    ] {
        let answer = ask(&mut client, method, target, true);
        assert_eq!(answer, (status, after.into(), allow), "{method} {target}");
        let refused = !after.is_empty() && after != "lobby";
        let expected = if refused { (401, after.into(), false) } else { answer };
        assert_eq!(ask(&mut client, method, target, false), expected, "{method} {target}");
    }
}

#[test]
fn the_outermost_hook_refuses_first() {
    let mut client = TestClient::new(app());
    for target in ["/vault/inner/7/x", "/vault/inner/7/y"] {
        assert_eq!(client.get(target).send().text(), "vault");
    }
}

#[test]
fn a_route_of_several_scopes_is_in_the_innermost_wherever_it_is_mentioned_first() {
    let api = || guarded(App::scope().put("/x", |_: &Request<'_>| "put"), "api");
    let open = || App::scope().delete("/x", |_: &Request<'_>| "deleted");
    let get = |app: App| app.get("/api/x", |_: &Request<'_>| "open");
    let apps = [
        get(App::new()).nest("/api", api()),
        get(App::new().nest("/api", api())),
        get(App::new()).nest("/api", open()).nest("/api", api()),
        get(App::new()).nest("/api", api()).nest("/api", open()),
        get(App::new()).nest("", App::scope().nest("/api", api())),
        get(App::new()).nest("/api", open().nest("", api())),
    ];
    for (number, app) in apps.into_iter().enumerate() {
        let mut client = TestClient::new(app);
        assert_eq!(client.get("/api/x").send().text(), "open");
        for (method, status) in [("OPTIONS", 204), ("POST", 405), ("BREW", 501)] {
            let answer = ask(&mut client, method, "/api/x", false);
            assert_eq!(answer, (401, "api".into(), false), "{number} {method}");
            assert_eq!(ask(&mut client, method, "/api/x", true).0, status, "{number} {method}");
        }
    }
}

#[test]
fn settings_of_a_scope_hold_for_its_hooks_on_what_no_handler_is_for() {
    let late = async |_: &mut OwnedRequest| sleep(Duration::from_secs(10)).await;
    let plain = || App::scope().get("/x", |_: &Request<'_>| "x");
    let scope = plain()
        .handler_deadline(Duration::from_secs(2))
        .before(late)
        .nest("/own", plain().handler_deadline(Duration::from_secs(20)))
        .nest("/inherits", plain());
    let mut client = TestClient::with_clock(App::new().nest("/s", scope), Clock::manual());
    for (method, target, status) in [
        ("GET", "/s/x", 503),
        ("PUT", "/s/x", 503),
        ("GET", "/s/none", 503),
        ("GET", "/s/inherits/none", 503),
        ("GET", "/s/own/x", 200),
        ("PUT", "/s/own/x", 405),
        ("GET", "/s/own/none", 404),
    ] {
        let answer = client.request(method, target).send();
        assert_eq!(answer.status().as_u16(), status, "{method} {target}");
    }
}
