//! What no other test lives to see: identities that come again, and sequence numbers that wrap.

use rajada_parser::Positions;

use super::*;
use crate::memory::Fixed;
use crate::ticket::{Terms, Ticket};
use crate::{Burst, Content, Event, Head, Settings};

#[test]
fn tickets_of_pipelines_with_one_identity_differ() {
    let ticket = |made, request| {
        let (identity, mut sequence) = numbers(made);
        (0..request).for_each(|_| sequence = sequence.next());
        (identity, Ticket::new(identity, sequence, Terms::USUAL))
    };
    for made in [0, 7, (1 << 24) - 1] {
        let (identity, first) = ticket(made, 3);
        for lap in 1..1 << 8 {
            let (again, other) = ticket(made + (lap << 24), 3);
            assert_eq!(again, identity);
            assert_ne!(other, first);
        }
        assert_ne!(ticket(made + 1, 3), (identity, first));
    }
}

type Small = Fixed<&'static [u8], 16, 64, 2048>;
type Own<'s, M> = Pipeline<&'static [u8], M, &'s mut Store<&'static [u8], M>>;

/// The next request, from a peer that sends one like the other.
fn request<M: Memory<&'static [u8]>>(pipeline: &mut Own<'_, M>) -> Ticket {
    let mut burst = Burst::new(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    match pipeline.receive(&Settings::DEFAULT, &mut burst, &mut Positions::<4>::new()) {
        Event::Request { ticket, .. } => ticket,
        event => panic!("{event:?}"),
    }
}

/// Answers requests in this order, each as soon as it has come; all must leave in that of the
/// requests. Returns the name of the oldest.
fn answer_in<M: Memory<&'static [u8]>, const N: usize>(
    pipeline: &mut Own<'_, M>,
    order: [usize; N],
) -> TicketId {
    let head = Head::new(b"HTTP/1.1 200 OK\r\n").expect("a head");
    let mut tickets = [const { None }; N];
    let (mut ids, mut came) = ([None; N], 0);
    for at in order {
        while came <= at {
            let ticket = request(pipeline);
            ids[came] = Some(ticket.id());
            tickets[came] = Some(ticket);
            came += 1;
        }
        let ticket = tickets[at].take().expect("each once");
        let content = [b'a' + at as u8];
        pipeline.respond(ticket, &head, Content::Copied(&content)).expect("an answer is owed");
    }
    let ids = ids.map(|id| id.expect("all have come"));
    assert_eq!(pipeline.in_flight(), 0);
    for (at, id) in ids.into_iter().enumerate() {
        assert!(!pipeline.is_transmitted(id));
        let expected = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n".iter().copied();
        for octet in expected.chain([b'a' + at as u8]) {
            let mut out = [&[][..]; 1];
            assert_eq!(pipeline.poll_transmit(&mut out), 1);
            assert_eq!(out[0].first(), Some(&octet));
            pipeline.transmitted(1);
        }
    }
    assert!(!pipeline.wants_write());
    assert!(ids.into_iter().all(|id| pipeline.is_transmitted(id)));
    ids[0]
}

/// Nine requests at a time, with numbers in front of the wrap and behind it.
fn wrap_around<M: Memory<&'static [u8]>>(memory: impl Fn() -> M) {
    for before in 0..20 {
        let first = Sequence(u32::MAX - before);
        let mut store = Store::with_memory(&Settings::DEFAULT, memory());
        let mut pipeline = Own::<M>::new();
        pipeline.lend(&mut store);
        pipeline.order = Order::new(first);
        pipeline.sent = Sent { through: first, next: first, at: 0 };
        let oldest = answer_in(&mut pipeline, [4, 8, 1, 0, 7, 2, 6, 3, 5]);
        assert_eq!(oldest.sequence(), first);
        answer_in(&mut pipeline, [8, 7, 6, 5, 4, 3, 2, 1, 0]);
        answer_in(&mut pipeline, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(pipeline.is_transmitted(oldest));
        assert_eq!(pipeline.order.front(), Sequence(first.0.wrapping_add(27)));
        assert!(pipeline.order.front().0 < 27, "past the highest number");
    }
}

#[test]
fn answers_leave_in_order_where_numbers_wrap() {
    wrap_around(Small::new);
}

#[cfg(feature = "alloc")]
#[test]
fn a_ring_that_grows_where_numbers_wrap_keeps_what_is_in_flight() {
    wrap_around(crate::memory::Heap::new);
}

#[test]
fn what_left_half_a_lap_ago_is_forgotten() {
    let mut pipeline = Own::<Small>::new();
    let id = Ticket::new(pipeline.made, Sequence(7), Terms::USUAL).id();
    for (through, known) in [(7, false), (8, true), (6 + (1 << 31), true), (7 + (1 << 31), false)] {
        pipeline.sent.through = Sequence(through);
        assert_eq!(pipeline.is_transmitted(id), known, "{through}");
    }
}
