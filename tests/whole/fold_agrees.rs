//! A trace is complete: the state folded from it is the state that is there.
//!
//! With the target `account` switched on, the loop and the dispatcher write
//! down their real queues, waits, timers and owners at every turn or decision
//! and at the end. The stepper's fold never sees that account; it must come to
//! the same, word for word, from the events alone.

use crate::support::{lessons, run_lesson};
use stepper::{Reader, trace::Target};

/// Runs a lesson, folds its trace, and compares at every account. Returns how
/// many there were.
fn compare(name: &str) -> usize {
    let run = run_lesson(
        name,
        "runtime=trace,scheduler=trace,process=trace,account=trace",
    );
    assert!(run.status.success(), "{name}: {run:?}");
    let trace = Reader::read(run.stderr.as_slice()).unwrap();
    let target = match name.rsplit_once('_') {
        Some((_, "tasks")) => Target::Runtime,
        Some((_, "processes")) => Target::Process,
        _ => Target::Scheduler,
    };
    let side = trace.side(target).expect("the lesson leaves a trace");
    assert_eq!(
        side.complaints(),
        [],
        "{name}: a record contradicts the state"
    );
    assert_eq!(side.notes, [], "{name}");
    for account in &side.accounts {
        let state = side.state_at(account.step);
        let folded = state
            .driver_of(account.driver)
            .expect("it has started")
            .account(target);
        assert_eq!(folded, account.text, "{name}, step {}", account.step);
    }
    let ended = side.event_of_step(side.len()).expect("there are events");
    assert_eq!(
        ended.name(),
        "ended",
        "{name}: a trace ends with its last record"
    );
    side.accounts.len()
}

#[test]
fn the_fold_of_every_lesson_agrees_at_every_step_of_its_driver() {
    for name in lessons() {
        // With signals there is one, at the end. No process knows the whole state of a
        // pool of processes, so none accounts for it.
        let least = usize::from(!name.ends_with("_processes"));
        assert!(compare(&name) >= least, "{name}: no account");
    }
}

#[test]
fn the_accounts_are_many_where_a_lesson_takes_many_steps() {
    assert!(compare("02_queue_tasks") > 10);
    assert!(compare("02_queue_threads") > 10);
}
