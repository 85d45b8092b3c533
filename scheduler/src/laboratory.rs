//! The laboratory: a thread is preempted after exactly so many instructions.
//!
//! A quantum ends at an instruction that nobody chose. Here somebody does: the
//! processor is told to stop after each, the instructions are counted, and after
//! the one that was asked for the thread loses its CPU as if its quantum were
//! over. So what happens by chance elsewhere happens at will, and again.
//!
//! ```no_run
//! use scheduler::policy::FirstComeFirstServed;
//! use scheduler::{Preemption, Scheduler, laboratory};
//! use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
//!
//! static COUNTER: AtomicU32 = AtomicU32::new(0);
//!
//! fn increment() {
//!     COUNTER.store(COUNTER.load(Relaxed) + 1, Relaxed);
//! }
//!
//! let policy = FirstComeFirstServed::new();
//! Scheduler::new(Preemption::Signal, policy).run(|| {
//!     for instructions in 0..20 {
//!         COUNTER.store(0, Relaxed);
//!         laboratory::interrupt(instructions, increment, increment)?;
//!         println!("{instructions}: {}", COUNTER.load(Relaxed));
//!     }
//!     Ok::<(), laboratory::Unavailable>(())
//! });
//! ```
//!
//! The program beside this crate, `examples/laboratory.rs`, prints the table: each
//! instruction's bytes, its line, and what came of a stop before it. `cargo run --
//! laboratory` draws it.
//!
//! Invariants: (1) what counts is the function that is given and what it calls,
//! from its first instruction to its return; (2) the same program, function and
//! number give the same instruction; (3) where the C library blocks all signals or
//! begins a process (`thread::spawn`, `abort`, `Command`), a trap would end the
//! process: there counting ends, and the answer says so.
//!
//! Left out: every system but Linux on x86-64, whose processor has the flag that
//! this needs; there each call returns [`Unavailable::System`].
//!
//! Book: chapter 13. Mirror: none: between two `.await`s nothing interrupts a task.

use crate::builder::Builder;
use crate::checkpoint::yield_now;
use crate::control::current;
use crate::preempt::image;
use crate::preempt::stepping::{self, Freeze, Walked};
use crate::preempt::symbols::Symbols;
use crate::scheduler::Preemption;
use std::cell::LazyCell;
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{error, fmt};

/// So many instructions of a walk are remembered.
const ROOM: usize = 10_000;

/// An instruction of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Its distance from the start of the program: the same in every run.
    pub address: usize,
    /// The bytes of it, and some of the next; none outside of the program's own
    /// code.
    pub code: Vec<u8>,
    /// The function that it belongs to, if that is known.
    pub function: Option<String>,
    /// Its line, as `file:line`, if that is known.
    pub at: Option<String>,
}

/// A function's way, instruction by instruction.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The instructions in the order in which they came, the first 10,000.
    pub path: Vec<Instruction>,
    /// How many there were.
    pub instructions: usize,
    /// Where counting ended early, if it did: invariant (3) of the module.
    pub fenced_at: Option<Instruction>,
}

/// How an experiment ended.
#[derive(Clone, Debug)]
pub struct Interruption {
    /// Before which instruction the thread lost its CPU; None if the function was
    /// over before, or counting ended.
    pub at: Option<Instruction>,
    /// How many it had executed then.
    pub instructions: usize,
    /// Where counting ended early, if it did: invariant (3) of the module.
    pub fenced_at: Option<Instruction>,
}

/// Why there is no laboratory here.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unavailable {
    /// It needs Linux on x86-64.
    System,
    /// Only a thread that a scheduler runs in [`Preemption::Signal`], outside
    /// [`blocking`](crate::blocking()), can be preempted between two instructions.
    Mode,
    /// A debugger or tracer is attached: it takes the traps.
    Debugged,
    /// The operating system refused, or the program handles SIGTRAP itself.
    Refused(io::Error),
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the laboratory is closed: ")?;
        match self {
            Unavailable::System => f.write_str(
                "it needs Linux on x86-64, whose processor stops after every instruction; \
                 `Preemption::Checkpoint` works everywhere",
            ),
            Unavailable::Mode => f.write_str(
                "call it in a thread that a scheduler runs in `Preemption::Signal`, \
                 outside `blocking`",
            ),
            Unavailable::Debugged => {
                f.write_str("a debugger is attached, and takes the traps: run without it")
            }
            Unavailable::Refused(error) => write!(f, "{error}"),
        }
    }
}

