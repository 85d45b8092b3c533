//! What the watchdog can see of a run.
//!
//! The dispatcher writes a few numbers as it goes on; when it does so no more,
//! they say where it stopped.
//!
//! Invariants: (1) the dispatcher alone writes what is here, save the warning and
//! the end, so a stretch begins and ends by a load and a store; (2) whoever holds
//! the lock of the board neither waits nor calls code of the learner's: the
//! dispatcher waits for the watchdog at most for a few copies.
//!
//! Left out: judging.

use crate::control::Control;
use crate::policy::{ThreadId, What};
use crate::preempt::affinity;
use crate::preempt::last_words::Words;
use crate::scheduler::Preemption;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// The part of one run that the watchdog looks at.
#[derive(Debug)]
pub(crate) struct Watch {
    // Never changes.
    /// How long a call or a step may take; None: nobody looks.
    pub(super) limit: Option<Duration>,
    /// How CPUs are taken away.
    pub(crate) mode: Preemption,
    /// How many CPUs there are.
    pub(crate) cpus: u32,
    /// The run's virtual time: it moves with every checkpoint.
    pub(crate) virtual_now: Arc<AtomicU64>,

    // Written by the dispatcher.
    /// Its OS thread; 0 before it begins.
    dispatcher: AtomicI32,
    /// The policy's name, once it has told.
    policy: OnceLock<String>,
    /// A call of the policy.
    pub(super) call: Stretch,
    /// Which: see [`Callback`].
    callback: AtomicU64,
    /// The dispatcher waits for notices.
    pub(super) pause: Stretch,
    /// Checkpoint mode: it waits for one thread's step.
    pub(super) step: Stretch,
    /// The threads, and who takes that step.
    board: Mutex<Board>,

    // Written by the watchdog, taken by the clerk.
    /// What is to be logged.
    warning: Mutex<Option<Words>>,

    // Written at the end.
    /// The run is over.
    over: AtomicBool,
}

/// The threads of a run.
#[derive(Debug, Default)]
pub(super) struct Board {
    /// Those that arrived and are not over.
    pub(super) threads: BTreeMap<ThreadId, Arc<Control>>,
    /// Checkpoint mode: who was let go last for a step.
    pub(super) mover: Option<ThreadId>,
}

/// Something that begins and ends, again and again. Odd while it lasts.
#[derive(Debug, Default)]
pub(super) struct Stretch(AtomicU64);

impl Stretch {
    /// It begins, or ends.
    fn turn(&self) {
        let count = self.0.load(Ordering::Relaxed);
        self.0.store(count + 1, Ordering::Release); // (1)
    }

    /// How often it began or ended.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Its number, while it lasts.
    pub(super) fn now(&self) -> Option<u64> {
        Some(self.count()).filter(|count| count % 2 == 1)
    }
}

/// What a policy is asked: a call that is noted with its answer, or one that
/// decides nothing, by its name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    /// Noted, once it is answered.
    Noted(What),
    /// One of `name`, `quantum`, `next_timer` and `drop`.
    Only(&'static str),
}

impl From<What> for Asked {
    fn from(what: What) -> Asked {
        Asked::Noted(what)
    }
}

impl From<&'static str> for Asked {
    fn from(name: &'static str) -> Asked {
        Asked::Only(name)
    }
}

/// A call of the policy, as it fits into a number: a place in
/// [`Callback::NAMES`], and above it a thread's or a CPU's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Callback(u64);

impl Callback {
    /// The callbacks, and what their number is of.
    const NAMES: [(&'static str, &'static str); 10] = [
        ("name", ""),
        ("quantum", ""),
        ("next_timer", ""),
        ("drop", ""),
        ("timer", ""),
        ("ready", "thread "),
        ("stopped", "thread "),
        ("changed", "thread "),
        ("preempts", "new thread "),
        ("pick", "CPU "),
    ];

    /// The number of `asked`.
    fn of(asked: Asked) -> Callback {
        let (name, number) = match asked {
            Asked::Only(name) => (name, 0),
            Asked::Noted(what) => match what {
                What::Ready { thread, .. } => ("ready", thread.0),
                What::Stopped { thread, .. } => ("stopped", thread.0),
                What::Preempts { new, .. } => ("preempts", new.0),
                What::Pick { cpu, .. } => ("pick", cpu.0),
                What::Timer => ("timer", 0),
                What::Changed { thread } => ("changed", thread.0),
            },
        };
        let place = Callback::NAMES.iter().position(|known| known.0 == name);
        let place = place.unwrap_or_default() as u64;
        Callback(place | u64::from(number) << 8)
    }
}

/// As in the program: `pick(CPU 0)`.
impl fmt::Display for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, kind) = Callback::NAMES[usize::from(self.0.to_le_bytes()[0])];
        match kind {
            "" => write!(f, "{name}()"),
            kind => write!(f, "{name}({kind}{})", self.0 >> 8),
        }
    }
}

/// Where a thread is, for the watchdog: away, runnable, or on a CPU, in the lower
/// half of a number; how often it was given a CPU, in the upper.
#[derive(Debug, Default)]
pub(crate) struct Seat(AtomicU64);

impl Seat {
    /// It waits for something, or sits in a call.
    const AWAY: u32 = 0;
    /// It waits for a CPU.
    const RUNNABLE: u32 = 1;
    /// It holds CPU 0; those of higher numbers follow.
    const CPU_0: u32 = 2;

