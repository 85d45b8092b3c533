//! The checks of `join`: rule by rule, its wakers, random futures.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

mod random;
mod script;

use exercises::check::{Check, Complaint, Part, Run};
use exercises::tasks::{LocalFuture, counting_waker};
use script::{
    Act::Sleep,
    Looks, Script,
    What::{IsDropped, IsPolledAgain, Starts},
};
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Makes one future of two.
pub(crate) type NewJoin =
    fn(LocalFuture<'static, u32>, LocalFuture<'static, u32>) -> LocalFuture<'static, (u32, u32)>;

/// What is expected: the futures are asked in order, until each is ready.
const REFERENCE: NewJoin = |first, second| {
    let (mut futures, mut results) = ([Some(first), Some(second)], [None, None]);
    Box::pin(poll_fn(move |context| {
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if let Some(Poll::Ready(value)) = future.as_mut().map(|f| f.as_mut().poll(context)) {
                (*future, *result) = (None, Some(value));
            }
        }
        match results {
            [Some(first), Some(second)] => Poll::Ready((first, second)),
            _ => Poll::Pending,
        }
    }))
};

/// All that happens, but for when something is dropped.
const ALL: Looks = |what| what != IsDropped;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewJoin>> {
    let script = |first: &[script::Act], second: &[script::Act]| Script {
        first: first.to_vec(),
        second: second.to_vec(),
    };
    let mut checks = vec![
        rule(
            "both_results_are_returned",
            "if both futures are ready at once, so is the join, with both results",
            vec![script(&[], &[])],
            ALL,
        ),
        rule(
            "both_futures_start_at_once",
            "the first poll asks both: the second does not wait for the first",
            vec![script(&[Sleep(2)], &[Sleep(1)])],
            |what| what == Starts,
        ),
        Check {
            name: "waiting_join_is_left_alone",
            rule: "a join that waits is not polled until one of its futures is woken",
            part: Part::Rules,
            run: patience(script(&[Sleep(2)], &[Sleep(2)])),
            step: Some(patience(script(&[Sleep(2)], &[Sleep(2)]))),
        },
        rule(
            "waker_is_handed_on",
            "the futures get the waker of the join's task: what wakes one polls the join",
            vec![script(&[Sleep(2)], &[Sleep(2)])],
            ALL,
        ),
        rule(
            "finished_future_is_not_polled",
            "a future that was ready is not polled again",
            vec![
                script(&[Sleep(1)], &[Sleep(2)]),
                script(&[Sleep(2)], &[Sleep(1)]),
            ],
            |what| what == IsPolledAgain,
        ),
        rule(
            "early_result_is_kept",
            "the result that comes first is kept until the other is there",
            vec![
                script(&[Sleep(1)], &[Sleep(2)]),
                script(&[Sleep(2)], &[Sleep(1)]),
            ],
            ALL,
        ),
        rule(
            "finished_future_is_dropped",
            "a future that was ready is dropped at once, not when the other is ready",
            vec![
                script(&[Sleep(1)], &[Sleep(2)]),
                script(&[Sleep(2)], &[Sleep(1)]),
            ],
            |_| true,
        ),
    ];
    checks.push(Check {
        name: "newest_waker_is_handed_on",
        rule: "a join that moves to another task hands on the waker of that task",
        part: Part::Rules,
        run: Box::new(|subject| newest_waker(*subject)),
        step: None,
    });
    checks.push(Check {
        name: "random_futures",
        rule: "whatever the futures wait for, every rule is kept",
        part: Part::Random,
        run: Box::new(|subject| random::check(REFERENCE, *subject, ALL)),
        step: None,
    });
    checks
}

/// A check that small scripts run as they should, as far as it looks.
fn rule(
    name: &'static str,
    rule: &'static str,
    scripts: Vec<Script>,
    looks: Looks,
) -> Check<NewJoin> {
    let stepped = scripts.clone();
    let all = move |scripts: &[Script], subject: NewJoin| {
        let mut scripts = scripts.iter();
        scripts.try_for_each(|script| script.check(REFERENCE, subject, looks))
    };
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| all(&scripts, *subject)),
        step: Some(Box::new(move |subject| all(&stepped, *subject))),
    }
}

/// Whether nobody polls in vain.
fn patience(script: Script) -> Run<NewJoin> {
    Box::new(move |subject| script.check_patience(*subject))
}

/// Whether a join that is polled with another waker hands that one on.
fn newest_waker(join: NewJoin) -> Result<(), Complaint> {
    let slot = Rc::<RefCell<Option<Waker>>>::default();
    let left = slot.clone();
    let first = poll_fn(move |context: &mut Context<'_>| {
        let old = left.replace(Some(context.waker().clone()));
        drop(old);
        Poll::Pending
    });
    let second = poll_fn(|_| Poll::Pending);
    let mut joined = join(Box::pin(first), Box::pin(second));
    let (older, newer) = (counting_waker(), counting_waker());
    for (_, waker) in [&older, &newer] {
        let _ = joined.as_mut().poll(&mut Context::from_waker(waker));
    }
    if let Some(waker) = slot.take() {
        waker.wake();
    }
    if newer.0.count() > 0 {
        return Ok(());
    }
    Err(Complaint {
        tried: "a join is polled twice, with another waker each time; then its first future \
                calls the waker that it got last"
            .to_owned(),
        expected: "that wakes the task which polled the join last".to_owned(),
        happened: match older.0.count() {
            0 => "it wakes nobody".to_owned(),
            _ => "it wakes the task which polled it first: nobody waits there any more".to_owned(),
        },
        ..Complaint::default()
    })
}
