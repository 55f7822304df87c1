//! Any interleaving of receiving, answering and transmitting gives the same octets as a reference
//! that holds queues of `Vec`s.

#[path = "common/reference.rs"]
#[allow(unreachable_pub)]
mod reference;
#[path = "common/simulation.rs"]
#[allow(dead_code, unreachable_pub)]
mod simulation;

use proptest::prelude::*;
use rajada_pipeline::memory::Fixed;

/// Room for all that the schedule may want to hold at once.
type Arrays = Fixed<Vec<u8>, 32, 512, { 192 * 1024 }>;

fn request() -> impl Strategy<Value = String> {
    let fields = prop_oneof![
        40 => Just(""),
        1 => Just("Connection: close\r\n"),
        1 => Just("Connection: keep-alive\r\n"),
        3 => Just("Connection: upgrade\r\nUpgrade: other\r\n"),
    ];
    let version = prop_oneof![40 => Just("1.1"), 1 => Just("1.0")];
    let content = prop_oneof![
        6 => Just(String::new()),
        2 => "[a-z]{0,40}".prop_map(|content| format!("Content-Length: {}\r\n\r\n{content}", content.len())),
        1 => "[a-z]{1,40}".prop_map(|content| {
            format!("Expect: 100-continue\r\nContent-Length: {}\r\n\r\n{content}", content.len())
        }),
        2 => proptest::collection::vec("[a-z]{1,20}", 0..4).prop_map(|chunks| {
            let chunks: String =
                chunks.iter().map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len())).collect();
            format!("Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
        }),
    ];
    let method = prop_oneof![4 => Just("GET"), 1 => Just("HEAD"), 1 => Just("POST")];
    (method, version, fields, content).prop_map(|(method, version, fields, content)| {
        let content = if content.is_empty() { "\r\n".to_owned() } else { content };
        format!("{method} / HTTP/{version}\r\nHost: a\r\n{fields}{content}")
    })
}

fn session() -> impl Strategy<Value = Vec<u8>> {
    let garbage =
        prop_oneof![8 => Just(Vec::new()), 1 => proptest::collection::vec(any::<u8>(), 1..20)];
    (proptest::collection::vec(request(), 0..40), garbage)
        .prop_map(|(requests, garbage)| [requests.concat().into_bytes(), garbage].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    // Without a heap the usual memory is too small for the schedule, which knows of no full memory.
    #[cfg(feature = "alloc")]
    #[test]
    fn the_same_octets_as_the_reference(
        octets in session(),
        schedule in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        simulation::run(&octets, &schedule);
    }

    #[test]
    fn the_same_octets_out_of_arrays(
        octets in session(),
        schedule in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        simulation::run_on(Arrays::new(), &octets, &schedule);
    }
}
