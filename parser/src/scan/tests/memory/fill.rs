//! Slots of a caller: what is returned was written, and nothing else was.

use core::mem::MaybeUninit;
use std::string::String;
use std::vec::Vec;

use crate::TextSlots;

#[test]
fn as_many_are_filled_as_there_are_of_both() {
    for slots in 0..5 {
        for items in 0..5 {
            let mut storage: Vec<MaybeUninit<u64>> = Vec::new();
            storage.resize_with(slots, MaybeUninit::uninit);
            let mut asked = 0;
            let numbers = (1..=items).inspect(|_| asked += 1);
            let filled = TextSlots::new(&mut storage).fill(numbers);
            let expected: Vec<u64> = (1..=items.min(slots as u64)).collect();
            assert_eq!(filled, expected);
            filled.reverse();
            assert_eq!(asked, expected.len(), "an item behind the last slot was taken");
        }
    }
}

#[test]
fn slots_behind_the_items_stay_as_they_were() {
    let mut storage = [MaybeUninit::new(7u8); 4];
    assert_eq!(TextSlots::new(&mut storage).fill([1, 2]), [1, 2]);
    // SAFETY: all four were initialised above.
    assert_eq!(storage.map(|slot| unsafe { slot.assume_init() }), [1, 2, 7, 7]);
}

#[test]
fn what_is_filled_can_be_taken_out() {
    let mut storage = [const { MaybeUninit::<String>::uninit() }; 3];
    let filled = TextSlots::new(&mut storage).fill(["a", "b"].map(String::from));
    let taken: Vec<String> = filled.iter_mut().map(core::mem::take).collect();
    assert_eq!(taken, ["a", "b"]);
}
