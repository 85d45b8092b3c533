//! The barrier: who opens it, and rounds that do not mix.

use crate::support::{Trace, alone, join_all, round_robin};
use scheduler::sync::Barrier;
use scheduler::{Preemption, Scheduler, spawn, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn the_last_to_arrive_opens_the_barrier_and_is_the_leader() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let barrier = Arc::new(Barrier::new(3));
            let threads = [(); 2].map(|()| {
                let barrier = Arc::clone(&barrier);
                spawn(move || barrier.wait().is_leader())
            });
            assert!(!barrier.wait().is_leader());
            assert_eq!(join_all(threads), [false, true]);
        })
        .unwrap();
    let events = ["arrived", "blocked", "runnable"];
    assert_eq!(
        trace.only(&events)[3..],
        [
            "arrived barrier=1 count=1 of=3 thread=0",
            "blocked thread=0 cpu=0 ran=3000000 on=barrier:1",
            "arrived barrier=1 count=2 of=3 thread=1",
            "blocked thread=1 cpu=0 ran=1000000 on=barrier:1",
            "arrived barrier=1 count=3 of=3 thread=2",
            "runnable thread=0 why=unblocked by=thread:2",
            "runnable thread=1 why=unblocked by=thread:2",
            "blocked thread=0 cpu=0 ran=1000000 on=thread:1",
            "runnable thread=0 why=unblocked by=thread:1",
        ]
    );
}

#[test]
fn a_barrier_is_used_again_and_nobody_is_a_round_ahead() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let leaders = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let barrier = Arc::new(Barrier::new(3));
                    let rounds = Arc::new([(); 3].map(|()| AtomicU32::new(0)));
                    let threads = [0, 1, 2].map(|who| {
                        let (barrier, rounds) = (Arc::clone(&barrier), Arc::clone(&rounds));
                        spawn(move || {
                            let mut led = 0;
                            for round in 0..50 {
                                rounds[who].store(round, Ordering::SeqCst);
                                for other in &*rounds {
                                    assert!(other.load(Ordering::SeqCst) + 1 >= round);
                                }
                                for _ in 0..who {
                                    yield_now();
                                }
                                led += u32::from(barrier.wait().is_leader());
                            }
                            led
                        })
                    });
                    join_all(threads).iter().sum::<u32>()
                })
                .unwrap();
            assert_eq!(leaders, 50, "{mode:?} {cpus}");
        }
    }
}

#[test]
fn a_barrier_for_nobody_or_one_is_always_open() {
    for size in [0, 1] {
        let barrier = Barrier::new(size); // it needs no scheduler
        assert!(barrier.wait().is_leader());
        assert!(barrier.wait().is_leader());
    }
}

#[test]
#[should_panic(expected = "others have not arrived at a barrier yet")]
fn a_thread_that_is_not_scheduled_cannot_wait_for_others() {
    Barrier::new(2).wait();
}
