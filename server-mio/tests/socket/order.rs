//! Answers leave in the order of the requests, whoever answers them when.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rajada_mio::{OwnedRequest, Request, Response, sleep};

use crate::serving::serve;
use crate::world::App;

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .get("/delay/{ms}", |req: OwnedRequest| async move {
            let milliseconds = req.param("ms").parse().unwrap();
            sleep(Duration::from_millis(milliseconds)).await;
            req.param("ms").to_owned()
        })
}

fn requests(targets: &[&str]) -> String {
    targets.iter().map(|target| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).collect()
}

#[test]
fn answers_keep_the_order_of_their_requests_while_handlers_run_concurrently() {
    let serving = serve(app());
    let mut client = serving.client();
    // One after the other they would take 350 ms. A machine that is busy with other tests may need several tries.
    let mut took = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        client.send(requests(&["/delay/300", "/", "/delay/50", "/user/7"]));
        let answers = client.answers(4);
        took = took.min(began.elapsed());
        let texts: Vec<_> = answers.iter().map(|answer| answer.text()).collect();
        assert_eq!(texts, ["300", "Hello world!", "50", "7"]);
        assert!(took >= Duration::from_millis(299), "{took:?}");
        if took < Duration::from_millis(340) {
            return;
        }
    }
    panic!("the handlers do not run concurrently: {took:?}");
}

#[test]
fn what_is_ready_does_not_wait_for_what_is_behind_it() {
    let serving = serve(app());
    let mut client = serving.client();
    let began = Instant::now();
    client.send(requests(&["/user/1", "/delay/400", "/user/2"]));
    assert_eq!(client.answer().text(), "1");
    assert!(began.elapsed() < Duration::from_millis(200));
    assert_eq!(client.answer().text(), "400");
    assert_eq!(client.answer().text(), "2");
}

#[test]
fn forty_eight_sleepers_on_one_connection_take_as_long_as_one() {
    let serving = serve(app());
    let mut client = serving.client();
    let began = Instant::now();
    client.send(requests(&["/delay/200"; 48]));
    assert!(client.answers(48).iter().all(|answer| answer.text() == "200"));
    assert!(began.elapsed() < Duration::from_millis(400), "{:?}", began.elapsed());
}

#[test]
fn more_requests_than_may_be_in_flight_are_answered_in_turn() {
    let serving = serve(app());
    let mut client = serving.client();
    client.send(requests(&["/delay/5", "/", "/delay/1"].repeat(100)));
    for _ in 0..100 {
        let texts: Vec<_> =
            client.answers(3).iter().map(|answer| answer.text().to_owned()).collect();
        assert_eq!(texts, ["5", "Hello world!", "1"]);
    }
}

#[test]
fn a_get_behind_a_put_sees_what_that_has_changed() {
    let number = Arc::new(AtomicU64::new(0));
    let (put, got) = (number.clone(), number);
    let app = || {
        let (put, got) = (put.clone(), got.clone());
        App::new().get("/n", move |_: &Request<'_>| got.load(Ordering::Relaxed).to_string()).put(
            "/n",
            move |req: OwnedRequest| {
                let put = put.clone();
                async move {
                    sleep(Duration::from_millis(50)).await;
                    put.store(req.text().unwrap().parse().unwrap(), Ordering::Relaxed);
                    "put"
                }
            },
        )
    };
    let burst = "PUT /n HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n7".to_owned()
        + &requests(&["/n", "/n"]);
    for (lifted, seen) in [(false, "7"), (true, "0")] {
        got.store(0, Ordering::Relaxed);
        let serving = serve(app().unsafe_in_parallel(lifted));
        let mut client = serving.client();
        client.send(&burst);
        let texts: Vec<_> =
            client.answers(3).iter().map(|answer| answer.text().to_owned()).collect();
        assert_eq!(texts, ["put", seen, seen], "lifted: {lifted}");
    }
}
