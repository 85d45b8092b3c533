//! A thread waits in the kernel, and gives its CPU up: until another one runs.
//!
//! One thread reads from an empty pipe again and again, and notes the time before.
//! The other notes when it runs next, and writes a byte. How the scheduler learns
//! that the call blocks makes the difference.

use crate::shared::rounds::{in_turns, quantile};
use crate::shared::{Effort, Group, Row, Target, Unit};
use crate::{nanoseconds_each, one_cpu};
use scheduler::{Unannounced, blocking, yield_now};
use std::io::{Read, Write, pipe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How the scheduler learns of a call, as the table says it; and in how many ns
/// the next thread should run.
const WAYS: [(&str, Unannounced, bool, Option<f64>); 3] = [
    ("announced", Unannounced::Off, true, Some(50_000.0)),
    (
        "system call dispatch",
        Unannounced::SystemCallDispatch,
        false,
        Some(50_000.0),
    ),
    ("polling", Unannounced::Polling, false, None),
];

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    let ways = WAYS.iter().map(|&(name, way, announced, target)| {
        let name = format!("blocked until the next runs, {name}");
        let target = target.map_or(Target::None, Target::AtMost);
        Group::new(name.clone(), move |effort| {
            let times = match way {
                Unannounced::Polling => effort.choose(200, 50),
                _ => effort.choose(4_000, 1_000),
            };
            let samples: Result<Vec<f64>, String> = (0..effort.choose(9, 3))
                .map(|_| until_the_next_runs(way, announced, times))
                .collect();
            let row = Row::new(format!("{name}, p50"), Unit::Nanoseconds, samples?, target);
            Ok(vec![row])
        })
    });
    ways.chain([Group::new("a system call", system_call)])
        .collect()
}

/// The median time, in ns, from before a call that blocks until another thread
/// runs.
fn until_the_next_runs(way: Unannounced, announced: bool, times: u32) -> Result<f64, String> {
    let (mut reader, mut writer) = pipe().map_err(|error| error.to_string())?;
    let start = Instant::now();
    let now = move || start.elapsed().as_nanos() as u64;
    let (before, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut seen = Vec::with_capacity(times as usize);
    one_cpu(Duration::from_millis(100))
        .unannounced(way)
        .run(|| {
            scheduler::scope(|scope| {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        yield_now(); // found asleep, it may run on without a CPU
                        before.store(now(), Ordering::Relaxed);
                        let read = if announced {
                            blocking(|| reader.read_exact(&mut [0]))
                        } else {
                            reader.read_exact(&mut [0])
                        };
                        read.expect("the other end is open");
                    }
                });
                let mut latest = 0;
                while seen.len() < times as usize {
                    yield_now();
                    let (after, stamp) = (now(), before.load(Ordering::Relaxed));
                    if stamp > latest {
                        seen.push((after - stamp) as f64);
                        latest = stamp;
                        writer.write_all(&[0]).expect("the other end is open");
                    }
                }
                over.store(true, Ordering::Relaxed);
                writer.write_all(&[0]).expect("the other end is open");
            });
        })
        .map_err(|error| error.to_string())?;
    Ok(quantile(&seen, 0.5))
}

/// What a system call costs that is dispatched to us, beside one that is not.
fn system_call(effort: Effort) -> Result<Vec<Row>, String> {
    let calls = effort.choose(200_000, 50_000);
    let each = move |way| {
        one_cpu(Duration::from_secs(10))
            .unannounced(way)
            .run(|| {
                nanoseconds_each(calls, || {
                    for _ in 0..calls {
                        std::hint::black_box(rustix::process::getppid());
                    }
                })
            })
            .map_err(|error| error.to_string())
    };
    let (dispatched, direct) = in_turns(
        effort.choose(9, 3),
        || each(Unannounced::SystemCallDispatch),
        || each(Unannounced::Off),
    )?;
    let row = Row::new(
        "a system call, dispatched",
        Unit::Nanoseconds,
        dispatched,
        Target::None,
    );
    Ok(vec![row.beside("not dispatched", direct)])
}
