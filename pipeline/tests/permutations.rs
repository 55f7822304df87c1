//! Every order in which up to six answers can be given, with every mix of whole and streamed ones:
//! what leaves is always the same octets in request order, and leaves as early as it may.

mod common;

use common::{Connection, answered, get, ok};
use rajada_parser::Field;
use rajada_pipeline::{Content, Length, Streaming, Ticket};

const MOST: usize = 6;

#[test]
fn every_permutation_of_whole_answers() {
    for count in 1..=MOST {
        each_permutation(count, &mut |order| run(order, 0));
    }
}

#[test]
fn every_permutation_of_every_mix() {
    for count in 1..=MOST {
        for streamed in 1..1 << count {
            each_permutation(count, &mut |order| run(order, streamed));
        }
    }
}

/// Answers requests in `order`, as streams those whose bit is set in `streamed`. A stream gets its
/// head when its turn comes in `order`, a piece after every later turn, and its end when all have
/// had their turn.
fn run(order: &[usize], streamed: u32) {
    let count = order.len();
    let mut connection = Connection::new();
    connection
        .push((0..count).map(|index| get(&format!("/{index}"))).collect::<String>().as_bytes());
    let mut tickets: Vec<Option<Ticket>> = (0..count).map(|_| Some(connection.request())).collect();
    let mut streams: Vec<Option<Streaming>> = (0..count).map(|_| None).collect();
    let mut expected = vec![String::new(); count];
    let mut complete = vec![false; count];
    let mut sent = String::new();
    for &index in order {
        let ticket = tickets[index].take().expect("each once");
        if streamed & (1 << index) == 0 {
            connection.answer(ticket, &format!("whole {index}"));
            expected[index] = answered(&format!("whole {index}"));
            complete[index] = true;
        } else {
            streams[index] =
                Some(connection.pipeline.start(ticket, &ok(), Length::Unknown).unwrap());
            expected[index] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
        }
        for (stream, expected) in streams.iter().zip(&mut expected) {
            if let Some(stream) = stream {
                connection.pipeline.send(stream, Content::Copied(b"piece")).unwrap();
                expected.push_str("5\r\npiece\r\n");
            }
        }
        sent += &connection.output();
        assert_eq!(sent, may_have_left(&expected, &complete), "{order:?} {streamed:b}");
    }
    for &index in order {
        if let Some(stream) = streams[index].take() {
            let trailers: &[Field<'_>] =
                if index % 2 == 0 { &[] } else { &[Field { name: b"Index", value: b"odd" }] };
            connection.pipeline.finish(stream, trailers).unwrap();
            expected[index] += if index % 2 == 0 { "0\r\n\r\n" } else { "0\r\nIndex: odd\r\n\r\n" };
            complete[index] = true;
            sent += &connection.output();
            assert_eq!(sent, may_have_left(&expected, &complete), "{order:?} {streamed:b}");
        }
    }
    assert_eq!(sent, expected.concat(), "{order:?} {streamed:b}");
    assert_eq!((connection.pipeline.in_flight(), connection.pipeline.held()), (0, 0));
    assert!(connection.pipeline.reclaim().is_some());
}

/// All complete answers from the first on, and what is known of the first incomplete one.
fn may_have_left(expected: &[String], complete: &[bool]) -> String {
    let finished = complete.iter().take_while(|&&complete| complete).count();
    expected[..expected.len().min(finished + 1)].concat()
}

fn each_permutation(count: usize, each: &mut impl FnMut(&[usize])) {
    fn place(order: &mut Vec<usize>, count: usize, each: &mut impl FnMut(&[usize])) {
        if order.len() == count {
            return each(order);
        }
        for index in 0..count {
            if !order.contains(&index) {
                order.push(index);
                place(order, count, each);
                order.pop();
            }
        }
    }
    place(&mut Vec::new(), count, each);
}
