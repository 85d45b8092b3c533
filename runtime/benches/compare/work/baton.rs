//! A switch by a wake: a ring of tasks, of which each wakes the next, and waits.
//!
//! One task is ready at any time. Nobody can cut this short by polling the same
//! task again, as is possible with `yield_now`.

use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::stopwatch::Stopwatch;
use crate::work::Effort;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// How many tasks the ring has.
const RING: u32 = 1_000;

thread_local! {
    /// Whose turn it is. Thread-local, since tokio's tasks cannot share a `Cell`.
    static TURN: Cell<u32> = const { Cell::new(0) };
    /// Everybody's waker.
    static WAKERS: RefCell<Vec<Waker>> = const { RefCell::new(Vec::new()) };
}

/// The row of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    /// The ring, for one peer.
    macro_rules! ring {
        ($peer:ident) => {{
            use peers::$peer as peer;
            let rounds = effort.count(1_000_000) / RING;
            Contender::new(peer::NAME, move || {
                TURN.set(0);
                WAKERS.set(vec![Waker::noop().clone(); RING as usize]);
                peer::run(async move {
                    let handles: Vec<_> = (0..RING)
                        .map(|place| {
                            peer::spawn(async move {
                                for _ in 0..rounds {
                                    take(place).await;
                                    pass(place);
                                }
                            })
                        })
                        .collect();
                    let stopwatch = Stopwatch::of_thread();
                    for handle in handles {
                        peer::join(handle).await;
                    }
                    stopwatch.nanoseconds_each(rounds * RING)
                })
            })
        }};
    }
    let contenders = vec![
        ring!(ours),
        ring!(tokio),
        ring!(local_set),
        ring!(smol),
        ring!(monoio),
        ring!(bare),
    ];
    vec![effort.work(
        "a task wakes the next, 1,000 in a ring",
        Unit::Nanoseconds,
        contenders,
    )]
}

/// Waits for the turn of `place`.
async fn take(place: u32) {
    poll_fn(|context| {
        if TURN.get() == place {
            return Poll::Ready(());
        }
        WAKERS.with_borrow_mut(|wakers| {
            wakers[place as usize].clone_from(context.waker()); // a compare, but once
        });
        Poll::Pending
    })
    .await;
}

/// Ends the turn of `place`: the next one's begins.
fn pass(place: u32) {
    let next = (place + 1) % RING;
    TURN.set(next);
    WAKERS.with_borrow(|wakers| wakers[next as usize].wake_by_ref());
}
