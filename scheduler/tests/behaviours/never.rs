//! Without preemption a thread runs until it blocks or yields.

use crate::support::{Trace, join_all, round_robin};
use scheduler::{Preemption, Scheduler, spawn, yield_now};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[test]
fn a_thread_that_gives_no_way_keeps_the_cpu() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Never, round_robin(1))
        .run(|| {
            let order = Arc::new(Mutex::new(Vec::new()));
            let threads = [1, 2].map(|number| {
                let order = Arc::clone(&order);
                spawn(move || {
                    let begin = Instant::now();
                    while begin.elapsed() < Duration::from_millis(5) {}
                    order.lock().unwrap().push(number);
                    yield_now();
                    order.lock().unwrap().push(number);
                })
            });
            join_all(threads);
            assert_eq!(*order.lock().unwrap(), [1, 2, 1, 2]);
        })
        .unwrap();
    assert!(trace.events("preempted").is_empty());
    let started = &trace.events("started")[0];
    assert_eq!(
        [started.get("mode"), started.get("clock")],
        [Some("never"), Some("real")]
    );
}
