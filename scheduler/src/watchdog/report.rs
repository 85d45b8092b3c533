//! What the watchdog says: who, what, for how long, and what to do about it.
//!
//! Invariant: nothing here allocates; numbers and names go into [`Words`].
//!
//! Left out: when to say it.

use super::suspect::Finding;
use super::vigil::waits_for;
use super::watch::{Board, Watch};
use crate::control::Control;
use crate::place::Place;
use crate::policy::ThreadId;
use crate::preempt::handler;
use crate::preempt::last_words::Words;
use crate::scheduler::Preemption;
use crate::supervision::WATCHDOG_STATUS;
use std::fmt::{self, Display, Write};
use std::time::Duration;

/// What was seen of a thread, with the call that it is in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    /// It computes, for so long.
    Computes(Duration),
    /// It waits for a lock.
    Waits(Duration),
    /// It sits in a system call, of this name if that is known.
    Call(Duration, Option<&'static str>),
}

impl Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Seen::Computes(time) => write!(f, "has computed for {time:.1?} of processor time"),
            Seen::Waits(time) => write!(f, "has waited for a lock for {time:.1?}"),
            Seen::Call(time, Some(name)) => {
                write!(f, "has been in the system call `{name}` for {time:.1?}")
            }
            Seen::Call(time, None) => write!(f, "has been in a system call for {time:.1?}"),
        }
    }
}

/// How each message begins.
const BEGIN: &str = "scheduler: watchdog: ";

/// A text put together by `write`, which never fails.
fn words(write: impl FnOnce(&mut Words) -> fmt::Result) -> Words {
    let mut words = Words::new();
    let _ = write(&mut words);
    words
}

/// The policy does not return.
pub(super) fn policy(watch: &Watch, seen: Seen) -> Words {
    words(|words| {
        let (name, callback) = (watch.policy().unwrap_or("of this run"), watch.callback());
        writeln!(
            words,
            "{BEGIN}policy {name} {seen}, in `{callback}`. Until it returns, nobody gets a CPU."
        )?;
        write_board(words, watch)?;
        match seen {
            Seen::Computes(_) => write!(
                words,
                "What to do: look for a loop that does not end in `{callback}`; every call of a \
                 policy returns at once."
            ),
            Seen::Waits(_) => write!(
                words,
                "What to do: print nothing in a policy, and lock nothing in it that threads lock: \
                 who holds the lock may have no CPU, and gets none until the policy returns."
            ),
            Seen::Call(..) => write!(
                words,
                "What to do: if this wait is not meant, take the call out of the policy."
            ),
        }?;
        match seen {
            Seen::Computes(_) | Seen::Waits(_) => write_end(words),
            Seen::Call(..) => writeln!(words),
        }
    })
}

/// The dispatcher waits for a lock.
pub(super) fn dispatcher(watch: &Watch, seen: Seen) -> Words {
    words(|words| {
        writeln!(words, "{BEGIN}the dispatcher {seen}: nobody gets a CPU.")?;
        write_board(words, watch)?;
        write!(
            words,
            "What to do: in Preemption::Checkpoint the trace is logged by those who take the \
             steps. Hold no lock of the logger's, such as stderr's, across a checkpoint."
        )?;
        write_end(words)
    })
}

/// Checkpoint mode: `thread`, which stood `at`, does not come to a checkpoint.
pub(super) fn mover(
    watch: &Watch,
    seen: Seen,
    thread: ThreadId,
    at: Option<Place>,
    for_ever: bool,
) -> Words {
    words(|words| {
        words.write_str(BEGIN)?;
        write_thread(words, watch, thread, at)?;
        writeln!(
            words,
            " {seen} since its last checkpoint. In Preemption::Checkpoint everybody waits for it."
        )?;
        write_board(words, watch)?;
        match seen {
            Seen::Computes(_) => write!(
                words,
                "What to do: call `checkpoint()` in its loop, or choose Preemption::Signal, which \
                 takes the CPU from it anywhere. If it is to compute for so long, set another \
                 limit by `Scheduler::watchdog`."
            ),
            Seen::Waits(_) => write!(
                words,
                "What to do: lock with this crate's `sync`, not with std's. A thread that stands \
                 at a checkpoint may hold the lock. If another OS thread holds it, wait inside \
                 `blocking`."
            ),
            Seen::Call(..) => write!(
                words,
                "What to do: put the call into `blocking`, and the others run meanwhile."
            ),
        }?;
        if for_ever || matches!(seen, Seen::Computes(_)) {
            write_end(words)
        } else {
            writeln!(words)
        }
    })
}

