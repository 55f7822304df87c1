//! Content that is taken by the traits of other crates and part by part, whatever pieces it comes in.

use proptest::prelude::*;
use rajada_mio::driver::State;

use crate::content::Rig;
use crate::content_by_traits::{app, burst};

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn content_is_taken_by_every_trait_whatever_pieces_it_comes_in(
        length in 0usize..2000,
        chunk in prop::sample::select(vec![0usize, 1, 7, 100, 5000]),
        window in 1usize..600,
        most in 1usize..700,
    ) {
        let (octets, expected) = burst(length, chunk);
        let mut rig = Rig::new(app(window));
        rig.give_all(&octets, most);
        rig.settle();
        let expected: Vec<String> = expected.iter().map(|text| format!("200 {text}")).collect();
        prop_assert_eq!(rig.texts(), expected);
        prop_assert_eq!(rig.state(), Some(State::Idle));
    }
}
