//! What an application adds: to requests by a trait and by hooks, to workers by hooks, to all by shared state.
//!
//! ```sh
//! cargo run -p rajada-mio --example extend
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! curl -i -H 'X-User: ada' http://127.0.0.1:8080/ http://127.0.0.1:8080/count
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rajada_mio::{App, Error, Request, Response, Status, local};

/// A method for requests.
trait Language {
    fn language(&self) -> &str;
}

impl Language for Request<'_> {
    fn language(&self) -> &str {
        let accepted = self.header_text("accept-language").unwrap_or("en");
        accepted.split([',', ';', '-']).next().unwrap_or("en")
    }
}

/// What a hook attaches to each request.
struct User {
    name: String,
}

/// When the request came, for the hook behind the handler.
struct Came(Instant);

/// What all workers share.
#[derive(Default)]
struct Visits(AtomicU64);

/// What each worker has for itself: no lock, no atomic.
type Own = Rc<Cell<u64>>;

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    App::new()
        .state(Visits::default())
        .on_start(|locals| locals.insert(Own::default()))
        .before(|req: &mut Request, _: &mut Response| req.extend(Came(Instant::now())))
        .before(|req: &mut Request, _: &mut Response| match req.header_text("x-user") {
            Some(name) => {
                let name = name.to_owned();
                req.extend(User { name });
                Ok(())
            }
            None => Err(Error::message(Status::UNAUTHORIZED, "say X-User")),
        })
        .after(|req: &Request, res: &mut Response| {
            if let Some(Came(time)) = req.extension() {
                res.header("X-Took", format!("{} us", time.elapsed().as_micros()));
            }
        })
        .get("/", |req: &Request| {
            let hello = if req.language() == "pt" { "Olá" } else { "Hello" };
            req.extension::<User>().map(|user| format!("{hello}, {}!", user.name))
        })
        .get("/count", |req: &Request| {
            let all = req.state::<Visits>().0.fetch_add(1, Ordering::Relaxed) + 1;
            let own = local::<Own>().unwrap_or_default();
            own.set(own.get() + 1);
            format!("visit {all}, {} of them here", own.get())
        })
}

fn main() -> std::io::Result<()> {
    app().workers(2).run("127.0.0.1:8080")?;
    Ok(())
}
