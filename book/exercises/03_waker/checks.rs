//! The checks of the executor: rule by rule, random scripts, real threads.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake. None can be
//! stepped: the loop is the learner's own, and writes no trace.

mod random;
mod script;
mod threads;

use exercises::check::{Check, Part};
use exercises::tasks::LocalFuture;
use script::{
    Act::{Wait, Wake, WakeSelf, WakeSelfAndPark},
    Outside::{NoReason, Wakes},
    Script,
};

/// What the checks need of an executor.
pub(crate) trait Executes {
    /// Adds a task.
    fn spawn(&mut self, future: LocalFuture<'static, ()>);
    /// Runs until every task is over.
    fn run(&mut self);
}

/// Makes an executor.
pub(crate) type NewExecutor = fn() -> Box<dyn Executes>;

/// The executor of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{Executes, NewExecutor};
        use $($module)::+::Executor;
        use exercises::tasks::LocalFuture;

        struct Subject(Executor);
        impl Executes for Subject {
            fn spawn(&mut self, future: LocalFuture<'static, ()>) {
                self.0.spawn(future);
            }
            fn run(&mut self) {
                self.0.run();
            }
        }
        let new: NewExecutor = || Box::new(Subject(Executor::new()));
        new
    }};
}
pub(crate) use subject;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewExecutor>> {
    let mut checks = vec![rule(
        "every_task_is_polled_in_order",
        "every task is polled once, in the order of spawning; one that is ready is over",
        Script {
            tasks: vec![vec![], vec![], vec![]],
            ..Script::default()
        },
    )];
    checks.extend(threads::parks());
    checks.extend(polls());
    checks.extend(ends());
    checks.push(Check {
        name: "random_scripts",
        rule: "whatever tasks and wakers do, exactly the woken are polled, in order",
        part: Part::Random,
        run: Box::new(|subject| random::check(*subject)),
        step: None,
    });
    checks.extend(threads::wakes());
    checks
}

/// The rules of who is polled when.
fn polls() -> Vec<Check<NewExecutor>> {
    vec![
        rule(
            "wake_unparks_the_thread",
            "a wake from outside unparks the thread, and the task is polled again",
            Script {
                tasks: vec![vec![Wait]],
                outside: vec![Wakes(vec![0])],
                ..Script::default()
            },
        ),
        rule(
            "waiting_task_is_left_alone",
            "a task that waits is not polled until it is woken",
            Script {
                tasks: vec![vec![Wait], vec![Wait, Wait]],
                outside: vec![Wakes(vec![1]), Wakes(vec![1]), Wakes(vec![0])],
                ..Script::default()
            },
        ),
        rule(
            "unpark_alone_wakes_no_task",
            "a park that ends for no reason leads to no poll",
            Script {
                tasks: vec![vec![Wait], vec![Wait]],
                outside: vec![NoReason, NoReason, Wakes(vec![0]), Wakes(vec![1])],
                ..Script::default()
            },
        ),
        rule(
            "wake_in_a_poll_counts",
            "a task that is woken while it is polled is polled again",
            Script {
                tasks: vec![vec![WakeSelf]],
                ..Script::default()
            },
        ),
        rule(
            "woken_tasks_take_turns",
            "tasks are polled in the order of their wakes: who is woken last goes last",
            Script {
                tasks: vec![
                    vec![WakeSelf, WakeSelf],
                    vec![WakeSelf, WakeSelf],
                    vec![Wait],
                ],
                outside: vec![Wakes(vec![2])],
                ..Script::default()
            },
        ),
        rule(
            "wake_before_the_park_is_seen",
            "the thread parks only if nobody is woken, whoever used the permit up",
            Script {
                tasks: vec![vec![WakeSelfAndPark]],
                ..Script::default()
            },
        ),
        rule(
            "woken_twice_polled_once",
            "a task that is woken twice before its poll is polled once",
            Script {
                tasks: vec![vec![Wait, Wait, Wait], vec![Wake(0)]],
                outside: vec![Wakes(vec![0, 0]), Wakes(vec![0])],
                ..Script::default()
            },
        ),
    ]
}

/// The rules of tasks that are over.
fn ends() -> Vec<Check<NewExecutor>> {
    vec![
        rule(
            "finished_task_is_never_polled",
            "a task that was ready is not polled again, though it is woken",
            Script {
                tasks: vec![vec![], vec![Wait]],
                last_wake: true,
                outside: vec![Wakes(vec![0]), Wakes(vec![1])],
                ..Script::default()
            },
        ),
        rule(
            "finished_future_is_dropped",
            "a future that was ready is dropped at once",
            Script {
                tasks: vec![vec![], vec![Wait]],
                drops: true,
                outside: vec![Wakes(vec![1])],
                ..Script::default()
            },
        ),
        rule(
            "stale_waker_wakes_nobody",
            "the waker of a task that is over does not wake a task that came later",
            Script {
                tasks: vec![vec![Wait]],
                later: vec![vec![Wait], vec![Wait]],
                outside: vec![Wakes(vec![0]), Wakes(vec![0]), Wakes(vec![2, 1])],
                ..Script::default()
            },
        ),
    ]
}

/// A check that a small script runs as it should.
fn rule(name: &'static str, rule: &'static str, script: Script) -> Check<NewExecutor> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| script.check(*subject)),
        step: None,
    }
}
