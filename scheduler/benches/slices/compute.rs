//! Threads that only compute, and what they see of being taken away.
//!
//! A thread does pieces of work of about a microsecond, counts them, and reads
//! the clock after each. A pause that is longer than nothing else can explain is
//! one in which it was taken away: so it learns how long its slices were. Who
//! looks from outside reads the counters at the beginning and at the end of a
//! window.

use super::processors;
use scheduler::policy::Policy;
use scheduler::{Builder, JoinHandle, Preemption, Scheduler};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Whom to look at, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// A thread of each of these weights.
    pub(crate) weights: Vec<u32>,
    /// On so many CPUs.
    pub(crate) cpus: u32,
    /// A pause that is longer divides two slices.
    pub(crate) pause: Duration,
    /// For how long.
    pub(crate) window: Duration,
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The slices, ns: from the first piece of work after a pause to the last
    /// before the next.
    pub(crate) slices: Vec<f64>,
    /// On one CPU: for how long nobody computed, ns, each time that another thread
    /// went on.
    pub(crate) gaps: Vec<f64>,
    /// Pieces of work of each thread in the window.
    pub(crate) done: Vec<f64>,
    /// How long that really was, in seconds.
    window: f64,
}

impl Seen {
    /// Pieces of work per second.
    pub(crate) fn throughput(&self) -> f64 {
        self.done.iter().sum::<f64>() / self.window
    }
}

impl Scene {
    /// Has `policy` schedule the threads.
    ///
    /// # Errors
    ///
    /// Where there is no preemption by signal.
    pub(crate) fn scheduled(&self, policy: impl Policy + 'static) -> Result<Seen, String> {
        let stage = Stage::new(self);
        let seen = Scheduler::new(Preemption::Signal, policy)
            .cpus(self.cpus)
            .run(|| {
                let threads: Vec<_> = (0..self.weights.len())
                    .map(|number| {
                        let stage = Arc::clone(&stage.state);
                        let builder = Builder::new().weight(self.weights[number]);
                        builder.spawn(move || stage.compute(number))
                    })
                    .collect();
                let seen = threads.into_iter().map(JoinHandle::join);
                let seen = seen.map(|seen| seen.expect("it only computes"));
                seen.collect::<Vec<_>>()
            })
            .map_err(|error| error.to_string())?;
        Ok(stage.end(seen))
    }

    /// Leaves the same threads to the kernel, on as many processors.
    pub(crate) fn unscheduled(&self) -> Seen {
        let stage = Stage::new(self);
        let kept = processors::keep_to(self.cpus as usize);
        let threads: Vec<_> = (0..self.weights.len())
            .map(|number| {
                let stage = Arc::clone(&stage.state);
                thread::spawn(move || stage.compute(number))
            })
            .collect();
        drop(kept);
        let seen = threads.into_iter().map(thread::JoinHandle::join);
        let seen = seen.map(|seen| seen.expect("it only computes"));
        stage.end(seen.collect())
    }
}

/// What the threads and who looks at them share, and the one who looks.
struct Stage {
    /// What they share.
    state: Arc<State>,
    /// Returns the work that was done in the window, and how long that was.
    observer: thread::JoinHandle<(Vec<f64>, f64)>,
}

/// What the threads and who looks at them share.
struct State {
    /// Pieces of work of each thread.
    counters: Vec<Counter>,
    /// Set when the window is over.
    over: AtomicBool,
    /// From here on times are counted.
    start: Instant,
    /// A pause that is longer divides two slices.
    pause: Duration,
    /// On one CPU: when a thread computed last, and which, in the lowest three
    /// bits. On several it would measure nothing, and slow all of them down.
    latest: Option<AtomicU64>,
}

/// A thread's counter, on a cache line that it shares with no other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counter(AtomicU64);

/// What one thread saw: its slices, and the gaps before them.
type SeenByOne = (Vec<f64>, Vec<f64>);

impl Stage {
    /// The window begins once every thread has done something.
    fn new(scene: &Scene) -> Stage {
        let state = Arc::new(State {
            counters: scene.weights.iter().map(|_| Counter::default()).collect(),
            over: AtomicBool::new(false),
            start: Instant::now(),
            pause: scene.pause,
            latest: (scene.cpus == 1).then(AtomicU64::default),
        });
        let (shared, window) = (Arc::clone(&state), scene.window);
        let observer = thread::spawn(move || shared.observe(window));
        Stage { state, observer }
    }

    /// Everything that was seen.
    fn end(self, by_each: Vec<SeenByOne>) -> Seen {
        let (done, window) = self.observer.join().expect("it only looks");
        let mut seen = Seen {
            done,
            window,
            ..Seen::default()
        };
        for (slices, gaps) in by_each {
            seen.slices.extend(slices);
            seen.gaps.extend(gaps);
        }
        seen
    }
}

impl State {
    /// Looks from outside.
    fn observe(&self, window: Duration) -> (Vec<f64>, f64) {
        let read = || {
            let counters = self.counters.iter();
            counters.map(|counter| counter.0.load(Ordering::Relaxed))
        };
        while read().any(|count| count == 0) {
            thread::sleep(Duration::from_millis(1));
        }
        let (begin, before): (_, Vec<u64>) = (Instant::now(), read().collect());
        thread::sleep(window);
        let (after, window) = (read().collect::<Vec<u64>>(), begin.elapsed());
        self.over.store(true, Ordering::Relaxed);
        let done = after.iter().zip(&before);
        let done = done.map(|(after, before)| (after - before) as f64);
        (done.collect(), window.as_secs_f64())
    }

    /// Computes until it is over.
    fn compute(&self, number: usize) -> SeenByOne {
        let (mut slices, mut gaps) = (Vec::with_capacity(20_000), Vec::with_capacity(20_000));
        let (mut began, mut last) = (self.start.elapsed(), self.start.elapsed());
        while !self.over.load(Ordering::Relaxed) {
            work(number as u64);
            self.counters[number].0.fetch_add(1, Ordering::Relaxed);
            let now = self.start.elapsed();
            if now.saturating_sub(last) > self.pause {
                if slices.len() < slices.capacity() {
                    slices.push(last.saturating_sub(began).as_nanos() as f64);
                }
                began = now;
            }
            last = now;
            let Some(latest) = &self.latest else { continue };
            let now = now.as_nanos() as u64 >> 3 << 3;
            let before = latest.load(Ordering::Relaxed);
            latest.store(now | number as u64, Ordering::Relaxed);
            if before & 7 != number as u64 && before != 0 && gaps.len() < gaps.capacity() {
                gaps.push(now.saturating_sub(before >> 3 << 3) as f64);
            }
        }
        (slices, gaps)
    }
}

/// One piece of work, about a microsecond of it.
fn work(seed: u64) {
    let mut state = seed | 1;
    for _ in 0..500 {
        state = black_box(state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1));
    }
}