/// `thread` keeps `cpu`, which others want: after its quantum, if it is `overdue`.
pub(super) fn holder(
    watch: &Watch,
    seen: Seen,
    cpu: u32,
    thread: ThreadId,
    overdue: bool,
    deaf: bool,
) -> Words {
    words(|words| {
        words.write_str(BEGIN)?;
        write_thread(words, watch, thread, None)?;
        let others = {
            let board = watch.board();
            let waiting = board.threads.values();
            waiting.filter(|control| waits_for(control, cpu)).count()
        };
        let after = if overdue { " after its quantum" } else { "" };
        write!(
            words,
            " {seen} on CPU {cpu}{after}, while other threads are runnable ({others}): "
        )?;
        match (overdue, deaf) {
            (true, true) => {
                let signal = handler::signal();
                write!(
                    words,
                    "it blocks the signal that preempts ({signal}), so nobody can take the CPU \
                     from it. Let the signal through (pthread_sigmask with SIG_UNBLOCK), or put \
                     what must not be interrupted into `blocking`"
                )
            }
            (true, false) => write!(
                words,
                "the signal that preempts has not stopped it. It may sit in a call that \
                 nothing interrupts; put that into `blocking`"
            ),
            (false, _) if matches!(seen, Seen::Computes(_)) => {
                let why = match watch.mode {
                    Preemption::Never => "nothing takes a CPU away in Preemption::Never",
                    _ => "its pick has no quantum",
                };
                write!(
                    words,
                    "{why}. Let it call `yield_now()`, or give it a quantum"
                )
            }
            (false, _) => write!(
                words,
                "put the call into `blocking`, and the others run meanwhile"
            ),
        }?;
        writeln!(words)
    })
}

/// `main` is over, and nothing happens in the threads that are left.
pub(super) fn rest(watch: &Watch, found: Finding) -> Words {
    words(|words| {
        let (Finding::Computes(time) | Finding::Sleeps(time)) = found;
        words.write_str(BEGIN)?;
        write!(words, "`main` is over, and the run waits for ")?;
        let board = watch.board();
        for (index, control) in board.threads.values().take(3).enumerate() {
            words.write_str(if index > 0 { ", " } else { "" })?;
            write_control(words, control, None)?;
        }
        if board.threads.len() > 3 {
            write!(words, " and {} more", board.threads.len() - 3)?;
        }
        drop(board);
        write!(
            words,
            ", in calls that have not returned for {time:.1?}. A run ends when all of its threads \
             have: let each return, or end the process"
        )?;
        writeln!(words)
    })
}

/// How one ends that the end of the process follows.
fn write_end(words: &mut Words) -> fmt::Result {
    writeln!(
        words,
        "\nThe process ends here, with status {WATCHDOG_STATUS}."
    )
}

/// `thread 3 "name" (spawned at a.rs:7, last seen at a.rs:9)`.
fn write_thread(
    words: &mut Words,
    watch: &Watch,
    thread: ThreadId,
    seen: Option<Place>,
) -> fmt::Result {
    let board = watch.board();
    match board.threads.get(&thread) {
        Some(control) => write_control(words, control, seen),
        None => write!(words, "thread {thread}"),
    }
}

/// The same, of one that is there.
fn write_control(words: &mut Words, control: &Control, seen: Option<Place>) -> fmt::Result {
    let Control {
        id,
        name,
        spawned_at,
        ..
    } = control;
    let verb = if id.0 == 0 { "begun" } else { "spawned" };
    write!(words, "thread {id} \"{name}\" ({verb} at {spawned_at}")?;
    if let Some(at) = seen {
        write!(words, ", last seen at {at}")?;
    }
    words.write_str(")")
}

/// Who holds which CPU, and who is runnable.
fn write_board(words: &mut Words, watch: &Watch) -> fmt::Result {
    /// So many are named.
    const NAMED: usize = 20;
    let board = watch.board();
    for cpu in 0..watch.cpus.min(16) {
        match holder_of(&board, cpu) {
            Some(control) => writeln!(
                words,
                "  CPU {cpu}: thread {} \"{}\"",
                control.id, control.name
            ),
            None => writeln!(words, "  CPU {cpu}: free"),
        }?;
    }
    let all = board.threads.values();
    let runnable = all.filter(|control| control.seat.is_runnable());
    let count = runnable.clone().count();
    write!(words, "  runnable:")?;
    for control in runnable.take(NAMED) {
        write!(words, " {}", control.id)?;
    }
    match count {
        0 => writeln!(words, " nobody"),
        count if count > NAMED => writeln!(words, " .. ({count} threads)"),
        _ => writeln!(words),
    }
}

/// Who holds `cpu`.
fn holder_of(board: &Board, cpu: u32) -> Option<&Control> {
    let mut threads = board.threads.values();
    let holder = threads.find(|control| control.seat.cpu() == Some(cpu));
    holder.map(|control| &**control)
}
