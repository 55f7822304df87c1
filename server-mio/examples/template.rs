//! An HTML page by a template library, and a form.
//!
//! ```sh
//! cargo run -p rajada-mio --example template
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```sh
//! xdg-open http://127.0.0.1:8080/
//! ```
#![allow(elided_lifetimes_in_paths)]

use std::sync::{Mutex, PoisonError};

use minijinja::{Environment, context};
use rajada_mio::{App, Error, Html, Redirect, Request};

/// Who has signed.
type Guests = Mutex<Vec<String>>;

/// The application, for the test of this example too.
pub(crate) fn app() -> App {
    let mut templates = Environment::new();
    // The name's ending makes the library escape what is put in.
    let added = templates.add_template("guests.html", include_str!("templates/guests.html"));
    added.expect("the template is well-formed");
    App::new().state(templates).state(Guests::default()).get("/", page).post("/", sign)
}

fn page(req: &Request) -> Result<Html<String>, Error> {
    let guests = req.state::<Guests>().lock().unwrap_or_else(PoisonError::into_inner);
    let template = req.state::<Environment>().get_template("guests.html")?;
    Ok(Html(template.render(context! { guests => *guests })?))
}

fn sign(req: &Request) -> Result<Redirect, Error> {
    if let Some(name) = req.form()?.first("name").filter(|name| !name.trim().is_empty()) {
        req.state::<Guests>()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(name.trim().to_owned());
    }
    Ok(Redirect::see_other("/"))
}

fn main() -> std::io::Result<()> {
    app().run("127.0.0.1:8080")?;
    Ok(())
}
