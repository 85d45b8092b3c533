//! Steps with the scheduler's own synchronization.
//!
//! All of its objects are used by all workers at once, which are frozen in the
//! middle of each operation.

use super::steps::{Random, spin};
use scheduler::sync::{
    Barrier, Condvar, Mutex, Once, OnceLock, RwLock, Semaphore, channel, unbounded,
};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the workers share of ours.
#[derive(Debug)]
pub(crate) struct Ours {
    /// Two numbers that are equal whenever nobody holds the lock.
    pair: Mutex<(u64, u64)>,
    /// The same behind a lock for many readers.
    read_mostly: RwLock<(u64, u64)>,
    /// A bounded buffer, with what tells that it is not full, and not empty.
    buffer: (Mutex<VecDeque<Vec<u64>>>, [Condvar; 2]),
    /// So many permits, and how many are in use.
    semaphore: (Semaphore, AtomicU64),
    /// A value that all want, and how often it was made.
    once: (OnceLock<Vec<u64>>, Once, AtomicU64),
}

/// How many permits there are.
const PERMITS: u64 = 5;

impl Ours {
    /// Everything unused.
    pub(crate) fn new() -> Ours {
        Ours {
            pair: Mutex::new((0, 0)),
            read_mostly: RwLock::new((0, 0)),
            buffer: (Mutex::default(), [(); 2].map(|()| Condvar::new())),
            semaphore: (Semaphore::new(PERMITS as usize), AtomicU64::new(0)),
            once: (OnceLock::new(), Once::new(), AtomicU64::new(0)),
        }
    }

    /// One step, chosen by `random`.
    pub(crate) fn step(&self, random: &mut Random) {
        match random.below(10) {
            0 => change(&mut self.pair.lock()),
            1 => change(&mut self.read_mostly.write()),
            2 => {
                let pair = self.read_mostly.read();
                let before = pair.0;
                spin(2_000);
                assert_eq!((before, before), *pair, "nobody writes");
            }
            3 => self.use_the_buffer(),
            4 => self.use_permits(random),
            5 => self.use_the_once(),
            6 => meet(random),
            7 => pass_on(random),
            8 => share(random),
            _ => keep_pace(random),
        }
    }

    /// Puts something into the buffer, and takes something out.
    fn use_the_buffer(&self) {
        let (values, [not_full, not_empty]) = &self.buffer;
        let mut inside = not_full.wait_while(values.lock(), |values| values.len() >= 3);
        let number = inside.len() as u64;
        inside.push_back(vec![number; 20]);
        drop(inside);
        not_empty.notify_one();
        let mut inside = not_empty.wait_while(values.lock(), |values| values.is_empty());
        let value = inside.pop_front().unwrap();
        drop(inside);
        not_full.notify_all();
        assert!(value.iter().all(|number| *number == value[0]));
    }

    /// Takes some permits for a while.
    fn use_permits(&self, random: &mut Random) {
        let (semaphore, in_use) = &self.semaphore;
        let wanted = 1 + random.below(PERMITS);
        let permit = semaphore.acquire(wanted as usize).unwrap();
        let now = in_use.fetch_add(wanted, Ordering::SeqCst) + wanted;
        assert!(now <= PERMITS, "{now} permits are in use");
        spin(1_000);
        in_use.fetch_sub(wanted, Ordering::SeqCst);
        drop(permit);
    }

    /// What happens once has happened once.
    fn use_the_once(&self) {
        let (value, once, count) = &self.once;
        let value = value.get_or_init(|| {
            count.fetch_add(1, Ordering::SeqCst);
            spin(100_000);
            (0..100).collect()
        });
        assert_eq!(value.iter().sum::<u64>(), 4_950);
        once.call_once(|| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    /// What must hold at the end.
    pub(crate) fn check(&self) {
        let (first, second) = *self.pair.lock();
        assert_eq!(first, second);
        assert_eq!(self.semaphore.0.available_permits() as u64, PERMITS);
        assert!(self.buffer.0.lock().is_empty());
    }
}

/// Changes two numbers that nobody else may see meanwhile.
fn change(pair: &mut (u64, u64)) {
    assert_eq!(pair.0, pair.1, "one at a time");
    pair.0 += 1;
    spin(2_000);
    pair.1 += 1;
}

/// Three threads meet at a barrier, again and again.
fn meet(random: &mut Random) {
    let barrier = Arc::new(Barrier::new(3));
    let rounds = random.below(5);
    let walk = move |barrier: &Barrier| {
        let leads = (0..rounds).map(|_| u64::from(barrier.wait().is_leader()));
        leads.sum::<u64>()
    };
    let others = [(); 2].map(|()| {
        let barrier = Arc::clone(&barrier);
        scheduler::spawn(move || walk(&barrier))
    });
    let led = walk(&barrier);
    let others = others.map(|other| other.join().unwrap());
    assert_eq!(
        led + others.iter().sum::<u64>(),
        rounds,
        "one leads a round"
    );
}

/// A channel and a thread of ours: with little room, none, or any.
fn pass_on(random: &mut Random) {
    let (sender, receiver) = channel(random.below(4) as usize);
    let count = random.below(30);
    let producer = scheduler::spawn(move || {
        for number in 0..count {
            sender.send(vec![number; 10]).unwrap();
        }
    });
    for number in 0..count {
        assert_eq!(receiver.recv().unwrap(), vec![number; 10]);
    }
    assert!(receiver.recv().is_err(), "the sender is gone");
    producer.join().unwrap();
}

/// A channel without a bound, whose receiver may be slower.
fn keep_pace(random: &mut Random) {
    let (sender, receiver) = unbounded();
    let count = random.below(200);
    let producer = scheduler::spawn(move || {
        for number in 0..count {
            sender.send(number.to_string()).unwrap();
        }
    });
    for number in 0..count {
        assert_eq!(receiver.recv().unwrap(), number.to_string());
    }
    assert!(receiver.recv().is_err(), "the sender is gone");
    producer.join().unwrap();
}

/// Scoped threads, that borrow.
fn share(random: &mut Random) {
    let count = random.below(100);
    let numbers: Vec<u64> = (0..count).collect();
    let mut halves = [Vec::new(), Vec::new()];
    scheduler::scope(|scope| {
        for (half, numbers) in halves.iter_mut().zip(numbers.chunks(50)) {
            scope.spawn(|| half.extend_from_slice(numbers));
        }
    });
    assert_eq!(halves.concat(), numbers);
}
