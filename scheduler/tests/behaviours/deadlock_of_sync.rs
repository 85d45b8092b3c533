//! Deadlocks tell who holds locks of every kind, and unwinding leaves every queue.

use crate::deadlock::deadlock;
use crate::support::{alone, ms, round_robin};
use scheduler::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock, Semaphore, channel};
use scheduler::{Preemption, Scheduler, sleep, spawn};
use std::sync::Arc;

/// The text of the deadlock in which `main` ends, without the places.
fn text_of(main: impl FnOnce()) -> String {
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(main);
    let text = deadlock(run).to_string();
    let words = text.split(' ').map(|word| {
        let end = word.trim_start_matches(|c| c != ',' && c != ';');
        if word.contains(".rs:") {
            format!("PLACE{end}")
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_reader_is_told_when_a_writer_waits_for_ever() {
    let _turn = alone();
    let text = text_of(|| {
        let lock = Arc::new(RwLock::new(()));
        let other = Arc::clone(&lock);
        let reader = spawn(move || {
            let _reader = other.read();
            scheduler::park();
        });
        let own = lock.read();
        sleep(ms(20));
        drop(lock.write()); // for which its own reading must end
        drop(own);
        reader.join().unwrap();
    });
    assert_eq!(
        text,
        "deadlock: thread 0 'main' waits for read-write lock 1 at PLACE, which it holds itself \
         since PLACE and thread 1 holds since PLACE"
    );
}

#[test]
fn a_reader_that_reads_again_behind_a_writer_waits_for_itself() {
    let _turn = alone();
    let text = text_of(|| {
        let lock = Arc::new(RwLock::new(()));
        let other = Arc::clone(&lock);
        let _first = lock.read();
        drop(spawn(move || drop(other.write())));
        sleep(ms(20));
        let _second = lock.read();
    });
    assert_eq!(
        text,
        "deadlock: thread 0 'main' waits for read-write lock 1 at PLACE, \
         which it holds itself since PLACE"
    );
}

#[test]
fn of_many_holders_the_cycle_goes_on_with_one_that_leads_round() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(|| {
        let lock = Arc::new(RwLock::new(()));
        let mutex = Arc::new(Mutex::new(()));
        let guard = mutex.lock();
        let parks = Arc::clone(&lock);
        drop(spawn(move || {
            let _reader = parks.read();
            scheduler::park(); // leads nowhere
        }));
        let (reads, locks) = (Arc::clone(&lock), Arc::clone(&mutex));
        drop(spawn(move || {
            let _reader = reads.read();
            drop(locks.lock());
        }));
        sleep(ms(20));
        drop(lock.write());
        drop(guard);
    });
    assert_eq!(deadlock(run).path(), "0>rwlock:1>2>mutex:1>0");
}

#[test]
fn a_semaphore_a_barrier_and_a_condition_are_told() {
    let _turn = alone();
    let text = text_of(|| {
        let semaphore = Semaphore::new(1);
        let _permit = semaphore.acquire(1).unwrap();
        drop(semaphore.acquire(1));
    });
    assert_eq!(
        text,
        "deadlock: thread 0 'main' waits for permits of semaphore 1 at PLACE, \
         which it holds itself since PLACE"
    );
    let text = text_of(|| {
        let barrier = Arc::new(Barrier::new(3));
        let other = Arc::clone(&barrier);
        drop(spawn(move || other.wait()));
        barrier.wait();
    });
    assert_eq!(
        text,
        "deadlock: nobody can wake any thread: thread 0 'main' waits for others at barrier 1 \
         at PLACE, where 2 of 3 have arrived"
    );
    let text = text_of(|| {
        let mutex = Mutex::new(());
        drop(Condvar::new().wait(mutex.lock()));
    });
    assert_eq!(
        text,
        "deadlock: nobody can wake the last thread: thread 0 'main' waits for another thread to \
         notify condition variable 1 at PLACE"
    );
    let text = text_of(|| {
        let once = OnceLock::new();
        once.get_or_init(|| {
            let again = &once;
            again.get_or_init(|| ());
        });
    });
    assert_eq!(
        text,
        "deadlock: thread 0 'main' waits for once 1 to be initialized at PLACE, \
         which it initializes itself since PLACE"
    );
    let text = text_of(|| {
        let (sender, _receiver) = channel(0);
        let _ = sender.send(1);
    });
    assert_eq!(
        text,
        "deadlock: nobody can wake the last thread: thread 0 'main' waits for channel 1 at PLACE"
    );
}

/// Waits, while its thread is unwound, until `notified` is.
struct WaitsInDrop(Arc<(Mutex<bool>, Condvar, Semaphore, Barrier)>);

impl Drop for WaitsInDrop {
    fn drop(&mut self) {
        let (is_over, notified, semaphore, barrier) = &*self.0;
        drop(notified.wait_while(is_over.lock(), |is_over| !*is_over));
        drop(semaphore.acquire(1).unwrap());
        barrier.wait();
    }
}

/// Ends, while its thread is unwound, what another's destructor waits for.
struct EndsInDrop(Arc<(Mutex<bool>, Condvar, Semaphore, Barrier)>);

impl Drop for EndsInDrop {
    fn drop(&mut self) {
        let (is_over, notified, semaphore, barrier) = &*self.0;
        *is_over.lock() = true;
        notified.notify_all();
        semaphore.add_permits(1);
        barrier.wait();
    }
}

#[test]
fn whoever_waits_leaves_every_queue_when_it_is_unwound() {
    let _turn = alone();
    for cpus in [1, 2] {
        let shared = Arc::new((
            Mutex::new(false),
            Condvar::new(),
            Semaphore::new(0),
            Barrier::new(2),
        ));
        let lock = Arc::new(RwLock::new(()));
        let (own, locked) = (Arc::clone(&shared), Arc::clone(&lock));
        let run = Scheduler::new(Preemption::Checkpoint, round_robin(9))
            .cpus(cpus)
            .run(move || {
                let writer = locked.write();
                for number in 0..6 {
                    let (shared, lock) = (Arc::clone(&own), Arc::clone(&locked));
                    drop(spawn(move || {
                        let _waits = (number == 0).then(|| WaitsInDrop(Arc::clone(&shared)));
                        let _ends = (number == 1).then(|| EndsInDrop(Arc::clone(&shared)));
                        let (is_over, notified, semaphore, barrier) = &*shared;
                        match number % 6 {
                            0 => drop(lock.read()),
                            1 => drop(lock.write()),
                            2 => drop(semaphore.acquire(2)),
                            3 => drop(barrier.wait()),
                            4 => drop(notified.wait(is_over.lock())),
                            _ => drop(channel::<()>(0).0.send(())),
                        }
                    }));
                }
                scheduler::park();
                drop(writer);
            });
        deadlock(run);
        // Nobody waits any more, and nobody holds anything.
        drop(lock.try_write().expect("nobody holds it"));
        drop(lock.try_read().expect("nobody waits"));
        assert_eq!(shared.2.available_permits(), 1);
        drop(shared.2.try_acquire(1).expect("nobody waits"));
        shared.1.notify_all();
    }
}
