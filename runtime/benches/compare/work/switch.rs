//! A switch: from one task's `yield_now` to the next task's poll.
//!
//! With 2 tasks everything is in the nearest cache; with 10,000 it is not.
//!
//! careful: monoio puts a task that wakes itself at the head of its queue, and
//! polls it again at once, whoever else is ready. So its figure is that of a
//! poll; in the row of `baton`, where each task wakes another, it switches, too.

use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::python;
use crate::stopwatch::Stopwatch;
use crate::work::Effort;

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

/// In a child: our switch between two tasks, so many times.
pub(crate) fn once(switches: u32) -> f64 {
    let mut contender = switch!(ours, 2, switches);
    contender.once().expect("our own loop is always there")
}

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    let switches = effort.count(1_000_000);
    /// The same for every peer, with the targets that change with the number.
    macro_rules! row {
        ($tasks:literal, $tokio:expr) => {{
            let mut contenders = vec![
                switch!(ours, $tasks, switches),
                switch!(ours::in_virtual_time, $tasks, switches),
                switch!(tokio, $tasks, switches).target($tokio),
                switch!(local_set, $tasks, switches).target($tokio),
                switch!(smol, $tasks, switches).target(0.5),
                switch!(monoio, $tasks, switches).target(1.0),
                switch!(bare, $tasks, switches),
            ];
            let script = format!("switch {} {}", $tasks, switches / 10);
            contenders.extend(python::measured_by_script(&script));
            contenders
        }};
    }
    vec![
        effort.work("switch, 2 tasks", Unit::Nanoseconds, row!(2, 1.0 / 3.0)),
        effort.work("switch, 10,000 tasks", Unit::Nanoseconds, row!(10_000, 0.5)),
    ]
}
