//! Locals: each task has its own value, until it is over.

mod support;

use runtime::{Clock, EventLoop, Local, sleep, spawn, yield_now};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;
use support::{assert_trace, only, records, trace};

/// A number for each task.
static NUMBER: Local<u32> = Local::new("number", || 10);

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// The message with which `call` panics.
fn message<T>(call: impl FnOnce() -> T) -> String {
    let outcome = catch_unwind(AssertUnwindSafe(call)).map(drop);
    let panic = outcome.expect_err("it panics");
    *panic.downcast().expect("with a message")
}

#[test]
fn each_unit_has_its_own_value_and_keeps_it_while_others_run() {
    let trace = trace(|| {
        block_on(async {
            let tasks = [1, 2].map(|own| {
                spawn(async move {
                    NUMBER.set(own);
                    yield_now().await; // the other one sets its own
                    NUMBER.get()
                })
            });
            for (task, own) in tasks.into_iter().zip([1, 2]) {
                assert_eq!(task.await.unwrap(), own);
            }
            assert_eq!(NUMBER.get(), 10);
        });
    });
    assert_trace(
        &only(&trace, &["polled", "local_set"]),
        &[
            "polled task=0",
            "polled task=1",
            r#"local_set name="number" value="1" task=1"#,
            "polled task=2",
            r#"local_set name="number" value="2" task=2"#,
            "polled task=1", // each finds its own
            "polled task=2",
            "polled task=0",
            r#"local_set name="number" value="10" task=0"#, // made at the first use
        ],
    );
}

#[test]
fn a_value_is_made_once_and_at_first_use() {
    static MADE: Local<Cell<u32>> = Local::new("made", || Cell::new(0));
    block_on(async {
        for expected in 1..=3 {
            MADE.with(|count| count.set(count.get() + 1));
            yield_now().await;
            assert_eq!(MADE.with(Cell::get), expected);
        }
    });
    let unused = trace(|| block_on(yield_now()));
    assert_trace(&only(&unused, &["local_set"]), &[]);
}

#[test]
fn locals_of_one_name_are_different_variables() {
    let (one, other) = (Local::new("twin", || 1), Local::new("twin", || 2));
    block_on(async {
        one.set(5);
        assert_eq!((one.get(), other.get()), (5, 2));
    });
}

#[test]
fn a_step_of_a_local_is_told_at_the_learners_line() {
    let mut line = 0;
    let records = records(|| {
        block_on(async {
            line = line!() + 1;
            NUMBER.set(1);
        });
    });
    let set = records.iter().find(|record| record.name == "local_set");
    let at = set.unwrap().get("at").unwrap();
    assert_eq!(at, format!("{}:{line}", file!()));
}

thread_local! {
    /// What happened, in order.
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Tells of its drop.
struct Told(&'static str);

impl Drop for Told {
    fn drop(&mut self) {
        LOG.with_borrow_mut(|log| log.push(self.0));
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
    block_on(async {
        let task = spawn(async {
            let _future = Told("future");
            FIRST.with(|_| ());
            SECOND.with(|_| ());
            yield_now().await;
        });
        task.await.unwrap();
        LOG.with_borrow_mut(|log| log.push("joined"));
    });
    assert_eq!(LOG.take(), ["future", "first", "second", "joined"]);
}

#[test]
fn an_aborted_task_and_the_end_of_the_loop_drop_values_too() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let holding = |local: &'static Local<Told>| async {
        local.with(|_| ());
        pending::<()>().await;
    };
    event_loop.block_on(async {
        let aborted = spawn(holding(&FIRST));
        drop(spawn(holding(&SECOND)));
        yield_now().await;
        aborted.abort();
        assert!(aborted.await.unwrap_err().is_cancelled());
    });
    assert_eq!(LOG.take(), ["first"]);
    drop(event_loop);
    assert_eq!(LOG.take(), ["second"]);
}

#[test]
fn a_replaced_value_lives_until_its_last_user_is_done() {
    block_on(async {
        FIRST.with(|old| {
            FIRST.set(Told("new"));
            assert!(LOG.with_borrow(Vec::is_empty));
            assert_eq!(old.0, "first");
        });
        assert_eq!(LOG.take(), ["first"]);
        FIRST.with(|new| assert_eq!(new.0, "new"));
    });
    assert_eq!(LOG.take(), ["new"]);
}

/// Uses a local when it is dropped.
#[derive(Debug)]
struct Uses(&'static Local<Told>);

impl Drop for Uses {
    fn drop(&mut self) {
        self.0.with(|_| ());
    }
}

#[test]
fn a_destructor_may_use_what_is_not_dropped_yet_and_is_told_what_is() {
    static EARLY: Local<Uses> = Local::new("early", || Uses(&SECOND));
    static LATE: Local<Uses> = Local::new("late", || Uses(&FIRST));
    block_on(async {
        let good = spawn(async { EARLY.with(|_| ()) });
        good.await.unwrap(); // its destructor made SECOND, which was dropped, too
        assert_eq!(LOG.take(), ["second"]);
        let bad = spawn(async {
            FIRST.with(|_| ());
            LATE.with(|_| ());
        });
        let error = bad.await.unwrap_err().to_string();
        assert!(error.contains("'first' has no value here"), "{error}");
    });
}

#[test]
fn a_panic_of_a_values_destructor_is_the_tasks_own() {
    #[derive(Debug)]
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a local");
        }
    }
    static BOMB: Local<Bomb> = Local::new("bomb", || Bomb);
    block_on(async {
        let error = spawn(async { BOMB.with(|_| ()) }).await.unwrap_err();
        assert_eq!(error.to_string(), "task 1 panicked: in a local");
        spawn(sleep(Duration::ZERO)).await.unwrap(); // the others go on
    });
}

#[test]
fn an_initializer_that_asks_for_its_own_value_is_told_so() {
    static CIRCLE: Local<u32> = Local::new("circle", || CIRCLE.get());
    block_on(async {
        assert!(message(|| CIRCLE.get()).contains("its initializer uses it"));
    });
}

#[test]
fn where_no_unit_runs_a_local_says_so() {
    let message = message(|| NUMBER.get());
    assert!(message.contains("'number' was used where no task runs"));
}

#[test]
fn a_value_may_be_shared_with_other_tasks() {
    static SHARED: Local<Option<Rc<Cell<u32>>>> = Local::new("shared", || None);
    block_on(async {
        let count = Rc::new(Cell::new(0));
        for _ in 0..3 {
            let count = count.clone();
            let task = spawn(async move {
                SHARED.set(Some(count));
                let count = SHARED.get().unwrap();
                count.set(count.get() + 1);
            });
            task.await.unwrap();
        }
        assert_eq!(count.get(), 3);
        assert_eq!(Rc::strong_count(&count), 1, "each task has dropped its own");
    });
}
