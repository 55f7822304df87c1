use rajada_mio::{App, Request};

#[derive(Debug)]
struct Broken;

fn hello(_: &Request) -> Result<&'static str, Broken> {
    Err(Broken)
}

fn main() {
    App::new().get("/", hello);
}
