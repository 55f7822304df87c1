use rajada_mio::{App, Request, Response};

fn main() {
    App::new().get("/", |res: &mut Response, _: &Request| res.text("hello"));
}
