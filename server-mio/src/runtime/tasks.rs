//! The tasks of one worker: what waits to be woken, at places that are used again.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use super::numbers::Numbers;
use super::wake::{TaskWake, WakeQueue};
use crate::home::Home;

/// The place of a task.
pub(crate) type TaskId = u32;

/// No task.
pub(crate) const NO_TASK: TaskId = TaskId::MAX;

/// Tasks with their wakers, on lists: one for each of their owners. What a task works on, `W`, is its user's.
pub(crate) struct Tasks<W> {
    places: Vec<Place<W>>,
    home: Home<Place<W>>,
    numbers: Numbers,
    count: Rc<TaskCount>,
    queue: Arc<WakeQueue>,
}

/// How many tasks a worker has, and how many it should have: those that have a place, and those that were spawned and
/// wait for one.
pub(crate) struct TaskCount {
    count: Cell<usize>,
    most: usize,
}

struct Place<W> {
    wake: Arc<TaskWake>,
    waker: Waker,
    /// What is done here, taken out while it is polled.
    work: Option<W>,
    /// Its neighbours on the list of its owner.
    next: TaskId,
    previous: TaskId,
}

impl<W> Tasks<W> {
    /// No tasks yet, to be counted there.
    pub(crate) fn new(queue: Arc<WakeQueue>, count: Rc<TaskCount>) -> Tasks<W> {
        let (places, home) = (Vec::new(), Home::new());
        Tasks { places, home, numbers: Numbers::new(), count, queue }
    }

    /// How many there are, those included that were spawned and have no place yet.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.count.get()
    }

    /// Whether there are as many as there should be. Whoever adds one is to ask before; nothing else holds them up.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.count.is_full()
    }

    /// How many more there may be.
    pub(crate) fn room(&self) -> usize {
        self.count.room()
    }

    /// What tells that tasks were woken.
    pub(crate) fn queue(&self) -> &Arc<WakeQueue> {
        &self.queue
    }

    /// Takes a free place, that of [`next_waker`](Self::next_waker); it is parked or released next.
    pub(crate) fn claim(&mut self) -> TaskId {
        self.next_place();
        self.count.add();
        self.numbers.take()
    }

    /// The place that is claimed next, which is made if there is none.
    #[inline]
    fn next_place(&mut self) -> TaskId {
        let task = self.numbers.next();
        if task as usize == self.places.len() {
            self.add_place(task);
        }
        task
    }

    #[cold]
    fn add_place(&mut self, task: TaskId) {
        let (wake, waker) = TaskWake::new(task, &self.queue);
        let place = Place { wake, waker, work: None, next: NO_TASK, previous: NO_TASK };
        self.home.push(&mut self.places, place);
    }

    /// The waker for something that is polled before it has a place: most of what is begun ends at once. If it does
    /// not, the next place [claimed](Self::claim) is the one that this waker wakes.
    #[inline]
    pub(crate) fn next_waker(&mut self) -> &Waker {
        let task = self.next_place();
        self.waker(task)
    }

    /// The waker of a place, for one poll.
    #[inline]
    pub(crate) fn waker(&self, task: TaskId) -> &Waker {
        let place = &self.places[task as usize];
        place.wake.begin_poll();
        &place.waker
    }

    /// Gives a place back that is on no list.
    pub(crate) fn release(&mut self, task: TaskId) {
        let place = &mut self.places[task as usize];
        place.work = None;
        (place.next, place.previous) = (NO_TASK, NO_TASK);
        self.numbers.release(task);
        self.count.subtract(1);
    }

    /// Keeps work at a claimed place until it is woken, on the list of its owner, which begins at `first`.
    pub(crate) fn park(&mut self, task: TaskId, work: W, first: &mut TaskId) {
        let next = *first;
        if next != NO_TASK {
            self.places[next as usize].previous = task;
        }
        let place = &mut self.places[task as usize];
        (place.next, place.previous) = (next, NO_TASK);
        place.work = Some(work);
        *first = task;
    }

    /// Keeps work that has no owner; it is woken at once.
    pub(crate) fn spawn(&mut self, work: W) {
        let task = self.claim();
        let place = &mut self.places[task as usize];
        place.work = Some(work);
        // It may have been woken when it was free, and nobody has looked.
        place.wake.begin_poll();
        place.waker.wake_by_ref();
    }

    /// What a task works on. A place that is free, or whose work was taken out, has none.
    pub(crate) fn work(&self, task: TaskId) -> Option<&W> {
        self.places.get(task as usize)?.work.as_ref()
    }

    /// The same, to change something of it.
    pub(crate) fn work_mut(&mut self, task: TaskId) -> Option<&mut W> {
        self.places.get_mut(task as usize)?.work.as_mut()
    }

    /// Takes out what a task works on, to poll it.
    pub(crate) fn take(&mut self, task: TaskId) -> Option<W> {
        self.places.get_mut(task as usize)?.work.take()
    }

    /// Puts work back that has to wait on.
    pub(crate) fn put_back(&mut self, task: TaskId, work: W) {
        self.places[task as usize].work = Some(work);
    }

    /// Gives a place back that is on its owner's list.
    pub(crate) fn end(&mut self, task: TaskId, first: &mut TaskId) {
        let Place { next, previous, .. } = self.places[task as usize];
        if next != NO_TASK {
            self.places[next as usize].previous = previous;
        }
        if previous != NO_TASK {
            self.places[previous as usize].next = next;
        } else {
            *first = next;
        }
        self.release(task);
    }

    /// The tasks of an owner, whose list begins at `first`.
    pub(crate) fn of(&self, first: TaskId) -> impl Iterator<Item = (TaskId, &W)> {
        let at = |task: TaskId| self.places.get(task as usize).map(|place| (task, place));
        let places = std::iter::successors(at(first), move |(_, place)| at(place.next));
        places.filter_map(|(task, place)| Some((task, place.work.as_ref()?)))
    }

    /// Has a task polled.
    pub(crate) fn wake(&self, task: TaskId) {
        if let Some(place) = self.places.get(task as usize) {
            place.waker.wake_by_ref();
        }
    }

    /// Every task.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TaskId, &W)> {
        let places = self.places.iter().enumerate();
        places.filter_map(|(task, place)| Some((task as TaskId, place.work.as_ref()?)))
    }

    /// The most places that were needed since the last [trim](Self::trim).
    pub(crate) fn most(&self) -> usize {
        self.numbers.most()
    }

    /// Gives back the memory of places that were not needed since it was called last: to be called now and then, while no
    /// task is polled. A waker that is left of such a place wakes for nothing.
    pub(crate) fn trim(&mut self) {
        self.places.truncate(self.numbers.trim());
        self.home.give_back(&mut self.places);
        self.queue.trim();
    }

    /// Every task that is left, taken out.
    pub(crate) fn drain(&mut self) -> Vec<W> {
        self.places.iter_mut().filter_map(|place| place.work.take()).collect()
    }
}

