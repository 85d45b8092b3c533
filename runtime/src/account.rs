//! The account: the loop tells its whole state, to test what others make of it.
//!
//! A reader of the trace rebuilds the state from events alone. To know whether
//! that is right, let the loop say it itself: at the beginning of every turn and
//! before its end it writes a record `state` with target `account`:
//!
//! ```text
//! state t=0 loop=0 running=- urgent=- normal=2,1 background=- waiting=0:task:1+timer:3 timers=3@5000000 sources=1,2
//! ```
//!
//! The queues of the three classes are in their order, the rest is sorted by
//! number; `-` is none, or a wait for something that is not ours.
//!
//! Invariants: (1) it is computed from the queues, slabs and wait lists, never
//! from the trace; (2) it costs nothing unless `RUST_LOG` names `account=trace`.

use crate::class::Class;
use crate::join_handle::Joiner;
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::task::State;
use crate::trace::{Field, Reference, here, nanoseconds};
use crate::wait_list::Waiter;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::rc::{Rc, Weak};

/// Something that keeps waiters without the loop knowing it: a channel, a lock.
pub(crate) trait KeepsWaiters: fmt::Debug {
    /// Shows each of its waiters to `tell`, with what it waits on.
    fn each_waiter(&self, tell: &mut dyn FnMut(Reference, &Waiter));
}

/// Whether anybody wants the account.
#[inline]
pub(crate) fn enabled() -> bool {
    log::STATIC_MAX_LEVEL == log::LevelFilter::Trace
        && log::max_level() == log::LevelFilter::Trace
        && log::log_enabled!(target: "account", log::Level::Trace)
}

impl LoopState {
    /// Writes the account, if anybody wants it.
    pub(crate) fn give_account(&self) {
        if !enabled() {
            return;
        }
        let tasks = self.tasks.borrow();
        let ready = self.ready.borrow();
        let [urgent, normal, background] =
            Class::ALL.map(|class| List(ready.iter(class).map(|key| tasks[key].id).collect()));
        let waiting = List(self.waiting().into_iter().map(Waiting).collect());
        let timers = List(self.armed_timers());
        let mut sources: Vec<_> = self.reactor.borrow().numbers().collect();
        sources.sort_unstable();
        let sources = List(sources);
        drop((tasks, ready)); // a logger is foreign code
        self.write(
            "account",
            "state",
            here!(),
            None,
            &[
                Field::new("running").is(&"-"), // between turns nobody runs
                Field::new("urgent").is(&urgent),
                Field::new("normal").is(&normal),
                Field::new("background").is(&background),
                Field::new("waiting").is(&waiting),
                Field::new("timers").is(&timers),
                Field::new("sources").is(&sources),
            ],
        );
    }

    /// Makes the waiters of `object` known to the loop: at the first wait there,
    /// so that an object on which nobody waits costs nothing.
    ///
    /// Those that are gone go when the list is full, which costs O(1) for each
    /// in the long run.
    pub(crate) fn count_in(&self, object: &Rc<impl KeepsWaiters + 'static>) {
        let object: Weak<dyn KeepsWaiters> = Rc::downgrade(object) as Weak<dyn KeepsWaiters>;
        let mut known = self.waited_on.borrow_mut();
        if known.len() == known.capacity() {
            known.retain(|known| known.strong_count() > 0);
            known.sort_by_key(|known| known.as_ptr().cast::<()>().addr());
            known.dedup_by(|one, other| one.ptr_eq(other)); // used by two loops in turn
            let live = known.len();
            known.reserve(live.max(8));
        }
        known.push(object);
    }

    /// Every waiting task, with what it waits on, by number and then by kind.
    pub(crate) fn waiting(&self) -> BTreeMap<TaskId, Vec<Reference>> {
        let tasks = self.tasks.borrow();
        let mut waiting = BTreeMap::new();
        let mut by_last_poll = BTreeMap::new();
        for (_, task) in tasks.iter() {
            if task.state == State::Waiting {
                waiting.insert(task.id, Vec::new());
                by_last_poll.insert(self.poll_number(task.last_poll), task.id);
            }
        }
        let mut tell = |on: Reference, waiter: &Waiter| {
            // A waker from an earlier poll is a leftover: the task waits for
            // something else now.
            if let Some(task) = by_last_poll.get(&waiter.poll)
                && let Some(waits) = waiting.get_mut(task)
            {
                waits.push(on);
            }
        };
        for (_, task) in tasks.iter() {
            if let Joiner::Waiting(waiter) = &task.joiner {
                tell(Reference::Task(task.id), waiter);
            }
        }
        for (timer, waiter) in self.timers.borrow().iter() {
            tell(Reference::Timer(timer.number), waiter);
        }
        self.reactor.borrow().each_waiter(&mut tell);
        self.blocking.each_waiter(&mut tell);
        for object in self.waited_on.borrow().iter().filter_map(Weak::upgrade) {
            object.each_waiter(&mut tell);
        }
        for waits in waiting.values_mut() {
            waits.sort_by_key(|wait: &Reference| (wait.number(), *wait));
            waits.dedup();
        }
        waiting
    }

    /// Every armed timer, `number@deadline`, by number.
    fn armed_timers(&self) -> Vec<String> {
        let timers = self.timers.borrow();
        let mut timers: Vec<_> = timers.iter().map(|(timer, _)| *timer).collect();
        timers.sort_by_key(|timer| timer.number);
        timers
            .iter()
            .map(|timer| format!("{}@{}", timer.number, nanoseconds(timer.deadline)))
            .collect()
    }
}

/// One task and its waits.
struct Waiting((TaskId, Vec<Reference>));

impl Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (task, waits) = &self.0;
        let waits: Vec<_> = waits.iter().map(Reference::to_string).collect();
        let waits = if waits.is_empty() {
            "-".into()
        } else {
            waits.join("+")
        };
        write!(f, "{task}:{waits}")
    }
}

/// Items with commas between them; `-` if there is none.
struct List<T>(Vec<T>);

impl<T: Display> Display for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else {
            return f.write_str("-");
        };
        first.fmt(f)?;
        rest.iter().try_for_each(|item| write!(f, ",{item}"))
    }
}
