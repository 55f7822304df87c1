use super::*;
use crate::JoinError;
use crate::runtime::{Clock, Entered};
use std::pin::Pin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// A pool, and jobs that say when they begin and end when they are told.
struct World {
    pool: Arc<BlockingPool>,
    runtime: std::rc::Rc<Runtime>,
    _entered: Entered,
    begin: Sender<u32>,
    begun: Receiver<u32>,
    dropped: Sender<u32>,
    were_dropped: Receiver<u32>,
}

/// Lets a job end.
type Release = Sender<()>;

struct Dropped(u32, Sender<u32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.1.send(self.0);
    }
}

impl World {
    fn new(threads: usize, queue: usize, overflow: BlockingOverflow) -> World {
        let pool = BlockingPool::new(threads, queue, overflow);
        let runtime = Runtime::new(pool.clone(), Clock::manual(), 9);
        let entered = runtime.enter();
        let ((begin, begun), (dropped, were_dropped)) = (mpsc::channel(), mpsc::channel());
        World { pool, runtime, _entered: entered, begin, begun, dropped, were_dropped }
    }

    fn spawn(&self, number: u32) -> (JoinHandle<u32>, Release) {
        let (release, released) = mpsc::channel::<()>();
        let (begin, dropped) = (self.begin.clone(), Dropped(number, self.dropped.clone()));
        let handle = spawn_blocking(move || {
            begin.send(number).unwrap();
            let _ = released.recv();
            let _dropped = dropped;
            number
        });
        (handle, release)
    }

    /// Jobs that begin now, at the most so many.
    fn begun(&self, most: usize) -> Vec<u32> {
        (0..most).map_while(|_| self.begun.recv_timeout(Duration::from_secs(10)).ok()).collect()
    }

    fn none_begins(&self) -> bool {
        self.begun.recv_timeout(Duration::from_millis(20)).is_err()
    }

    fn dropped(&self) -> Vec<u32> {
        self.were_dropped.try_iter().collect()
    }

    fn waiting(&self) -> (usize, usize) {
        let state = self.pool.lock();
        (state.queued.len(), state.waiting.len())
    }
}

fn poll(handle: &mut JoinHandle<u32>) -> Poll<Result<u32, JoinError>> {
    Pin::new(handle).poll(&mut Context::from_waker(Waker::noop()))
}

fn finish(mut handle: JoinHandle<u32>) -> Result<u32, JoinError> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match Pin::new(&mut handle).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park_timeout(Duration::from_secs(10)),
        }
    }
}

fn is_refused(handle: &mut JoinHandle<u32>) -> bool {
    matches!(poll(handle), Poll::Ready(Err(error)) if error.is_refused())
}

#[test]
fn what_the_queue_has_no_room_for_is_refused_and_what_it_has_room_for_is_done_in_order() {
    for (threads, queue) in [(1, 0), (1, 1), (1, 3), (2, 0), (2, 2), (3, 5)] {
        let world = World::new(threads, queue, BlockingOverflow::Refuse);
        let mut jobs: Vec<_> = (0..12).map(|number| world.spawn(number)).collect();
        assert_eq!(world.begun(threads).len(), threads);
        let refused: Vec<bool> = jobs.iter_mut().map(|(job, _)| is_refused(job)).collect();
        let expected: Vec<bool> = (0..12).map(|number| number >= threads + queue).collect();
        assert_eq!(refused, expected, "{threads} threads, {queue} may wait");
        let beyond: Vec<u32> = (threads + queue..12).map(|number| number as u32).collect();
        assert_eq!(world.dropped(), beyond);
        jobs.truncate(threads + queue);
        let (mut handles, releases): (Vec<_>, Vec<_>) = jobs.into_iter().unzip();
        drop(releases);
        let last: Vec<u32> = (threads..threads + queue).map(|number| number as u32).collect();
        assert_eq!(if threads == 1 { world.begun(queue) } else { last.clone() }, last);
        for (number, handle) in handles.drain(..).enumerate() {
            assert_eq!(finish(handle), Ok(number as u32));
        }
        // And there is room again.
        assert!(world.pool.wait(Instant::now() + Duration::from_secs(10)));
        let (again, release) = world.spawn(77);
        drop(release);
        assert_eq!(finish(again), Ok(77));
    }
}

#[test]
fn bounds_may_be_any() {
    for (threads, queue) in [(0, 0), (0, usize::MAX), (usize::MAX, 0), (usize::MAX, usize::MAX)] {
        for overflow in [BlockingOverflow::Refuse, BlockingOverflow::Wait] {
            let world = World::new(threads, queue, overflow);
            let jobs = if threads == 0 && queue == 0 { 1 } else { 8 };
            let handles: Vec<_> = (0..jobs).map(|number| world.spawn(number).0).collect();
            assert!(handles.into_iter().all(|handle| finish(handle).is_ok()));
        }
    }
}

#[test]
fn jobs_that_wait_outside_of_the_queue_enter_it_in_order_and_go_with_their_handles() {
    for queue in [0, 1, 2] {
        let world = World::new(1, queue, BlockingOverflow::Wait);
        let mut jobs: Vec<Option<_>> = (0..8).map(|number| Some(world.spawn(number))).collect();
        assert_eq!(world.begun(1), [0]);
        assert_eq!(world.waiting(), (queue, 7 - queue));
        // Whether somebody has awaited it or not.
        assert!(poll(&mut jobs[6].as_mut().unwrap().0).is_pending());
        jobs[5] = None;
        jobs[6] = None;
        assert_eq!(world.dropped(), [5, 6]);
        for number in 0..8u32 {
            let Some((handle, release)) = jobs[number as usize].take() else { continue };
            drop(release);
            assert_eq!(finish(handle), Ok(number));
            let next = jobs.iter().position(Option::is_some).map(|next| next as u32);
            assert_eq!(world.begun(next.is_some().into()), Vec::from_iter(next));
        }
    }
}

