use rajada_mio::{App, Request};

fn main() {
    App::new().get("/{name}", |req: &Request| req.param("name"));
}
