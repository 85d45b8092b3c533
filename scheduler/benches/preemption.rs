//! What taking the processor away costs, and how exact it is.
//!
//! ```text
//! cargo bench -p scheduler --bench preemption [-- --quick]
//! ```
//!
//! Eight threads that only compute share one virtual CPU, then two, with quanta
//! of 10 ms and 1 ms, for 2 s each. A table compares the lengths of the slices,
//! the fairness, the loss of throughput and the time of a switch with targets.
//! On a machine that does something else meanwhile, targets are missed: run it
//! on a quiet one. `--quick` measures for a fifth of the time.

#![expect(
    clippy::cast_precision_loss,
    reason = "counts of a few seconds, shown with four digits"
)]

use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, yield_now};
use std::env;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many threads compute.
const THREADS: usize = 8;
/// How many times two threads hand the CPU to each other.
const SWITCHES: u32 = 20_000;

fn main() {
    let quick = env::args().any(|argument| argument == "--quick");
    let window = Duration::from_millis(if quick { 400 } else { 2_000 });
    let mut table = Table::default();
    for cpus in [1, 2] {
        for quantum in [10, 1].map(Duration::from_millis) {
            let undisturbed = throughput_undisturbed(cpus, window);
            let shared = Shared::measure(cpus, quantum, window);
            let undisturbed = undisturbed.midpoint(throughput_undisturbed(cpus, window));
            table.title(&format!("{THREADS} threads, {cpus} CPU(s), {quantum:?}"));
            shared.show(&mut table, quantum, undisturbed);
        }
    }
    table.title("two threads, 1 CPU");
    let switch = time_of_a_yield();
    table.row(
        "yield_now, one switch",
        &micros(switch),
        "<= 15 µs",
        switch.as_nanos() <= 15_000,
    );
    print!("{}", table.text);
}

/// The results, as text.
#[derive(Debug, Default)]
struct Table {
    /// The lines so far.
    text: String,
}

impl Table {
    /// A line above some rows.
    fn title(&mut self, title: &str) {
        writeln!(self.text, "\n{title}").expect("a String takes any text");
    }

    /// A row: what was measured, the target, and whether it holds.
    fn row(&mut self, what: &str, measured: &str, target: &str, holds: bool) {
        let verdict = if holds { "holds" } else { "falls short" };
        writeln!(
            self.text,
            "  {what:<28}{measured:>14}   {target:<14}{verdict}"
        )
        .expect("a String takes any text");
    }
}

/// `duration` in microseconds.
fn micros(duration: Duration) -> String {
    format!("{:.1} µs", duration.as_secs_f64() * 1e6)
}

/// One piece of work, about a microsecond of it.
fn work(seed: u64) {
    let mut state = seed | 1;
    for _ in 0..500 {
        state = black_box(state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1));
    }
}

/// How many pieces of work per second `cpus` unscheduled threads do, that
/// nobody interrupts and that nobody shares a processor with.
fn throughput_undisturbed(cpus: u32, window: Duration) -> f64 {
    let end = Instant::now() + window;
    let threads: Vec<_> = (0..cpus)
        .map(|_| {
            thread::spawn(move || {
                let mut done = 0_u64;
                while Instant::now() < end {
                    work(done);
                    done += 1;
                }
                done
            })
        })
        .collect();
    let done: u64 = threads
        .into_iter()
        .map(|thread| thread.join().expect("it only computes"))
        .sum();
    done as f64 / window.as_secs_f64()
}

/// A thread's counter, on a cache line that it shares with no other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counter(AtomicU64);

/// What was measured of threads that share CPUs.
#[derive(Debug)]
struct Shared {
    /// The slices as the threads saw them: from the first piece of work after a
    /// pause to the last before the next, the shortest first.
    slices: Vec<Duration>,
    /// Pieces of work of each thread in the window.
    done: Vec<u64>,
    /// How long that really was.
    window: Duration,
    /// On one CPU: for how long nobody ran at a switch, the shortest first.
    gaps: Vec<Duration>,
}

