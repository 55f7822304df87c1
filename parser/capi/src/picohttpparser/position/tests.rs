use core::ptr;

use rajada_parser::FieldPosition;

use super::{portable, sse2};

#[test]
fn both_ways_give_the_same() {
    let ends = [0, 1, 2, 77, 0x7FFF_FFFF, 0x8000_0000, u32::MAX - 1, u32::MAX];
    let start = c"octets".as_ptr();
    let mut compared = 0;
    for (name_start, name_end, value_start, value_end) in
        ends.iter().flat_map(|&a| ends.iter().flat_map(move |&b| ends.map(|c| (a, b, c, c.max(b)))))
    {
        if name_end < name_start {
            continue;
        }
        let position = FieldPosition { name_start, name_end, value_start, value_end };
        let [one, other] =
            [sse2::header_at(start, &position), portable::header_at(start, &position)];
        assert!(ptr::addr_eq(one.name, other.name), "{position:?}");
        assert!(ptr::addr_eq(one.value, other.value), "{position:?}");
        assert_eq!(
            (one.name_len, one.value_len),
            (other.name_len, other.value_len),
            "{position:?}"
        );
        compared += 1;
    }
    assert!(compared > 200, "{compared}");
}
