//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/furthest_runs.rs"]
    pub(crate) mod furthest_runs;
    #[path = "mistakes/ignores_tickets.rs"]
    pub(crate) mod ignores_tickets;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/longest_waiting_first.rs"]
    pub(crate) mod longest_waiting_first;
    #[path = "mistakes/loses_yielded.rs"]
    pub(crate) mod loses_yielded;
    #[path = "mistakes/newcomer_starts_at_zero.rs"]
    pub(crate) mod newcomer_starts_at_zero;
    #[path = "mistakes/no_quantum.rs"]
    pub(crate) mod no_quantum;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/sleep_forgets_the_way.rs"]
    pub(crate) mod sleep_forgets_the_way;
    #[path = "mistakes/sleeper_catches_up.rs"]
    pub(crate) mod sleeper_catches_up;
    #[path = "mistakes/tickets_upside_down.rs"]
    pub(crate) mod tickets_upside_down;
    #[path = "mistakes/whole_stride_for_a_part.rs"]
    pub(crate) mod whole_stride_for_a_part;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        Stride,
        |given| (given.quantum),
        [
            furthest_runs,
            ignores_tickets,
            keeps_blocked,
            longest_waiting_first,
            loses_yielded,
            newcomer_starts_at_zero,
            no_quantum,
            pick_leaves_it_stored,
            sleep_forgets_the_way,
            sleeper_catches_up,
            tickets_upside_down,
            whole_stride_for_a_part,
        ]
    );
    policies::main("stride_author", &checks::checks(), &candidates)
}
