//! Looking at one run, ten times a second.
//!
//! Four questions, at each look: is the policy in one call for too long; does the
//! dispatcher wait for a lock; does a thread keep the others waiting; is `main`
//! over, and the rest in calls that do not return?
//!
//! Invariants: (1) a thread is looked at only while another waits for what it has;
//! (2) what cannot go on without the end of the process ends it; all else is told,
//! in the real modes by the clerk, in checkpoint mode, which has none, on stderr.
//!
//! Left out: a thread that writes to a pipe that nobody reads: whoever reads it
//! may have stopped on purpose, as a pager does.

use super::report::{self, Seen};
use super::suspect::{Eye, Finding, Key, OsThread, Suspect};
use super::watch::Watch;
use crate::control::Control;
use crate::place::Place;
use crate::policy::ThreadId;
use crate::preempt::context::State;
use crate::preempt::last_words::{self, Words};
use crate::preempt::polling;
use crate::preempt::sleeps::{self, Sleep};
use crate::scheduler::Preemption;
use crate::supervision::WATCHDOG_STATUS;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// A thread whose quantum is over may keep its CPU for so long.
const OVERDUE: Duration = Duration::from_secs(1);

/// The watchdog's view of one run.
#[derive(Debug)]
pub(super) struct Vigil {
    /// What it looks at.
    watch: Arc<Watch>,
    /// How long anything may take.
    limit: Duration,
    /// The dispatcher, inside the policy.
    policy: Suspect,
    /// The dispatcher, outside of it.
    dispatcher: Suspect,
    /// Checkpoint mode: the thread that takes a step.
    mover: Suspect,
    /// Real modes: the threads that hold the CPUs.
    holders: Vec<Suspect>,
    /// The threads that are left after `main`.
    left: Suspect,
}

/// What the real modes know of a thread that holds a CPU others want.
#[derive(Clone, Copy, Debug)]
struct Holder {
    /// Who.
    thread: ThreadId,
    /// Its OS thread.
    os_thread: i32,
    /// Which of its stays on a CPU this is.
    stay: u64,
    /// Its quantum is over; None if it has none.
    overdue: Option<bool>,
}

impl Vigil {
    /// Of a run that begins.
    pub(super) fn new(watch: Arc<Watch>) -> Vigil {
        Vigil {
            limit: watch.limit.unwrap_or(Duration::MAX),
            policy: Suspect::default(),
            dispatcher: Suspect::default(),
            mover: Suspect::default(),
            holders: (0..watch.cpus).map(|_| Suspect::default()).collect(),
            left: Suspect::default(),
            watch,
        }
    }

    /// Looks, and says whether the run goes on.
    pub(super) fn goes_on(&mut self) -> bool {
        if self.watch.is_over() {
            return false;
        }
        self.look_at_policy();
        self.look_at_dispatcher();
        if self.watch.mode == Preemption::Checkpoint {
            self.look_at_mover();
        } else {
            self.look_at_holders();
        }
        self.look_at_the_rest();
        true
    }

    /// Is the policy in one call for too long?
    fn look_at_policy(&mut self) {
        let dispatcher = self.watch.dispatcher();
        let key = self.watch.call.now().map(|call| (call, 0));
        let Some(seen) = seen(&mut self.policy, key, self.limit, dispatcher) else {
            return;
        };
        let words = report::policy(&self.watch, seen);
        match seen {
            Seen::Computes(_) | Seen::Waits(_) => end(&words),
            Seen::Call(..) => tell(&self.watch, &words, &mut self.policy),
        }
    }

    /// Does the dispatcher wait for a lock, outside of policy and pauses?
    fn look_at_dispatcher(&mut self) {
        let watch = &self.watch;
        let at_work = watch.pause.now().is_none() && watch.call.now().is_none();
        let key = at_work.then(|| (watch.pause.count(), watch.call.count()));
        let dispatcher = watch.dispatcher();
        let seen = seen(&mut self.dispatcher, key, self.limit, dispatcher);
        if let Some(seen @ Seen::Waits(_)) = seen {
            end(&report::dispatcher(watch, seen));
        }
    }

    /// Checkpoint mode: does a thread keep the others waiting for its step?
    fn look_at_mover(&mut self) {
        let Some((thread, at, os_thread)) = self.mover() else {
            self.mover = Suspect::default();
            return;
        };
        // Its clock goes on with each step that it takes without asking anybody.
        let steps = self.watch.virtual_now.load(Ordering::Acquire);
        let key = self.watch.step.now().map(|step| (step, steps));
        let Some(seen) = seen(&mut self.mover, key, self.limit, os_thread) else {
            return;
        };
        // Nobody is left in this process who could unlock what it waits for.
        let for_ever = matches!(seen, Seen::Waits(_)) && sleeps::all_others_wait_for_locks();
        let words = report::mover(&self.watch, seen, thread, at, for_ever);
        if for_ever || matches!(seen, Seen::Computes(_)) {
            end(&words);
        }
        tell(&self.watch, &words, &mut self.mover);
    }

