//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/enters_and_leaves.rs"]
    pub(crate) mod enters_and_leaves;
    #[path = "mistakes/everybody_is_served.rs"]
    pub(crate) mod everybody_is_served;
    #[path = "mistakes/of_another_program.rs"]
    pub(crate) mod of_another_program;
    #[path = "mistakes/one_preemption_too_many.rs"]
    pub(crate) mod one_preemption_too_many;
    #[path = "mistakes/stops_before_the_end.rs"]
    pub(crate) mod stops_before_the_end;
    #[path = "mistakes/three_are_counted.rs"]
    pub(crate) mod three_are_counted;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the schedules of each file.
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
        enters_and_leaves,
        everybody_is_served,
        of_another_program,
        one_preemption_too_many,
        stops_before_the_end,
        three_are_counted
    ];
    judge::main("find_the_bug_author", &checks::checks(), &candidates)
}
