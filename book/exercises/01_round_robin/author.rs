//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/expired_to_head.rs"]
    pub(crate) mod expired_to_head;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/last_come_first.rs"]
    pub(crate) mod last_come_first;
    #[path = "mistakes/loses_yielded.rs"]
    pub(crate) mod loses_yielded;
    #[path = "mistakes/newcomer_preempts.rs"]
    pub(crate) mod newcomer_preempts;
    #[path = "mistakes/no_quantum.rs"]
    pub(crate) mod no_quantum;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/quantum_not_restarted.rs"]
    pub(crate) mod quantum_not_restarted;
    #[path = "mistakes/woken_to_head.rs"]
    pub(crate) mod woken_to_head;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        RoundRobin,
        |given| (given.quantum),
        [
            expired_to_head,
            keeps_blocked,
            last_come_first,
            loses_yielded,
            newcomer_preempts,
            no_quantum,
            pick_leaves_it_stored,
            quantum_not_restarted,
            woken_to_head,
        ]
    );
    policies::main("round_robin_author", &checks::checks(), &candidates)
}
