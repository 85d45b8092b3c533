//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/counts_once.rs"]
    pub(crate) mod counts_once;
    #[path = "mistakes/every_other_turn.rs"]
    pub(crate) mod every_other_turn;
    #[path = "mistakes/no_deadlock.rs"]
    pub(crate) mod no_deadlock;
    #[path = "mistakes/one_machine_for_all.rs"]
    pub(crate) mod one_machine_for_all;
    #[path = "mistakes/one_thread_only.rs"]
    pub(crate) mod one_thread_only;
    #[path = "mistakes/steps_who_waits.rs"]
    pub(crate) mod steps_who_waits;
    #[path = "mistakes/until_it_waits.rs"]
    pub(crate) mod until_it_waits;
}
mod skeleton;
mod solution;

use checks::Explorer;
use exercises::judge;
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates: [(&str, Explorer); 9] = [
        ("solution", solution::explore),
        ("skeleton", skeleton::explore),
        ("mistakes/counts_once", mistakes::counts_once::explore),
        (
            "mistakes/every_other_turn",
            mistakes::every_other_turn::explore,
        ),
        ("mistakes/no_deadlock", mistakes::no_deadlock::explore),
        (
            "mistakes/one_machine_for_all",
            mistakes::one_machine_for_all::explore,
        ),
        (
            "mistakes/one_thread_only",
            mistakes::one_thread_only::explore,
        ),
        (
            "mistakes/steps_who_waits",
            mistakes::steps_who_waits::explore,
        ),
        ("mistakes/until_it_waits", mistakes::until_it_waits::explore),
    ];
    judge::main("explorer_author", &checks::checks(), &candidates)
}
