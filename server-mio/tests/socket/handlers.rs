//! How handlers run: mixed, slow, lost, and what the loop offers them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rajada_mio::{
    BlockingOverflow, Deadlines, Error, JoinError, Limits, OwnedRequest, Request, Status, sleep,
    spawn, spawn_blocking, timeout, yield_now,
};

use crate::serving::{Serving, serve, wait_until};
use crate::world::{App, Endpoint};

fn requests(targets: &[&str]) -> String {
    targets.iter().map(|target| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).collect()
}

/// Sends requests in one packet and gives the texts of their answers.
fn texts(serving: &Serving, targets: &[&str]) -> Vec<String> {
    let mut client = serving.client();
    client.send(requests(targets));
    client.answers(targets.len()).iter().map(|answer| answer.text().to_owned()).collect()
}

#[test]
fn the_loop_offers_sleep_timeout_spawn_and_threads_for_what_blocks() {
    let app = App::new()
        .get("/sleep", |_: OwnedRequest| async {
            let began = Instant::now();
            sleep(Duration::from_millis(30)).await;
            (began.elapsed() >= Duration::from_millis(30)).to_string()
        })
        .get("/timeout", |_: OwnedRequest| async {
            let slow = timeout(Duration::from_millis(20), sleep(Duration::from_secs(60))).await;
            let fast = timeout(Duration::from_secs(60), async { 7 }).await;
            format!("{slow:?} {fast:?}")
        })
        .get("/spawn", |_: OwnedRequest| async {
            let one = spawn(async {
                yield_now().await;
                1
            });
            let panics = spawn(async { assert!(false_now(), "on purpose") });
            let two = spawn(async { 2 });
            format!("{:?} {:?} {:?}", one.await, two.await, panics.await)
        })
        .get("/blocking", |_: OwnedRequest| async {
            let worker = std::thread::current().id();
            let other = spawn_blocking(move || {
                std::thread::sleep(Duration::from_millis(30));
                std::thread::current().id() != worker
            });
            let panics = spawn_blocking(|| assert!(false_now(), "on purpose"));
            format!("{:?} {:?}", other.await, panics.await)
        });
    let serving = serve(app);
    assert_eq!(
        texts(&serving, &["/sleep", "/timeout", "/spawn", "/blocking"]),
        [
            "true",
            "Err(Elapsed) Ok(7)",
            "Ok(1) Ok(2) Err(JoinError(Lost))",
            "Ok(true) Err(JoinError(Lost))"
        ]
    );
}

#[test]
fn threads_for_what_blocks_are_bounded() {
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let seen = most.clone();
    let app = App::new().blocking_threads(3).get("/", move |_: OwnedRequest| {
        let (now, most) = (now.clone(), most.clone());
        async move {
            spawn_blocking(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                now.fetch_sub(1, Ordering::SeqCst);
            })
            .await?;
            Ok::<_, JoinError>("done")
        }
    });
    let serving = serve(app);
    assert!(texts(&serving, &["/"; 12]).iter().all(|text| text == "done"));
    assert_eq!(seen.load(Ordering::SeqCst), 3);
}

#[test]
fn what_the_queue_for_threads_has_no_room_for_is_refused_or_waits() {
    for (overflow, refused) in [(BlockingOverflow::Refuse, 503), (BlockingOverflow::Wait, 200)] {
        let (begun, begins) = channel();
        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let app = App::new()
            .blocking_threads(1)
            .limits(Limits { blocking_queue: 2, ..Limits::DEFAULT })
            .blocking_overflow(overflow)
            .get("/", move |_: OwnedRequest| {
                let (begun, released) = (begun.clone(), released.clone());
                async move {
                    let job = spawn_blocking(move || {
                        begun.send(()).unwrap();
                        let _ = released.lock().unwrap().recv();
                        "done"
                    });
                    Ok::<_, Error>(job.await?)
                }
            });
        let serving = serve(app);
        let mut first = serving.client();
        first.send(requests(&["/"]));
        begins.recv().unwrap();
        let mut client = serving.client();
        client.send(requests(&["/"; 5]));
        if refused == 503 {
            assert_eq!(serving.client().get("/").status, 503);
        }
        drop(release);
        let statuses: Vec<u16> = client.answers(5).iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [200, 200, refused, refused, refused], "{overflow:?}");
        assert_eq!(first.answer().status, 200);
    }
}

#[test]
fn what_is_ready_leaves_before_a_slow_handler_runs() {
    let slow = |_: &Request<'_>| {
        std::thread::sleep(Duration::from_millis(50));
        "slow"
    };
    let app = App::new()
        .flush_after(None)
        .get("/", |_: &Request<'_>| "fast")
        .get("/slow", Endpoint::new(slow).slow(true));
    let serving = serve(app);
    let mut client = serving.client();
    client.get("/");
    let began = Instant::now();
    client.send(requests(&["/", "/slow", "/"]));
    assert_eq!(client.answer().text(), "fast");
    let first = began.elapsed();
    assert_eq!(client.answer().text(), "slow");
    assert_eq!(client.answer().text(), "fast");
    assert!(first < Duration::from_millis(10), "{first:?}");
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[test]
fn ready_answers_do_not_grow_old_behind_others_of_their_burst() {
    let handler = |_: &Request<'_>| {
        std::thread::sleep(Duration::from_millis(5));
        "5 ms"
    };
    for (age, first_within) in [(Some(Duration::from_millis(1)), 100), (None, u64::MAX)] {
        let serving = serve(App::new().flush_after(age).get("/", handler));
        let mut client = serving.client();
        let began = Instant::now();
        client.send(requests(&["/"; 40]));
        client.answer();
        let first = began.elapsed().as_millis() as u64;
        assert!(first < first_within, "{first} ms");
        client.answers(39);
        // Without the rule the first one waits for all.
        assert!(age.is_some() || first >= 195, "{first} ms");
    }
}

