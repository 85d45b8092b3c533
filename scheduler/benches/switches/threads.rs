//! Threads in numbers: one after another, and a thousand at once.

use crate::shared::rounds::in_turns;
use crate::shared::{Effort, Group, Row, Target, Unit};
use crate::{nanoseconds_each, one_cpu, processors};
use scheduler::JoinHandle;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

/// How many threads there are at once.
const MANY: u32 = 1_000;

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![
        Group::new("spawn and join", spawn_and_join),
        Group::new("1,000 threads", many),
    ]
}

/// A thread that does nothing, from its spawn until it is joined.
fn spawn_and_join(effort: Effort) -> Result<Vec<Row>, String> {
    let threads = effort.choose(2_000, 500);
    let (ours, std) = in_turns(
        effort.choose(9, 3),
        || {
            let each = || {
                nanoseconds_each(threads, || {
                    for _ in 0..threads {
                        let joined = scheduler::spawn(|| black_box(())).join();
                        joined.expect("it does nothing");
                    }
                })
            };
            let run = one_cpu(Duration::from_secs(10)).run(each);
            run.map_err(|error| error.to_string())
        },
        || {
            let _kept = processors::keep_to(1);
            Ok(nanoseconds_each(threads, || {
                for _ in 0..threads {
                    let joined = thread::spawn(|| black_box(())).join();
                    joined.expect("it does nothing");
                }
            }))
        },
    )?;
    let row = Row::new("spawn and join", Unit::Nanoseconds, ours, Target::None);
    Ok(vec![row.beside("std's, same processor", std)])
}

/// A thousand threads that compute, in turns of 1 ms.
fn many(effort: Effort) -> Result<Vec<Row>, String> {
    let work = effort.choose(3_000_000, 1_500_000);
    let ours = || {
        let begin = Instant::now();
        let finished = one_cpu(Duration::from_millis(1)).run(|| {
            let threads: Vec<_> = (0..MANY)
                .map(|_| scheduler::spawn(move || compute(work)))
                .collect();
            threads.into_iter().flat_map(JoinHandle::join).count()
        });
        let finished = finished.map_err(|error| error.to_string())?;
        Ok((finished as f64, begin.elapsed().as_nanos() as f64))
    };
    let std = || {
        let _kept = processors::keep_to(1);
        let begin = Instant::now();
        let threads: Vec<_> = (0..MANY)
            .map(|_| thread::spawn(move || compute(work)))
            .collect();
        let joined = threads.into_iter().flat_map(thread::JoinHandle::join);
        let finished = joined.count();
        if finished < MANY as usize {
            return Err("not all of std's threads have finished".to_owned());
        }
        Ok(begin.elapsed().as_nanos() as f64)
    };
    let (ours, std) = in_turns(effort.choose(3, 1), ours, std)?;
    let (finished, times): (Vec<f64>, Vec<f64>) = ours.into_iter().unzip();
    let all = Row::new(
        "of 1,000 threads at 1 ms finish",
        Unit::Count,
        finished,
        Target::AtLeast(f64::from(MANY)),
    );
    let time = Row::new("their time in all", Unit::Nanoseconds, times, Target::None);
    Ok(vec![all, time.beside("std's, same processor", std)])
}

/// Some milliseconds of work.
fn compute(rounds: u32) {
    let mut state = 1_u64;
    for _ in 0..rounds {
        state = black_box(state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1));
    }
}
