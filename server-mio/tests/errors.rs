//! Each way in which an error comes to `?`: which handler of errors has it, and which status it keeps.

use std::fmt;
use std::num::ParseIntError;
use std::sync::Arc;

use rajada_mio::{
    App, Error, OrStatus, OwnedRequest, Request, RequestError, Response, Status, TestClient,
};

type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// An error with a source.
#[derive(Debug)]
struct Outer<E>(E);

impl<E> fmt::Display for Outer<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer")
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Outer<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// An error that is its own source.
#[derive(Debug)]
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("endless")
    }
}

impl std::error::Error for Endless {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}

fn number() -> ParseIntError {
    "x".parse::<u8>().unwrap_err()
}

fn report(error: impl std::error::Error + Send + Sync + 'static) -> eyre::Report {
    eyre::Report::new(error)
}

/// Turns an error into ours, as `?` does.
fn raised<E>(error: E) -> Error
where
    Error: From<E>,
{
    let raise = || -> Result<(), Error> { Err(error)? };
    raise().unwrap_err()
}

/// A way to `?`, made of one error.
type Way<E> = (&'static str, fn(E) -> Error);

fn ways<E: std::error::Error + Send + Sync + 'static>() -> Vec<Way<E>> {
    vec![
        ("itself", |error| raised(error)),
        ("in Box<dyn Error>", |error| raised(Boxed::from(error))),
        ("in Box", |error| raised(Box::new(error))),
        ("in Arc", |error| raised(Arc::new(error))),
        ("a source", |error| raised(Outer(error))),
        ("a source of a source", |error| raised(Outer(Outer(error)))),
        ("a source in Box<dyn Error>", |error| raised(Boxed::from(Outer(error)))),
        ("in a box that is a source", |error| raised(Outer(Box::new(error)))),
        ("in anyhow", |error| raised(anyhow::Error::new(error))),
        ("in anyhow with context", |error| raised(anyhow::Error::new(error).context("why"))),
        ("the context of anyhow", |error| raised(anyhow::anyhow!("below").context(error))),
        ("a source in anyhow", |error| raised(anyhow::Error::new(Outer(error)).context("why"))),
        ("in eyre", |error| raised(report(error))),
        ("in eyre with context", |error| raised(report(error).wrap_err("why"))),
        ("the context of eyre", |error| raised(eyre::eyre!("below").wrap_err(error))),
        ("a source in eyre", |error| raised(report(Outer(error)).wrap_err("why"))),
        ("of a status", |error| Error::with_status(Status::INTERNAL_SERVER_ERROR, error)),
    ]
}

/// The answer to a request whose handler fails.
fn ask(app: App, fail: impl Fn() -> Error + Send + Sync + Clone + 'static) -> Vec<(u16, String)> {
    let (returns, writes, awaits) = (fail.clone(), fail.clone(), fail);
    let app = app
        .get("/returns", move |_: &Request<'_>| Err::<(), _>(returns()))
        .get("/writes", move |_: &Request<'_>, _: &mut Response<'_>| Err::<(), _>(writes()))
        .get("/awaits", move |_: OwnedRequest| {
            let error = awaits();
            async { Err::<(), _>(error) }
        });
    let mut client = TestClient::new(app);
    let targets = ["/returns", "/writes", "/awaits"];
    let answers = targets.map(|target| client.get(target).send());
    answers.iter().map(|answer| (answer.status().as_u16(), answer.text().to_owned())).collect()
}

#[test]
fn a_handler_for_an_error_finds_it_in_every_way_to_raise_it() {
    for (name, raise) in ways::<ParseIntError>() {
        let app = App::new().on_error(
            |error: &ParseIntError, req: &Request<'_>, res: &mut Response<'_>| {
                res.set_status(Status::BAD_REQUEST).text(&format!("{}: {error}", req.path()));
            },
        );
        let answers = ask(app, move || raise(number()));
        let text = |target| (400, format!("{target}: invalid digit found in string"));
        assert_eq!(answers, ["/returns", "/writes", "/awaits"].map(text), "{name}");
    }
}

#[test]
fn what_is_wrong_with_a_request_keeps_its_status_in_every_way_to_raise_it() {
    for (name, raise) in ways::<RequestError>() {
        if name == "of a status" {
            continue;
        }
        for (error, status) in
            [(RequestError::NotUtf8, 400), (RequestError::MediaType("text/csv"), 415)]
        {
            let answers = ask(App::new(), move || raise(error.clone()));
            assert!(answers.iter().all(|answer| answer.0 == status), "{name}: {answers:?}");
        }
    }
}

#[test]
fn the_outermost_error_that_a_handler_is_for_has_it() {
    let app = || {
        App::new()
            .on_error(|_: &ParseIntError, _: &Request<'_>, res: &mut Response<'_>| {
                res.text("inner")
            })
            .on_error(|_: &Outer<ParseIntError>, _: &Request<'_>, res: &mut Response<'_>| {
                res.text("outer");
            })
            .on_error(|_: &Outer<ParseIntError>, _: &Request<'_>, res: &mut Response<'_>| {
                res.text("never asked");
            })
    };
    for raise in [|| raised(Outer(number())), || raised(Boxed::from(Outer(number())))] {
        let answers = ask(app(), raise);
        assert!(answers.iter().all(|answer| *answer == (500, "outer".into())), "{answers:?}");
    }
    let answers = ask(app(), || raised(Outer(Outer(number()))));
    assert!(answers.iter().all(|answer| answer.1 == "outer"), "{answers:?}");
    let answers = ask(app(), || raised(number()));
    assert!(answers.iter().all(|answer| answer.1 == "inner"), "{answers:?}");
}

#[test]
fn sentences_are_errors() {
    for raise in [|| raised("out of tea"), || raised(String::from("out of tea"))] {
        assert_eq!(raise().to_string(), "out of tea");
        assert_eq!(ask(App::new(), raise)[0], (500, "Internal Server Error".into()));
        assert_eq!(ask(App::new().debug(true), raise)[2], (500, "out of tea".into()));
    }
}

#[test]
fn an_error_that_is_its_own_source_ends() {
    assert!(raised(Endless).find::<ParseIntError>().is_none());
    assert!(raised(Endless).downcast_ref::<Endless>().is_some());
}

#[test]
fn what_is_missing_or_has_failed_has_the_status_that_was_given() {
    let answers = ask(App::new(), || None::<()>.or_status(Status::NOT_FOUND).unwrap_err());
    assert!(answers.iter().all(|answer| *answer == (404, "Not Found".into())), "{answers:?}");
    let answers = ask(App::new(), || Err::<(), _>(number()).or_status(Status::GONE).unwrap_err());
    assert!(answers.iter().all(|answer| answer.0 == 410), "{answers:?}");
    let report = || Err::<(), _>(anyhow::Error::new(number())).or_status(Status::GONE).unwrap_err();
    assert_eq!(report().find::<ParseIntError>(), Some(&number()));
    assert_eq!(Some(7).or_status(Status::GONE).ok(), Some(7));
    assert_eq!(Ok::<_, Boxed>(7).or_status(Status::GONE).ok(), Some(7));
}

#[test]
fn a_handler_for_an_error_comes_before_the_status_that_was_given() {
    let app = App::new().on_error(|_: &ParseIntError, _: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(Status::CONFLICT).text("taken");
    });
    let answers = ask(app, || Err::<(), _>(number()).or_status(Status::GONE).unwrap_err());
    assert!(answers.iter().all(|answer| *answer == (409, "taken".into())), "{answers:?}");
}

