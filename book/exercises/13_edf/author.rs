//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/equals_preempt.rs"]
    pub(crate) mod equals_preempt;
    #[path = "mistakes/every_deadline_preempts.rs"]
    pub(crate) mod every_deadline_preempts;
    #[path = "mistakes/ignores_deadlines.rs"]
    pub(crate) mod ignores_deadlines;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/keeps_the_first_deadline.rs"]
    pub(crate) mod keeps_the_first_deadline;
    #[path = "mistakes/late_keeps_the_old_deadline.rs"]
    pub(crate) mod late_keeps_the_old_deadline;
    #[path = "mistakes/latest_deadline_first.rs"]
    pub(crate) mod latest_deadline_first;
    #[path = "mistakes/least_time_allowed_first.rs"]
    pub(crate) mod least_time_allowed_first;
    #[path = "mistakes/longest_waiting_first.rs"]
    pub(crate) mod longest_waiting_first;
    #[path = "mistakes/loses_preempted.rs"]
    pub(crate) mod loses_preempted;
    #[path = "mistakes/loses_yielded.rs"]
    pub(crate) mod loses_yielded;
    #[path = "mistakes/no_preemption.rs"]
    pub(crate) mod no_preemption;
    #[path = "mistakes/none_is_the_earliest.rs"]
    pub(crate) mod none_is_the_earliest;
    #[path = "mistakes/none_keeps_the_cpu.rs"]
    pub(crate) mod none_keeps_the_cpu;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/shortest_period_first.rs"]
    pub(crate) mod shortest_period_first;
    #[path = "mistakes/takes_turns.rs"]
    pub(crate) mod takes_turns;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        Edf,
        |_given| (),
        [
            equals_preempt,
            every_deadline_preempts,
            ignores_deadlines,
            keeps_blocked,
            keeps_the_first_deadline,
            late_keeps_the_old_deadline,
            latest_deadline_first,
            least_time_allowed_first,
            longest_waiting_first,
            loses_preempted,
            loses_yielded,
            no_preemption,
            none_is_the_earliest,
            none_keeps_the_cpu,
            pick_leaves_it_stored,
            shortest_period_first,
            takes_turns,
        ]
    );
    policies::main("edf_author", &checks::checks(), &candidates)
}