#[test]
fn an_awaited_job_that_has_not_begun_goes_with_its_handle_and_its_place_is_free() {
    let world = World::new(1, 2, BlockingOverflow::Refuse);
    let (first, release) = world.spawn(0);
    assert_eq!(world.begun(1), [0]);
    let (mut second, second_release) = world.spawn(1);
    let (third, third_release) = world.spawn(2);
    assert!(is_refused(&mut world.spawn(3).0));
    assert_eq!(world.dropped(), [3]);
    assert!(poll(&mut second).is_pending());
    drop(second);
    assert_eq!((world.dropped(), world.waiting()), (vec![1], (1, 0)));
    let (fourth, fourth_release) = world.spawn(4);
    // Nobody has awaited it: it goes on by itself.
    drop(third);
    assert_eq!((world.dropped(), world.waiting()), (vec![], (2, 0)));
    drop((release, second_release, third_release, fourth_release));
    assert_eq!((finish(first), finish(fourth)), (Ok(0), Ok(4)));
    assert_eq!(world.begun(2), [2, 4]);
}

#[test]
fn while_tasks_are_cancelled_jobs_go_with_their_handles() {
    let world = World::new(1, 9, BlockingOverflow::Refuse);
    let (first, release) = world.spawn(0);
    assert_eq!(world.begun(1), [0]);
    let (second, _second) = world.spawn(1);
    let (third, _third) = world.spawn(2);
    let cancelling = world.runtime.cancel();
    drop((first, second));
    assert_eq!(world.dropped(), [1]);
    drop(world.runtime.cancel());
    drop(third);
    assert_eq!(world.dropped(), [2]);
    drop(cancelling);
    let (fourth, fourth_release) = world.spawn(3);
    drop(fourth);
    drop((release, fourth_release));
    assert_eq!(world.begun(1), [3]);
}

#[test]
fn at_the_end_what_has_begun_is_waited_for_and_nothing_else() {
    let world = World::new(1, 1, BlockingOverflow::Wait);
    let (first, release) = world.spawn(0);
    assert_eq!(world.begun(1), [0]);
    let (queued, _queued) = world.spawn(1);
    let (waiting, _waiting) = world.spawn(2);
    assert!(!world.pool.wait(Instant::now()));
    assert_eq!(world.dropped(), [1, 2]);
    for handle in [queued, waiting] {
        assert!(finish(handle).is_err_and(|error| !error.is_refused()));
    }
    assert!(!world.pool.wait(Instant::now() + Duration::from_millis(20)));
    let later = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        drop(release);
    });
    assert!(world.pool.wait(Instant::now() + Duration::from_secs(10)));
    assert_eq!(finish(first), Ok(0));
    later.join().unwrap();
    assert!(world.none_begins());
}

/// A job that asks for the pool when it is dropped, tells whether that was free, and panics.
struct Intrusive(Arc<BlockingPool>, Sender<u32>);

impl Drop for Intrusive {
    fn drop(&mut self) {
        let _ = self.1.send(self.0.state.try_lock().is_ok().into());
        panic!("on purpose");
    }
}

#[test]
fn jobs_are_dropped_outside_of_the_lock_and_may_panic() {
    let world = World::new(1, 1, BlockingOverflow::Wait);
    let (first, release) = world.spawn(0);
    assert_eq!(world.begun(1), [0]);
    let intrusive = || {
        let intrusive = Intrusive(world.pool.clone(), world.dropped.clone());
        spawn_blocking(move || drop(intrusive))
    };
    let (mut one, two) = (intrusive(), intrusive());
    assert!(Pin::new(&mut one).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop((two, one));
    assert_eq!(world.dropped(), [1, 1]);
    let (_three, _four) = (intrusive(), intrusive());
    assert!(!world.pool.wait(Instant::now()));
    assert_eq!(world.dropped(), [1, 1]);
    drop(release);
    assert_eq!(finish(first), Ok(0));
}

/// Handles that are dropped, awaited or not, while threads work: each job is done or dropped, and the pool ends idle.
#[test]
fn whatever_handles_do_no_job_is_lost_and_none_is_left() {
    for (threads, queue, overflow) in [
        (1, 0, BlockingOverflow::Wait),
        (2, 3, BlockingOverflow::Wait),
        (2, 3, BlockingOverflow::Refuse),
    ] {
        let world = World::new(threads, queue, overflow);
        let (mut handles, mut seed) = (Vec::new(), 11u64);
        for number in 0..2000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (mut handle, _) = world.spawn(number);
            if (seed >> 33).is_multiple_of(2) {
                let _ = poll(&mut handle);
            }
            handles.push(handle);
            if (seed >> 40).is_multiple_of(3) {
                drop(handles.swap_remove((seed >> 45) as usize % handles.len()));
            }
            if (seed >> 50).is_multiple_of(64) {
                thread::yield_now();
            }
        }
        for handle in handles {
            let _ = finish(handle);
        }
        let mut ended = Vec::new();
        while ended.len() < 2000 {
            ended.push(world.were_dropped.recv_timeout(Duration::from_secs(10)).unwrap());
        }
        ended.sort_unstable();
        assert!(ended.into_iter().eq(0..2000));
        assert!(world.pool.wait(Instant::now() + Duration::from_secs(10)));
        let state = world.pool.lock();
        assert_eq!((state.threads, state.idle), (threads, threads));
    }
}
