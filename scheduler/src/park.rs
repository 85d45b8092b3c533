//! Parking: a thread waits until another one, which knows it, unparks it.
//!
//! The smallest way to wait for something that only the program understands:
//! look whether it has happened, else park, and look again. Whoever makes it
//! happen unparks.
//!
//! How the two meet is in [`token`].
//!
//! Invariants: (1) an unpark is never lost: one that comes early ends the next
//! park at once; several are one; (2) the dispatcher is told only if the thread
//! is parked: a wake of a thread that waits for a lock would take it out of
//! turn; (3) a park ends by an unpark, or when its time is over, and never without
//! a reason; an unpark of that very moment is one with it.
//!
//! Book: chapter 5. Mirror: the wakers of `runtime`.

mod token;

pub(crate) use token::Token;

use crate::control::{Control, On, current as current_control};
use crate::explore::{Access, Operation, Target};
use crate::place::Place;
use crate::policy::ThreadId;
use crate::primitives;
use crate::sync::inheritance::set_priority;
use crate::time::Time;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A handle to a thread, by which others unpark it.
#[derive(Clone)]
pub struct Thread {
    /// The thread.
    control: Arc<Control>,
}

/// The calling thread.
///
/// # Panics
///
/// If no scheduler runs the calling thread, or it is inside
/// [`blocking`](crate::blocking()).
#[track_caller]
pub fn current() -> Thread {
    let Some(control) = current_control() else {
        panic!(
            "current() was called by a thread that no scheduler runs, or inside `blocking`: \
             call it in a thread that `Scheduler::run` or `spawn` started"
        )
    };
    Thread { control }
}

// ANCHOR: park
/// Waits until another thread [unparks](Thread::unpark) this one; not at all if
/// one has done so since the last park.
///
/// # Panics
///
/// If no scheduler runs the calling thread, or it is inside
/// [`blocking`](crate::blocking()).
#[track_caller]
pub fn park() {
    let at = Place::caller();
    let Thread { control } = current();
    let op = Operation::new(Access::Park, Target::Token(control.id));
    control.checkpoint(op.waits_for(On::Unpark), at);
    control.park_for_token(None, at);
}
// ANCHOR_END: park

/// [Parks](park) for at most so long, on the scheduler's clock. Which of the two
/// ended it is not told: whoever parks looks at what it waits for.
///
/// # Panics
///
/// If no scheduler runs the calling thread, or it is inside
/// [`blocking`](crate::blocking()).
#[track_caller]
pub fn park_timeout(limit: Duration) {
    let at = Place::caller();
    let Thread { control } = current();
    control.checkpoint(Operation::new(Access::Await, Target::Token(control.id)), at);
    control.park_for_token(control.until(limit), at);
}

impl Control {
    /// Waits until the thread, which is the calling one, is unparked.
    fn park_for_token(&self, until: Option<Time>, at: Place) {
        self.token.park(|| {
            self.park_until(until, On::Unpark, at, || ());
            self.is_late(until)
        });
    }
}

impl Thread {
    /// The handle of `control`.
    pub(crate) fn new(control: Arc<Control>) -> Thread {
        Thread { control }
    }

    /// The thread's number.
    pub fn id(&self) -> ThreadId {
        self.control.id
    }

    /// The thread's name.
    pub fn name(&self) -> &str {
        &self.control.name
    }

    /// The priority by which the thread is scheduled now: its own, or a higher
    /// one that is lent to it by a thread that waits for an inheriting mutex.
    pub fn priority(&self) -> i32 {
        self.control.standing.effective()
    }

    /// The priority that is the thread's own: that of its
    /// [`Builder`](crate::Builder::priority), or what was set last.
    pub fn own_priority(&self) -> i32 {
        self.control.standing.own()
    }

    /// Sets the thread's own priority; the larger number is the more important
    /// thread. The policy hears of it, and the CPU goes at once to whoever is the
    /// most important then, if the policy preempts at all.
    ///
    /// What is lent to the thread stays lent. What it lends in turn changes.
    #[track_caller]
    pub fn set_priority(&self, priority: i32) {
        let at = Place::caller();
        let by = current_control();
        if let Some(by) = &by {
            by.checkpoint(Operation::local(Access::Local), at);
        }
        set_priority(&self.control, priority, by.as_deref());
        if let Some(by) = by {
            by.let_it_be_seen(Some(at));
        }
    }

    /// Ends the thread's [`park`], or its next one. Nothing happens to a thread
    /// that is over.
    ///
    /// It can be called by any OS thread. But a scheduler does not know of those
    /// outside: where all of its threads are parked, it reports a deadlock.
    #[track_caller]
    pub fn unpark(&self) {
        let at = Place::caller();
        let by = current_control();
        if let Some(by) = &by {
            by.checkpoint(Operation::new(Access::Unpark, Target::Token(self.id())), at);
        }
        let wake = || self.control.unpark(by.as_deref(), Some(at));
        self.control.token.unpark(wake); // invariant 2
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("id", &self.control.id)
            .field("name", &self.control.name)
            .finish()
    }
}
