//! Whatever is polled and dropped in whatever order: it is as a naive model says.
//!
//! The model keeps plain lists, and after every step grants what it can to
//! whoever is first. Compared are the outcome of every poll, what is left, and
//! who was woken: those to whom something was granted, and nobody else.

use crate::block_on;
use proptest::prelude::*;
use runtime::sync::{Mutex, Notify, RwLock, Semaphore, channel};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Whether its waker was called.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        assert!(!self.0.swap(true, Ordering::Relaxed), "woken twice");
    }
}

/// A future that waits, and whether it was woken.
struct Waiting<'a, T> {
    /// Which one.
    id: usize,
    /// Itself.
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    /// Its waker's.
    flag: Arc<Flag>,
}

impl<'a, T> Waiting<'a, T> {
    fn new(id: usize, future: impl Future<Output = T> + 'a) -> Self {
        let (future, flag) = (Box::pin(future), Arc::default());
        Waiting { id, future, flag }
    }

    fn poll(&mut self) -> Poll<T> {
        let waker = Waker::from(self.flag.clone());
        let polled = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending() {
            self.flag.0.store(false, Ordering::Relaxed);
        }
        polled
    }

    fn is_woken(&self) -> bool {
        self.flag.0.load(Ordering::Relaxed)
    }
}

/// Takes one of several, if there is any.
fn choose<T>(from: &mut Vec<T>, number: usize) -> Option<T> {
    (!from.is_empty()).then(|| from.remove(number % from.len()))
}

/// So much of something, the naive way.
#[derive(Debug, Default)]
struct Shares {
    /// What is free.
    free: usize,
    /// Who waits, and for how much.
    waiting: Vec<(usize, usize)>,
    /// Who was granted how much.
    granted: Vec<(usize, usize)>,
}

impl Shares {
    fn settle(&mut self) {
        while let Some(&(id, wanted)) = self.waiting.first()
            && wanted <= self.free
        {
            self.free -= wanted;
            self.waiting.remove(0);
            self.granted.push((id, wanted));
        }
    }

    /// Polls for the first time.
    fn arrive(&mut self, id: usize, wanted: usize) -> bool {
        let takes = self.waiting.is_empty() && wanted <= self.free;
        if takes {
            self.free -= wanted;
        } else {
            self.waiting.push((id, wanted));
        }
        takes
    }

    fn take_granted(&mut self, id: usize) -> Option<usize> {
        let index = self.granted.iter().position(|(other, _)| *other == id)?;
        Some(self.granted.remove(index).1)
    }

    /// Gives up.
    fn leave(&mut self, id: usize) {
        self.waiting.retain(|(other, _)| *other != id);
        self.free += self.take_granted(id).unwrap_or(0);
        self.settle();
    }

    fn is_granted(&self, id: usize) -> bool {
        self.granted.iter().any(|(other, _)| *other == id)
    }
}

/// What is done: which of several operations, to which of several futures.
fn steps() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..8_usize, 0..12_usize), 0..60)
}

/// A right that is held.
trait Guard {}
impl<T> Guard for T {}

/// A right that is asked for.
type Asked<'a> = Pin<Box<dyn Future<Output = Box<dyn Guard + 'a>> + 'a>>;

