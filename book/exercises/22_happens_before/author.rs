//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/accesses_order.rs"]
    pub(crate) mod accesses_order;
    #[path = "mistakes/acquire_tells.rs"]
    pub(crate) mod acquire_tells;
    #[path = "mistakes/acquires_from_all.rs"]
    pub(crate) mod acquires_from_all;
    #[path = "mistakes/forgets_join.rs"]
    pub(crate) mod forgets_join;
    #[path = "mistakes/forgets_spawn.rs"]
    pub(crate) mod forgets_spawn;
    #[path = "mistakes/goes_on_unseen.rs"]
    pub(crate) mod goes_on_unseen;
    #[path = "mistakes/goes_on_unseen_after_a_release.rs"]
    pub(crate) mod goes_on_unseen_after_a_release;
    #[path = "mistakes/last_release_counts.rs"]
    pub(crate) mod last_release_counts;
    #[path = "mistakes/learns_of_one_thread.rs"]
    pub(crate) mod learns_of_one_thread;
    #[path = "mistakes/loads_are_forgotten.rs"]
    pub(crate) mod loads_are_forgotten;
    #[path = "mistakes/loads_conflict.rs"]
    pub(crate) mod loads_conflict;
    #[path = "mistakes/looks_at_locks_held.rs"]
    pub(crate) mod looks_at_locks_held;
    #[path = "mistakes/remembers_one_access.rs"]
    pub(crate) mod remembers_one_access;
}
mod skeleton;
mod solution;

use checks::Checker;
use exercises::judge;
use std::process::ExitCode;

/// The name and the checker of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), $file::races as Checker),)*
            $((concat!("mistakes/", stringify!($mistake)), mistakes::$mistake::races as Checker),)*
        ]
    };
}

fn main() -> ExitCode {
    let candidates = candidates![
        solution,
        skeleton;
        accesses_order,
        acquire_tells,
        acquires_from_all,
        forgets_join,
        forgets_spawn,
        goes_on_unseen,
        goes_on_unseen_after_a_release,
        last_release_counts,
        learns_of_one_thread,
        loads_are_forgotten,
        loads_conflict,
        looks_at_locks_held,
        remembers_one_access
    ];
    judge::main("happens_before_author", &checks::checks(), &candidates)
}
