use rajada_mio::{App, Request, Status};

fn main() {
    App::new().get("/", |_: &Request| ("made", Status::CREATED));
}