/// Asks for `wants[n]` of `total`, polls, drops and gives back as `steps` say.
fn check_shares<'a>(
    steps: &[(usize, usize)],
    total: usize,
    wants: &[usize],
    ask: impl Fn(usize) -> Asked<'a>,
    try_to: impl Fn(usize) -> Option<Box<dyn Guard + 'a>>,
) {
    let mut model = Shares {
        free: total,
        ..Shares::default()
    };
    let mut waiting: Vec<Waiting<'_, Box<dyn Guard + 'a>>> = Vec::new();
    let mut held: Vec<(usize, Box<dyn Guard + 'a>)> = Vec::new();
    for (id, &(step, number)) in steps.iter().enumerate() {
        let wanted = wants[number % wants.len()];
        match step {
            0..=2 => {
                let mut new = Waiting::new(id, ask(wanted));
                match (new.poll(), model.arrive(id, wanted)) {
                    (Poll::Ready(guard), true) => held.push((wanted, guard)),
                    (Poll::Pending, false) => waiting.push(new),
                    (polled, model) => panic!("{:?} but {model}", polled.is_ready()),
                }
            }
            3 => {
                if let Some(guard) = try_to(wanted) {
                    assert!(model.arrive(id, wanted), "it took what is another's");
                    held.push((wanted, guard));
                } else {
                    assert!(!model.arrive(id, wanted), "it was there to be taken");
                    model.leave(id);
                }
            }
            4 => {
                if let Some(mut one) = choose(&mut waiting, number) {
                    match (one.poll(), model.take_granted(one.id)) {
                        (Poll::Ready(guard), Some(wanted)) => held.push((wanted, guard)),
                        (Poll::Pending, None) => waiting.push(one),
                        (polled, model) => panic!("{:?} but {model:?}", polled.is_ready()),
                    }
                }
            }
            5 => {
                if let Some(one) = choose(&mut waiting, number) {
                    model.leave(one.id);
                    drop(one);
                }
            }
            _ => {
                if let Some((wanted, guard)) = choose(&mut held, number) {
                    drop(guard);
                    model.free += wanted;
                    model.settle();
                }
            }
        }
        for one in &waiting {
            assert_eq!(one.is_woken(), model.is_granted(one.id), "{model:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_semaphore_is_as_the_model_says(steps in steps(), total in 0..5_usize) {
        block_on(async {
            let semaphore = Semaphore::new(total);
            check_shares(
                &steps,
                total,
                &[1, 0, 2, 1, 3],
                |wanted| {
                    let acquiring = semaphore.acquire(wanted);
                    Box::pin(async { Box::new(acquiring.await.unwrap()) as Box<dyn Guard> })
                },
                |wanted| {
                    let permit = semaphore.try_acquire(wanted).ok()?;
                    Some(Box::new(permit) as Box<dyn Guard>)
                },
            );
            prop_assert_eq!(semaphore.available_permits(), total); // nothing was lost
            Ok(())
        })?;
    }

    #[test]
    fn a_mutex_is_as_the_model_says(steps in steps()) {
        block_on(async {
            let mutex = Mutex::new(());
            check_shares(
                &steps,
                1,
                &[1],
                |_| Box::pin(async { Box::new(mutex.lock().await) as Box<dyn Guard> }),
                |_| Some(Box::new(mutex.try_lock()?) as Box<dyn Guard>),
            );
            assert!(mutex.try_lock().is_some());
        });
    }

    #[test]
    fn a_read_write_lock_is_as_the_model_says(steps in steps()) {
        block_on(async {
            let lock = RwLock::new(());
            check_shares(
                &steps,
                usize::MAX,
                &[1, 1, usize::MAX],
                |wanted| {
                    if wanted == 1 {
                        Box::pin(async { Box::new(lock.read().await) as Box<dyn Guard> })
                    } else {
                        Box::pin(async { Box::new(lock.write().await) as Box<dyn Guard> })
                    }
                },
                |wanted| {
                    Some(if wanted == 1 {
                        Box::new(lock.try_read()?) as Box<dyn Guard>
                    } else {
                        Box::new(lock.try_write()?) as Box<dyn Guard>
                    })
                },
            );
            assert!(lock.try_write().is_some());
        });
    }

    #[test]
    fn a_channel_is_as_the_model_says(steps in steps(), capacity in 1..4_usize) {
        block_on(async { check_channel(&steps, capacity) });
    }

    #[test]
    fn a_notify_is_as_the_model_says(steps in steps()) {
        block_on(async { check_notify(&steps) });
    }
}

/// Sends, receives, polls and drops as `steps` say.
fn check_channel(steps: &[(usize, usize)], capacity: usize) {
    let (sender, receiver) = channel(capacity);
    let mut values = VecDeque::new();
    // What is free: room for senders, values for receivers.
    let mut room = Shares {
        free: capacity,
        ..Shares::default()
    };
    let mut inside = Shares::default();
    let mut sending: Vec<Waiting<'_, _>> = Vec::new();
    let mut receiving: Vec<Waiting<'_, _>> = Vec::new();
    for (id, &(step, number)) in steps.iter().enumerate() {
        // Whose value went in, and whether one came out, at this step.
        let (mut went_in, mut came_out) = (None, None);
        match step {
            0 | 1 => {
                let mut new = Waiting::new(id, sender.send(id));
                match (new.poll(), room.arrive(id, 1)) {
                    (Poll::Ready(sent), true) => went_in = sent.ok().map(|()| id),
                    (Poll::Pending, false) => sending.push(new),
                    (polled, model) => panic!("{polled:?} but {model}"),
                }
            }
            2 | 3 => {
                let mut new = Waiting::new(id, receiver.recv());
                match (new.poll(), inside.arrive(id, 1)) {
                    (Poll::Ready(value), true) => came_out = value.ok(),
                    (Poll::Pending, false) => receiving.push(new),
                    (polled, model) => panic!("{polled:?} but {model}"),
                }
            }
            4 => {
                if let Some(mut one) = choose(&mut sending, number) {
                    match (one.poll(), room.take_granted(one.id)) {
                        (Poll::Ready(sent), Some(1)) => went_in = sent.ok().map(|()| one.id),
                        (Poll::Pending, None) => sending.push(one),
                        (polled, model) => panic!("{polled:?} but {model:?}"),
                    }
                }
            }
            5 => {
                if let Some(mut one) = choose(&mut receiving, number) {
                    match (one.poll(), inside.take_granted(one.id)) {
                        (Poll::Ready(value), Some(1)) => came_out = value.ok(),
                        (Poll::Pending, None) => receiving.push(one),
                        (polled, model) => panic!("{polled:?} but {model:?}"),
                    }
                }
            }
            6 => {
                if let Some(one) = choose(&mut sending, number) {
                    room.leave(one.id);
                    drop(one);
                }
            }
            _ => {
                if let Some(one) = choose(&mut receiving, number) {
                    inside.leave(one.id);
                    drop(one);
                }
            }
        }
        if let Some(value) = went_in {
            values.push_back(value);
            inside.free += 1;
            inside.settle();
        }
        if let Some(value) = came_out {
            assert_eq!(values.pop_front(), Some(value));
            room.free += 1;
            room.settle();
        }
        assert_eq!(sender.len(), values.len());
        for one in &sending {
            assert_eq!(one.is_woken(), room.is_granted(one.id), "{room:?}");
        }
        for one in &receiving {
            assert_eq!(one.is_woken(), inside.is_granted(one.id), "{inside:?}");
        }
    }
}

/// Notifies, waits, polls and drops as `steps` say.
fn check_notify(steps: &[(usize, usize)]) {
    let notify = Notify::new();
    let mut is_stored = false;
    // Who waits; who was notified alone; who was with all the others.
    let (mut waiting, mut alone, mut with_all) = (Vec::new(), Vec::new(), Vec::new());
    let mut futures: Vec<Waiting<'_, ()>> = Vec::new();
    for (id, &(step, number)) in steps.iter().enumerate() {
        match step {
            0..=2 => {
                let mut new = Waiting::new(id, notify.notified());
                assert_eq!(new.poll().is_ready(), is_stored);
                if !std::mem::take(&mut is_stored) {
                    waiting.push(id);
                    futures.push(new);
                }
            }
            3 | 4 => {
                notify.notify_one();
                if waiting.is_empty() {
                    is_stored = true;
                } else {
                    alone.push(waiting.remove(0));
                }
            }
            5 => {
                notify.notify_all();
                with_all.append(&mut waiting);
            }
            6 => {
                if let Some(mut one) = choose(&mut futures, number) {
                    let is_notified = alone.contains(&one.id) || with_all.contains(&one.id);
                    // One who waited while another all were notified is ready, too.
                    assert_eq!(one.poll().is_ready(), is_notified);
                    if is_notified {
                        alone.retain(|other| *other != one.id);
                    } else {
                        futures.push(one);
                    }
                }
            }
            _ => {
                if let Some(one) = choose(&mut futures, number) {
                    waiting.retain(|other| *other != one.id);
                    if let Some(index) = alone.iter().position(|other| *other == one.id) {
                        alone.remove(index);
                        if waiting.is_empty() {
                            is_stored = true;
                        } else {
                            alone.push(waiting.remove(0));
                        }
                    }
                    drop(one);
                }
            }
        }
        for one in &futures {
            let is_notified = alone.contains(&one.id) || with_all.contains(&one.id);
            assert_eq!(one.is_woken(), is_notified);
        }
    }
}
