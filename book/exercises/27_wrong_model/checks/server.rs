//! A server far away, on the clock of a loop: it counts who is there.

use runtime::sleep;
use std::cell::Cell;
use std::time::Duration;

/// So many requests the server takes at a time.
pub(crate) const AT_ONCE: usize = 8;

/// The server.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// So many requests are there.
    there: Cell<usize>,
    /// So many were there at the most.
    most: Cell<usize>,
}

impl Server {
    /// Downloads a page; later pages come a little sooner.
    pub(crate) async fn fetch(&self, page: u64) -> u64 {
        self.there.set(self.there.get() + 1);
        self.most.set(self.most.get().max(self.there.get()));
        sleep(Duration::from_millis(50 - page.min(15))).await;
        self.there.set(self.there.get() - 1);
        page * 10
    }

    /// How many requests were there at the most.
    pub(crate) fn most(&self) -> usize {
        self.most.get()
    }
}
