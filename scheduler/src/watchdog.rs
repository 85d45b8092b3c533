//! The watchdog: whoever makes everybody wait is named, and the wait ends.
//!
//! A policy may loop for ever, or wait for stdout's lock, which a frozen thread
//! holds. Then the dispatcher cannot say a word: it is the one that waits. So an
//! ordinary thread, one for the whole process, looks at every run ten times a
//! second. What it looks at lies in [`Watch`]; how it judges is in [`suspect`];
//! what it says is in [`report`].
//!
//! Invariants: (1) it is never scheduled, so never frozen, and waits for nothing
//! that a frozen thread may hold: it has the dispatchers' heap, does not log, and
//! writes to stderr without its lock; (2) it counts its own looks and the
//! processor time of others, never the time that passed: a process that a
//! debugger stopped, a machine that slept or that is busy raises no alarm;
//! (3) it ends the process only where nobody else can end the run; (4) it says
//! everything once for each call, step or stay.
//!
//! Left out: two runs of one process that wait for each other.
//!
//! Book: chapter 13, and the page on policies. Mirror: the warning of
//! `runtime::event_loop` about polls that take long.

mod report;
mod suspect;
mod vigil;
mod watch;

pub(crate) use watch::{Asked, Seat, Watch};

use crate::preempt::inbox::{Inbox, Node};
use crate::preempt::{clock, forked, heap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;
use vigil::Vigil;

/// So much time lies between two looks, or more.
const TICK: Duration = Duration::from_millis(100);

/// The runs that are new to the watchdog.
static NEW: Inbox<Arc<Watch>> = Inbox::new();

/// A run that is watched until this is dropped.
#[derive(Debug)]
pub(crate) struct Watched(Arc<Watch>);

impl Watched {
    /// Lets the watchdog look at `watch`, if its run wants that. To be called
    /// before the run has threads.
    pub(crate) fn new(watch: &Arc<Watch>) -> Watched {
        if watch.limit.is_some() && is_awake() {
            NEW.post(&Node::new(Arc::clone(watch)));
        }
        Watched(Arc::clone(watch))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Wakes the watchdog, the first time in this process. Says whether there is one.
fn is_awake() -> bool {
    /// The number of the process that has one, plus 1, counted by its forks: a
    /// child has none until it makes one.
    static HAS_ONE: AtomicU32 = AtomicU32::new(0);
    let own = forked::generation() + 1;
    if HAS_ONE.swap(own, Ordering::AcqRel) == own {
        return true;
    }
    let thread = thread::Builder::new().name("watchdog".to_owned());
    let started = thread.spawn(|| {
        let _own = heap::enter_dispatcher(); // (1)
        watch_over_all()
    });
    if let Err(error) = &started {
        HAS_ONE.store(0, Ordering::Release);
        log::warn!(target: "scheduler", "no watchdog: the system has no thread for it: {error}");
    }
    started.is_ok()
}

/// Looks at every run until the process ends.
fn watch_over_all() -> ! {
    let mut vigils: Vec<Vigil> = Vec::new();
    let mut next = clock::now();
    loop {
        if vigils.is_empty() {
            NEW.wait();
        } else {
            NEW.wait_until(next);
        }
        for new in NEW.collect() {
            vigils.push(Vigil::new(Arc::clone(&new)));
        }
        let now = clock::now();
        if now >= next {
            vigils.retain_mut(Vigil::goes_on);
            next = clock::now() + u64::try_from(TICK.as_nanos()).unwrap_or(u64::MAX); // (2)
        }
    }
}
