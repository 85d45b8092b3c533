//! The checks of the lock: rule by rule, in every schedule, preempted.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

mod preempted;
mod programs;

use exercises::check::{Check, Complaint, Part};
use exercises::exploring::{self, Case};
use exercises::waiting_room::WaitingRoom;
use programs::{Guarded, Way};
use scheduler::Memory;
use std::sync::Arc;

/// What the checks need of a lock.
pub(crate) trait Locks: Send + Sync {
    /// Takes it.
    fn lock(&self);
    /// Gives it back.
    fn unlock(&self);
    /// Its waiting room.
    fn room(&self) -> &WaitingRoom;
}

/// Makes a lock.
pub(crate) type NewLock = fn() -> Arc<dyn Locks>;

/// The lock of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{Locks, NewLock};
        use $($module)::+::Lock;
        use exercises::waiting_room::WaitingRoom;
        use std::sync::Arc;

        struct Subject(Lock);
        impl Locks for Subject {
            fn lock(&self) {
                self.0.lock();
            }
            fn unlock(&self) {
                self.0.unlock();
            }
            fn room(&self) -> &WaitingRoom {
                self.0.room()
            }
        }
        let new: NewLock = || Arc::new(Subject(Lock::new()));
        new
    }};
}
pub(crate) use subject;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewLock>> {
    let mut checks = one_and_another();
    checks.extend(every_schedule());
    checks.extend(weak_memory());
    checks.push(Check {
        name: "threads_by_signal",
        rule: "real threads, preempted in the middle of a statement, add without a loss",
        part: Part::Threads,
        run: Box::new(|new| preempted::check(*new)),
        step: None,
    });
    checks
}

/// A program in which a thread must wait for ever.
const SHUT_OUT: &str = "main holds the lock and never gives it back; another thread wants it";

/// Who holds it, who waits, who is woken.
fn one_and_another() -> Vec<Check<NewLock>> {
    vec![
        explored(
            "free_lock_is_taken_at_once",
            "a lock that nobody holds is taken, given back, and taken again",
            Part::Rules,
            |new| {
                let case = Case::new(
                    "a thread alone locks and unlocks twice",
                    "it comes to its end",
                );
                case.explore(|| drop(programs::alone(new))).map(drop)
            },
        ),
        explored(
            "held_lock_keeps_others_out",
            "who wants a lock that another holds does not get it",
            Part::Rules,
            |new| {
                // Who looks again and again fails in the next check.
                let case = Case {
                    counts: exploring::is_wrong,
                    exhausts: false,
                    steps: 60,
                    executions: 300,
                    ..Case::new(SHUT_OUT, "it is never inside")
                };
                case.explore(|| programs::shut_out(new)).map(drop)
            },
        ),
        explored(
            "who_waits_sleeps",
            "who waits parks: it does not look again and again",
            Part::Premise, // a search of such threads takes very long
            |new| {
                let case = Case::new(SHUT_OUT, "it sleeps, so that nobody can go on");
                case.comes_to_a_standstill(|| programs::shut_out(new))
            },
        ),
        explored(
            "one_is_inside",
            "of two that come at the same time one is inside at a time",
            Part::Rules,
            |new| {
                let case = Case {
                    counts: |trouble| !exploring::is_stuck(trouble), // for this the next check is
                    ..Case::new(
                        "two threads lock, go in and out, and unlock",
                        "never are both inside",
                    )
                };
                case.explore(|| Guarded::new(new).run(2, 1, Way::Counted))
                    .map(drop)
            },
        ),
        explored(
            "unlock_wakes_who_waits",
            "who unlocks wakes one that waits, also one that is only about to sleep",
            Part::Rules,
            |new| {
                let case = Case::new(
                    "two threads lock, go in and out, and unlock",
                    "both come to their end",
                );
                case.explore(|| Guarded::new(new).run(2, 1, Way::Counted))
                    .map(drop)
            },
        ),
        explored(
            "room_is_for_who_waits",
            "while nobody waits neither lock nor unlock uses the waiting room",
            Part::Rules,
            |new| {
                let case = Case::new(
                    "a thread alone locks and unlocks twice",
                    "the waiting room is never used",
                );
                case.explore(|| {
                    let lock = programs::alone(new);
                    assert!(!lock.room().was_used(), "it was used");
                })
                .map(drop)
            },
        ),
    ]
}

/// More threads, and more rounds.
fn every_schedule() -> Vec<Check<NewLock>> {
    vec![
        explored(
            "wake_reaches_who_sleeps",
            "a wake reaches one that sleeps, not one that has gone in and away meanwhile",
            Part::Random,
            |new| {
                let case = Case::new("two threads lock and unlock twice each", ENDS);
                case.explore(|| Guarded::new(new).run(2, 2, Way::Counted))
                    .map(drop)
            },
        ),
        explored(
            "every_waiter_is_woken",
            "where two wait both are woken, one after the other",
            Part::Random,
            |new| {
                let tried = "main holds the lock while two threads come that want it; then it \
                             unlocks";
                let case = Case::new(tried, ENDS);
                case.explore(|| Guarded::new(new).run_behind_main(2))
                    .map(drop)
            },
        ),
    ]
}

/// What a program of several threads must do.
const ENDS: &str = "never are two inside, and all come to their end";

/// What memory may do.
fn weak_memory() -> Vec<Check<NewLock>> {
    let weak = |tried| Case {
        memory: Memory::C11,
        ..Case::new(tried, "who comes in sees all that was done inside before")
    };
    vec![
        explored(
            "unlock_releases",
            "who unlocks releases what it did: `Relaxed` is not enough",
            Part::Textbook,
            move |new| {
                let tried = "two threads add 1, between lock and unlock; whatever the order \
                             of `lock` is, a fence behind it acquires";
                let case = weak(tried);
                case.explore(|| Guarded::new(new).run(2, 1, Way::Fenced))
                    .map(drop)
            },
        ),
        explored(
            "lock_acquires",
            "who locks acquires what was done before, on every way in",
            Part::Textbook,
            move |new| {
                let case = weak("two threads add 1, between lock and unlock");
                case.explore(|| Guarded::new(new).run(2, 1, Way::Plain))
                    .map(drop)
            },
        ),
    ]
}

/// A check that explores. Stepped, it follows the schedule that the complaint names.
fn explored(
    name: &'static str,
    rule: &'static str,
    part: Part,
    check: impl Fn(NewLock) -> Result<(), Complaint> + Copy + 'static,
) -> Check<NewLock> {
    Check {
        name,
        rule,
        part,
        run: Box::new(move |new| check(*new)),
        step: Some(Box::new(move |new| check(*new))),
    }
}
