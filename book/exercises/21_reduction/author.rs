//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/everybody_wakes.rs"]
    pub(crate) mod everybody_wakes;
    #[path = "mistakes/looks_at_the_step_after.rs"]
    pub(crate) mod looks_at_the_step_after;
    #[path = "mistakes/nobody_sleeps.rs"]
    pub(crate) mod nobody_sleeps;
    #[path = "mistakes/nobody_wakes.rs"]
    pub(crate) mod nobody_wakes;
    #[path = "mistakes/only_the_same_wakes.rs"]
    pub(crate) mod only_the_same_wakes;
    #[path = "mistakes/sleep_is_forgotten.rs"]
    pub(crate) mod sleep_is_forgotten;
    #[path = "mistakes/sleeps_before_it_is_tried.rs"]
    pub(crate) mod sleeps_before_it_is_tried;
}
mod skeleton;
mod solution;

use checks::Reduction;
use exercises::judge;
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates: [(&str, Reduction); 9] = [
        ("solution", solution::explore),
        ("skeleton", skeleton::explore),
        (
            "mistakes/everybody_wakes",
            mistakes::everybody_wakes::explore,
        ),
        (
            "mistakes/looks_at_the_step_after",
            mistakes::looks_at_the_step_after::explore,
        ),
        ("mistakes/nobody_sleeps", mistakes::nobody_sleeps::explore),
        ("mistakes/nobody_wakes", mistakes::nobody_wakes::explore),
        (
            "mistakes/only_the_same_wakes",
            mistakes::only_the_same_wakes::explore,
        ),
        (
            "mistakes/sleep_is_forgotten",
            mistakes::sleep_is_forgotten::explore,
        ),
        (
            "mistakes/sleeps_before_it_is_tried",
            mistakes::sleeps_before_it_is_tried::explore,
        ),
    ];
    judge::main("reduction_author", &checks::checks(), &candidates)
}
