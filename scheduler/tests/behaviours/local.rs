//! Locals: each scheduled thread has its own value, until it is over.

use crate::support::{Trace, alone, in_time, join_all, ms, round_robin};
use scheduler::{Local, Preemption, Scheduler, blocking, spawn, yield_now};
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// A number for each thread.
static NUMBER: Local<u32> = Local::new("number", || 10);

/// The message with which `call` panics.
fn message<T>(call: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(call)).map(drop).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

/// Runs `main` in checkpoint mode.
fn run<T>(main: impl FnOnce() -> T) -> T {
    let scheduler = Scheduler::new(Preemption::Checkpoint, round_robin(3));
    scheduler.run(main).unwrap()
}

#[test]
fn each_unit_has_its_own_value_and_keeps_it_while_others_run() {
    let trace = Trace::begin();
    run(|| {
        let threads = [1, 2].map(|own| {
            spawn(move || {
                NUMBER.set(own);
                yield_now(); // the other one sets its own
                NUMBER.get()
            })
        });
        assert_eq!(join_all(threads), [1, 2]);
        assert_eq!(NUMBER.get(), 10);
    });
    let lines = trace.short();
    let steps = lines
        .iter()
        .map(|line| line.trim_start())
        .filter(|line| line.contains("local_set") || line.contains(" yielded "));
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            r#"3 local_set name="number" value="1" thread=1"#, // no tick: no checkpoint
            "4 yielded thread=1 cpu=0 ran=1000000",
            r#"4 local_set name="number" value="2" thread=2"#,
            "5 yielded thread=2 cpu=0 ran=1000000",
            r#"6 local_set name="number" value="10" thread=0"#, // made at the first use
        ]
    );
}

#[test]
fn a_value_is_made_once_and_at_first_use() {
    static MADE: Local<Cell<u32>> = Local::new("made", || Cell::new(0));
    let _turn = alone();
    run(|| {
        for expected in 1..=3 {
            MADE.with(|count| count.set(count.get() + 1));
            yield_now();
            assert_eq!(MADE.with(Cell::get), expected);
        }
    });
}

#[test]
fn a_step_of_a_local_is_told_at_the_learners_line() {
    let trace = Trace::begin();
    let line = line!() + 1;
    run(|| NUMBER.set(1));
    let at = trace.events("local_set")[0].get("at").unwrap().to_owned();
    assert_eq!(at, format!("{}:{line}", file!()));
}

/// What happened, in order.
static LOG: Mutex<Vec<&str>> = Mutex::new(Vec::new());

/// Tells of its drop.
struct Told(&'static str);

impl Drop for Told {
    fn drop(&mut self) {
        LOG.lock().unwrap().push(self.0);
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Two values that tell of their drop.
static FIRST: Local<Told> = Local::new("first", || Told("first"));
/// The other one.
static SECOND: Local<Told> = Local::new("second", || Told("second"));

#[test]
fn values_are_dropped_in_the_order_of_making_before_the_end_is_announced() {
    let _turn = alone();
    run(|| {
        let thread = spawn(|| {
            let _body = Told("body");
            FIRST.with(|_| ());
            SECOND.with(|_| ());
        });
        thread.join().unwrap();
        LOG.lock().unwrap().push("joined");
        FIRST.set(Told("main's"));
    });
    let log = std::mem::take(&mut *LOG.lock().unwrap());
    assert_eq!(log, ["body", "first", "second", "joined", "main's"]);
}

#[test]
fn a_panic_of_a_values_destructor_is_the_threads_own() {
    #[derive(Debug)]
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a local");
        }
    }
    static BOMB: Local<Bomb> = Local::new("bomb", || Bomb);
    let trace = Trace::begin();
    run(|| {
        let panic = spawn(|| BOMB.with(|_| ())).join().unwrap_err();
        assert_eq!(*panic.downcast::<&str>().unwrap(), "in a local");
    });
    let told = trace.events("panicked")[0]
        .get("message")
        .unwrap()
        .to_owned();
    assert_eq!(told, "\"in a local\"");
}

#[test]
fn an_initializer_that_asks_for_its_own_value_is_told_so() {
    static CIRCLE: Local<u32> = Local::new("circle", || CIRCLE.get());
    let _turn = alone();
    run(|| assert!(message(|| CIRCLE.get()).contains("its initializer uses it")));
}

#[test]
fn where_no_unit_runs_a_local_says_so() {
    let message = message(|| NUMBER.get());
    assert!(message.contains("'number' was used by a thread that no scheduler runs"));
}

#[test]
fn a_local_is_there_in_a_blocking_call_but_not_traced() {
    let trace = Trace::begin();
    run(|| {
        NUMBER.set(1);
        blocking(|| NUMBER.set(NUMBER.get() + 1));
        assert_eq!(NUMBER.get(), 2);
    });
    assert_eq!(trace.events("local_set").len(), 1);
}

#[test]
fn preempted_threads_keep_their_own_values() {
    let _turn = alone();
    let sums = in_time(|| {
        let scheduler = Scheduler::new(Preemption::Signal, round_robin(1));
        let counting = || {
            let began = std::time::Instant::now();
            let mut count = 0;
            while began.elapsed() < ms(30) {
                NUMBER.set(NUMBER.get() + 1);
                count += 1;
            }
            NUMBER.get() - count
        };
        scheduler
            .run(move || join_all([(); 3].map(|()| spawn(counting))))
            .unwrap()
    });
    assert_eq!(sums, [10; 3]);
}
