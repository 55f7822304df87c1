//! Bursts beside one request after the other.

use rajada::native as c;
use rajada_parser::{ErrorKind, FieldPosition, Resume};

use super::{Both, Kind, Seen, UNTOUCHED, Wrong, by_rust, c_follows, c_wrong, request_head};

/// A burst beside one request after the other, with room for so many fields and requests.
pub(crate) fn burst(config: &Both, octets: &[u8], fields_room: usize, requests_room: usize) {
    let octets: Box<[u8]> = octets.into();
    let mut fields = Box::new_uninit_slice(fields_room);
    let mut requests = Box::<[c::Request]>::new_uninit_slice(requests_room);
    let mut burst = c::Burst { reserved: 7, ..c::Burst::default() };
    let mut error = UNTOUCHED;
    // SAFETY: all of it is live, and the numbers are those of the slices.
    let outcome = unsafe {
        c::rajada_parse_requests(
            &config.c,
            octets.as_ptr(),
            octets.len(),
            fields.as_mut_ptr().cast(),
            fields_room,
            requests.as_mut_ptr().cast(),
            requests_room,
            &mut burst,
            &mut error,
        )
    };
    assert!(
        burst.request_count <= requests_room
            && burst.field_count <= fields_room
            && burst.reserved == 0
    );
    let (mut consumed, mut used, mut is_turn) = (0, 0, false);
    for request in &requests[..burst.request_count] {
        assert!(!is_turn, "nothing is parsed behind what is the caller's turn");
        // SAFETY: the function says that it wrote it.
        let request = unsafe { request.assume_init() };
        assert_eq!((request.start, request.first_field, request.reserved), (consumed, used, 0));
        let mut slots = vec![FieldPosition::default(); fields_room];
        let expected = by_rust(
            &config.rust,
            &Kind::Request,
            &octets[consumed..],
            &mut Resume::new(),
            &mut slots,
        );
        let framing = c_follows(&request.framing);
        let seen = Seen::Complete(request_head(&request, &octets, &fields), Some(framing));
        assert_eq!(seen, expected);
        used += request.field_count;
        consumed += request.head_len;
        let (body, length, [persistent, .., upgrade, tunnel]) = framing;
        let is_whole = body == 0 || body == 1 && length <= (octets.len() - consumed) as u64;
        consumed += if is_whole { length as usize } else { 0 };
        is_turn = !is_whole || !persistent || upgrade || tunnel;
    }
    assert_eq!((burst.consumed, burst.field_count), (consumed, used));
    assert_eq!(is_turn, outcome == c::RAJADA_COMPLETE);
    if is_turn {
        return;
    }
    // What is said of the next one depends on the room that is left.
    let left = fields_room - used;
    let mut slots = vec![FieldPosition::default(); left];
    let rest = &octets[consumed..];
    let next = by_rust(&config.rust, &Kind::Request, rest, &mut Resume::new(), &mut slots);
    let lacks_fields = |wrong: &Wrong| {
        wrong.0 == c::kind_number(ErrorKind::TooManyFields)
            && burst.request_count > 0
            && left < config.rust.limits().fields as usize
    };
    match (outcome, next) {
        (c::RAJADA_INCOMPLETE, Seen::Incomplete) => assert_eq!(error, UNTOUCHED),
        // Of an incomplete head it is told by `rajada_parse_request`, which is to go on with it.
        (c::RAJADA_INCOMPLETE, Seen::Refused(None, (kind, ..))) => {
            assert_eq!(kind, c::kind_number(ErrorKind::TooManyFields));
            assert_eq!(error, UNTOUCHED);
        }
        (c::RAJADA_ERROR, Seen::Refused(_, wrong)) => {
            assert!(!lacks_fields(&wrong));
            assert_eq!(c_wrong(&error), wrong);
        }
        (c::RAJADA_FULL, Seen::Complete(..)) => {
            assert_eq!((burst.request_count, error), (requests_room, UNTOUCHED));
        }
        (c::RAJADA_FULL, Seen::Refused(None, wrong)) => {
            assert!(lacks_fields(&wrong), "{wrong:?}");
            assert_eq!(error, UNTOUCHED);
        }
        (outcome, next) => panic!("{outcome} for {next:?}"),
    }
}