    /// Who takes a step, where it gave way last, and its OS thread, if there are
    /// others (1).
    fn mover(&self) -> Option<(ThreadId, Option<Place>, i32)> {
        let board = self.watch.board();
        let thread = board.mover.filter(|_| board.threads.len() > 1)?;
        let control = board.threads.get(&thread)?;
        let seen = control.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Some((thread, *seen, control.os_thread()))
    }

    /// Real modes: does a thread keep a CPU that others want?
    fn look_at_holders(&mut self) {
        for cpu in 0..self.watch.cpus {
            let holder = self.holder(cpu);
            let suspect = &mut self.holders[cpu as usize];
            let Some(holder) = holder else {
                *suspect = Suspect::default();
                continue;
            };
            let limit = match holder.overdue {
                Some(true) => self.limit.min(OVERDUE),
                Some(false) => {
                    *suspect = Suspect::default(); // it is within its quantum
                    continue;
                }
                None => self.limit,
            };
            let key = Some((u64::from(holder.thread.0), holder.stay));
            let Some(seen) = seen(suspect, key, limit, holder.os_thread) else {
                continue;
            };
            let overdue = holder.overdue.is_some();
            let deaf = overdue && sleeps::blocks_tick(holder.os_thread) == Some(true);
            let words = report::holder(&self.watch, seen, cpu, holder.thread, overdue, deaf);
            tell(&self.watch, &words, suspect);
        }
    }

    /// Who holds `cpu`, if somebody else waits for it (1).
    fn holder(&self, cpu: u32) -> Option<Holder> {
        let board = self.watch.board();
        let control = board
            .threads
            .values()
            .find(|control| control.seat.cpu() == Some(cpu))?;
        let wanted = board.threads.values().any(|other| waits_for(other, cpu));
        // In a call it gives its CPU up by itself.
        let holds = matches!(control.context.state(), State::Running | State::Brief);
        (wanted && holds).then(|| Holder {
            thread: control.id,
            os_thread: control.os_thread(),
            stay: control.seat.stay(),
            overdue: control.context.is_overdue(),
        })
    }

    /// Is `main` over, and every other thread in a call for too long?
    fn look_at_the_rest(&mut self) {
        let board = self.watch.board();
        let threads = &board.threads;
        let only_calls = !threads.is_empty()
            && !threads.contains_key(&ThreadId(0))
            && threads.values().all(|control| is_in_call(control));
        let calls = threads.values().map(|control| control.context.stopped_at());
        let key = only_calls.then(|| (threads.len() as u64, calls.fold(0, u64::wrapping_add)));
        drop(board);
        if let Some(found) = self.left.look(key, self.limit, &Asleep) {
            let words = report::rest(&self.watch, found);
            tell(&self.watch, &words, &mut self.left);
        }
    }
}

/// Somebody of whom it is known that he sleeps.
struct Asleep;

impl Eye for Asleep {
    fn processor_time(&self) -> Option<u64> {
        Some(0)
    }

    fn sleeps(&self) -> bool {
        true
    }
}

/// What is found of `suspect`, with the system call in which it sleeps; None if it
/// is awake by now, or writes: then it is looked at again.
fn seen(suspect: &mut Suspect, key: Option<Key>, limit: Duration, os_thread: i32) -> Option<Seen> {
    let time = match suspect.look(key, limit, &OsThread(os_thread))? {
        Finding::Computes(time) => return Some(Seen::Computes(time)),
        Finding::Sleeps(time) => time,
    };
    match sleeps::sleep_of(os_thread) {
        Some(Sleep::Lock) => Some(Seen::Waits(time)),
        Some(Sleep::Call(name)) => Some(Seen::Call(time, name)),
        Some(Sleep::Write) | None => {
            suspect.forget();
            None
        }
    }
}

/// Whether `control`'s thread waits for `cpu`, or for any.
pub(super) fn waits_for(control: &Control, cpu: u32) -> bool {
    let only = control.attributes.affinity;
    control.seat.is_runnable() && only.is_none_or(|only| only.0 == cpu)
}

/// Whether `control`'s thread sits in a call, announced or not.
fn is_in_call(control: &Control) -> bool {
    match control.context.state() {
        State::InCall | State::Calling | State::Brief | State::Away => true,
        State::Running => polling::sleeps(control.os_thread()) == Some(true),
        State::Stopped => false,
    }
}

/// Says `words`, and ends the process (2).
fn end(words: &Words) -> ! {
    words.say();
    last_words::end_process(WATCHDOG_STATUS)
}

/// Says `words` where they harm nobody (2): if there is no room, at the next look.
fn tell(watch: &Watch, words: &Words, suspect: &mut Suspect) {
    if watch.mode == Preemption::Checkpoint {
        words.say();
    } else if !watch.warn(words) {
        suspect.forget();
    }
}
