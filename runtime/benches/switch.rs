//! What a switch costs: ns from one task's `yield_now` to the next task's poll.
//!
//! `cargo bench -p runtime --bench switch`
//!
//! With 2 tasks everything is in the cache; with 10,000 it is not. Each figure is
//! the best of several rounds, since whatever else runs can only slow a round.
//! Nothing is traced: a logger is not even installed.

use runtime::{Clock, EventLoop, sleep, spawn, timeout, yield_now};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds, of which the best counts.
const ROUNDS: usize = 7;

fn main() {
    println!("{:<40} {:>9}", "", "ns each");
    for (clock, name) in [(Clock::Real, "real"), (Clock::Virtual, "virtual")] {
        for tasks in [2, 10_000] {
            let label = format!("switch, {tasks} tasks, {name} time");
            report(&label, || switches(clock, tasks, 2_000_000 / tasks));
        }
    }
    report("spawn and join a task", || spawns(200_000));
    report("timeout that does not fire", || timeouts(200_000));
}

/// Prints the best round of `measure`, which returns its time and its count.
fn report(label: &str, mut measure: impl FnMut() -> (Duration, u32)) {
    let best = (0..ROUNDS)
        .map(|_| {
            let (time, count) = measure();
            time.as_secs_f64() * 1e9 / f64::from(count)
        })
        .fold(f64::INFINITY, f64::min);
    println!("{label:<40} {best:>9.1}");
}

/// `tasks` tasks that give way `times` times each.
fn switches(clock: Clock, tasks: u32, times: u32) -> (Duration, u32) {
    let mut event_loop = EventLoop::new(clock);
    for _ in 0..tasks {
        drop(event_loop.spawn(async move {
            for _ in 0..times {
                yield_now().await;
            }
        }));
    }
    event_loop.turn(); // every task has had its first poll
    let began = Instant::now();
    event_loop.run();
    (began.elapsed(), tasks * times)
}

/// Tasks that are spawned and joined one after the other.
fn spawns(count: u32) -> (Duration, u32) {
    EventLoop::new(Clock::Real).block_on(async move {
        let began = Instant::now();
        for n in 0..count {
            black_box(spawn(async move { n }).await.expect("it does not panic"));
        }
        (began.elapsed(), count)
    })
}

/// Timeouts around something that has to wait, but not for long.
fn timeouts(count: u32) -> (Duration, u32) {
    EventLoop::new(Clock::Real).block_on(async move {
        let sleeping: Vec<_> = (0..1_000)
            .map(|n| spawn(sleep(Duration::from_secs(1_000 + n))))
            .collect();
        yield_now().await; // a thousand other timers are armed
        let began = Instant::now();
        for _ in 0..count {
            let limited = timeout(Duration::from_secs(30), yield_now()).await;
            limited.expect("giving way does not take 30 s");
        }
        let took = began.elapsed();
        sleeping.iter().for_each(runtime::JoinHandle::abort);
        (took, count)
    })
}
