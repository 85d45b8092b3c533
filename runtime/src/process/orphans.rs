//! Children that were dropped before their end, and must not become zombies.
//!
//! A loop keeps them, each with its source, and asks whether they have ended
//! whenever one of those is ready. When the loop itself ends they go to
//! [`LEFT`], which the next start of a child looks through.

use super::watch::Watch;
use crate::context;
use crate::state::LoopState;
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::cell::{Cell, RefCell};
use std::process::Child;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// Children whose loop is gone. The process has them, whatever loops it has.
static LEFT: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Wakes nobody: looks after the orphans of the loop that calls it.
static WAKER: LazyLock<Waker> = LazyLock::new(|| Waker::from(Arc::new(Look)));

/// What [`WAKER`] does.
struct Look;

impl Wake for Look {
    fn wake(self: Arc<Self>) {
        if let Some(state) = context::current() {
            state.bury();
        }
    }
}

/// A child that nobody holds.
#[derive(Debug)]
struct Orphan {
    /// The child.
    child: Child,
    /// What tells of its end.
    watch: Watch,
    /// The loop's place among those who wait for that.
    ticket: Option<Ticket>,
    /// Where it was started.
    place: Place,
}

/// A loop's orphans.
#[derive(Debug, Default)]
pub(crate) struct Orphans {
    /// Those that may still live.
    kept: RefCell<Vec<Orphan>>,
    /// The loop is over: nobody will look after them here.
    closed: Cell<bool>,
}

impl Orphans {
    /// Looks after the orphans when it is called.
    pub(super) fn waker() -> &'static Waker {
        &WAKER
    }

    /// Buries those whose loops are gone, as far as they have ended.
    pub(super) fn bury_left() {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        left.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    }
}

impl LoopState {
    /// Looks after `child` from now on.
    pub(super) fn adopt(&self, child: Child, watch: Watch, place: Place) {
        if self.orphans.closed.get() {
            drop(watch);
            leave([child]);
            return;
        }
        let orphan = Orphan {
            child,
            watch,
            ticket: None,
            place,
        };
        self.orphans.kept.borrow_mut().push(orphan);
        self.bury();
    }

    /// Asks every orphan whether it has ended, and keeps those that live.
    fn bury(&self) {
        let mut orphans = self.orphans.kept.take(); // to ask is to record, which is foreign code
        orphans.retain_mut(|orphan| {
            let Orphan { child, watch, .. } = orphan;
            let polled = watch.poll_as_orphan(self, child, &mut orphan.ticket, orphan.place);
            polled.is_pending()
        });
        self.orphans.kept.borrow_mut().append(&mut orphans);
    }

    /// The loop ends: its orphans are left to the process. Their sources hold
    /// this state, and must not be kept.
    pub(crate) fn leave_orphans(&self) {
        self.orphans.closed.set(true);
        let orphans = self.orphans.kept.take();
        leave(orphans.into_iter().map(|orphan| orphan.child));
    }
}

/// Leaves children to the process.
fn leave(children: impl IntoIterator<Item = Child>) {
    LEFT.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .extend(children);
    Orphans::bury_left();
}
