//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/always_calls.rs"]
    pub(crate) mod always_calls;
    #[path = "mistakes/forgets_that_others_wait.rs"]
    pub(crate) mod forgets_that_others_wait;
    #[path = "mistakes/locks_relaxed.rs"]
    pub(crate) mod locks_relaxed;
    #[path = "mistakes/looks_before_it_enters.rs"]
    pub(crate) mod looks_before_it_enters;
    #[path = "mistakes/parks_without_a_look.rs"]
    pub(crate) mod parks_without_a_look;
    #[path = "mistakes/spins.rs"]
    pub(crate) mod spins;
    #[path = "mistakes/stays_in_the_room.rs"]
    pub(crate) mod stays_in_the_room;
    #[path = "mistakes/takes_in_two_steps.rs"]
    pub(crate) mod takes_in_two_steps;
    #[path = "mistakes/unlocks_relaxed.rs"]
    pub(crate) mod unlocks_relaxed;
    #[path = "mistakes/waits_relaxed.rs"]
    pub(crate) mod waits_relaxed;
    #[path = "mistakes/wakes_before_it_unlocks.rs"]
    pub(crate) mod wakes_before_it_unlocks;
    #[path = "mistakes/wakes_nobody.rs"]
    pub(crate) mod wakes_nobody;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the subject of each file.
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
        always_calls,
        forgets_that_others_wait,
        locks_relaxed,
        looks_before_it_enters,
        parks_without_a_look,
        spins,
        stays_in_the_room,
        takes_in_two_steps,
        unlocks_relaxed,
        waits_relaxed,
        wakes_before_it_unlocks,
        wakes_nobody
    ];
    judge::main("lock_author", &checks::checks(), &candidates)
}
