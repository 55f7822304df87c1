//! Every scanner level of this machine reads octets as the scalar one does, be they a request's head, a response's or a trailer section:
//! result, error kind, offset, status, framing. So does a burst of requests at once, with none to three octets of content behind each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{Kind, burst, configs, one_by_one, whole};
use rajada_parser::Level;

fuzz_target!(|octets: &[u8]| {
    let content = octets.last().map_or(0, |octet| usize::from(octet % 4));
    for config in configs() {
        let levels = || {
            let configs = Level::ALL
                .into_iter()
                .filter(|level| level.is_here())
                .map(|level| (level, config.at_most(level)));
            configs.filter(|(level, config)| config.level() == *level)
        };
        let scalar = config.at_most(Level::Scalar);
        let expected = one_by_one(&scalar, octets, content);
        for (level, config) in levels() {
            let outcomes = burst(&config, octets, content);
            assert_eq!(expected, outcomes, "a burst at {level} differs from heads one by one");
        }
        for kind in Kind::ALL {
            let expected = whole(&scalar, kind, octets);
            for (level, config) in levels() {
                let outcome = whole(&config, kind, octets);
                assert_eq!(expected, outcome, "{kind:?}: {level} differs from scalar");
            }
        }
    }
});
