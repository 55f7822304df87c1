extern crate std;

use std::collections::VecDeque;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::memory::Fixed;

#[derive(Debug, Clone)]
enum Step {
    Copy(usize),
    Own(usize),
    Transmit(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..300usize).prop_map(Step::Copy),
        (1..300usize).prop_map(Step::Own),
        (0..500usize).prop_map(Step::Transmit),
    ]
}

/// The same octets leave in the same order as from a queue of octets, and nothing is refused that has room.
fn check<M: Memory<Vec<u8>>>(mut memory: M, steps: Vec<Step>) {
    let (mut output, mut model, mut next) = (Output::EMPTY, VecDeque::new(), 0u8);
    for step in steps {
        let mut some = |len: usize| -> Vec<u8> {
            let from = next;
            next = next.wrapping_add(len as u8);
            (0..len).map(|index| from.wrapping_add(index as u8)).collect()
        };
        match step {
            Step::Copy(len) => match output.room(&mut memory, len, 0) {
                Some(room) => {
                    let octets = some(len);
                    room[..len].copy_from_slice(&octets);
                    output.commit(len);
                    model.extend(octets);
                }
                None => assert!(!M::GROWS && model.len() + len > memory.octets().len() / 2),
            },
            Step::Own(len) => match output.room_for_piece(&mut memory) {
                true => {
                    let octets = some(len);
                    model.extend(octets.iter().copied());
                    output.own(&mut memory, octets, len);
                }
                false => assert!(!M::GROWS),
            },
            Step::Transmit(count) => {
                let mut slices = [&[][..]; 64];
                let polled = output.poll_transmit(&memory, &mut slices);
                let octets = slices[..polled].concat();
                assert!(polled == 64 || octets.len() == model.len());
                assert!(octets.iter().eq(model.iter().take(octets.len())));
                let left = output.transmitted(&mut memory, count);
                assert_eq!(left, count.min(model.len()));
                model.drain(..left);
            }
        }
        assert_eq!(output.held(), model.len());
    }
}

proptest! {
    #[test]
    fn arrays_are_as_a_queue(steps in prop::collection::vec(step(), 0..90)) {
        check(Fixed::<Vec<u8>, 4, 2048>::new(), steps);
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn the_heap_is_as_a_queue(steps in prop::collection::vec(step(), 0..90)) {
        check(crate::memory::Heap::new(), steps);
    }
}
