//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/equals_preempt.rs"]
    pub(crate) mod equals_preempt;
    #[path = "mistakes/expired_to_head.rs"]
    pub(crate) mod expired_to_head;
    #[path = "mistakes/forgets_the_preempted.rs"]
    pub(crate) mod forgets_the_preempted;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/keeps_what_it_gained.rs"]
    pub(crate) mod keeps_what_it_gained;
    #[path = "mistakes/last_of_equals.rs"]
    pub(crate) mod last_of_equals;
    #[path = "mistakes/lowest_first.rs"]
    pub(crate) mod lowest_first;
    #[path = "mistakes/never_ages.rs"]
    pub(crate) mod never_ages;
    #[path = "mistakes/no_preemption.rs"]
    pub(crate) mod no_preemption;
    #[path = "mistakes/no_quantum.rs"]
    pub(crate) mod no_quantum;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/preempted_to_tail.rs"]
    pub(crate) mod preempted_to_tail;
    #[path = "mistakes/runner_rises.rs"]
    pub(crate) mod runner_rises;
    #[path = "mistakes/timer_for_nobody.rs"]
    pub(crate) mod timer_for_nobody;
    #[path = "mistakes/timer_put_off.rs"]
    pub(crate) mod timer_put_off;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        PriorityAging,
        |given| (given.quantum, given.period_or(10)),
        [
            equals_preempt,
            expired_to_head,
            forgets_the_preempted,
            keeps_blocked,
            keeps_what_it_gained,
            last_of_equals,
            lowest_first,
            never_ages,
            no_preemption,
            no_quantum,
            pick_leaves_it_stored,
            preempted_to_tail,
            runner_rises,
            timer_for_nobody,
            timer_put_off,
        ]
    );
    policies::main("priority_aging_author", &checks::checks(), &candidates)
}
