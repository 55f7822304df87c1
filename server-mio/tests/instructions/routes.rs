//! What building an application costs by the number of its routes: in proportion to it. Work is counted, not time.

use rajada_mio::{App, Request, TestClient};

use super::{TASK, instructions};

/// How many routes are compared. Fewer without optimisation, which takes many times as long.
const SIZES: [usize; 2] = if cfg!(debug_assertions) { [120, 600] } else { [2_000, 10_000] };

/// So many times as much five times as many may cost: what grows in proportion, and trees that grow deeper.
const MOST: u64 = 6;

/// The methods and the pattern of a route, by its number.
type Shape = fn(usize) -> (&'static [&'static str], String);

const SHAPES: [(&str, Shape); 4] = [
    ("fixed", |number| (&["GET"], format!("/r{number:05}"))),
    ("tail", |number| (&["GET"], format!("/r{number:05}/{{id}}"))),
    ("further-up", |number| (&["GET"], format!("/r{number:05}/{{id}}/items/{{item}}"))),
    ("mixed", |number| match number % 6 {
        0 => (&["GET", "POST"], format!("/r{:05}", number / 6)),
        1 => (&["GET", "PUT", "REPORT"], format!("/r{:05}/{{id}}", number / 6)),
        // Contests the one before.
        2 => (&["GET"], format!("/r{:05}/new", number / 6)),
        3 => (&["GET"], format!("/files{:05}/{{*rest}}", number / 6)),
        4 => (&["GET"], format!("/version{:05}/v{{major}}", number / 6)),
        _ => (&["GET"], format!("/all/{{one}}/r{:05}", number / 6)),
    }),
];

/// The work that is counted: this test under callgrind, with a shape and a number of routes.
#[test]
fn building() {
    let Ok(task) = std::env::var(TASK) else { return };
    let task: Vec<&str> = task.split(' ').collect();
    let &[shape, size] = task.as_slice() else { panic!("{task:?}") };
    let (_, shape) = SHAPES.iter().find(|(name, _)| *name == shape).unwrap();
    let app = (0..size.parse().unwrap()).fold(App::new(), |app, number| {
        let (methods, pattern) = shape(number);
        app.route(methods.iter().copied(), &pattern, |_: &Request<'_>| "Hello world!")
    });
    assert_eq!(app.check(), Ok(()));
    drop(TestClient::new(app));
}

#[test]
fn five_times_as_many_routes_cost_about_five_times_as_much_to_build() {
    for (name, _) in SHAPES {
        let count = |size: usize| instructions("routes::building", &format!("{name} {size}"));
        let Some(nothing) = count(0) else {
            return println!("skipped: valgrind is not here");
        };
        let [few, many] = SIZES.map(|size| count(size).unwrap() - nothing);
        println!("{name}: {few} instructions for {} routes, {many} for {}", SIZES[0], SIZES[1]);
        assert!(many <= few * MOST, "{name}: {few} and {many}");
    }
}
