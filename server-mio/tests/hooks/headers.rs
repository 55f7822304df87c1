//! What a synchronous hook has set of an answer is on the same answers, wherever the hook stands.

use std::time::Duration;

use rajada_mio::{
    App, Clock, Deadlines, Error, Next, OrStatus, OwnedRequest, OwnedResponse, Request, Response,
    Status, TestClient, sleep, timeout,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hook {
    /// The one that sets a header.
    Sets,
    Ahead,
    Around,
    /// Around, with a result instead of the answer itself.
    Bounds,
    /// Says whether it has seen the header.
    Looks,
}

fn hook(app: App, hook: Hook) -> App {
    match hook {
        Hook::Sets => app.before(|_: &mut Request<'_>, res: &mut Response<'_>| {
            res.header("X-Before", "1");
        }),
        Hook::Ahead => app.before(async |_: &mut OwnedRequest| ()),
        Hook::Around => app.around(async |req: OwnedRequest, next: Next| next.run(req).await),
        Hook::Bounds => app.around(async |req: OwnedRequest, next: Next| {
            let most = Duration::from_secs(60);
            timeout(most, next.run(req)).await.or_status(Status::GATEWAY_TIMEOUT)
        }),
        Hook::Looks => app.around(async |req: OwnedRequest, next: Next| {
            let mut answer = next.run(req).await;
            let seen = answer.headers().get_all("x-before").count().to_string();
            answer.set_header("X-Seen", seen);
            answer
        }),
    }
}

fn handlers(app: App) -> App {
    app.get("/fine", |_: &Request<'_>| "fine")
        .get("/none", |_: &Request<'_>| None::<&str>)
        .get("/error", |_: &Request<'_>| Err::<(), _>(Error::message(Status::CONFLICT, "taken")))
        .get("/panic", |_: &Request<'_>| -> () { panic!("a handler") })
        .get("/fine/async", async |_: OwnedRequest| "fine")
        .get("/none/async", async |_: OwnedRequest| None::<&str>)
        .get("/error/async", async |_: OwnedRequest| Err::<(), _>("broken"))
        .get("/panic/async", async |_: OwnedRequest| -> () { panic!("a handler") })
        .get("/late", async |_: OwnedRequest| sleep(Duration::from_secs(9)).await)
        .deadlines(Deadlines { handler: Some(Duration::from_secs(1)), ..Deadlines::DEFAULT })
}

use Hook::{Ahead, Around, Bounds, Looks, Sets};

const CHAINS: [&[Hook]; 10] = [
    &[Sets],
    &[Ahead, Sets],
    &[Sets, Ahead],
    &[Around, Sets],
    &[Sets, Around],
    &[Bounds, Sets],
    &[Sets, Bounds],
    &[Looks, Sets],
    &[Sets, Looks],
    &[Around, Sets, Bounds],
];

#[test]
fn a_header_of_a_hook_is_on_every_answer_but_those_to_errors_wherever_the_hook_stands() {
    for chain in CHAINS {
        for behind in [false, true] {
            let app = chain.iter().fold(handlers(App::new()), |app, kind| hook(app, *kind));
            let app =
                if behind { app.after(|_: &Request<'_>, _: &mut Response<'_>| ()) } else { app };
            let mut client = TestClient::with_clock(app, Clock::manual());
            for (target, status, count) in [
                ("/fine", 200, 1),
                ("/none", 404, 1),
                ("/error", 409, 0),
                ("/panic", 500, 0),
                ("/fine/async", 200, 1),
                ("/none/async", 404, 1),
                ("/error/async", 500, 0),
                ("/panic/async", 500, 0),
                ("/late", 503, 0),
                ("/nowhere", 404, 1),
            ] {
                let answer = client.get(target).send();
                let counted = answer.header_all("x-before").count();
                let what = format!("{chain:?} {behind} {target}");
                assert_eq!((answer.status().as_u16(), counted), (status, count), "{what}");
                if let Some(seen) = answer.header("x-seen") {
                    assert_eq!(seen, count.to_string(), "{what}");
                }
            }
            let refused = client.post("/fine").send();
            let counted = refused.header_all("x-before").count();
            assert_eq!((refused.status().as_u16(), counted), (405, 1), "{chain:?} {behind}");
        }
    }
}

#[test]
fn what_is_around_removes_the_header_for_good_and_has_it_on_an_answer_of_its_own() {
    let removes = async |req: OwnedRequest, next: Next| {
        let mut answer = next.run(req).await;
        answer.remove_header("x-before");
        answer
    };
    let own = async |_: OwnedRequest, _: Next| (Status::CREATED, "own");
    let nothing = async |_: OwnedRequest, _: Next| None::<&str>;
    let fails = async |_: OwnedRequest, _: Next| {
        Err::<OwnedResponse, _>(Error::message(Status::CONFLICT, "taken"))
    };
    for chain in [&[Sets][..], &[Ahead, Sets], &[Around, Sets], &[Sets, Ahead], &[Sets, Bounds]] {
        let app = || chain.iter().fold(handlers(App::new()), |app, kind| hook(app, *kind));
        for (app, status, count) in [
            (app().around(removes), 200, 0),
            (app().around(own), 201, 1),
            (app().around(nothing), 404, 1),
            (app().around(fails), 409, 0),
        ] {
            let answer = TestClient::new(app).get("/fine").send();
            let counted = answer.header_all("x-before").count();
            assert_eq!((answer.status().as_u16(), counted), (status, count), "{chain:?}");
        }
    }
}
