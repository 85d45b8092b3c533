//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/all_at_once.rs"]
    pub(crate) mod all_at_once;
    #[path = "mistakes/as_they_come.rs"]
    pub(crate) mod as_they_come;
    #[path = "mistakes/blocks_in_a_task.rs"]
    pub(crate) mod blocks_in_a_task;
    #[path = "mistakes/joins_at_once.rs"]
    pub(crate) mod joins_at_once;
    #[path = "mistakes/one_page_after_the_other.rs"]
    pub(crate) mod one_page_after_the_other;
    #[path = "mistakes/waits_for_a_thread.rs"]
    pub(crate) mod waits_for_a_thread;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the program of each file.
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
        all_at_once,
        as_they_come,
        blocks_in_a_task,
        joins_at_once,
        one_page_after_the_other,
        waits_for_a_thread
    ];
    judge::main("wrong_model_author", &checks::checks(), &candidates)
}
