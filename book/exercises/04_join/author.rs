//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/drops_a_result.rs"]
    pub(crate) mod drops_a_result;
    #[path = "mistakes/keeps_the_first_waker.rs"]
    pub(crate) mod keeps_the_first_waker;
    #[path = "mistakes/keeps_what_is_over.rs"]
    pub(crate) mod keeps_what_is_over;
    #[path = "mistakes/one_after_the_other.rs"]
    pub(crate) mod one_after_the_other;
    #[path = "mistakes/polls_a_finished_one.rs"]
    pub(crate) mod polls_a_finished_one;
    #[path = "mistakes/waits_for_both_at_once.rs"]
    pub(crate) mod waits_for_both_at_once;
    #[path = "mistakes/waker_of_nobody.rs"]
    pub(crate) mod waker_of_nobody;
    #[path = "mistakes/wakes_itself.rs"]
    pub(crate) mod wakes_itself;
}
mod skeleton;
mod solution;

use checks::NewJoin;
use exercises::judge;
use std::process::ExitCode;

/// The name and the join of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), (|a, b| Box::pin($file::join(a, b))) as NewJoin),)*
            $((
                concat!("mistakes/", stringify!($mistake)),
                (|a, b| Box::pin(mistakes::$mistake::join(a, b))) as NewJoin,
            ),)*
        ]
    };
}

fn main() -> ExitCode {
    let candidates = candidates![
        solution,
        skeleton;
        drops_a_result,
        keeps_the_first_waker,
        keeps_what_is_over,
        one_after_the_other,
        polls_a_finished_one,
        waits_for_both_at_once,
        waker_of_nobody,
        wakes_itself
    ];
    judge::main("join_author", &checks::checks(), &candidates)
}
