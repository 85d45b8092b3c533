//! Tasks of `runtime`: all on one event loop, and each waits for a permit.
//!
//! A switch is a `yield_now` of two that do nothing else; a message goes through a
//! channel with room for one.

use crate::meter::Meter;
use crate::order::Sample;
use runtime::sync::{Semaphore, channel};
use runtime::{Clock, EventLoop, JoinHandle, spawn, yield_now};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How many switches, and how many messages.
const TIMES: u32 = 20_000;

/// Measures so many.
pub(crate) fn measure(count: u32) -> Sample {
    EventLoop::new(Clock::Real).block_on(async {
        let warm = [Rc::new(Semaphore::new(0)), Rc::new(Semaphore::new(0))];
        let unit = start(&warm);
        warm[0].add_permits(1);
        unit.await.expect("no task panics");

        let [gate, there] = [Rc::new(Semaphore::new(0)), Rc::new(Semaphore::new(0))];
        let mut meter = Meter::begin(count);
        let both = [Rc::clone(&gate), Rc::clone(&there)];
        let units: Vec<_> = (0..count).map(|_| start(&both)).collect();
        arrived(&there, count).await;
        meter.there(&[]);
        meter.switched(switch().await, TIMES);
        meter.asked(ask().await, TIMES);
        meter.ends();
        gate.add_permits(count as usize);
        for unit in units {
            unit.await.expect("no task panics");
        }
        meter.over()
    })
}

/// Starts a unit: it says that it is there, and waits until it may end.
fn start([gate, there]: &[Rc<Semaphore>; 2]) -> JoinHandle<()> {
    let [gate, there] = [Rc::clone(gate), Rc::clone(there)];
    spawn(async move {
        there.add_permits(1);
        let _ = gate.acquire(1).await;
    })
}

/// Waits until so many are there.
async fn arrived(there: &Semaphore, count: u32) {
    let all = there.acquire(count as usize).await;
    all.expect("nobody closes it").forget();
}

/// How long [`TIMES`] switches take.
async fn switch() -> Duration {
    let began = Instant::now();
    let [one, other] = [0, 1].map(|_| {
        spawn(async {
            for _ in 0..TIMES / 2 {
                yield_now().await;
            }
        })
    });
    one.await.expect("no task panics");
    other.await.expect("no task panics");
    began.elapsed()
}

/// How long [`TIMES`] questions with their answers take.
async fn ask() -> Duration {
    let (ask, questions) = channel(1);
    let (answer, answers) = channel(1);
    let other = spawn(async move {
        while let Ok(question) = questions.recv().await {
            let _ = answer.send(question).await;
        }
    });
    let began = Instant::now();
    for question in 0..TIMES {
        ask.send(question).await.expect("somebody answers");
        answers.recv().await.expect("somebody answers");
    }
    let took = began.elapsed();
    drop(ask);
    other.await.expect("no task panics");
    took
}
