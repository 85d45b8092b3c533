//! What every lesson shares: its command line.
//!
//! Lessons are deterministic unless asked for the real thing: tasks run in
//! virtual time, threads move only at checkpoints. `--real` gives the tasks the
//! real clock, and lets the threads be preempted anywhere, by signal.

use clap::Parser;

/// The options that every lesson takes.
#[derive(Debug, Parser)]
struct Options {
    /// Run in real time, and preempt threads by signal, anywhere
    #[arg(long)]
    real: bool,
}

/// Whether the lesson was asked to run for real (`--real`).
///
/// Any other argument ends the program with a message that says what is taken.
pub fn real() -> bool {
    Options::parse().real
}
