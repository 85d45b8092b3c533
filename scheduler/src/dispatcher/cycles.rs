//! Cycles among some threads, while others go on.
//!
//! Two threads that wait for each other never run again, whatever a third one
//! does, though it compute or sleep for ever. The cycle is told of in the round
//! in which it closed. The run goes on; when the others are over, it is
//! [doomed](super::doom), by the same cycle.
//!
//! Invariants: (1) only what is certain is told: each wait of the cycle is
//! without a limit, and is ended by those alone who hold what is waited for, that
//! is a mutex, a read-write lock, what happens once, or a thread's own end.
//! Anybody might bring a permit, a value or a notification; (2) a cycle is closed
//! by its last thread as that begins to wait, so nobody else is asked; (3) so it
//! is told once; (4) what a thread is changing at this moment is looked at again
//! later: the dispatcher waits for nobody.
//!
//! Left out: those who wait for a thread of the cycle. They are named when the
//! run is doomed.
//!
//! Book: chapter 16. Mirror: none; a loop does not know who could wake a task.

use super::Dispatcher;
use crate::control::On;
use crate::deadlock::{Deadlock, Waits};
use crate::policy::ThreadId;
use crate::thread::State;
use crate::time::Time;
use crate::trace::{Kind, Text, Value, record};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// What could not be looked at is looked at again so much later.
const AGAIN: Duration = Duration::from_millis(1);

/// Who holds an object is not to be seen at this moment (4).
#[derive(Debug)]
struct BeingChanged;

impl Dispatcher {
    /// `thread` begins to wait, without a limit (2).
    pub(super) fn begins_to_wait(&mut self, thread: ThreadId) {
        self.may_close.push(thread);
    }

    /// When to look again at what was being changed (4), in the real modes. (In
    /// checkpoint mode nobody moves while the dispatcher looks.)
    pub(super) fn looks_again_at(&self) -> Option<Time> {
        (!self.may_close.is_empty()).then(|| self.run.now() + AGAIN)
    }

    /// Tells of each cycle that was closed since the last time.
    pub(super) fn tell_of_cycles(&mut self) {
        for thread in std::mem::take(&mut self.may_close) {
            match self.way_back_to(thread) {
                Ok(Some(cycle)) => self.tell_of(&cycle),
                Ok(None) => {}
                Err(BeingChanged) => self.may_close.push(thread),
            }
        }
    }

    /// The threads from `start` to one that waits for `start`, if there are any.
    fn way_back_to(&self, start: ThreadId) -> Result<Option<Vec<ThreadId>>, BeingChanged> {
        let mut seen = BTreeSet::new();
        // Each thread of the way with those that are left to be tried there.
        let mut way = vec![(start, self.waits_for(start)?)];
        while let Some((_, left)) = way.last_mut() {
            match left.pop() {
                Some(next) if next == start => {
                    let threads = way.into_iter().map(|(thread, _)| thread);
                    return Ok(Some(threads.collect()));
                }
                Some(next) if seen.insert(next) => way.push((next, self.waits_for(next)?)),
                Some(_) => {}
                None => {
                    way.pop();
                }
            }
        }
        Ok(None)
    }

    /// The threads without each of which the wait of `thread` cannot end (1).
    fn waits_for(&self, thread: ThreadId) -> Result<Vec<ThreadId>, BeingChanged> {
        let state = self.threads.get(&thread).map(|thread| &thread.state);
        let Some(State::Blocked { on, lies: None, .. }) = state else {
            return Ok(Vec::new());
        };
        let holders = match on {
            On::Mutex(lock) | On::Once(lock) => lock.holders(),
            // Who comes to read waits behind those who came to write, and these
            // wait for all who hold it.
            On::Permits(permits) if permits.kind() == Kind::RwLock => permits.holders(),
            On::Thread(other) => return Ok(vec![*other]),
            On::Permits(_) | On::Barrier(_) | On::Condvar(_) | On::Channel(_) | On::Unpark => {
                return Ok(Vec::new());
            }
        };
        let holders = holders.ok_or(BeingChanged)?;
        let threads = holders
            .known()
            .filter_map(|holder| holder.thread_in(self.run.number));
        Ok(threads.collect())
    }

    /// The threads of `cycle` wait for each other for ever.
    fn tell_of(&self, cycle: &[ThreadId]) {
        let waits = cycle.iter().filter_map(|id| {
            let thread = self.threads.get(id)?;
            let State::Blocked { on, at, .. } = &thread.state else {
                return None;
            };
            Some((*id, Waits::new(&thread.control, on, *at)))
        });
        let deadlock = Deadlock::find(&waits.collect());
        let others = self.threads.len() + self.expected.len() - cycle.len();
        let run = Arc::clone(&self.run);
        record!(
            run,
            "deadlock",
            [Value::Bare],
            optional [others],
            text Text::of(deadlock.path()),
        );
        let threads = if others == 1 { "thread" } else { "threads" };
        run.trace
            .complain(format!("{deadlock}\n{others} other {threads} left"));
    }
}
