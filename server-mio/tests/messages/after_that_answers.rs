use rajada_mio::{App, Request, Response};

fn main() {
    App::new().after(|_: &Request, _: &mut Response| "hello");
}
