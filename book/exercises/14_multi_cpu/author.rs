//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/balances_at_every_stop.rs"]
    pub(crate) mod balances_at_every_stop;
    #[path = "mistakes/balances_for_ever_after.rs"]
    pub(crate) mod balances_for_ever_after;
    #[path = "mistakes/balances_the_pinned.rs"]
    pub(crate) mod balances_the_pinned;
    #[path = "mistakes/forgets_who_runs.rs"]
    pub(crate) mod forgets_who_runs;
    #[path = "mistakes/head_is_pinned_gives_up.rs"]
    pub(crate) mod head_is_pinned_gives_up;
    #[path = "mistakes/ignores_affinity.rs"]
    pub(crate) mod ignores_affinity;
    #[path = "mistakes/interval_from_the_move.rs"]
    pub(crate) mod interval_from_the_move;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/loses_expired.rs"]
    pub(crate) mod loses_expired;
    #[path = "mistakes/never_balances.rs"]
    pub(crate) mod never_balances;
    #[path = "mistakes/never_steals.rs"]
    pub(crate) mod never_steals;
    #[path = "mistakes/newcomers_to_cpu_0.rs"]
    pub(crate) mod newcomers_to_cpu_0;
    #[path = "mistakes/no_quantum.rs"]
    pub(crate) mod no_quantum;
    #[path = "mistakes/one_queue_for_all.rs"]
    pub(crate) mod one_queue_for_all;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/steals_from_the_first.rs"]
    pub(crate) mod steals_from_the_first;
    #[path = "mistakes/steals_from_the_lower_of_equals.rs"]
    pub(crate) mod steals_from_the_lower_of_equals;
    #[path = "mistakes/steals_the_pinned.rs"]
    pub(crate) mod steals_the_pinned;
    #[path = "mistakes/steals_the_tail.rs"]
    pub(crate) mod steals_the_tail;
    #[path = "mistakes/stolen_goes_back.rs"]
    pub(crate) mod stolen_goes_back;
    #[path = "mistakes/stopped_to_head.rs"]
    pub(crate) mod stopped_to_head;
    #[path = "mistakes/woken_is_placed_anew.rs"]
    pub(crate) mod woken_is_placed_anew;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        MultiCpu,
        |given| (given.cpus, given.quantum, given.period_or(10)),
        [
            balances_at_every_stop,
            balances_for_ever_after,
            balances_the_pinned,
            forgets_who_runs,
            head_is_pinned_gives_up,
            ignores_affinity,
            interval_from_the_move,
            keeps_blocked,
            loses_expired,
            never_balances,
            never_steals,
            newcomers_to_cpu_0,
            no_quantum,
            one_queue_for_all,
            pick_leaves_it_stored,
            steals_from_the_first,
            steals_from_the_lower_of_equals,
            steals_the_pinned,
            steals_the_tail,
            stolen_goes_back,
            stopped_to_head,
            woken_is_placed_anew,
        ]
    );
    policies::main("multi_cpu_author", &checks::checks(), &candidates)
}
