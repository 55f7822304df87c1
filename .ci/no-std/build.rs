//! The program brings its own `_start`.

fn main() {
    println!("cargo:rustc-link-arg-bins=-nostartfiles");
}
