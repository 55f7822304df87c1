//! Content that is taken by the traits of other crates and part by part, in the middle of a burst.

use std::io::Write;

use crate::content_by_traits::{app, burst};
use crate::serving::serve;

#[test]
fn content_is_taken_by_every_trait_in_the_middle_of_a_burst() {
    let serving = serve(app(10_000));
    for (length, chunk) in [(0, 0), (100, 7), (300_000, 0), (300_000, 5000)] {
        let (octets, expected) = burst(length, chunk);
        let mut client = serving.client();
        let mut sender = client.stream.try_clone().unwrap();
        let sending = std::thread::spawn(move || sender.write_all(&octets).unwrap());
        for expected in &expected {
            assert!(client.answer().text() == expected, "{length} {chunk}");
        }
        sending.join().unwrap();
        assert_eq!(client.get("/plain").text(), "plain", "the connection lives on");
    }
}
