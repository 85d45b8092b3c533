//! The observer: asks a loop from another OS thread how it stands.
//!
//! Its question is put on the loop's [`Desk`] and the loop is nudged, out of its
//! sleep if need be; at the end of its turn it answers what lies there.
//!
//! Invariants: (1) a question is answered on the loop's own thread, between two
//! polls, while nothing of the loop is borrowed; (2) a question that is put down
//! is found: the loop is nudged under the desk's lock, so that it neither sleeps
//! over a question nor is nudged for one that it has answered; (3) nobody waits
//! for a loop that is gone, nor for one that it keeps from turning itself.
//!
//! Left out: an answer in the middle of a poll. A task that keeps the loop keeps
//! it from this, too: [`Observer::dump_timeout`] gives up.
//!
//! Book: chapter 12. Mirror: none.

use crate::context;
use crate::dump::Dump;
use crate::event_loop::EventLoop;
use crate::inbox::Inbox;
use crate::state::LoopState;
use crate::statistics::Statistics;
use std::error::Error;
use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Asks a loop, from any OS thread, how it stands. See [`EventLoop::observer`].
///
/// It keeps nothing of the loop alive. It can be cloned, and outlive the loop.
#[derive(Clone, Debug)]
pub struct Observer {
    /// Where to put questions down.
    desk: Arc<Desk>,
    /// By which the loop is nudged; its address says which loop is meant.
    inbox: Arc<Inbox>,
    /// The loop's own OS thread.
    thread: ThreadId,
}

/// Why a loop did not answer an [`Observer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObserveError {
    /// The loop was dropped.
    Gone,
    /// The loop did not come to the end of a turn in time.
    Late,
    /// It was asked on the loop's own OS thread, outside of the loop, which
    /// cannot take a turn before the call returns.
    OwnThread,
}

impl EventLoop {
    /// For other OS threads, to ask the loop how it stands while it turns.
    pub fn observer(&self) -> Observer {
        Observer {
            desk: self.state.desk.clone(),
            inbox: self.state.inbox.clone(),
            thread: thread::current().id(), // a loop never leaves its thread
        }
    }
}

impl Observer {
    /// Every task of the loop. Waits until the loop comes to the end of a turn,
    /// which is never, if nobody turns it any more but it is not dropped.
    ///
    /// # Errors
    ///
    /// [`ObserveError::Gone`] and [`ObserveError::OwnThread`].
    pub fn dump(&self) -> Result<Dump, ObserveError> {
        self.ask(None, LoopState::dump)
    }

    /// Every task of the loop, if it comes to the end of a turn within `limit`
    /// of real time.
    ///
    /// # Errors
    ///
    /// Any [`ObserveError`].
    pub fn dump_timeout(&self, limit: Duration) -> Result<Dump, ObserveError> {
        self.ask(Some(limit), LoopState::dump)
    }

    /// What the loop has done so far. Waits as [`Observer::dump`] does.
    ///
    /// # Errors
    ///
    /// [`ObserveError::Gone`] and [`ObserveError::OwnThread`].
    pub fn stats(&self) -> Result<Statistics, ObserveError> {
        self.ask(None, LoopState::statistics)
    }

    /// What the loop has done so far, if it comes to the end of a turn within
    /// `limit` of real time.
    ///
    /// # Errors
    ///
    /// Any [`ObserveError`].
    pub fn stats_timeout(&self, limit: Duration) -> Result<Statistics, ObserveError> {
        self.ask(Some(limit), LoopState::statistics)
    }

    /// Asks the loop, and waits for its answer, up to `limit`.
    fn ask<T: Send + 'static>(
        &self,
        limit: Option<Duration>,
        question: fn(&LoopState) -> T,
    ) -> Result<T, ObserveError> {
        if thread::current().id() == self.thread {
            // Nobody but us could answer (invariant 3).
            return match context::current() {
                Some(state) if Arc::ptr_eq(&state.inbox, &self.inbox) => Ok(question(&state)),
                _ if self.desk.lock().closed => Err(ObserveError::Gone),
                _ => Err(ObserveError::OwnThread),
            };
        }
        let (sender, answer) = mpsc::sync_channel(1);
        let number = self.desk.put(&self.inbox, move |state| {
            let _ = sender.send(question(state)); // unless the observer gave up
        })?;
        match limit {
            None => answer.recv().map_err(|_| ObserveError::Gone),
            Some(limit) => answer.recv_timeout(limit).map_err(|error| {
                if error == RecvTimeoutError::Timeout {
                    self.desk.take_back(number);
                    ObserveError::Late
                } else {
                    ObserveError::Gone
                }
            }),
        }
    }
}

/// What the loop does to answer a question.
type Answer = Box<dyn FnOnce(&LoopState) + Send>;

/// Where observers put their questions down.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// The questions, behind a lock.
    questions: Mutex<Questions>,
    /// Whether there is one: spares the loop the lock.
    hint: AtomicBool,
}

/// What the lock protects.
#[derive(Default)]
struct Questions {
    /// Those that are not answered, with their numbers.
    open: Vec<(u64, Answer)>,
    /// The last number given.
    last: u64,
    /// The loop is gone: nobody will ever look.
    closed: bool,
}

impl Desk {
    /// Puts a question down for the loop of `inbox`. Returns its number.
    fn put(
        &self,
        inbox: &Inbox,
        answer: impl FnOnce(&LoopState) + Send + 'static,
    ) -> Result<u64, ObserveError> {
        let mut questions = self.lock();
        if questions.closed {
            return Err(ObserveError::Gone);
        }
        questions.last += 1;
        let number = questions.last;
        questions.open.push((number, Box::new(answer)));
        self.hint.store(true, Ordering::Release);
        inbox.nudge(); // under the lock (invariant 2)
        Ok(number)
    }

    /// The observer has given up: its question need not be answered.
    fn take_back(&self, number: u64) {
        self.lock().open.retain(|(open, _)| *open != number);
    }

    /// Takes every question.
    fn take(&self) -> Vec<(u64, Answer)> {
        let mut questions = self.lock();
        self.hint.store(false, Ordering::Relaxed);
        mem::take(&mut questions.open)
    }

    /// The loop is gone: drops the questions, of which their observers hear.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        drop(self.take());
    }

    /// The lock.
    fn lock(&self) -> MutexGuard<'_, Questions> {
        self.questions
            .lock()
            .expect("nothing panics while the desk is locked")
    }
}

impl LoopState {
    /// The end of a turn: answers what was asked meanwhile (invariant 1).
    #[inline]
    pub(crate) fn answer_observers(&self) {
        if self.desk.hint.load(Ordering::Acquire) {
            for (_, answer) in self.desk.take() {
                answer(self);
            }
        }
    }
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Questions")
            .field("open", &self.open.len())
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ObserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ObserveError::Gone => "the loop is gone: it was dropped",
            ObserveError::Late => {
                "the loop did not come to the end of a turn in time: \
                 a task keeps it, or nobody turns it"
            }
            ObserveError::OwnThread => {
                "an observer waits for the loop to turn, which it cannot do while its own OS \
                 thread waits here: ask the `EventLoop` itself, or ask from another OS thread"
            }
        })
    }
}

impl Error for ObserveError {}
