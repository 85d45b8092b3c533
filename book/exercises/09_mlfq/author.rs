//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/blocking_renews.rs"]
    pub(crate) mod blocking_renews;
    #[path = "mistakes/boost_forgets_the_blocked.rs"]
    pub(crate) mod boost_forgets_the_blocked;
    #[path = "mistakes/boost_keeps_what_was_used.rs"]
    pub(crate) mod boost_keeps_what_was_used;
    #[path = "mistakes/enters_at_the_bottom.rs"]
    pub(crate) mod enters_at_the_bottom;
    #[path = "mistakes/equals_preempt.rs"]
    pub(crate) mod equals_preempt;
    #[path = "mistakes/expired_to_head.rs"]
    pub(crate) mod expired_to_head;
    #[path = "mistakes/falls_off_the_lowest.rs"]
    pub(crate) mod falls_off_the_lowest;
    #[path = "mistakes/highest_boosted_first.rs"]
    pub(crate) mod highest_boosted_first;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/never_boosts.rs"]
    pub(crate) mod never_boosts;
    #[path = "mistakes/never_sinks.rs"]
    pub(crate) mod never_sinks;
    #[path = "mistakes/no_preemption.rs"]
    pub(crate) mod no_preemption;
    #[path = "mistakes/preempted_to_tail.rs"]
    pub(crate) mod preempted_to_tail;
    #[path = "mistakes/same_quantum_everywhere.rs"]
    pub(crate) mod same_quantum_everywhere;
    #[path = "mistakes/sinks_at_once.rs"]
    pub(crate) mod sinks_at_once;
    #[path = "mistakes/whole_quantum_every_time.rs"]
    pub(crate) mod whole_quantum_every_time;
    #[path = "mistakes/woken_at_the_top.rs"]
    pub(crate) mod woken_at_the_top;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        Mlfq,
        |given| (given.quantum, given.period_or(50)),
        [
            blocking_renews,
            boost_forgets_the_blocked,
            boost_keeps_what_was_used,
            enters_at_the_bottom,
            equals_preempt,
            expired_to_head,
            falls_off_the_lowest,
            highest_boosted_first,
            keeps_blocked,
            never_boosts,
            never_sinks,
            no_preemption,
            preempted_to_tail,
            same_quantum_everywhere,
            sinks_at_once,
            whole_quantum_every_time,
            woken_at_the_top,
        ]
    );
    policies::main("mlfq_author", &checks::checks(), &candidates)
}
