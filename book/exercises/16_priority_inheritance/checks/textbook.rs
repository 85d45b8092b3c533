//! Cases of the literature: which priority each thread has after each step.

use super::NewAccounts;
use super::script::Call::{self, Lock, Own, Unlock};
use super::script::compare;
use exercises::check::{Check, Complaint, Part, caught};

/// The mutexes; A is the papers' S1.
const A: u32 = 1;
/// S2.
const B: u32 = 2;

/// A case: its steps, and what all threads are scheduled by after each.
struct Case {
    /// Where it stands.
    source: &'static str,
    /// The steps, and the priorities of threads 1, 2, ...
    steps: &'static [(Call, &'static [i32])],
}

/// All cases. Where a paper only orders its jobs, J1 the highest, they are
/// threads 1 to 3 here with priorities 3 to 1.
const CASES: &[Case] = &[
    Case {
        source: "Sha, Rajkumar, Lehoczky 1990, section III: inheritance is transitive",
        steps: &[
            (Own(1, 3), &[3]),
            (Own(2, 2), &[3, 2]),
            (Own(3, 1), &[3, 2, 1]),
            (Lock(3, B), &[3, 2, 1]),
            (Lock(2, A), &[3, 2, 1]),
            (Lock(2, B), &[3, 2, 2]), // J3 blocks J2
            (Lock(1, A), &[3, 3, 3]), // J2 blocks J1, so J3 inherits from J1
            (Unlock(3, B), &[3, 3, 1]),
            (Unlock(2, B), &[3, 3, 1]),
            (Unlock(2, A), &[3, 2, 1]),
        ],
    },
    Case {
        source: "the same, section III: chained blocking, J1 waits for J3 and then for J2",
        steps: &[
            (Own(1, 3), &[3]),
            (Own(2, 2), &[3, 2]),
            (Own(3, 1), &[3, 2, 1]),
            (Lock(3, A), &[3, 2, 1]),
            (Lock(2, B), &[3, 2, 1]), // J2 has preempted J3
            (Lock(1, A), &[3, 2, 3]),
            (Unlock(3, A), &[3, 2, 1]),
            (Lock(1, B), &[3, 3, 1]),
            (Unlock(2, B), &[3, 2, 1]),
        ],
    },
    Case {
        source: "Pintos, priority-donate-one: main, acquire1 and acquire2 are threads 1 to 3",
        steps: &[
            (Own(1, 31), &[31]),
            (Lock(1, A), &[31]),
            (Own(2, 32), &[31, 32]),
            (Lock(2, A), &[32, 32]),
            (Own(3, 33), &[32, 32, 33]),
            (Lock(3, A), &[33, 32, 33]),
            (Unlock(1, A), &[31, 32, 33]), // acquire2 has it
            (Unlock(3, A), &[31, 32, 33]), // acquire1 has it
            (Unlock(2, A), &[31, 32, 33]),
        ],
    },
    Case {
        source: "Pintos, priority-donate-nest: main, medium and high are threads 1 to 3",
        steps: &[
            (Own(1, 31), &[31]),
            (Lock(1, A), &[31]),
            (Own(2, 32), &[31, 32]),
            (Lock(2, B), &[31, 32]),
            (Lock(2, A), &[32, 32]),
            (Own(3, 33), &[32, 32, 33]),
            (Lock(3, B), &[33, 33, 33]),
            (Unlock(1, A), &[31, 33, 33]),
            (Unlock(2, A), &[31, 33, 33]),
            (Unlock(2, B), &[31, 32, 33]),
        ],
    },
];

/// The check of the literature.
pub(super) fn check() -> Check<NewAccounts> {
    Check {
        name: "textbook_cases",
        rule: "the cases of the paper and of Pintos have their priorities, step by step",
        part: Part::Textbook,
        run: Box::new(|subject| CASES.iter().try_for_each(|case| holds(case, *subject))),
        step: None,
    }
}

/// Whether the accounts say of each step what the source says.
fn holds(case: &Case, new: NewAccounts) -> Result<(), Complaint> {
    let named = |mut complaint: Complaint| {
        complaint.tried = format!("{}\n{}", case.source, complaint.tried);
        complaint
    };
    let calls: Vec<Call> = case.steps.iter().map(|(call, _)| *call).collect();
    let run = || {
        let mut accounts = new();
        let after = |(call, due): &(Call, &[i32])| {
            call.make(accounts.as_mut());
            let threads = (1..).zip(*due);
            let priorities = threads.map(|(thread, _)| accounts.priority(thread));
            priorities.collect::<Vec<i32>>()
        };
        case.steps.iter().map(after).collect::<Vec<_>>()
    };
    let found = caught(run);
    let differs = match &found {
        Ok(found) => case
            .steps
            .iter()
            .zip(found)
            .find(|((_, due), found)| found != due),
        Err(_) => None,
    };
    let Some(((call, due), found)) = differs else {
        // Who gets a mutex, and a panic, are told by the model's comparison.
        return compare(&calls, new).map_err(named);
    };
    Err(named(Complaint {
        tried: format!("... {call}"),
        expected: format!("threads 1, 2, ... are scheduled by {due:?}"),
        happened: format!("they are scheduled by {found:?}"),
        ..Complaint::default()
    }))
}
