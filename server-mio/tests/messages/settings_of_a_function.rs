use rajada_mio::{App, Request};

fn report(_: &Request) -> &'static str {
    "long computed"
}

fn main() {
    App::new().get("/", report.slow(true));
}
