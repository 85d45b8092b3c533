//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/all_in_one_batch.rs"]
    pub(crate) mod all_in_one_batch;
    #[path = "mistakes/batch_for_each_job.rs"]
    pub(crate) mod batch_for_each_job;
    #[path = "mistakes/dealt_like_cards.rs"]
    pub(crate) mod dealt_like_cards;
    #[path = "mistakes/neighbours_together.rs"]
    pub(crate) mod neighbours_together;
    #[path = "mistakes/one_after_the_other.rs"]
    pub(crate) mod one_after_the_other;
    #[path = "mistakes/remainder_is_lost.rs"]
    pub(crate) mod remainder_is_lost;
}
mod skeleton;
mod solution;

use exercises::judge;
use scheduler::process;
use std::process::ExitCode;

/// The name and the hybrid of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), checks::subject!($file)),)*
            $((concat!("mistakes/", stringify!($mistake)), checks::subject!(mistakes::$mistake)),)*
        ]
    };
}

fn main() -> ExitCode {
    // A worker process gets no further.
    process::init!(
        solution::worker,
        skeleton::worker,
        mistakes::all_in_one_batch::worker,
        mistakes::batch_for_each_job::worker,
        mistakes::dealt_like_cards::worker,
        mistakes::neighbours_together::worker,
        mistakes::one_after_the_other::worker,
        mistakes::remainder_is_lost::worker
    );
    let candidates = candidates![
        solution,
        skeleton;
        all_in_one_batch,
        batch_for_each_job,
        dealt_like_cards,
        neighbours_together,
        one_after_the_other,
        remainder_is_lost
    ];
    judge::main("hybrid_author", &checks::checks(), &candidates)
}
