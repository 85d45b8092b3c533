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

use exercises::judge;
use exercises::scenario::NewPolicy;
use std::process::ExitCode;

/// The name and the policy of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), (|quantum| Box::new($file::RoundRobin::new(quantum))) as NewPolicy),)*
            $((
                concat!("mistakes/", stringify!($mistake)),
                (|quantum| Box::new(mistakes::$mistake::RoundRobin::new(quantum))) as NewPolicy,
            ),)*
        ]
    };
}

fn main() -> ExitCode {
    let candidates = candidates![
        solution,
        skeleton;
        expired_to_head,
        keeps_blocked,
        last_come_first,
        loses_yielded,
        newcomer_preempts,
        no_quantum,
        pick_leaves_it_stored,
        quantum_not_restarted,
        woken_to_head
    ];
    judge::main("round_robin_author", &checks::checks(), &candidates)
}
