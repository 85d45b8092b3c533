//! Taking the processor from a thread: the one room with `unsafe` in it.
//!
//! The rest of the crate decides who runs; this room makes it so. Read it in
//! this order:
//!
//! 1. [`context`], [`current`]: what a thread's handler must know, and every
//!    hand-over;
//! 2. [`timer`], [`handler`], [`registers`]: how a quantum ends in the middle of
//!    a statement;
//! 3. [`futex`], [`inbox`], [`vicinity`]: how threads wait, and tell the
//!    dispatcher, on which processor;
//! 4. [`syscalls`], [`polling`]: how it learns of calls that block and that nobody
//!    announced;
//! 5. [`heap`], [`queue`], [`panics`]: how the dispatcher does without anything
//!    that a frozen thread may hold: `malloc`, the logger, stderr;
//! 6. [`sleeps`], [`last_words`], [`forked`]: a process that cannot go on, and
//!    processes made by `fork`; [`stepping`]: a thread is stopped
//!    after exactly so many instructions;
//! 7. `region`: memory that several processes share;
//! 8. [`affinity`], [`image`], [`unwind`], [`callers`], [`symbols`], [`clock`]:
//!    processors, addresses, callers, lines, instants.
//!
//! Invariants: (1) all that the room shows is safe to call, whatever the
//! caller does; (2) no other file of the crate contains `unsafe`; (3) a thread
//! may be frozen at any instruction, so a dispatcher's thread never waits for
//! what another thread holds; (4) what the handler calls neither locks nor
//! allocates.
//!
//! Left out: signals outside Linux, where only
//! `Preemption::Checkpoint` and `Never` work.
//!
//! Book: chapter 13. Mirror: none: nothing can take the processor from a task.

pub(crate) mod callers;
pub(crate) mod clock;
pub(crate) mod context;
pub(crate) mod current;
pub(crate) mod forked;
pub(crate) mod futex;
pub(crate) mod heap;
pub(crate) mod inbox;
pub(crate) mod last_words;
pub(crate) mod panics;
pub(crate) mod polling;
pub(crate) mod queue;
#[cfg(all(feature = "process", target_os = "linux"))]
pub(crate) mod region;
pub(crate) mod sleeps;
pub(crate) mod stepping;
pub(crate) mod symbols;
pub(crate) mod syscalls;
pub(crate) mod vicinity;

#[cfg(target_os = "linux")]
pub(crate) mod affinity;
#[cfg(target_os = "linux")]
pub(crate) mod handler;
#[cfg(target_os = "linux")]
pub(crate) mod image;
#[cfg(target_os = "linux")]
mod registers;
#[cfg(target_os = "linux")]
pub(crate) mod timer;
#[cfg(target_os = "linux")]
mod unwind;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
use elsewhere::unwind;
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{affinity, handler, image, timer};

pub(crate) use current::Guard;
