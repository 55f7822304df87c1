//! Statuses that can't be the last word about a request.

use rajada_mio::{App, Body, Error, OwnedRequest, Request, Response, Status, yield_now};

use crate::rig::{World, get};

fn status(req: &str) -> Status {
    Status::new(req.parse().unwrap()).unwrap()
}

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/returns/{status}", |req: &Request<'_>| status(req.param("status")))
        .get("/with/{status}", |req: &Request<'_>| (status(req.param("status")), "with content"))
        .get("/writes/{status}", |req: &Request<'_>, res: &mut Response<'_>| {
            res.set_status(status(req.param("status"))).text("content");
        })
        .get("/static/{status}", |req: &Request<'_>, res: &mut Response<'_>| {
            res.set_status(status(req.param("status"))).header("X-A", "b").content("content");
        })
        .get("/stream/{status}", |req: &Request<'_>| {
            (status(req.param("status")), Body::Stream(Box::new(Nothing)))
        })
        .get("/ready/{status}", |req: OwnedRequest| async move { status(req.param("status")) })
        .get("/parked/{status}", |req: OwnedRequest| async move {
            yield_now().await;
            status(req.param("status"))
        })
        .get("/fails/{status}", |req: &Request<'_>| {
            Err::<(), _>(Error::message(status(req.param("status")), "an error"))
        })
}

struct Nothing;

impl rajada_mio::BodyStream for Nothing {
    fn poll_next(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<rajada_mio::Bytes, Error>>> {
        std::task::Poll::Ready(None)
    }
}

const SHAPES: [&str; 8] =
    ["returns", "with", "writes", "static", "stream", "ready", "parked", "fails"];

#[test]
fn a_last_answer_that_says_it_is_none_costs_its_request_a_500() {
    // With and without hooks behind, where content is kept until they have run.
    for app in [app, || app().after(|_: &Request<'_>, _: &mut Response<'_>| {})] {
        for shape in SHAPES {
            for status in [100, 101, 102, 103, 150, 199] {
                let mut world = World::new(app());
                let peer = world.ask(get("/") + &get(&format!("/{shape}/{status}")) + &get("/"));
                world.settle();
                assert_eq!(world.statuses(peer), [200, 500, 200], "{shape} {status}");
                let upgrade = format!(
                    "GET /{shape}/{status} HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
                );
                let peer = world.ask(get("/") + &upgrade + &get("/"));
                world.settle();
                assert_eq!(world.statuses(peer), [200, 500, 200], "{shape} {status} upgrade");
            }
            for status in [200, 204, 299, 304, 399, 404, 499, 500, 599] {
                let mut world = World::new(app());
                let peer = world.ask(get("/") + &get(&format!("/{shape}/{status}")) + &get("/"));
                world.settle();
                assert_eq!(world.statuses(peer), [200, status, 200], "{shape} {status}");
            }
        }
    }
}

#[test]
fn there_is_no_status_beyond_the_classes_of_http() {
    for code in [0, 1, 99, 600, 601, 999, 1000, u16::MAX] {
        assert_eq!(Status::new(code), None, "{code}");
    }
    assert_eq!((100..600).filter_map(Status::new).count(), 500);
}
