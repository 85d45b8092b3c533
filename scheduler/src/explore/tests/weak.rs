//! Small programs of atomics, made by chance.

use crate::explore::sample::below;
use crate::policy::SplitMix64;
use crate::sync::atomic::{AtomicU32, Ordering, fence};
use crate::{outcome, spawn};
use std::sync::Arc;

/// One access, or a fence; the number says of which atomic.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    Load(usize, Ordering),
    Store(usize, Ordering),
    Add(usize, Ordering),
    Exchange(usize, Ordering),
    Fence(Ordering),
}

/// The program of this seed: what each thread does.
pub(super) fn program(seed: u64) -> Vec<Vec<Does>> {
    use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    let mut random = SplitMix64::new(seed);
    let mut below = |end: usize| usize::try_from(below(&mut random, end as u64)).unwrap();
    let threads = 2 + below(2);
    // One access alone is never weak.
    let (least, more) = if threads == 2 { (2, 3) } else { (1, 2) };
    (0..threads)
        .map(|_| {
            let steps = least + below(more);
            let step = |_| match (below(8), below(2)) {
                (0..=2, on) => Does::Load(on, [Relaxed, Relaxed, Acquire, SeqCst][below(4)]),
                (3..=5, on) => Does::Store(on, [Relaxed, Relaxed, Release, SeqCst][below(4)]),
                (6, on) => Does::Add(on, [Relaxed, Acquire, Release, SeqCst][below(4)]),
                (7, on) if below(2) == 0 => Does::Exchange(on, [Relaxed, AcqRel, SeqCst][below(3)]),
                _ => Does::Fence([Acquire, Release, SeqCst, SeqCst][below(4)]),
            };
            (0..steps).map(step).collect()
        })
        .collect()
}

/// Runs `program`, and says what each thread has read, and what is left.
pub(super) fn run(program: &[Vec<Does>]) {
    let atomics = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
    let threads: Vec<_> = (1_u32..)
        .zip(program)
        .map(|(me, steps)| {
            let (steps, atomics) = (steps.clone(), Arc::clone(&atomics));
            spawn(move || {
                let mut seen = Vec::new();
                for (at, step) in (0..).zip(steps) {
                    let mine = 10 * me + at;
                    seen.push(match step {
                        Does::Load(on, how) => atomics[on].load(how),
                        Does::Store(on, how) => {
                            atomics[on].store(mine, how);
                            continue;
                        }
                        Does::Add(on, how) => atomics[on].fetch_add(1, how),
                        Does::Exchange(on, how) => atomics[on]
                            .compare_exchange(0, mine, how, Ordering::Relaxed)
                            .unwrap_or_else(|found| found),
                        Does::Fence(how) => {
                            fence(how);
                            continue;
                        }
                    });
                }
                seen
            })
        })
        .collect();
    let seen: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
    let ends = [0, 1].map(|on: usize| atomics[on].load(Ordering::Relaxed));
    outcome(format_args!("{seen:?} {ends:?}"));
}