    /// It waits for a CPU, or does not.
    pub(crate) fn leave_cpu(&self, runnable: bool) {
        let seat = if runnable { Seat::RUNNABLE } else { Seat::AWAY };
        self.set(self.stay(), seat);
    }

    /// It holds CPU number `cpu`.
    pub(crate) fn take_cpu(&self, cpu: u32) {
        self.set(self.stay() + 1, cpu.saturating_add(Seat::CPU_0));
    }

    /// How often it was given a CPU.
    pub(super) fn stay(&self) -> u64 {
        self.0.load(Ordering::Relaxed) >> 32
    }

    /// Which CPU it holds.
    pub(super) fn cpu(&self) -> Option<u32> {
        self.seat().checked_sub(Seat::CPU_0)
    }

    /// Whether it waits for a CPU.
    pub(super) fn is_runnable(&self) -> bool {
        self.seat() == Seat::RUNNABLE
    }

    /// The lower half.
    fn seat(&self) -> u32 {
        let low = self.0.load(Ordering::Relaxed) & u64::from(u32::MAX);
        u32::try_from(low).unwrap_or(Seat::AWAY)
    }

    /// Writes both; the dispatcher alone does.
    fn set(&self, stay: u64, seat: u32) {
        let packed = stay << 32 | u64::from(seat);
        self.0.store(packed, Ordering::Relaxed);
    }
}

/// The dispatcher's side.
impl Watch {
    /// Of a run that has not begun.
    pub(crate) fn new(limit: Option<Duration>, mode: Preemption, cpus: u32) -> Watch {
        Watch {
            limit,
            mode,
            cpus,
            virtual_now: Arc::default(),
            dispatcher: AtomicI32::new(0),
            policy: OnceLock::new(),
            call: Stretch::default(),
            callback: AtomicU64::new(0),
            pause: Stretch::default(),
            step: Stretch::default(),
            board: Mutex::default(),
            warning: Mutex::default(),
            over: AtomicBool::new(false),
        }
    }

    /// The calling thread is the dispatcher.
    pub(crate) fn begin(&self) {
        self.dispatcher.store(affinity::tid(), Ordering::Release);
    }

    /// The policy's name.
    pub(crate) fn know_policy(&self, name: &str) {
        let _ = self.policy.set(name.to_owned());
    }

    /// The policy is asked something, inside `call`.
    pub(crate) fn called<R>(&self, asked: Asked, call: impl FnOnce() -> R) -> R {
        self.callback
            .store(Callback::of(asked).0, Ordering::Relaxed);
        self.call.turn();
        let answer = call(); // catches panics
        self.call.turn();
        answer
    }

    /// The dispatcher waits for notices, inside `wait`.
    pub(crate) fn paused<R>(&self, wait: impl FnOnce() -> R) -> R {
        self.pause.turn();
        let heard = wait();
        self.pause.turn();
        heard
    }

    /// Checkpoint mode: `thread` is let go for a step.
    pub(crate) fn step_begins(&self, thread: ThreadId) {
        self.board().mover = Some(thread);
        self.step.turn();
    }

    /// It has taken it, or stopped.
    pub(crate) fn step_ends(&self) {
        self.step.turn();
    }

    /// A thread arrived.
    pub(crate) fn arrived(&self, control: &Arc<Control>) {
        let control = Arc::clone(control);
        self.board().threads.insert(control.id, control);
    }

    /// A thread is over.
    pub(crate) fn finished(&self, thread: ThreadId) {
        let gone = self.board().threads.remove(&thread);
        drop(gone); // after the lock is released (2)
    }
}

/// The watchdog's side, the clerk's, and the end.
impl Watch {
    /// The dispatcher's OS thread.
    pub(super) fn dispatcher(&self) -> i32 {
        self.dispatcher.load(Ordering::Acquire)
    }

    /// The policy's name, if it has told.
    pub(super) fn policy(&self) -> Option<&str> {
        self.policy.get().map(String::as_str)
    }

    /// What the policy was asked last.
    pub(super) fn callback(&self) -> Callback {
        Callback(self.callback.load(Ordering::Relaxed))
    }

    /// The threads (2).
    pub(super) fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves `words` to be logged, if there is room. Says whether there was.
    pub(super) fn warn(&self, words: &Words) -> bool {
        let mut warning = self.warning.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = warning.is_none();
        warning.get_or_insert(*words);
        has_room
    }

    /// What the clerk is to log.
    pub(crate) fn take_warning(&self) -> Option<Words> {
        let mut warning = self.warning.lock().unwrap_or_else(PoisonError::into_inner);
        warning.take()
    }

    /// Whether the run is over.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// The run is over. Its threads keep the run alive, so they go.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Release);
        let threads = std::mem::take(&mut self.board().threads);
        drop(threads); // after the lock is released (2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::CpuId;

    #[test]
    fn a_call_is_shown_as_it_is_written() {
        let pick = What::Pick {
            cpu: CpuId(3),
            answer: None,
        };
        let calls = [pick.into(), What::Timer.into(), Asked::Only("drop")];
        let shown = calls.map(|asked| Callback::of(asked).to_string());
        assert_eq!(shown, ["pick(CPU 3)", "timer()", "drop()"]);
    }
}
