//! A lost wake-up among threads: who looks first and leaves word afterwards.
//!
//! Run it: `cargo run --example 29_lost_wakeup_threads`
//! Step both twins: `cargo run -- step 29`
//!
//! Predict: a thread waits for a flag. It looks; if the flag is not set it leaves itself
//! where the setter will find it, and parks. An unpark that comes before the park is not
//! lost. Nothing lies between the look and the leaving. Can it wait for ever?
//!   a) no: the unpark is kept until it parks
//!   b) yes: the setter can come in between, and find nobody
//! Answer: b. For a task two lines without an `.await` are one step, for a thread never.
//! So it is the other way round here: first leave yourself, then look. Then the setter
//! finds you, or you see the flag, or both.
//!
//! Change: in `repaired`, `if` to `while`. It is what one writes, since a thread may be
//! unparked for another reason; and the search says that it changes nothing here.
//!
//! Book: chapter 20. Twin: `29_lost_wakeup_tasks.rs`.

use scheduler::sync::{Mutex, atomic::AtomicBool};
use scheduler::{Preemption, Scheduler, Thread, current, explore, park, spawn};
use std::sync::{Arc, atomic::Ordering::SeqCst};
use std::time::Duration;

/// Whether it is set, and who is to be unparked then.
type Flag = (AtomicBool, Mutex<Option<Thread>>);

// ANCHOR: broken
/// Waits for the flag, perhaps for ever.
fn broken(flag: &Flag) {
    if !flag.0.load(SeqCst) {
        // it may be set now, and nobody is told
        *flag.1.lock() = Some(current());
        park();
    }
}
// ANCHOR_END: broken

// ANCHOR: repaired
/// The same, and first it leaves word.
fn repaired(flag: &Flag) {
    *flag.1.lock() = Some(current());
    if !flag.0.load(SeqCst) {
        park(); // whoever sets it from here on finds us
    }
}
// ANCHOR_END: repaired

/// One thread waits for the flag, and another sets it.
fn meet(wait: fn(&Flag)) {
    let flag: Arc<Flag> = Arc::new((AtomicBool::new(false), Mutex::new(None)));
    let for_waiter = Arc::clone(&flag);
    let waiter = spawn(move || wait(&for_waiter));
    let setter = spawn(move || {
        flag.0.store(true, SeqCst);
        let thread = flag.1.lock().take();
        if let Some(thread) = thread {
            thread.unpark();
        }
    });
    waiter.join().expect("the waiter does not panic");
    setter.join().expect("the setter does not panic");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = scheduler::policy::RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(modes[usize::from(real)], policy).run(|| meet(broken));
    once.expect("nobody waits for ever");
    println!("broken, once: fine");
    println!("broken: {}", explore(|| meet(broken)));
    println!("repaired: {}", explore(|| meet(repaired)));
}

// Prints:
// broken, once: fine
// broken: tried 3 schedules, one of each kind, for all 7
//   2 times: fine
//   1 time: lost wake-up
// fails with 1 preemption: SCHEDULE=v1,5:2/12
//   lost wake-up: deadlock: nobody can wake any thread: thread 0 'main' waits for the end of thread 1 at examples/29_lost_wakeup_threads.rs:61
//   thread 1 'thread 1' waits for another thread to unpark it at examples/29_lost_wakeup_threads.rs:34
// repaired: tried 3 schedules, one of each kind, for all 14
//   3 times: fine
