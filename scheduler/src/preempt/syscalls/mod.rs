//! System calls that nobody announced: the kernel tells us of each.
//!
//! A thread that waits in the kernel keeps its virtual CPU, unless the dispatcher
//! is told; [`blocking`](crate::blocking()) tells it. But a program calls much
//! that blocks without a word: a library's `read`, std's `Mutex`, `sleep`. Linux
//! can hand every system call of a thread back to the program itself (*Syscall
//! User Dispatch*, `prctl(59)`). [`passage`] has the instructions that are
//! exempt, [`dispatch`] the handler, [`table`] which calls may wait, [`emulate`]
//! those that cannot be made in a handler.
//!
//! The thread's *selector*, a byte in its [`Context`](super::context::Context),
//! says at any moment whether its calls are dispatched: only while it holds a
//! CPU. Reading the byte is all that a call costs otherwise.
//!
//! Invariants: (1) dispatching is switched on for scheduled threads alone, by
//! themselves, and off before their context is gone; (2) where the kernel lacks
//! it, or the program handles SIGSYS itself, [`probe`] says so and nothing is
//! changed; (3) a child process and a new thread start without it.
//!
//! Left out: processors other than x86-64, where `polling` does what can be done.
//!
//! Book: chapter 13.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod dispatch;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod emulate;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod faults;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod passage;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod switch;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod table;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(super) use switch::{call, install_action};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) use switch::{disable, enable, name, probe};

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod elsewhere;
#[cfg(all(target_os = "linux", not(target_arch = "x86_64")))]
pub(super) use elsewhere::{call, install_action};
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub(crate) use elsewhere::{disable, enable, name, probe};

/// The selector of a thread whose calls the kernel makes.
pub(super) const ALLOW: u8 = 0;
/// The selector of a thread whose calls come to us.
pub(super) const DISPATCH: u8 = 1;
