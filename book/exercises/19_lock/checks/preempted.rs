//! Real threads, which lose the CPU wherever they are.

use super::NewLock;
use exercises::check::Complaint;
use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, Shared, spawn};
use std::sync::Arc;
use std::time::Duration;

/// How many threads.
const THREADS: u32 = 4;
/// How often each adds 1.
const ROUNDS: u32 = 2_000;

/// Whether threads that are preempted by signal add without a loss.
///
/// # Errors
///
/// A complaint, if they do not, or do not come to their end.
pub(super) fn check(new: NewLock) -> Result<(), Complaint> {
    let policy = RoundRobin::new(Duration::from_micros(200));
    let total = Scheduler::new(Preemption::Signal, policy).run(|| {
        let guarded = Arc::new((new(), Shared::new("total", 0)));
        let adders: Vec<_> = (0..THREADS)
            .map(|_| {
                let guarded = Arc::clone(&guarded);
                spawn(move || {
                    for _ in 0..ROUNDS {
                        guarded.0.lock();
                        guarded.1.store(guarded.1.load() + 1);
                        guarded.0.unlock();
                    }
                })
            })
            .collect();
        let well = adders.into_iter().all(|adder| adder.join().is_ok());
        well.then(|| guarded.1.load())
    });
    let expected = THREADS * ROUNDS;
    let happened = match total {
        Ok(Some(total)) if total == expected => return Ok(()),
        Ok(Some(total)) => format!("a total of {total}"),
        Ok(None) => "a thread panicked".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Complaint {
        tried: format!("{THREADS} threads add 1 under the lock, {ROUNDS} times each"),
        expected: format!("a total of {expected}"),
        happened,
        ..Complaint::default()
    })
}
