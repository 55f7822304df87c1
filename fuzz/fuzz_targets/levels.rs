//! Every scanner level of this machine reads a head as the scalar one does: result, error kind, offset, status.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{configs, whole};
use rajada_parser::Level;

fuzz_target!(|octets: &[u8]| {
    for config in configs() {
        let expected = whole(&config.at_most(Level::Scalar), octets);
        for level in Level::ALL {
            let config = config.at_most(level);
            if config.level() == level {
                assert_eq!(expected, whole(&config, octets), "{level} differs from scalar");
            }
        }
    }
});
