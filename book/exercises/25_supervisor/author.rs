//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/crash_is_final.rs"]
    pub(crate) mod crash_is_final;
    #[path = "mistakes/hangs_with_its_worker.rs"]
    pub(crate) mod hangs_with_its_worker;
    #[path = "mistakes/kills_whoever_is_slow.rs"]
    pub(crate) mod kills_whoever_is_slow;
    #[path = "mistakes/last_words_are_not_heard.rs"]
    pub(crate) mod last_words_are_not_heard;
    #[path = "mistakes/leaves_them_behind.rs"]
    pub(crate) mod leaves_them_behind;
    #[path = "mistakes/one_try_too_many.rs"]
    pub(crate) mod one_try_too_many;
    #[path = "mistakes/starts_for_ever.rs"]
    pub(crate) mod starts_for_ever;
    #[path = "mistakes/waits_for_the_slowest.rs"]
    pub(crate) mod waits_for_the_slowest;
}
mod skeleton;
mod solution;

use checks::Supervise;
use exercises::judge;
use exercises::workers;
use std::process::ExitCode;

/// The name and supervisor of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), $file::supervise as Supervise),)*
            $((concat!("mistakes/", stringify!($mistake)), mistakes::$mistake::supervise),)*
        ]
    };
}

fn main() -> ExitCode {
    workers::begin(); // a worker process gets no further
    let candidates = candidates![
        solution,
        skeleton;
        crash_is_final,
        hangs_with_its_worker,
        kills_whoever_is_slow,
        last_words_are_not_heard,
        leaves_them_behind,
        one_try_too_many,
        starts_for_ever,
        waits_for_the_slowest
    ];
    judge::main("supervisor_author", &checks::checks(), &candidates)
}
