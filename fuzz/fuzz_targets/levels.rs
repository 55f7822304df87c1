//! Every scanner level of this machine reads octets as the scalar one does, be they a request's head, a response's or a trailer section:
//! result, error kind, offset, status, framing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{Kind, configs, whole};
use rajada_parser::Level;

fuzz_target!(|octets: &[u8]| {
    for config in configs() {
        for kind in Kind::ALL {
            let expected = whole(&config.at_most(Level::Scalar), kind, octets);
            for level in Level::ALL {
                let config = config.at_most(level);
                if config.level() == level {
                    let outcome = whole(&config, kind, octets);
                    assert_eq!(expected, outcome, "{kind:?}: {level} differs from scalar");
                }
            }
        }
    }
});
