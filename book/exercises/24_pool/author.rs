//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/as_many_as_allowed.rs"]
    pub(crate) mod as_many_as_allowed;
    #[path = "mistakes/as_they_come.rs"]
    pub(crate) mod as_they_come;
    #[path = "mistakes/crash_ends_it_all.rs"]
    pub(crate) mod crash_ends_it_all;
    #[path = "mistakes/crash_loses_the_worker.rs"]
    pub(crate) mod crash_loses_the_worker;
    #[path = "mistakes/divided_beforehand.rs"]
    pub(crate) mod divided_beforehand;
    #[path = "mistakes/leaves_them_behind.rs"]
    pub(crate) mod leaves_them_behind;
    #[path = "mistakes/one_after_the_other.rs"]
    pub(crate) mod one_after_the_other;
    #[path = "mistakes/returns_too_early.rs"]
    pub(crate) mod returns_too_early;
    #[path = "mistakes/tries_again.rs"]
    pub(crate) mod tries_again;
}
mod skeleton;
mod solution;

use checks::Map;
use exercises::judge;
use exercises::workers;
use std::process::ExitCode;

/// The name and the pool of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), $file::map as Map),)*
            $((concat!("mistakes/", stringify!($mistake)), mistakes::$mistake::map),)*
        ]
    };
}

fn main() -> ExitCode {
    workers::begin(); // a worker process gets no further
    let candidates = candidates![
        solution,
        skeleton;
        as_many_as_allowed,
        as_they_come,
        crash_ends_it_all,
        crash_loses_the_worker,
        divided_beforehand,
        leaves_them_behind,
        one_after_the_other,
        returns_too_early,
        tries_again
    ];
    judge::main("pool_author", &checks::checks(), &candidates)
}
