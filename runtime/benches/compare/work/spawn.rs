//! Spawning a task and waiting for its end: one by one, and many at once.

use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::stopwatch::Stopwatch;
use crate::work::Effort;
use std::hint::black_box;

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    /// So many batches, each of so many tasks that are spawned, then joined.
    macro_rules! batches {
        ($peer:ident, $tasks:expr, $batches:expr) => {{
            use peers::$peer as peer;
            let (tasks, batches): (u32, u32) = ($tasks, $batches);
            Contender::new(peer::NAME, move || {
                peer::run(async move {
                    let mut handles = Vec::with_capacity(tasks as usize);
                    let stopwatch = Stopwatch::of_thread();
                    for _ in 0..batches {
                        handles.extend((0..tasks).map(|n| peer::spawn(async move { n })));
                        for handle in handles.drain(..) {
                            black_box(peer::join(handle).await);
                        }
                    }
                    stopwatch.nanoseconds_each(tasks * batches)
                })
            })
        }};
    }
    /// The same for every peer, with the targets.
    macro_rules! rows {
        ($tasks:expr, $batches:expr) => {
            vec![
                batches!(ours, $tasks, $batches),
                batches!(tokio, $tasks, $batches).target(0.5),
                batches!(local_set, $tasks, $batches),
                batches!(smol, $tasks, $batches).target(1.0),
                batches!(monoio, $tasks, $batches),
                batches!(bare, $tasks, $batches),
            ]
        };
    }
    let count = effort.count(200_000);
    vec![
        effort.work(
            "spawn and join, one at a time",
            Unit::Nanoseconds,
            rows!(1, count),
        ),
        effort.work(
            "spawn and join, 1,000 in a batch",
            Unit::Nanoseconds,
            rows!(1_000, count / 1_000),
        ),
        effort.long_work(
            "spawn and join, 1,000,000 at once",
            Unit::Nanoseconds,
            rows!(1_000_000, 1),
        ),
    ]
}