impl TaskCount {
    /// No tasks yet, and 1 at the least.
    pub(crate) fn new(most: usize) -> Rc<TaskCount> {
        // Places have numbers of 32 bits.
        let most = most.clamp(1, (NO_TASK / 2) as usize);
        Rc::new(TaskCount { count: Cell::new(0), most })
    }

    #[cfg(test)]
    pub(super) fn get(&self) -> usize {
        self.count.get()
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.count.get() >= self.most
    }

    pub(super) fn room(&self) -> usize {
        self.most.saturating_sub(self.count.get())
    }

    #[inline]
    pub(super) fn add(&self) {
        self.count.set(self.count.get() + 1);
    }

    #[inline]
    pub(super) fn subtract(&self, count: usize) {
        self.count.set(self.count.get() - count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn works(tasks: &Tasks<u32>, first: TaskId) -> Vec<u32> {
        tasks.of(first).map(|(_, work)| *work).collect()
    }

    fn tasks<W>(most: usize) -> Tasks<W> {
        Tasks::new(WakeQueue::new(|| {}), TaskCount::new(most))
    }

    #[test]
    fn the_tasks_of_an_owner_are_a_list_and_places_are_used_again() {
        let mut tasks = tasks(2);
        let mut first = NO_TASK;
        for work in 0..4 {
            let task = tasks.claim();
            tasks.park(task, work, &mut first);
        }
        assert_eq!(works(&tasks, first), [3, 2, 1, 0]);
        let ids: Vec<TaskId> = tasks.of(first).map(|(task, _)| task).collect();
        for (task, left) in [(ids[1], &[3, 1, 0][..]), (ids[0], &[1, 0]), (ids[3], &[1])] {
            assert!(tasks.take(task).is_some());
            assert_eq!(tasks.take(task), None);
            tasks.end(task, &mut first);
            assert_eq!(works(&tasks, first), left);
        }
        assert_eq!(tasks.claim(), ids[3], "the place freed last is the next one");
        tasks.end(ids[2], &mut first);
        assert_eq!((first, works(&tasks, first).len()), (NO_TASK, 0));
    }

    #[test]
    fn tasks_are_counted_and_one_is_always_allowed() {
        for (most, allowed) in [(0, 1), (1, 1), (3, 3), (usize::MAX, usize::MAX)] {
            let mut tasks = tasks(most);
            for count in 0..5 {
                assert_eq!((tasks.len(), tasks.is_full()), (count, count >= allowed));
                tasks.spawn(count);
            }
            let mut nobody = NO_TASK;
            tasks.end(2, &mut nobody);
            tasks.release(3);
            assert_eq!((tasks.len(), tasks.is_full()), (3, allowed <= 3));
        }
    }

    /// Tasks come and go in any order, are woken by wakers of now and of before, and the table is trimmed in between.
    #[test]
    fn a_live_task_is_found_and_woken_whatever_is_trimmed() {
        let mut seed = 3u64;
        let mut random = move |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let mut tasks: Tasks<usize> = tasks(usize::MAX);
        let mut alive: Vec<(TaskId, usize, Waker)> = Vec::new();
        let mut stale: Vec<Waker> = Vec::new();
        let mut first = NO_TASK;
        for step in 0..60_000 {
            // Waves, so that there is something to give back.
            let grows = step / 2_000 % 3 == 0;
            match random(8) {
                0..=2 if grows || alive.len() < 5 => {
                    let waker = tasks.next_waker().clone();
                    let task = tasks.claim();
                    tasks.park(task, step, &mut first);
                    alive.push((task, step, waker));
                }
                3..=5 if !alive.is_empty() && (!grows || random(2) == 1) => {
                    let (task, work, waker) = alive.swap_remove(random(alive.len()));
                    assert_eq!(tasks.take(task), Some(work));
                    tasks.end(task, &mut first);
                    stale.push(waker);
                }
                6 if !stale.is_empty() => {
                    stale.swap_remove(random(stale.len())).wake();
                }
                7 if random(10) == 0 => {
                    let used = tasks.len();
                    tasks.trim();
                    tasks.trim();
                    assert!(tasks.len() == used && tasks.places.len() >= used);
                }
                _ => {}
            }
            if step % 50 == 0 {
                let mut woken = Vec::new();
                tasks.queue().take(&mut woken);
                alive.iter().for_each(|(task, work, waker)| {
                    assert_eq!(tasks.work(*task), Some(work));
                    tasks.waker(*task);
                    waker.wake_by_ref();
                });
                woken.clear();
                tasks.queue().take(&mut woken);
                let mut expected: Vec<TaskId> = alive.iter().map(|(task, ..)| *task).collect();
                expected.sort_unstable();
                woken.sort_unstable();
                assert_eq!(woken, expected);
                assert_eq!(tasks.len(), alive.len());
                let listed = tasks.of(first).count();
                assert_eq!((listed, tasks.iter().count()), (alive.len(), alive.len()));
            }
        }
        alive.drain(..).for_each(|(task, ..)| tasks.end(task, &mut first));
        tasks.trim();
        tasks.trim();
        assert!(tasks.places.len() <= 16 && tasks.places.capacity() <= 64);
        stale.drain(..).for_each(Waker::wake);
        let mut woken = Vec::new();
        tasks.queue().take(&mut woken);
        assert!(woken.iter().all(|task| tasks.work(*task).is_none()));
    }

    #[test]
    fn lists_of_woken_tasks_give_their_room_back_both() {
        let mut tasks: Tasks<u32> = tasks(usize::MAX);
        let mut woken = Vec::new();
        let mut capacity = 0;
        for round in 0..100 {
            for work in 0..if round < 50 { 1000 } else { 1 } {
                tasks.spawn(work);
            }
            tasks.queue().take(&mut woken);
            for task in woken.drain(..) {
                tasks.waker(task);
                tasks.release(task);
            }
            if round % 10 == 9 {
                tasks.trim();
            }
            assert!(!(4..50).contains(&round) || woken.capacity() == capacity, "it stays");
            capacity = woken.capacity();
        }
        assert!(capacity <= 64, "{capacity}");
        tasks.queue().take(&mut woken);
        assert!(woken.capacity() <= 64);
    }

    /// What is used at each moment is not made anew after each look.
    #[test]
    fn a_steady_load_costs_no_places() {
        let mut tasks: Tasks<u32> = tasks(usize::MAX);
        let mut first = NO_TASK;
        let mut wakes = Vec::new();
        for round in 0..20 {
            for work in 0..100 {
                let task = tasks.claim();
                tasks.park(task, work, &mut first);
            }
            let now: Vec<_> = tasks.places.iter().map(|place| Arc::as_ptr(&place.wake)).collect();
            assert!(round == 0 || wakes == now);
            wakes = now;
            while first != NO_TASK {
                let task = first;
                tasks.end(task, &mut first);
            }
            tasks.trim();
        }
    }

    #[test]
    fn a_waker_wakes_the_place_that_is_claimed_next() {
        let mut tasks = tasks(9);
        let waker = tasks.next_waker().clone();
        waker.wake();
        let (task, mut woken) = (tasks.claim(), Vec::new());
        tasks.queue().take(&mut woken);
        assert_eq!(woken, [task]);
        woken.clear();
        tasks.release(task);
        tasks.spawn(7u32);
        assert_eq!(tasks.work(task), Some(&7));
        assert_eq!(tasks.drain(), [7]);
    }

    #[test]
    fn what_is_spawned_is_polled_though_its_place_was_woken_when_it_was_free() {
        let mut tasks = tasks(9);
        let stale = tasks.next_waker().clone();
        let task = tasks.claim();
        tasks.release(task);
        stale.wake();
        let mut woken = Vec::new();
        tasks.queue().take(&mut woken);
        woken.clear();
        tasks.spawn(7u32);
        tasks.queue().take(&mut woken);
        assert_eq!((tasks.work(task), &woken[..]), (Some(&7), &[task][..]));
    }
}
