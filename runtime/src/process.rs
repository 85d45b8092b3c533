//! Child processes, for tasks. Feature `process`, on Unix.
//!
//! A [`Command`] is that of the standard library; what it starts is a [`Child`],
//! whose end, and whose pipes, are sources like any other.
//!
//! Invariants: (1) nothing here blocks, but for the start of a child; (2) a
//! child that is dropped goes on, unless [`Command::kill_on_drop`] was set, and
//! leaves no zombie: the loop hears of its end and buries it, and what is left
//! when the loop ends is buried by the next start of a child; (3) pipes are
//! closed when they are dropped, and [`Child::wait`] closes the child's input
//! first, so that a child that reads to its end does end.
//!
//! Left out: groups of processes, and terminals.
//!
//! Book: chapter 9. Mirror: `scheduler::process`.

mod child;
mod command;
mod orphans;
mod output;
mod pipe;
mod watch;

pub use child::{Child, Wait};
pub use command::Command;
pub(crate) use orphans::Orphans;
pub use output::Output;
pub use pipe::{ChildInput, ChildOutput};
