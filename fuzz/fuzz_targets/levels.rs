//! Every scanner level of this machine reads octets as the scalar one does, be they a request's head, a response's or a trailer section:
//! result, error kind, offset, status, framing. So does a burst of requests at once, with none to three octets of content behind each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{Kind, burst, configs, one_by_one, whole};
use rajada_parser::Level;

fuzz_target!(|octets: &[u8]| {
    let content = octets.last().map_or(0, |octet| usize::from(octet % 4));
    for config in configs() {
        let expected = one_by_one(&config.at_most(Level::Scalar), octets, content);
        for level in Level::ALL {
            let config = config.at_most(level);
            if config.level() == level {
                let outcomes = burst(&config, octets, content);
                assert_eq!(expected, outcomes, "a burst at {level} differs from heads one by one");
            }
        }
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
