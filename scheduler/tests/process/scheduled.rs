//! A pool inside a scheduler: who waits for it gives the CPU up.

use crate::support::square;
use scheduler::policy::RoundRobin;
use scheduler::process::{self, Pool};
use scheduler::{Preemption, Scheduler, checkpoint, spawn};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Returns when a file is there.
fn wait_for(path: String) -> u64 {
    while !std::path::Path::new(&path).exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    7
}

#[test]
fn who_waits_for_a_job_lets_others_run() {
    process::init!(wait_for, square);
    for (number, mode) in [
        Preemption::Never,
        Preemption::Checkpoint,
        Preemption::Signal,
    ]
    .into_iter()
    .enumerate()
    {
        let path =
            std::env::temp_dir().join(format!("sidestep-wait-{}-{number}", std::process::id()));
        let path = path.to_str().unwrap().to_owned();
        let steps = Arc::new(AtomicU64::new(0));
        let (own, file) = (Arc::clone(&steps), path.clone());
        Scheduler::new(mode, RoundRobin::new(Duration::from_millis(1)))
            .run(move || {
                let pool = Pool::new(1, wait_for).unwrap();
                let other = spawn(move || {
                    (0..100).for_each(|_| {
                        own.fetch_add(1, Ordering::Relaxed);
                        checkpoint();
                    });
                    // On one CPU, and if need be without preemption: only because
                    // the other one's wait gave it up can this be reached.
                    std::fs::write(&file, "").unwrap();
                });
                assert_eq!(pool.submit(path.clone()).join().unwrap(), 7);
                other.join().unwrap();
                let _ = std::fs::remove_file(path);
                let squares = Pool::new(2, square).unwrap();
                let sum: u64 = squares.map(0..100).map(Result::unwrap).sum();
                assert_eq!(sum, 328_350);
            })
            .unwrap();
        assert_eq!(steps.load(Ordering::Relaxed), 100);
    }
}