/// What happens to a handler that is lost, with answers owed before and behind it.
fn lost(app: App, deadlines: Deadlines) -> (Vec<u16>, Serving) {
    let serving = serve(app.get("/", |_: &Request<'_>| "fine").deadlines(deadlines));
    let mut client = serving.client();
    client.send(requests(&["/", "/lost", "/", "/lost", "/"]));
    let statuses = client.answers(5).iter().map(|answer| answer.status).collect();
    // The connection, and the server, are as good as before.
    assert_eq!(client.get("/").text(), "fine");
    (statuses, serving)
}

#[test]
fn a_handler_that_panics_does_not_stall_the_answers_behind_it() {
    let panics_when_called =
        |_: OwnedRequest| -> std::future::Ready<&'static str> { panic!("on purpose") };
    let panics_when_polled = |_: OwnedRequest| async {
        panic!("on purpose");
        #[allow(unreachable_code)]
        ""
    };
    let panics_later = |_: OwnedRequest| async {
        sleep(Duration::from_millis(10)).await;
        panic!("on purpose");
        #[allow(unreachable_code)]
        ""
    };
    for app in [
        App::new().get("/lost", panics_when_called),
        App::new().get("/lost", panics_when_polled),
        App::new().get("/lost", panics_later),
        App::new().get("/lost", |_: &Request<'_>| -> &str { panic!("on purpose") }),
    ] {
        assert_eq!(lost(app, Deadlines::DEFAULT).0, [200, 500, 200, 500, 200]);
    }
}

#[test]
fn a_handler_that_never_completes_is_dropped_when_its_time_is_over() {
    struct Dropped(Arc<AtomicU32>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let count = Arc::new(AtomicU32::new(0));
    let dropped = count.clone();
    let app = App::new().get("/lost", move |_: OwnedRequest| {
        let guard = Dropped(dropped.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    });
    let deadlines = Deadlines {
        handler: Some(Duration::from_millis(50)),
        check_interval: Duration::from_millis(10),
        ..Deadlines::DEFAULT
    };
    assert_eq!(lost(app, deadlines).0, [200, 503, 200, 503, 200]);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn a_handler_that_is_cancelled_from_within_does_not_stall_the_answers_behind_it() {
    // Its only hope is dropped: a task that it waits for, and that panics.
    let app = App::new().get("/lost", |_: OwnedRequest| async {
        spawn(async { assert!(false_now(), "on purpose") }).await?;
        Ok::<_, JoinError>("never")
    });
    assert_eq!(lost(app, Deadlines::DEFAULT).0, [200, 500, 200, 500, 200]);
}

#[test]
fn handlers_of_a_connection_that_dies_are_dropped_with_it() {
    let (begun, ended) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    struct Count(Arc<AtomicU32>);
    impl Drop for Count {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (at_start, at_end) = (begun.clone(), ended.clone());
    let app = App::new().get("/", |_: &Request<'_>| "fine").get("/lost", move |_: OwnedRequest| {
        at_start.fetch_add(1, Ordering::SeqCst);
        let count = Count(at_end.clone());
        async move {
            sleep(Duration::from_secs(3600)).await;
            drop(count);
            Status::OK
        }
    });
    let serving = serve(app);
    let client = {
        let mut client = serving.client();
        client.send(requests(&["/lost"; 10]));
        client
    };
    wait_until(|| begun.load(Ordering::SeqCst) == 10);
    reset(client.stream);
    wait_until(|| ended.load(Ordering::SeqCst) == 10);
    assert_eq!(serving.client().get("/").text(), "fine");
}

/// Closes without the courtesies: the peer gets a reset.
fn reset(stream: std::net::TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
}

#[test]
fn a_handler_that_finishes_after_its_connection_died_harms_nobody() {
    let app = App::new().get("/", |_: &Request<'_>| "fine").get("/late", |_: OwnedRequest| async {
        let late = spawn(async {
            sleep(Duration::from_millis(60)).await;
            "late"
        });
        late.await
    });
    let serving = serve(app);
    for _ in 0..20 {
        let mut client = serving.client();
        client.send(requests(&["/late", "/", "/late"]));
        std::thread::sleep(Duration::from_millis(2));
        reset(client.stream);
    }
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(texts(&serving, &["/late", "/"]), ["late", "fine"]);
}

/// False, but the compiler does not know.
fn false_now() -> bool {
    std::hint::black_box(false)
}

#[test]
fn tasks_that_hooks_and_dropped_handlers_spawn_run_without_a_request_to_wake_the_loop() {
    struct Spawns(Arc<AtomicU32>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let count = self.0.clone();
            drop(spawn(async move { count.fetch_add(1, Ordering::SeqCst) }));
        }
    }
    let count = Arc::new(AtomicU32::new(0));
    let (at_start, at_drop) = (count.clone(), count.clone());
    let app = App::new()
        .on_start(move |_| {
            let count = at_start.clone();
            drop(spawn(async move { count.fetch_add(1, Ordering::SeqCst) }));
        })
        .get("/", move |_: OwnedRequest| {
            let guard = Spawns(at_drop.clone());
            async move {
                std::future::pending::<()>().await;
                drop(guard);
            }
        })
        .deadlines(Deadlines {
            handler: Some(Duration::from_millis(30)),
            check_interval: Duration::from_millis(10),
            ..Deadlines::DEFAULT
        });
    let serving = serve(app);
    wait_until(|| count.load(Ordering::SeqCst) == 1);
    assert_eq!(serving.client().get("/").status, 503);
    wait_until(|| count.load(Ordering::SeqCst) == 2);
}
