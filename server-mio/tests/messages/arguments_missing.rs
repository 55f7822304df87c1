use rajada_mio::App;

fn main() {
    App::new().get("/", || "hello");
}
