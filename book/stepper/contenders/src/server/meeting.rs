//! Connections that are all there at a time: nobody is answered before all have come.
//!
//! That many units are under way proves nothing if the first is through before the
//! last has begun. So whoever waits for company counts here until there are enough.
//!
//! Invariants: (1) who goes away, or is not answered, no longer counts; (2) if nobody
//! has come for [`PATIENCE`] nobody else will, and all are sent away.
//!
//! Book: chapter 25. Mirror: the barriers of `runtime::sync` and `scheduler::sync`,
//! of whom nobody goes away.

use runtime::net::TcpStream;
use runtime::sync::Notify;
use runtime::timeout;
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// For how long somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where connections wait for each other.
#[derive(Debug, Default)]
pub(super) struct Meeting {
    /// How many wait now.
    waiting: Cell<u32>,
    /// How many have come so far.
    came: Cell<u64>,
    /// How many meetings were complete so far.
    complete: Cell<u64>,
    /// Rung when one is.
    bell: Notify,
}

/// One who counts, until this is dropped (1).
struct Counted<'a>(&'a Meeting);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let Meeting { waiting, .. } = self.0;
        waiting.set(waiting.get() - 1);
    }
}

impl Meeting {
    /// Waits until so many are here, of whom `stream` is one. Whether they are: it may
    /// go away before, or the others not come (2).
    pub(super) async fn wait(&self, among: u32, stream: &TcpStream) -> bool {
        self.waiting.set(self.waiting.get() + 1);
        self.came.set(self.came.get() + 1);
        let _counted = Counted(self);
        if self.waiting.get() >= among {
            self.complete.set(self.complete.get() + 1);
            self.bell.notify_all();
            return true;
        }
        let (meeting, mut space) = (self.complete.get(), [0]);
        let mut gone = pin!(stream.peek(&mut space));
        loop {
            let came = self.came.get();
            let mut rung = pin!(timeout(PATIENCE, self.bell.notified()));
            let left = poll_fn(|context| {
                if rung.as_mut().poll(context).is_ready() {
                    return Poll::Ready(false);
                }
                gone.as_mut().poll(context).map(|_| true)
            });
            if left.await {
                return false; // it went, or said something that it should not
            }
            if self.complete.get() > meeting {
                return true;
            }
            if self.came.get() == came {
                return false;
            }
        }
    }
}
