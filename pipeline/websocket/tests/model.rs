//! Any octets, in any pieces, against the naive model.

mod common;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_octets_in_any_pieces(input in prop::collection::vec(any::<u8>(), 0..300)) {
        common::compose::check(&input);
    }

    #[test]
    fn what_one_sends_the_other_receives(input in prop::collection::vec(any::<u8>(), 0..600)) {
        common::peers::check(&input);
    }
}
