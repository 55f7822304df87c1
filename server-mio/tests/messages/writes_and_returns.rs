use rajada_mio::{App, Request, Response};

fn main() {
    App::new().get("/", |_: &Request, res: &mut Response| {
        res.header("Vary", "Accept");
        "hello"
    });
}
