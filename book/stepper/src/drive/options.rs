//! What `drive` can be asked for.
//!
//! Book: chapter 18.

use crate::command_line::screen_size;
use clap::Args;
use std::ffi::OsString;

/// What to drive, and how far it has been driven already.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Drive {
    /// A puzzle, or a lesson with threads (22, `lost_update`); without one: list the puzzles
    #[arg(value_name = "PUZZLE|LESSON")]
    pub(super) subject: Option<String>,

    /// A program of your own that calls `explore` and `env_logger::init()`
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "subject")]
    pub(super) command: Vec<OsString>,

    /// The search of the lesson whose program is driven, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) of: Option<u32>,

    /// Begin after these moves: the thread that is picked at each choice
    #[arg(long, value_name = "THREAD,..", value_delimiter = ',', num_args = 1)]
    pub(super) moves: Vec<u32>,

    /// Print what happened and who could go next, instead of opening the screen
    #[arg(long)]
    pub(super) plain: bool,

    /// Print one screen of this size as text, and exit
    #[arg(long, value_name = "COLUMNSxROWS", value_parser = screen_size, conflicts_with = "plain")]
    pub(super) screen: Option<(u16, u16)>,

    /// Say, below it, how the goal can still be reached, if it can
    #[arg(long)]
    pub(super) hint: bool,

    /// For authors: search each puzzle, and hold what its page says against that
    #[arg(long, exclusive = true)]
    pub(super) verify: bool,
}
