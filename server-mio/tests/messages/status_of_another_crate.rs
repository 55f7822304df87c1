use rajada_mio::{App, Request};

mod http {
    pub struct StatusCode(pub u16);
}

fn main() {
    App::new().get("/", |_: &Request| (http::StatusCode(201), "made"));
}
