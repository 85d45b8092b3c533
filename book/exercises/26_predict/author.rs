//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/alone_is_divided.rs"]
    pub(crate) mod alone_is_divided;
    #[path = "mistakes/as_many_as_cores.rs"]
    pub(crate) mod as_many_as_cores;
    #[path = "mistakes/cores_do_not_matter.rs"]
    pub(crate) mod cores_do_not_matter;
    #[path = "mistakes/idle_workers_help.rs"]
    pub(crate) mod idle_workers_help;
    #[path = "mistakes/jobs_in_pieces.rs"]
    pub(crate) mod jobs_in_pieces;
    #[path = "mistakes/messages_are_divided.rs"]
    pub(crate) mod messages_are_divided;
    #[path = "mistakes/shares_and_cores_add_up.rs"]
    pub(crate) mod shares_and_cores_add_up;
    #[path = "mistakes/waiting_takes_a_core.rs"]
    pub(crate) mod waiting_takes_a_core;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the predictions of each file.
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
        alone_is_divided,
        as_many_as_cores,
        cores_do_not_matter,
        idle_workers_help,
        jobs_in_pieces,
        messages_are_divided,
        shares_and_cores_add_up,
        waiting_takes_a_core
    ];
    judge::main("predict_author", &checks::checks(), &candidates)
}
