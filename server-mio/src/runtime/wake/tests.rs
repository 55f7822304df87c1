//! In every order that threads may run in, and with every value that they may see:
//! `RUSTFLAGS="--cfg rajada_loom" cargo test -p rajada-mio --lib --release runtime::wake`

use loom::sync::atomic::AtomicUsize;
use loom::thread;

use super::*;

/// What was made for a task by those who wake it, with nothing around it that would have it seen: that is up to the
/// wake-up.
struct Made([AtomicUsize; 2]);

impl Made {
    fn new() -> Arc<Made> {
        Arc::new(Made([AtomicUsize::new(0), AtomicUsize::new(0)]))
    }

    fn add(&self, by: usize) {
        self.0[by].store(1, Ordering::Relaxed);
    }

    fn seen(&self) -> usize {
        self.0.iter().map(|made| made.load(Ordering::Relaxed)).sum()
    }
}

fn take(queue: &WakeQueue) -> Vec<u32> {
    let mut woken = Vec::new();
    queue.take(&mut woken);
    woken
}

/// Two threads make something and wake the task, which is polled at the same time, as often as it was woken and by a
/// queue of any state. Whatever was made is seen, or the task will be polled again.
fn nothing_is_missed(polls: usize) {
    loom::model(move || {
        let queue = WakeQueue::new(|| {});
        let (wake, waker) = TaskWake::new(0, &queue);
        let made = Made::new();
        let threads = [0, 1].map(|by| {
            let (made, waker) = (made.clone(), waker.clone());
            thread::spawn(move || {
                made.add(by);
                waker.wake();
            })
        });
        let mut seen = 0;
        for _ in 0..polls {
            if queue.has_some() && !take(&queue).is_empty() {
                wake.begin_poll();
                seen = made.seen();
            }
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let woken = take(&queue);
        assert!(woken.len() <= 1, "a task is woken once a poll");
        assert!(seen == 2 || woken == [0], "seen of two: {seen}, and nobody comes again");
    });
}

#[test]
fn a_wake_up_while_its_task_is_polled_is_not_lost_and_its_data_are_seen() {
    nothing_is_missed(1);
    nothing_is_missed(2);
}

#[test]
fn a_wake_up_before_the_first_poll_is_not_lost_either() {
    loom::model(|| {
        let queue = WakeQueue::new(|| {});
        let (wake, waker) = TaskWake::new(0, &queue);
        let made = Made::new();
        let other = {
            let made = made.clone();
            thread::spawn(move || {
                made.add(0);
                made.add(1);
                waker.wake();
            })
        };
        // As a place that was used before: somebody may be waking it that was left over.
        wake.begin_poll();
        let seen = made.seen();
        other.join().unwrap();
        assert!(seen == 2 || take(&queue) == [0]);
    });
}

/// A queue whose worker is roused by a flag, as by what a wait for events returns at.
fn roused_by_flag() -> (Arc<WakeQueue>, Arc<AtomicBool>) {
    let flag = Arc::new(AtomicBool::new(false));
    let own = flag.clone();
    (WakeQueue::new(move || own.store(true, Ordering::Release)), flag)
}

#[test]
fn who_falls_asleep_is_roused_or_sees_the_task() {
    loom::model(|| {
        let (queue, roused) = roused_by_flag();
        let (_, waker) = TaskWake::new(0, &queue);
        let other = thread::spawn(move || waker.wake());
        let sleeps = queue.fall_asleep();
        other.join().unwrap();
        if sleeps {
            assert!(roused.load(Ordering::Acquire), "it sleeps for ever");
        } else {
            assert!(queue.has_some(), "it has nothing to do");
        }
        assert_eq!(take(&queue), [0]);
    });
}

#[test]
fn who_wakes_for_another_reason_and_falls_asleep_again_is_roused_or_sees_the_task() {
    loom::model(|| {
        let (queue, roused) = roused_by_flag();
        let other = thread::spawn({
            let (_, waker) = TaskWake::new(0, &queue);
            move || waker.wake()
        });
        let mut seen = false;
        for _ in 0..2 {
            if !queue.fall_asleep() {
                seen = true;
                break;
            }
            // A wait that ends at once.
            roused.swap(false, Ordering::AcqRel);
            queue.wake_up();
            seen |= queue.has_some();
        }
        let sleeps = !seen && queue.fall_asleep();
        other.join().unwrap();
        assert!(!sleeps || roused.load(Ordering::Acquire), "it sleeps for ever");
        assert_eq!(take(&queue), [0]);
    });
}
