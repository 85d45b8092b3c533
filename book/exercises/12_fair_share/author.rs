//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/blocked_still_share.rs"]
    pub(crate) mod blocked_still_share;
    #[path = "mistakes/clock_stands_still_while_running.rs"]
    pub(crate) mod clock_stands_still_while_running;
    #[path = "mistakes/counts_only_who_waits.rs"]
    pub(crate) mod counts_only_who_waits;
    #[path = "mistakes/every_newcomer_preempts.rs"]
    pub(crate) mod every_newcomer_preempts;
    #[path = "mistakes/furthest_ahead_runs.rs"]
    pub(crate) mod furthest_ahead_runs;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/longest_waiting_first.rs"]
    pub(crate) mod longest_waiting_first;
    #[path = "mistakes/loses_yielded.rs"]
    pub(crate) mod loses_yielded;
    #[path = "mistakes/newcomer_starts_at_zero.rs"]
    pub(crate) mod newcomer_starts_at_zero;
    #[path = "mistakes/no_preemption.rs"]
    pub(crate) mod no_preemption;
    #[path = "mistakes/no_quantum.rs"]
    pub(crate) mod no_quantum;
    #[path = "mistakes/one_clock_for_all_weights.rs"]
    pub(crate) mod one_clock_for_all_weights;
    #[path = "mistakes/one_quantum_for_all.rs"]
    pub(crate) mod one_quantum_for_all;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/preempts_for_nothing.rs"]
    pub(crate) mod preempts_for_nothing;
    #[path = "mistakes/sleep_sets_the_clock_back.rs"]
    pub(crate) mod sleep_sets_the_clock_back;
    #[path = "mistakes/sleeper_hoards_credit.rs"]
    pub(crate) mod sleeper_hoards_credit;
    #[path = "mistakes/turns_of_equal_length.rs"]
    pub(crate) mod turns_of_equal_length;
    #[path = "mistakes/turns_shorter_than_a_quantum.rs"]
    pub(crate) mod turns_shorter_than_a_quantum;
    #[path = "mistakes/weights_upside_down.rs"]
    pub(crate) mod weights_upside_down;
    #[path = "mistakes/whole_turn_for_a_part.rs"]
    pub(crate) mod whole_turn_for_a_part;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        FairShare,
        |given| (given.quantum),
        [
            blocked_still_share,
            clock_stands_still_while_running,
            counts_only_who_waits,
            every_newcomer_preempts,
            furthest_ahead_runs,
            keeps_blocked,
            longest_waiting_first,
            loses_yielded,
            newcomer_starts_at_zero,
            no_preemption,
            no_quantum,
            one_clock_for_all_weights,
            one_quantum_for_all,
            pick_leaves_it_stored,
            preempts_for_nothing,
            sleep_sets_the_clock_back,
            sleeper_hoards_credit,
            turns_of_equal_length,
            turns_shorter_than_a_quantum,
            weights_upside_down,
            whole_turn_for_a_part,
        ]
    );
    policies::main("fair_share_author", &checks::checks(), &candidates)
}
