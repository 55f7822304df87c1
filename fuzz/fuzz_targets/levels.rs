//! Every scanner level of this machine reads octets as the scalar one does, be they a request's head, a response's or a trailer section:
//! result, error kind, offset, status, framing. The heads of a burst are those that are parsed one by one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::{Kind, configs, whole};
use rajada_parser::{Burst, Config, Level, Positions, Resume, Status};

/// Parses requests one after another, with `content` octets behind each, in a burst and one by one.
fn burst(config: &Config, octets: &[u8], content: usize) {
    let (mut slots, mut others) = (Positions::<64>::new(), Positions::<64>::new());
    let mut burst = Burst::new(octets);
    loop {
        let rest = burst.rest();
        let alone = config.parse_request(rest, &mut Resume::new(), &mut others);
        match (burst.parse_request(config, &mut Resume::new(), &mut slots), alone) {
            (Ok(Status::Complete(request, length)), Ok(Status::Complete(other, same))) => {
                assert_eq!((request.octets(), length), (other.octets(), same));
                assert_eq!(request.method_position(), other.method_position());
                assert_eq!(request.target_position(), other.target_position());
                assert_eq!(request.version(), other.version());
                assert_eq!(request.fields().positions(), other.fields().positions());
                assert_eq!(request.framing(), other.framing());
            }
            (Ok(Status::Partial), Ok(Status::Partial)) => return,
            (Err(error), Err(other)) => return assert_eq!(error, other),
            (burst, alone) => panic!("{burst:?} in a burst, {alone:?} alone"),
        }
        burst.advance(content);
    }
}

fuzz_target!(|octets: &[u8]| {
    for config in
        [Config::STRICT, Config::STRICT.at_most(Level::Avx2), Config::STRICT.at_most(Level::Sse42)]
    {
        burst(&config, octets, 0);
        burst(&config, octets, octets.first().map_or(0, |&octet| octet as usize % 80));
    }
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
