//! The five programs, each of which fails under some schedules.
//!
//! They are as short as they can be; each is the heart of something larger that
//! went wrong somewhere.

use scheduler::sync::{Condvar, Mutex};
use scheduler::{JoinHandle, Shared, spawn};
use std::sync::Arc;

/// Waits for the end of `threads`.
fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        thread.join().expect("whoever panics ends the run");
    }
}

/// Two threads add 1 each, and 2 must come of it.
pub(crate) fn lost_update() {
    let total = Arc::new(Shared::new("total", 0));
    let threads = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || {
            let seen = total.load();
            total.store(seen + 1);
        })
    });
    join(threads);
    assert!(total.load() == 2, "an update is lost");
}

/// Two threads each take 70 out of 100, if there is enough.
pub(crate) fn overdrawn() {
    let account = Arc::new(Mutex::new(100));
    let threads = [(); 2].map(|()| {
        let account = Arc::clone(&account);
        spawn(move || {
            if *account.lock() >= 70 {
                *account.lock() -= 70;
            }
        })
    });
    join(threads);
    let balance = *account.lock();
    assert!(balance >= 0, "the account is overdrawn");
}

/// Two threads want to be in a room that has a sign at its door. Whoever finds it
/// taken goes home.
pub(crate) fn two_inside() {
    let is_taken = Arc::new(Shared::new("is_taken", false));
    let inside = Arc::new(Shared::new("inside", 0));
    let threads = [(); 2].map(|()| {
        let (is_taken, inside) = (Arc::clone(&is_taken), Arc::clone(&inside));
        spawn(move || {
            if is_taken.load() {
                return;
            }
            is_taken.store(true);
            inside.store(inside.load() + 1);
            assert!(inside.load() == 1, "two are inside");
            inside.store(inside.load() - 1);
            is_taken.store(false);
        })
    });
    join(threads);
}

/// Two threads put an item into a buffer with room for one, two take one out. There
/// is one condition variable for all of them.
pub(crate) fn asleep() {
    let buffer = Arc::new((Mutex::new(false), Condvar::new()));
    let threads = [true, true, false, false].map(|puts| {
        let buffer = Arc::clone(&buffer);
        spawn(move || {
            let (slot, changed) = &*buffer;
            let mut is_full = changed.wait_while(slot.lock(), |is_full| *is_full == puts);
            *is_full = puts;
            changed.notify_one();
        })
    });
    join(threads);
}

/// Two threads add 1 three times each. Six would be right, and five or four can be
/// understood. But two?
pub(crate) fn only_two() {
    let total = Arc::new(Shared::new("total", 0));
    let threads = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || {
            for _ in 0..3 {
                let seen = total.load();
                total.store(seen + 1);
            }
        })
    });
    join(threads);
    assert!(total.load() != 2, "only two are counted");
}
