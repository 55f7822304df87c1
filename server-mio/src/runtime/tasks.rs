//! The tasks of one worker: what waits to be woken, at places that are used again.

use std::sync::Arc;
use std::task::Waker;

use super::wake::{TaskWake, WakeQueue};

/// The place of a task.
pub(crate) type TaskId = u32;

/// No task.
pub(crate) const NO_TASK: TaskId = TaskId::MAX;

/// Tasks with their wakers, on lists: one for each of their owners, one of free places. What a task works on, `W`, is
/// its user's.
pub(crate) struct Tasks<W> {
    places: Vec<Place<W>>,
    free: TaskId,
    queue: Arc<WakeQueue>,
}

struct Place<W> {
    wake: Arc<TaskWake>,
    waker: Waker,
    /// What is done here, taken out while it is polled.
    work: Option<W>,
    /// Its neighbours on the list of its owner, or of free places.
    next: TaskId,
    previous: TaskId,
}

impl<W> Tasks<W> {
    pub(crate) fn new(queue: Arc<WakeQueue>) -> Tasks<W> {
        Tasks { places: Vec::new(), free: NO_TASK, queue }
    }

    /// How many more there may be.
    pub(crate) fn room(&self) -> usize {
        usize::MAX
    }

    /// Whether there are as many as there may be.
    pub(crate) fn is_full(&self) -> bool {
        false
    }

    /// What tells that tasks were woken.
    pub(crate) fn queue(&self) -> &Arc<WakeQueue> {
        &self.queue
    }

    /// Takes a free place, that of [`next_waker`](Self::next_waker); it is parked or released next.
    pub(crate) fn claim(&mut self) -> TaskId {
        let task = self.free_place();
        self.free = self.places[task as usize].next;
        self.places[task as usize].next = NO_TASK;
        task
    }

    /// The first free place, which is made if there is none.
    #[inline]
    fn free_place(&mut self) -> TaskId {
        if self.free == NO_TASK { self.add_place() } else { self.free }
    }

    #[cold]
    fn add_place(&mut self) -> TaskId {
        let task = self.places.len() as TaskId;
        let (wake, waker) = TaskWake::new(task, &self.queue);
        self.places.push(Place { wake, waker, work: None, next: NO_TASK, previous: NO_TASK });
        self.free = task;
        task
    }

    /// The waker for something that is polled before it has a place: most of what is begun ends at once. If it does
    /// not, the next place [claimed](Self::claim) is the one that this waker wakes.
    #[inline]
    pub(crate) fn next_waker(&mut self) -> &Waker {
        let task = self.free_place();
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
        let free = self.free;
        let place = &mut self.places[task as usize];
        place.work = None;
        (place.next, place.previous) = (free, NO_TASK);
        self.free = task;
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
        place.waker.wake_by_ref();
    }

    /// What a task works on. A place that is free, or whose work was taken out, has none.
    pub(crate) fn work(&self, task: TaskId) -> Option<&W> {
        self.places.get(task as usize)?.work.as_ref()
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

    /// Every task that is left, taken out.
    pub(crate) fn drain(&mut self) -> Vec<W> {
        self.places.iter_mut().filter_map(|place| place.work.take()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn works(tasks: &Tasks<u32>, first: TaskId) -> Vec<u32> {
        tasks.of(first).map(|(_, work)| *work).collect()
    }

    #[test]
    fn the_tasks_of_an_owner_are_a_list_and_places_are_used_again() {
        let mut tasks = Tasks::new(WakeQueue::new(|| {}));
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
    fn a_waker_wakes_the_place_that_is_claimed_next() {
        let mut tasks = Tasks::new(WakeQueue::new(|| {}));
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
}