impl Shared {
    /// Lets [`THREADS`] threads compute on `cpus` CPUs, and looks at them for
    /// `window` from outside.
    fn measure(cpus: u32, quantum: Duration, window: Duration) -> Shared {
        let counters: Arc<Vec<Counter>> =
            Arc::new((0..THREADS).map(|_| Counter::default()).collect());
        let over = Arc::new(AtomicBool::new(false));
        let observer = {
            let (counters, over) = (Arc::clone(&counters), Arc::clone(&over));
            thread::spawn(move || {
                let read = || {
                    counters
                        .iter()
                        .map(|counter| counter.0.load(Ordering::Relaxed))
                };
                while read().any(|count| count == 0) {
                    thread::sleep(Duration::from_millis(1));
                }
                let (begin, before): (_, Vec<u64>) = (Instant::now(), read().collect());
                thread::sleep(window);
                let after: Vec<u64> = read().collect();
                let window = begin.elapsed();
                over.store(true, Ordering::Relaxed);
                let done = after
                    .iter()
                    .zip(&before)
                    .map(|(after, before)| after - before);
                (done.collect::<Vec<u64>>(), window)
            })
        };
        let start = Instant::now();
        // On several CPUs it would measure nothing, and slow all of them down.
        let latest = (cpus == 1).then(|| Arc::new(AtomicU64::new(0)));
        let seen = Scheduler::new(Preemption::Signal, RoundRobin::new(quantum))
            .cpus(cpus)
            .run(|| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|number| {
                        let (counters, over) = (Arc::clone(&counters), Arc::clone(&over));
                        let latest = latest.clone();
                        scheduler::spawn(move || {
                            compute(
                                number,
                                &counters[number].0,
                                &over,
                                start,
                                latest.as_deref(),
                                2 * quantum,
                            )
                        })
                    })
                    .collect();
                let seen = threads
                    .into_iter()
                    .map(|thread| thread.join().expect("it only computes"));
                seen.collect::<Vec<_>>()
            })
            .expect("this system can preempt by signal, and nobody waits for ever");
        let (done, window) = observer.join().expect("it only looks");
        let (mut slices, mut gaps) = (Vec::new(), Vec::new());
        for (of_one, before_it) in seen {
            slices.extend(of_one);
            gaps.extend(before_it);
        }
        slices.sort_unstable();
        gaps.sort_unstable();
        Shared {
            slices,
            done,
            window,
            gaps,
        }
    }

    /// Adds the rows.
    fn show(&self, table: &mut Table, quantum: Duration, undisturbed: f64) {
        let off = |measured: Duration| (measured.as_secs_f64() / quantum.as_secs_f64() - 1.0).abs();
        let (median, late) = (percentile(&self.slices, 50), percentile(&self.slices, 99));
        table.row(
            "slice p50",
            &micros(median),
            "within 1%",
            off(median) <= 0.01,
        );
        table.row("slice p99", &micros(late), "within 10%", off(late) <= 0.10);
        let jain = jain(&self.done);
        table.row(
            "Jain's index",
            &format!("{jain:.4}"),
            ">= 0.999",
            jain >= 0.999,
        );
        let throughput = self.done.iter().sum::<u64>() as f64 / self.window.as_secs_f64();
        let lost = 100.0 * (1.0 - throughput / undisturbed);
        let bearable = if quantum >= Duration::from_millis(10) {
            1.0
        } else {
            5.0
        };
        table.row(
            "throughput lost",
            &format!("{lost:.1}%"),
            &format!("<= {bearable}%"),
            lost <= bearable,
        );
        if !self.gaps.is_empty() {
            let gap = percentile(&self.gaps, 50);
            table.row(
                "forced switch p50",
                &micros(gap),
                "<= 101 µs",
                gap.as_micros() <= 101,
            );
        }
    }
}

/// Computes until it is over. Returns the lengths of its slices, which a pause
/// longer than `pause` divides; and for how long nobody computed, each time that
/// another thread was the `latest` to do so.
fn compute(
    number: usize,
    done: &AtomicU64,
    over: &AtomicBool,
    start: Instant,
    latest: Option<&AtomicU64>,
    pause: Duration,
) -> (Vec<Duration>, Vec<Duration>) {
    let (mut slices, mut gaps) = (Vec::with_capacity(10_000), Vec::with_capacity(10_000));
    let (mut began, mut last) = (start.elapsed(), start.elapsed());
    while !over.load(Ordering::Relaxed) {
        work(number as u64);
        done.fetch_add(1, Ordering::Relaxed);
        let now = start.elapsed();
        if now.saturating_sub(last) > pause {
            if slices.len() < slices.capacity() {
                slices.push(last.saturating_sub(began));
            }
            began = now;
        }
        last = now;
        let Some(latest) = latest else { continue };
        let now = u64::try_from(now.as_nanos()).expect("584 years");
        // The number of whoever wrote it lies in the lowest three bits.
        let (now, before) = (now >> 3 << 3, latest.load(Ordering::Relaxed));
        latest.store(now | number as u64, Ordering::Relaxed);
        if before & 7 != number as u64 && before != 0 && gaps.len() < gaps.capacity() {
            gaps.push(Duration::from_nanos(now.saturating_sub(before >> 3 << 3)));
        }
    }
    (slices, gaps)
}

/// The value below which `percent` of the sorted `values` lie.
fn percentile(values: &[Duration], percent: usize) -> Duration {
    let index = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(index).copied().unwrap_or_default()
}

/// Jain's index of fairness: 1 when all are equal, 1/n when one has all.
fn jain(shares: &[u64]) -> f64 {
    let shares = || shares.iter().map(|&share| share as f64);
    let (sum, squares): (f64, f64) = (shares().sum(), shares().map(|share| share * share).sum());
    sum * sum / (shares().count() as f64 * squares)
}

/// How long one of two threads takes to hand the CPU to the other.
fn time_of_a_yield() -> Duration {
    let policy = RoundRobin::new(Duration::from_secs(10));
    let elapsed = Scheduler::new(Preemption::Signal, policy)
        .run(|| {
            let other = scheduler::spawn(|| (0..SWITCHES / 2).for_each(|_| yield_now()));
            yield_now();
            let begin = Instant::now();
            (0..SWITCHES / 2 - 1).for_each(|_| yield_now());
            let elapsed = begin.elapsed();
            other.join().expect("it only yields");
            elapsed
        })
        .expect("this system can preempt by signal, and nobody waits for ever");
    elapsed / SWITCHES
}
