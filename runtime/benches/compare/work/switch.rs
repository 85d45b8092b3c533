//! A switch: from one task's `yield_now` to the next task's poll.
//!
//! With 2 tasks everything is in the nearest cache; with 10,000 it is not.
//!
//! careful: monoio puts a task that wakes itself at the head of its queue, and
//! polls it again at once, whoever else is ready. So its figure is that of a
//! poll; in `baton` each task wakes another one, and monoio switches, too.

use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::stopwatch::Stopwatch;
use crate::work::Effort;

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    /// Tasks that give way, all of them equally often.
    macro_rules! switch {
        ($peer:ident $(:: $inner:ident)?, $tasks:expr, $switches:expr) => {{
            use peers::$peer $(:: $inner)? as peer;
            let (tasks, times): (u32, u32) = ($tasks, $switches / $tasks);
            Contender::new(peer::NAME, move || {
                peer::run(async move {
                    let handles: Vec<_> = (0..tasks)
                        .map(|_| {
                            peer::spawn(async move {
                                for _ in 0..times {
                                    peer::yield_now().await;
                                }
                            })
                        })
                        .collect();
                    let stopwatch = Stopwatch::of_thread();
                    for handle in handles {
                        peer::join(handle).await;
                    }
                    stopwatch.nanoseconds_each(tasks * times)
                })
            })
        }};
    }
    let switches = effort.count(1_000_000);
    let two = vec![
        switch!(ours, 2, switches),
        switch!(ours::in_virtual_time, 2, switches),
        switch!(tokio, 2, switches).target(1.0 / 3.0),
        switch!(local_set, 2, switches).target(1.0 / 3.0),
        switch!(smol, 2, switches).target(0.5),
        switch!(monoio, 2, switches).target(1.0),
        switch!(bare, 2, switches),
    ];
    let many = vec![
        switch!(ours, 10_000, switches),
        switch!(ours::in_virtual_time, 10_000, switches),
        switch!(tokio, 10_000, switches).target(0.5),
        switch!(local_set, 10_000, switches).target(0.5),
        switch!(smol, 10_000, switches).target(0.5),
        switch!(monoio, 10_000, switches).target(1.0),
        switch!(bare, 10_000, switches),
    ];
    vec![
        effort.work("switch, 2 tasks", Unit::Nanoseconds, two),
        effort.work("switch, 10,000 tasks", Unit::Nanoseconds, many),
    ]
}
