use super::*;
use crate::body::BodyStream;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// Counts how often it is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A waker, and how often it was called since the last time.
struct Woken(Arc<Count>);

impl Woken {
    fn new() -> Woken {
        Woken(Arc::default())
    }

    fn waker(&self) -> Waker {
        self.0.clone().into()
    }

    fn times(&self) -> usize {
        self.0.0.swap(0, Ordering::Relaxed)
    }

    fn poll<F: Future>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&self.waker()))
    }
}

fn made(capacity: usize) -> (BodySender, Box<dyn BodyStream>) {
    let (sender, body) = Body::channel(capacity);
    let Body::Stream(stream) = body else { unreachable!() };
    (sender, stream)
}

fn next(stream: &mut Box<dyn BodyStream>, woken: &Woken) -> Poll<Option<Result<Bytes, String>>> {
    let next = stream.poll_next(&mut Context::from_waker(&woken.waker()));
    next.map(|next| next.map(|piece| piece.map_err(|error| error.to_string())))
}

fn piece(text: &'static str) -> Poll<Option<Result<Bytes, String>>> {
    Poll::Ready(Some(Ok(text.into())))
}

#[test]
fn pieces_count_with_what_they_take_and_one_is_always_taken() {
    let (sender, mut stream) = made(2 * 32 + 10);
    let woken = Woken::new();
    assert_eq!(sender.try_send("123456"), Ok(()));
    assert_eq!(sender.try_send("12345"), Err(NotSent::Full("12345".into())));
    assert_eq!(sender.try_send(""), Ok(()), "it is nothing");
    assert_eq!(sender.try_send("1234"), Ok(()));
    assert_eq!(sender.try_send("1"), Err(NotSent::Full("1".into())));
    assert_eq!(next(&mut stream, &woken), piece("123456"));
    assert_eq!(next(&mut stream, &woken), piece("1234"));
    assert_eq!(next(&mut stream, &woken), Poll::Pending);
    assert_eq!(sender.try_send(vec![0; 1000]), Ok(()), "nothing else waits");
    assert_eq!(sender.try_send("1"), Err(NotSent::Full("1".into())));
    assert_eq!(woken.times(), 1);

    let (sender, _stream) = made(0);
    assert_eq!(
        (sender.try_send("1"), sender.try_send("1")),
        (Ok(()), Err(NotSent::Full("1".into())))
    );
    let (sender, _stream) = made(usize::MAX);
    assert!((0..1000).all(|_| sender.try_send("1").is_ok()));
}

#[test]
fn whoever_waits_for_room_is_woken_when_half_of_it_is_free_or_nobody_takes_any() {
    let (sender, mut stream) = made(4 * 33);
    let [receiver, woken] = [Woken::new(), Woken::new()];
    (0..4).for_each(|_| sender.try_send("1").unwrap());
    let mut sending = pin!(sender.send("2"));
    assert!(woken.poll(sending.as_mut()).is_pending() && woken.poll(sending.as_mut()).is_pending());
    assert_eq!(next(&mut stream, &receiver), piece("1"));
    assert_eq!(woken.times(), 0);
    assert_eq!(next(&mut stream, &receiver), piece("1"));
    assert_eq!(woken.times(), 1, "once, however often it was polled");
    assert_eq!(woken.poll(sending.as_mut()), Poll::Ready(Ok(())));

    sender.try_send("3").unwrap();
    let mut sending = pin!(sender.send("2"));
    let mut closed = pin!(sender.closed());
    let other = Woken::new();
    assert!(woken.poll(sending.as_mut()).is_pending() && other.poll(closed.as_mut()).is_pending());
    drop(stream);
    assert_eq!((woken.times(), other.times()), (1, 1));
    assert_eq!(woken.poll(sending.as_mut()), Poll::Ready(Err(Gone)));
    assert_eq!(other.poll(closed.as_mut()), Poll::Ready(()));
    assert!(sender.is_closed());
}