#[test]
fn the_headers_of_an_error_are_on_its_answer_whoever_makes_it() {
    fn refused() -> Error {
        let error = Error::with_status(Status::UNAUTHORIZED, number());
        error.with_header("WWW-Authenticate", "Basic").with_header("www-authenticate", "Bearer")
    }
    async fn later(_: &mut OwnedRequest) -> Result<(), Error> {
        Err(refused())
    }
    let plain = || {
        let scope = App::scope().before(later).get("", |_: &Request<'_>| "in");
        App::new()
            .get("/handler", |_: &Request<'_>| Err::<(), _>(refused()))
            .get("/async", |_: OwnedRequest| async { Err::<(), _>(refused()) })
            .get("/again", |_: &Request<'_>| Err::<(), _>(refused()).or_status(Status::GONE))
            .nest("/hook", scope)
            .after(|_: &Request<'_>, res: &mut Response<'_>| {
                res.header("X-Seen", res.headers().get_all("WWW-Authenticate").count().to_string());
            })
    };
    let value = |_: &ParseIntError, _: &Request<'_>| {
        (Status::FORBIDDEN, [("X-Handler", "a value")], "handled")
    };
    for (app, content) in [
        (plain(), number().to_string()),
        (plain().on_error(value), "handled".into()),
        (
            plain().on_error(|_: &ParseIntError, _: &Request<'_>, res: &mut Response<'_>| {
                res.text("written");
            }),
            "written".into(),
        ),
        (
            plain().on_any_error(|failure, _: &Request<'_>, res: &mut Response<'_>| {
                let count = failure.error().map_or(0, |error| error.headers().len());
                res.text(&format!("shaped with {count}"));
            }),
            "shaped with 2".into(),
        ),
    ] {
        let mut client = TestClient::new(app);
        for target in ["/handler", "/async", "/again", "/hook"] {
            let answer = client.get(target).send();
            let told: Vec<_> = answer.header_all("www-authenticate").collect();
            assert_eq!(told, ["Basic", "Bearer"], "{target} {content}");
            assert_eq!(
                (answer.text(), answer.header("x-seen")),
                (&*content, Some("2")),
                "{target}"
            );
        }
    }
}

#[test]
fn an_error_with_a_header_that_can_not_be_sent_is_that_error() {
    let error = Error::message(Status::UNAUTHORIZED, "who?").with_header("A", "b\r\nC: d");
    assert_eq!(error.status(), Status::INTERNAL_SERVER_ERROR);
    assert!(error.find::<rajada_mio::BadHeader>().is_some() && error.headers().is_empty());
}
