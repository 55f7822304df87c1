//! Server-sent events: a clock for all, and news that whoever posts sends to everybody.
//!
//! ```sh
//! cargo run -p rajada-mio --features events --example events
//! ```
//!
//! While it runs, open <http://127.0.0.1:8080/>, or in another terminal:
//!
//! ```sh
//! curl --no-buffer http://127.0.0.1:8080/news &
//! curl --data 'It works' http://127.0.0.1:8080/news
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use rajada_mio::{App, Broadcast, Error, Event, Events, Html, Request, Status};

/// What is shared: who listens, and the number of the last piece of news.
struct News {
    listeners: Broadcast,
    number: AtomicU64,
}

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    let listeners = Broadcast::new().keep(100, 64 * 1024);
    App::new()
        .state(News { listeners, number: AtomicU64::new(0) })
        .state(clock())
        .get("/", |_: &Request| Html(PAGE))
        .get("/clock", |req: &Request| Events::new(req.state::<Broadcast>().subscribe()))
        .get("/news", listen)
        .post("/news", publish)
}

/// Who connects again gets what it has missed.
fn listen(req: &Request) -> Result<Events, Error> {
    let news = req.state::<News>().listeners.resume(req.last_event_id()?);
    Ok(Events::new(news).retry(Duration::from_secs(2)))
}

fn publish(req: &Request) -> Result<Status, Error> {
    let news = req.state::<News>();
    // No lock orders numbers and calls, so ids may come out of order; each is there once, which is what counts.
    let number = news.number.fetch_add(1, Ordering::Relaxed) + 1;
    news.listeners.send(Event::new(req.text()?).of_type("news").id(number))?;
    Ok(Status::NO_CONTENT)
}

/// Ticks for as long as somebody could listen. Any thread can send.
fn clock() -> Broadcast {
    let ticks = Broadcast::new();
    let sender = ticks.clone();
    thread::spawn(move || {
        for second in 0u64.. {
            if sender.send(Event::new(second.to_string())).is_err() {
                break;
            }
            thread::sleep(Duration::from_secs(1));
        }
    });
    ticks
}

const PAGE: &str = "<!doctype html>
<meta charset=utf-8>
<title>Events</title>
<p>Seconds: <output id=seconds></output></p>
<ul id=news></ul>
<form id=form><input name=text required autofocus> <button>Send</button></form>
<script>
new EventSource('/clock').onmessage = event => seconds.textContent = event.data;
new EventSource('/news').addEventListener('news', event => {
  news.appendChild(document.createElement('li')).textContent = event.data;
});
form.onsubmit = event => {
  event.preventDefault();
  fetch('/news', { method: 'POST', body: form.text.value });
  form.reset();
};
</script>
";

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