#[test]
fn the_end_of_service_is_told_to_whoever_waits_for_it_and_so_is_that_of_the_receiver() {
    let (sender, mut stream) = made(100);
    let woken = Woken::new();
    let mut waiting = pin!(sender.shutting_down());
    assert!(woken.poll(waiting.as_mut()).is_pending() && !sender.is_shutting_down());
    stream.shut_down();
    assert_eq!((woken.times(), woken.poll(waiting.as_mut())), (1, Poll::Ready(())));
    assert!(sender.is_shutting_down() && !sender.is_closed());
    assert_eq!(sender.try_send("1"), Ok(()), "it is for the sender to end");

    let (sender, stream) = made(100);
    let mut waiting = pin!(sender.shutting_down());
    assert!(woken.poll(waiting.as_mut()).is_pending());
    drop(stream);
    assert_eq!((woken.times(), woken.poll(waiting.as_mut())), (1, Poll::Ready(())));
    assert!(!sender.is_shutting_down());
}

#[test]
fn who_gives_up_waiting_leaves_nothing() {
    let (sender, mut stream) = made(0);
    sender.try_send("1").unwrap();
    let [receiver, woken] = [Woken::new(), Woken::new()];
    for _ in 0..100 {
        let (mut sending, mut closed) = (Box::pin(sender.send("2")), Box::pin(sender.closed()));
        assert!(woken.poll(sending.as_mut()).is_pending());
        assert!(woken.poll(closed.as_mut()).is_pending());
        // Polled by another task.
        assert!(Woken::new().poll(sending.as_mut()).is_pending());
    }
    assert_eq!(Arc::strong_count(&woken.0), 1, "no waker is left");
    assert_eq!(next(&mut stream, &receiver), piece("1"));
    drop(stream);
    assert_eq!(woken.times(), 0);
}

#[test]
fn each_end_is_told_once_behind_the_last_piece() {
    let mut trailers = Headers::new();
    trailers.set("X-Sum", "1").unwrap();
    let (own, woken) = (trailers.clone(), Woken::new());
    type Way = Box<dyn FnOnce(BodySender)>;
    let lost = "its sender was dropped before the end";
    let ways: [(Way, Option<&str>, Option<Headers>); 4] = [
        (Box::new(BodySender::finish), None, None),
        (Box::new(move |sender| sender.finish_with(own)), None, Some(trailers)),
        (Box::new(drop), Some(lost), None),
        (Box::new(|sender| sender.abort("no more")), Some("no more"), None),
    ];
    for (way, error, trailers) in ways {
        let (sender, mut stream) = made(100);
        assert_eq!(next(&mut stream, &woken), Poll::Pending);
        sender.try_send("1").unwrap();
        way(sender);
        assert_eq!(woken.times(), 1);
        assert_eq!(next(&mut stream, &woken), piece("1"));
        if let Some(error) = error {
            assert_eq!(next(&mut stream, &woken), Poll::Ready(Some(Err(error.to_owned()))));
        }
        assert_eq!(next(&mut stream, &woken), Poll::Ready(None));
        assert_eq!((stream.trailers(), stream.trailers()), (trailers, None));
        assert_eq!(next(&mut stream, &woken), Poll::Ready(None));
    }
}

#[test]
fn pieces_of_two_threads_arrive_each_once_and_in_their_order() {
    let (sender, mut stream) = made(100);
    let sender = Arc::new(sender);
    let threads = [0u8, 1].map(|own| {
        let sender = sender.clone();
        std::thread::spawn(move || {
            (0..5000u16).for_each(|number| {
                let [high, low] = number.to_be_bytes();
                sender.blocking_send(vec![own, high, low]).unwrap();
            });
        })
    });
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut numbers = [0u16; 2];
    while numbers != [5000; 2] {
        match stream.poll_next(&mut Context::from_waker(&waker)) {
            Poll::Pending => std::thread::park(),
            Poll::Ready(piece) => {
                let piece = piece.unwrap().unwrap();
                let number = &mut numbers[usize::from(piece[0])];
                assert_eq!(piece[1..], number.to_be_bytes());
                *number += 1;
            }
        }
    }
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
