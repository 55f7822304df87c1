use rajada_mio::{App, Request};
use std::rc::Rc;

fn main() {
    let greeting: Rc<str> = "hello".into();
    App::new().get("/", move |_: &Request| greeting.to_string());
}
