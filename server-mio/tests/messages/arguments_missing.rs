use rajada_mio::App;

fn hello() -> &'static str {
    "hello"
}

fn main() {
    App::new().get("/", hello);
}
