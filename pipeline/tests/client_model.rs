//! Any interleaving of requests, responses and what leaves gives the same events and octets as a
//! reference that holds `Vec`s, and what a server meant.

#[path = "client/reference.rs"]
#[allow(unreachable_pub)]
mod reference;
#[path = "client/server.rs"]
#[allow(unreachable_pub)]
mod server;
#[path = "client/simulation.rs"]
#[allow(dead_code, unreachable_pub)]
mod simulation;

use proptest::collection::vec;
use proptest::prelude::*;
use rajada_pipeline::memory::Fixed;
use reference::Bounds;

/// Room for all that the schedule may want to hold at once.
type Arrays = Fixed<Vec<u8>, 32, 512, { 64 * 1024 }>;
/// Room for little: calls are refused because it is full.
type Tight = Fixed<Vec<u8>, 4, 8, 1024>;

/// What a server sends that is no answer.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop_oneof![
        3 => Just("HTTP/1.1 200 OK\r\n".to_owned()),
        1 => Just("HTTP/1.1 103 Early Hints\r\n\r\n".to_owned()),
        1 => Just("HTTP/1.1 101 Switching Protocols\r\n".to_owned()),
        1 => Just("HTTP/1.0 304 \r\n".to_owned()),
        1 => Just("Content-Length: 3\r\n".to_owned()),
        1 => Just("Transfer-Encoding: chunked\r\n".to_owned()),
        1 => Just("Transfer-Encoding: other\r\n".to_owned()),
        1 => Just("Connection: close\r\n".to_owned()),
        1 => Just("Connection: keep-alive\r\n".to_owned()),
        3 => Just("\r\n".to_owned()),
        1 => Just("3\r\nabc\r\n".to_owned()),
        1 => Just("0\r\n".to_owned()),
        // More than the bound, or with one chunk before it.
        1 => Just("900\r\n".to_owned()),
        1 => Just("833\r\n".to_owned()),
        1 => "[ -~\r\n\t]{1,9}",
    ];
    vec(lines, 0..30).prop_map(|lines| lines.concat().into_bytes())
}

fn schedule() -> impl Strategy<Value = Vec<u8>> {
    // Calls out of the schedule's table, those less often that break what goes on.
    let kind = prop_oneof![24 => 0..14_u8, 1 => 14..16_u8];
    let call = (kind, 0..16_u8, any::<u8>());
    vec(call, 0..200).prop_map(|calls| {
        calls.iter().flat_map(|(kind, variant, choice)| [kind + 16 * variant, *choice]).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    // Without a heap the usual memory is too small for the schedule, which knows of no full memory.
    #[cfg(feature = "alloc")]
    #[test]
    fn the_same_events_as_the_reference(octets in octets(), schedule in schedule()) {
        simulation::run(&octets, &schedule);
    }

    #[test]
    fn the_same_events_out_of_arrays(octets in octets(), schedule in schedule()) {
        let bounds = Bounds { in_flight: 20, held: 4000, ..Bounds::default() };
        simulation::run_on(bounds, false, Arrays::new, &octets, &schedule);
    }

    #[test]
    fn the_same_events_out_of_memory_that_is_full(octets in octets(), schedule in schedule()) {
        let bounds = Bounds { in_flight: 3, held: 512, ..Bounds::default() };
        simulation::run_on(bounds, true, Tight::new, &octets, &schedule);
    }
}

#[test]
fn schedules_reach_all_there_is() {
    use proptest::strategy::ValueTree;

    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut times = [0; 11];
    for _ in 0..300 {
        let (octets, schedule) = (octets(), schedule());
        let octets = octets.new_tree(&mut runner).expect("octets").current();
        let schedule = schedule.new_tree(&mut runner).expect("a schedule").current();
        let bounds = Bounds { in_flight: 20, held: 4000, ..Bounds::default() };
        let tally = simulation::run_on(bounds, false, Arrays::new, &octets, &schedule);
        for (times, more) in times.iter_mut().zip(tally.numbers()) {
            *times += more;
        }
    }
    assert!(times.iter().all(|times| *times >= 30), "{times:?}");
}
