//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/keeps_what_is_over.rs"]
    pub(crate) mod keeps_what_is_over;
    #[path = "mistakes/last_woken_goes_first.rs"]
    pub(crate) mod last_woken_goes_first;
    #[path = "mistakes/parks_without_looking.rs"]
    pub(crate) mod parks_without_looking;
    #[path = "mistakes/polls_after_ready.rs"]
    pub(crate) mod polls_after_ready;
    #[path = "mistakes/polls_all_after_park.rs"]
    pub(crate) mod polls_all_after_park;
    #[path = "mistakes/polls_all_for_one_wake.rs"]
    pub(crate) mod polls_all_for_one_wake;
    #[path = "mistakes/polls_all_in_turn.rs"]
    pub(crate) mod polls_all_in_turn;
    #[path = "mistakes/queues_every_wake.rs"]
    pub(crate) mod queues_every_wake;
    #[path = "mistakes/spins_on_the_queue.rs"]
    pub(crate) mod spins_on_the_queue;
    #[path = "mistakes/stale_waker_wakes_a_newcomer.rs"]
    pub(crate) mod stale_waker_wakes_a_newcomer;
    #[path = "mistakes/wake_does_not_unpark.rs"]
    pub(crate) mod wake_does_not_unpark;
    #[path = "mistakes/wake_in_a_poll_is_ignored.rs"]
    pub(crate) mod wake_in_a_poll_is_ignored;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the executor of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), checks::subject!($file)),)*
            $((concat!("mistakes/", stringify!($mistake)), checks::subject!(mistakes::$mistake)),)*
        ]
    };
}

fn main() -> ExitCode {
    let candidates = candidates![
        solution,
        skeleton;
        keeps_what_is_over,
        last_woken_goes_first,
        parks_without_looking,
        polls_after_ready,
        polls_all_after_park,
        polls_all_for_one_wake,
        polls_all_in_turn,
        queues_every_wake,
        spins_on_the_queue,
        stale_waker_wakes_a_newcomer,
        wake_does_not_unpark,
        wake_in_a_poll_is_ignored
    ];
    judge::main("waker_author", &checks::checks(), &candidates)
}
