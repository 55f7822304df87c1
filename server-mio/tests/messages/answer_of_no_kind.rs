use rajada_mio::{App, Request};

fn main() {
    App::new().get("/", |_: &Request| 7);
}
