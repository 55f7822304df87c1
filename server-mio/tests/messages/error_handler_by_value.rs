use rajada_mio::{App, Request};

fn main() {
    App::new().on_error(|error: std::io::Error, _: &Request| error.to_string());
}
