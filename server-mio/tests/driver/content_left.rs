//! Content that is waited for and then left, and what its answer tells of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use rajada_mio::{App, ContentStream, OwnedRequest, Request, sleep};

use crate::content::{PLAIN, Rig, request};

fn plain() -> App {
    App::new().get("/plain", |_: &Request<'_>| "plain")
}

/// A future that is dropped with the last of its wakers, which is dropped where it is called.
struct Task(Mutex<Boxed>);

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        drop(self);
    }
}

#[test]
fn a_waker_may_be_the_last_that_owns_the_stream_it_waits_for() {
    let (tells, told) = mpsc::channel();
    std::thread::spawn(move || {
        let app =
            plain().put("/upload", |_: OwnedRequest, mut content: ContentStream| async move {
                let task = Arc::new(Task(Mutex::new(Box::pin(async {}))));
                let waker = Waker::from(task.clone());
                let mut future: Boxed = Box::pin(async move {
                    let _ = content.next().await;
                });
                assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
                *task.0.lock().unwrap() = future;
                drop((task, waker));
                sleep(Duration::from_millis(5)).await;
                "gone"
            });
        let mut rig = Rig::new(app);
        let octets = request("/upload", b"12345", 0, "");
        let (head, content) = octets.split_at(octets.len() - 5);
        rig.give_all(&[PLAIN, head].concat(), 65_536);
        rig.give_all(&[content, PLAIN].concat(), 65_536);
        rig.settle();
        tells.send(rig.texts()).unwrap();
    });
    let texts = told.recv_timeout(Duration::from_secs(20)).expect("the worker stands still");
    assert_eq!(texts, ["200 plain", "200 gone", "200 plain"]);
}
