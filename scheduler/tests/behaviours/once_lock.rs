//! What happens once: who makes the value, who waits for it, and panics.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{Once, OnceLock};
use scheduler::{Preemption, Scheduler, sleep, spawn, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn the_first_who_wants_the_value_makes_it_and_the_others_wait() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let value = Arc::new(OnceLock::new());
            let threads = [1, 2].map(|number| {
                let value = Arc::clone(&value);
                spawn(move || {
                    *value.get_or_init(|| {
                        sleep(ms(5));
                        number
                    })
                })
            });
            assert_eq!(join_all(threads), [1, 1]);
        })
        .unwrap();
    let events = ["initialized", "blocked", "runnable"];
    assert_eq!(
        trace.only(&events)[2..],
        [
            "runnable thread=2 why=new by=thread:0",
            "blocked thread=0 cpu=0 ran=3000000 on=thread:1",
            "blocked thread=1 cpu=0 ran=2000000 on=sleep until=10000000",
            "blocked thread=2 cpu=0 ran=1000000 on=once:1",
            "runnable thread=1 why=slept",
            "initialized once=1 thread=1",
            "runnable thread=2 why=unblocked by=thread:1",
            "runnable thread=0 why=unblocked by=thread:1",
        ]
    );
}

#[test]
fn it_happens_once_in_every_mode() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let calls = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let shared = Arc::new((Once::new(), AtomicU32::new(0)));
                    let threads = [(); 6].map(|()| {
                        let shared = Arc::clone(&shared);
                        spawn(move || {
                            let (once, calls) = &*shared;
                            once.call_once(|| {
                                yield_now();
                                calls.fetch_add(1, Ordering::SeqCst);
                            });
                            assert!(once.is_completed());
                            calls.load(Ordering::SeqCst)
                        })
                    });
                    join_all(threads)
                })
                .unwrap();
            assert_eq!(calls, [1; 6], "{mode:?} {cpus}");
        }
    }
}

#[test]
fn a_thread_that_panics_has_not_done_it() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let value = Arc::new(OnceLock::new());
            let other = Arc::clone(&value);
            let panics = spawn(move || {
                other.get_or_init(|| {
                    sleep(ms(5));
                    panic!("on purpose")
                });
            });
            yield_now();
            assert_eq!(*value.get_or_init(|| 2), 2);
            panics.join().unwrap_err();
        })
        .unwrap();
}

#[test]
fn a_value_is_set_once() {
    let mut value = OnceLock::new(); // it needs no scheduler
    assert_eq!(value.get(), None);
    value.set(1).unwrap();
    assert_eq!(value.set(2), Err(2));
    assert_eq!(value.get(), Some(&1));
    *value.get_mut().unwrap() = 3;
    assert_eq!(value.into_inner(), Some(3));
    let once = Once::new();
    assert!(!once.is_completed());
    once.call_once(|| ());
    once.call_once(|| unreachable!("it has happened"));
    assert!(once.is_completed());
}
