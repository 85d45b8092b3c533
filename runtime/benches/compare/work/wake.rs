//! A wake from another thread: there and back, both sides asleep in between.
//!
//! The thread sleeps until the task unparks it, and then wakes the task, whose
//! loop sleeps in the OS. What differs between the peers is their wakers alone.

use crate::measure::{Contender, Unit, Work, quantile};
use crate::peers;
use crate::work::Effort;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Instant;

/// The rows of this file. monoio, whose wakers are for its own thread unless
/// asked, is not among them.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    /// The median of so many round trips.
    macro_rules! round_trips {
        ($peer:ident) => {{
            use peers::$peer as peer;
            let count = effort.count(5_000);
            Contender::new(peer::NAME, move || {
                let ball = Arc::new(Ball::default());
                let other = {
                    let ball = ball.clone();
                    thread::spawn(move || ball.send_back(count))
                };
                let thread = other.thread().clone();
                let median = peer::run(async move {
                    let mut times = Vec::with_capacity(count as usize);
                    for _ in 0..count {
                        let began = Instant::now();
                        thread.unpark();
                        ball.wait().await;
                        times.push(began.elapsed().as_secs_f64() * 1e9);
                    }
                    quantile(&mut times, 0.5)
                });
                other.join().expect("the other thread does not panic");
                median
            })
        }};
    }
    let contenders = vec![
        round_trips!(ours),
        round_trips!(tokio).target(1.0),
        round_trips!(local_set),
        round_trips!(smol),
    ];
    vec![effort.work(
        "wake from another thread, round trip p50",
        Unit::Nanoseconds,
        contenders,
    )]
}

/// What goes to and fro.
#[derive(Debug, Default)]
struct Ball(Mutex<Side>);

/// Where the ball is.
#[derive(Debug, Default)]
struct Side {
    /// It is on the task's side.
    is_back: bool,
    /// Whom to wake.
    waker: Option<Waker>,
}

impl Ball {
    /// On the task's side: waits until the ball is back.
    async fn wait(&self) {
        poll_fn(|context| {
            let mut side = self.0.lock().expect("nobody panics with the ball");
            if std::mem::take(&mut side.is_back) {
                return Poll::Ready(());
            }
            side.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// On the other thread's side: sends the ball back, so many times.
    fn send_back(&self, count: u32) {
        for _ in 0..count {
            thread::park();
            let waker = {
                let mut side = self.0.lock().expect("nobody panics with the ball");
                side.is_back = true;
                side.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}
