//! Whose turn it is, in any order of events.

use proptest::prelude::*;

use super::{Holding, Holdings, Lane};
use crate::driver::key::Key;

const MOST: usize = 1000;
const CONNECTIONS: usize = 8;

/// A connection, as it takes note of itself.
#[derive(Default)]
struct One {
    holding: Holding,
    octets: usize,
    wish: Option<(Lane, bool, bool)>,
}

struct Scene {
    holdings: Holdings,
    all: Vec<One>,
}

impl Scene {
    fn new() -> Scene {
        let all = (0..CONNECTIONS).map(|_| One::default()).collect();
        Scene { holdings: Holdings::new(MOST), all }
    }

    fn note(&mut self, at: usize) {
        let One { holding, octets, wish } = &mut self.all[at];
        let wish = wish.unwrap_or((Lane::Requests, false, false));
        self.holdings.note(Key::new(0, at), holding, *octets, wish);
    }

    fn set(&mut self, at: usize, octets: usize, wish: (Lane, bool, bool)) {
        (self.all[at].octets, self.all[at].wish) = (octets, Some(wish));
        self.note(at);
    }

    /// Grants as long as somebody can go on; how often. Whoever has its turn takes note, and no octets come.
    fn settle(&mut self) -> usize {
        let mut grants = 0;
        while self.holdings.has_room_for_some() {
            let granted = self.holdings.grant();
            assert!(!granted.is_empty(), "there was room for some");
            granted.into_iter().for_each(|key| self.note(key.place()));
            grants += 1;
            assert!(grants <= CONNECTIONS, "it goes on for ever");
        }
        grants
    }

    /// Those that are read.
    fn read(&self) -> Vec<usize> {
        let reads = |at: &usize| {
            let One { holding, wish, .. } = &self.all[*at];
            wish.is_some_and(|wish| wish.1) && !self.holdings.keeps(Key::new(0, *at), holding)
        };
        (0..CONNECTIONS).filter(reads).collect()
    }
}

fn lane() -> impl Strategy<Value = Lane> {
    prop_oneof![Just(Lane::Requests), Just(Lane::Parts), Just(Lane::Whole)]
}

proptest! {
    #[test]
    fn granting_comes_to_an_end_and_one_of_each_lane_goes_on(
        events in prop::collection::vec(
            (0..CONNECTIONS, prop_oneof![Just(0), 1..600usize], lane(), any::<bool>(), any::<bool>()),
            0..100,
        ),
    ) {
        let mut scene = Scene::new();
        for (at, octets, lane, reads, is_begun) in events {
            scene.set(at, octets, (lane, reads, is_begun && lane == Lane::Requests));
            scene.settle();
            let held: usize = scene.all.iter().map(|one| one.octets).sum();
            prop_assert_eq!(scene.holdings.held(), held);
            let waits = scene.all.iter().filter(|one| one.holding.waits()).count();
            prop_assert_eq!(scene.holdings.waits, waits);
            prop_assert!(held >= MOST || waits == 0, "nobody waits below the bound");
            for lane in Lane::THAT_GO_ON {
                let first = scene.holdings.first[lane as usize];
                let waits = scene.all.iter().any(|one| one.holding.waits == Some(lane));
                prop_assert!(first.is_some() || !waits, "{:?}: nobody goes on", lane);
                if let Some(first) = first {
                    let One { octets, wish, .. } = &scene.all[first.place()];
                    prop_assert!(*octets > 0 && wish.is_some_and(|wish| wish.0 == lane));
                }
            }
        }
    }
}

#[test]
fn one_of_each_lane_goes_on_at_the_bound_and_whole_messages_wait() {
    let mut scene = Scene::new();
    scene.set(0, MOST, (Lane::Whole, true, false));
    for at in 1..CONNECTIONS {
        let lane = [Lane::Requests, Lane::Parts, Lane::Whole][at % 3];
        scene.set(at, 1, (lane, true, false));
    }
    assert!(scene.settle() > 0);
    assert_eq!(scene.read(), [1, 3]);
    scene.set(1, 0, (Lane::Parts, true, false));
    scene.settle();
    assert_eq!(scene.read(), [1, 3, 4], "the next one, and who holds nothing");
    scene.set(3, 1, (Lane::Whole, true, false));
    scene.settle();
    assert_eq!(scene.read(), [1, 4, 6]);
    scene.set(0, 0, (Lane::Whole, true, false));
    scene.settle();
    assert_eq!(scene.read().len(), CONNECTIONS);
}
