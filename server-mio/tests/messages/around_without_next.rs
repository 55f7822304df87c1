use rajada_mio::{App, OwnedRequest};

fn main() {
    App::new().around(async |_: OwnedRequest| "hello");
}