impl error::Error for Unavailable {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Unavailable::Refused(error) => Some(error),
            _ => None,
        }
    }
}

/// Calls `subject` and notes each of its instructions. Any thread may call this;
/// nobody is preempted by it.
///
/// # Errors
///
/// See [`Unavailable`].
///
/// # Panics
///
/// If `subject` does.
pub fn walk(subject: fn()) -> Result<Walk, Unavailable> {
    let walked = take(subject, None, ROOM)?;
    Ok(Walk {
        path: walked.path.iter().copied().map(instruction).collect(),
        instructions: walked.executed,
        fenced_at: walked.fenced_at.map(instruction),
    })
}

/// Calls `subject`, takes the CPU from the calling thread after so many
/// instructions of it, gives it to a new thread that calls `other`, and then lets
/// `subject` go on. If `subject` is over before, `other` is called after it.
///
/// The scheduler must have one CPU and a policy that lets a thread run until it
/// stops by itself, as [`FirstComeFirstServed`](crate::policy::FirstComeFirstServed)
/// does. Else a quantum may end too, and other threads run beside.
///
/// # Errors
///
/// See [`Unavailable`]. Then neither was called.
///
/// # Panics
///
/// If `subject` or `other` does.
#[track_caller]
pub fn interrupt(
    instructions: usize,
    subject: fn(),
    other: fn(),
) -> Result<Interruption, Unavailable> {
    check()?;
    if !current().is_some_and(|thread| thread.run.mode == Preemption::Signal) {
        return Err(Unavailable::Mode);
    }
    // careful: it must be in the run queue when the other is preempted. Woken only
    // now, it could come behind. So it waits there, offering its CPU.
    let frozen = Arc::new(AtomicBool::new(false));
    let begins = Arc::clone(&frozen);
    let rival = Builder::new().name("other").spawn(move || {
        while !begins.load(Ordering::Acquire) {
            yield_now();
        }
        other();
    });
    // careful: told by the walk when it freezes. Told before, it could begin too early:
    // a busy machine can take this thread for one that waits, and give its CPU away.
    let freeze = Freeze {
        after: instructions,
        told: &frozen,
    };
    let walked = {
        let _at_last = Sets(&frozen); // if it was over before, or panics
        take(subject, Some(freeze), 0)
    };
    if let Err(panic) = rival.join() {
        resume_unwind(panic);
    }
    let walked = walked?;
    Ok(Interruption {
        at: walked.preempted_at.map(instruction),
        instructions: walked.executed,
        fenced_at: walked.fenced_at.map(instruction),
    })
}

/// Sets an atomic when it is dropped.
struct Sets<'a>(&'a AtomicBool);

impl Drop for Sets<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Walks, if that can be.
fn take(subject: fn(), freeze: Option<Freeze<'_>>, room: usize) -> Result<Walked, Unavailable> {
    check()?;
    image::look(); // what addresses are relative to
    let walked = stepping::walk(subject, freeze, room);
    let mut walked = walked.map_err(Unavailable::Refused)?;
    match std::mem::replace(&mut walked.result, Ok(())) {
        Ok(()) => Ok(walked),
        Err(panic) => resume_unwind(panic),
    }
}

/// Whether there can be a laboratory.
fn check() -> Result<(), Unavailable> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Err(Unavailable::System);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status
        .lines()
        .find_map(|line| line.strip_prefix("TracerPid:"));
    if tracer.is_some_and(|tracer| tracer.trim() != "0") {
        return Err(Unavailable::Debugged);
    }
    Ok(())
}

thread_local! {
    /// The program's debug information, read at its first use.
    static SYMBOLS: LazyCell<Option<Symbols>> = const { LazyCell::new(Symbols::load) };
}

/// What is known of the instruction at `address`.
fn instruction(address: usize) -> Instruction {
    let relative = image::relative(address);
    let resolve = |symbols: &Symbols| symbols.resolve(relative);
    let place = SYMBOLS.with(|symbols| symbols.as_ref().and_then(resolve));
    Instruction {
        address: relative,
        code: stepping::code(address).to_vec(),
        at: place
            .as_ref()
            .map(|place| format!("{}:{}", place.file, place.line)),
        function: place.map(|place| place.function),
    }
}
