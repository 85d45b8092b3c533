//! The standard streams, for tasks: read and written by threads of the pool.
//!
//! A terminal or a pipe lets whoever reads it wait for ever. Here only a thread
//! of the pool waits; whoever gives up leaves it waiting, and what it then gets
//! is there for the next read.
//!
//! Book: chapter 8.

mod input;
mod output;

pub use input::{NextLine, ReadInput, Stdin, stdin};
pub use output::{Stdout, stdout};
