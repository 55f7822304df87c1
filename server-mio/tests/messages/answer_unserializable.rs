use rajada_mio::{App, Json, Request};

struct Point {
    x: i32,
}

fn main() {
    App::new().get("/", |_: &Request| Json(Point { x: 0 }));
}
