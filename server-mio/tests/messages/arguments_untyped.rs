use rajada_mio::App;

fn main() {
    App::new().get("/{name}", |req| req.param("name").to_owned());
}
