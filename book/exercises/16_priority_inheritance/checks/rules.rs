//! A few calls for each rule, each presuming the rules before it.

use super::NewAccounts;
use super::script::Call::{self, GiveUp, Lock, Own, Unlock};
use super::script::compare;
use exercises::check::{Check, Part};

/// The mutexes.
const A: u32 = 1;
/// Another.
const B: u32 = 2;
/// A third.
const C: u32 = 3;

/// A check that these calls are answered, and leave priorities, as they should.
fn rule(name: &'static str, rule: &'static str, calls: &[Call]) -> Check<NewAccounts> {
    let calls = calls.to_vec();
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| compare(&calls, *subject)),
        step: None,
    }
}

/// Who holds and who waits; nobody here is more important than the holder, so
/// nothing is lent.
pub(super) fn holding() -> Vec<Check<NewAccounts>> {
    vec![
        rule(
            "own_priority_is_kept",
            "a thread that nobody lends to is scheduled by its own priority",
            &[Own(1, 5), Own(2, 3)],
        ),
        rule(
            "free_mutex_is_taken",
            "a mutex that nobody holds is taken at once",
            &[Own(1, 1), Lock(1, A)],
        ),
        rule(
            "held_mutex_makes_wait",
            "who wants a mutex that another holds waits",
            &[Own(1, 1), Own(2, 1), Lock(1, A), Lock(2, A)],
        ),
        rule(
            "mutex_goes_to_who_waits",
            "a mutex that is let go of goes to a thread that waits for it, or is free",
            &[
                Own(1, 1),
                Own(2, 1),
                Lock(1, A),
                Lock(2, A),
                Unlock(1, A),
                Unlock(2, A),
                Lock(1, A),
            ],
        ),
        rule(
            "nobody_is_lowered",
            "who waits lends nothing to a holder that is more important itself",
            &[Own(1, 5), Own(2, 3), Lock(1, A), Lock(2, A)],
        ),
        rule(
            "mutex_goes_to_the_highest",
            "of those who wait the highest gets the mutex",
            &[
                Own(1, 9),
                Own(2, 2),
                Own(3, 5),
                Lock(1, A),
                Lock(2, A),
                Lock(3, A),
                Unlock(1, A),
            ],
        ),
        rule(
            "of_equals_the_first_gets_the_mutex",
            "of equals who wait the first that came gets the mutex",
            &[
                Own(1, 9),
                Own(2, 4),
                Own(3, 4),
                Lock(1, A),
                Lock(3, A),
                Lock(2, A),
                Unlock(1, A),
            ],
        ),
    ]
}

/// Rules 1 and 3: one holder, and those who wait for it.
pub(super) fn lending() -> Vec<Check<NewAccounts>> {
    let three = |first, second| [Own(1, 1), Own(2, first), Own(3, second)];
    let with = |own: [Call; 3], calls: &[Call]| [&own[..], calls].concat();
    vec![
        rule(
            "holder_is_lent_to",
            "a holder is scheduled by the priority of who waits for it, if that is higher",
            &[Own(1, 1), Own(2, 5), Lock(1, A), Lock(2, A)],
        ),
        rule(
            "highest_lender_counts",
            "of several who wait the highest counts, in whatever order they came",
            &with(three(5, 3), &[Lock(1, A), Lock(2, A), Lock(3, A)]),
        ),
        rule(
            "loan_ends_with_the_mutex",
            "who lets go of a mutex has its own priority again",
            &[Own(1, 1), Own(2, 5), Lock(1, A), Lock(2, A), Unlock(1, A)],
        ),
        rule(
            "any_held_mutex_counts",
            "a holder of several mutexes is lent to for each of them (nested)",
            &[Own(1, 1), Own(2, 5), Lock(1, A), Lock(1, B), Lock(2, A)],
        ),
        rule(
            "loan_for_another_mutex_is_kept",
            "who lets go of one mutex keeps what is lent to it for the others",
            &with(
                three(3, 5),
                &[Lock(1, A), Lock(2, A), Lock(1, B), Lock(3, B), Unlock(1, B)],
            ),
        ),
        rule(
            "loan_that_came_later_is_kept",
            "a loan for another mutex is kept, even one that came after the thread took this one",
            &[
                Own(1, 1),
                Own(2, 3),
                Lock(1, A),
                Lock(1, B),
                Lock(2, A),
                Unlock(1, B),
            ],
        ),
    ]
}

/// Rule 2: a holder that waits in its turn; and what that means for the others.
pub(super) fn lending_on() -> Vec<Check<NewAccounts>> {
    let four = [Own(1, 1), Own(2, 2), Own(3, 3), Own(4, 9)];
    let with = |calls: &[Call]| [&four[..], calls].concat();
    vec![
        rule(
            "loan_is_lent_on",
            "a holder that waits for another mutex lends on what is lent to it (chained)",
            &with(&[Lock(1, A), Lock(2, B), Lock(2, A), Lock(4, B)]),
        ),
        rule(
            "loan_that_was_there_before_is_lent_on",
            "it lends on, too, what was lent to it before it began to wait",
            &with(&[Lock(1, A), Lock(2, B), Lock(4, B), Lock(2, A)]),
        ),
        rule(
            "loan_reaches_the_end_of_the_chain",
            "what is lent is lent on to the end of the chain, however long it is",
            &with(&[
                Lock(1, A),
                Lock(2, B),
                Lock(3, C),
                Lock(2, A),
                Lock(3, B),
                Lock(4, C),
            ]),
        ),
        rule(
            "loan_makes_the_highest",
            "who gets a mutex is decided by what those who wait are scheduled by",
            &with(&[
                Lock(1, A),
                Lock(2, B),
                Lock(3, A),
                Lock(2, A),
                Lock(4, B),
                Unlock(1, A),
            ]),
        ),
        rule(
            "next_holder_is_lent_to",
            "those who still wait lend to the thread that holds the mutex now",
            &with(&[
                Lock(1, A),
                Lock(2, B),
                Lock(3, A),
                Lock(2, A),
                Lock(4, B),
                Unlock(1, A),
                Unlock(2, B),
            ]),
        ),
    ]
}

/// Rules 5 and 6: when a priority is set, and when a thread waits no longer.
pub(super) fn changing() -> Vec<Check<NewAccounts>> {
    let begin = [Own(1, 1), Own(2, 5), Lock(1, A), Lock(2, A)];
    let with = |calls: &[Call]| [&begin[..], calls].concat();
    vec![
        rule(
            "set_priority_leaves_the_loan",
            "a holder whose own priority is set keeps what is lent to it",
            &with(&[Own(1, 3)]),
        ),
        rule(
            "set_priority_counts_after_the_loan",
            "when the loan is over, the own priority is the one that was set last",
            &with(&[Own(1, 3), Unlock(1, A)]),
        ),
        rule(
            "lender_lends_what_is_set",
            "who waits and is made more important lends that",
            &with(&[Own(2, 8)]),
        ),
        rule(
            "lender_lends_no_more_than_it_has",
            "who waits and is made less important lends less",
            &with(&[Own(2, 2)]),
        ),
        rule(
            "set_priority_is_lent_on",
            "what is set is lent on to the end of the chain",
            &[
                Own(1, 1),
                Own(2, 2),
                Own(3, 3),
                Lock(1, A),
                Lock(2, B),
                Lock(2, A),
                Lock(3, B),
                Own(3, 7),
            ],
        ),
        rule(
            "who_gives_up_lends_no_more",
            "a thread that waits no longer lends nothing, and gets no mutex",
            &with(&[GiveUp(2), Unlock(1, A)]),
        ),
    ]
}
