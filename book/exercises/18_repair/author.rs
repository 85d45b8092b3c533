//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/adds_to_what_it_saw.rs"]
    pub(crate) mod adds_to_what_it_saw;
    #[path = "mistakes/locks_as_it_is_called.rs"]
    pub(crate) mod locks_as_it_is_called;
    #[path = "mistakes/locks_itself_out.rs"]
    pub(crate) mod locks_itself_out;
    #[path = "mistakes/looks_then_takes.rs"]
    pub(crate) mod looks_then_takes;
    #[path = "mistakes/one_lock_for_all.rs"]
    pub(crate) mod one_lock_for_all;
    #[path = "mistakes/refuses_too_late.rs"]
    pub(crate) mod refuses_too_late;
    #[path = "mistakes/totals_one_by_one.rs"]
    pub(crate) mod totals_one_by_one;
    #[path = "mistakes/transfer_wakes_nobody.rs"]
    pub(crate) mod transfer_wakes_nobody;
    #[path = "mistakes/transfers_in_two_steps.rs"]
    pub(crate) mod transfers_in_two_steps;
    #[path = "mistakes/waits_once.rs"]
    pub(crate) mod waits_once;
    #[path = "mistakes/wakes_one.rs"]
    pub(crate) mod wakes_one;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the bank of each file.
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
        adds_to_what_it_saw,
        locks_as_it_is_called,
        locks_itself_out,
        looks_then_takes,
        one_lock_for_all,
        transfers_in_two_steps,
        refuses_too_late,
        totals_one_by_one,
        transfer_wakes_nobody,
        waits_once,
        wakes_one
    ];
    judge::main("repair_author", &checks::checks(), &candidates)
}
