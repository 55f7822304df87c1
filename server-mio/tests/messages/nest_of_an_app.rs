use rajada_mio::{App, Request};

fn main() {
    let notes = App::new().get("/all", |_: &Request| "notes");
    App::new().nest("/notes", notes);
}
