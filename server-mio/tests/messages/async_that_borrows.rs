use rajada_mio::{App, OwnedRequest};

fn main() {
    let greeting = String::from("hello");
    App::new().get("/", async |_: OwnedRequest| greeting.clone());
}
