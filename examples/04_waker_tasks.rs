//! A waker by hand: a future of your own says when its task can run again.
//!
//! Run it: `cargo run --example 04_waker_tasks`
//! Step both twins: `cargo run -- step 04`
//!
//! Predict: the sleeper waits for a bell that rings after the ringer has given
//! way three times. How often does the loop poll the sleeper?
//!   a) once
//!   b) twice
//!   c) on every turn
//! Answer: b. Once it finds the bell silent and leaves its waker there; nobody
//! asks again until that waker is called.
//!
//! Change: delete the line that leaves the waker. The bell rings, nobody is
//! woken, and the program never ends (Ctrl-C). `RUST_LOG=warn` shows the warning.
//!
//! Book: chapter 5. Twin: `04_waker_threads.rs`.

use runtime::{Builder, Clock, EventLoop, yield_now};
use std::cell::{Cell, RefCell};
use std::task::{Poll, Waker};
use std::{future::poll_fn, rc::Rc};

// ANCHOR: bell
/// A bell for one who waits.
#[derive(Default)]
struct Bell {
    /// Whether it was rung.
    rung: Cell<bool>,
    /// Who waits.
    sleeper: RefCell<Option<Waker>>,
}

impl Bell {
    /// Waits until the bell has been rung.
    async fn wait(&self) {
        poll_fn(|context| {
            if self.rung.get() {
                println!("sleeper: it rings");
                return Poll::Ready(());
            }
            println!("sleeper: not yet");
            *self.sleeper.borrow_mut() = Some(context.waker().clone());
            Poll::Pending // whoever returns this must have left the waker somewhere
        })
        .await;
    }

    /// Rings, and wakes the one who waits.
    fn ring(&self) {
        self.rung.set(true);
        if let Some(sleeper) = self.sleeper.take() {
            sleeper.wake(); // back to the tail of the ready queue; it does not run yet
        }
    }
}
// ANCHOR_END: bell

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        let bell = Rc::new(Bell::default());
        let heard = bell.clone();
        let waiting = async move { heard.wait().await };
        let sleeper = Builder::new().name("sleeper").spawn(waiting);
        let ringer = Builder::new().name("ringer").spawn(async move {
            for n in 1..=3 {
                println!("ringer: {n}");
                yield_now().await;
            }
            bell.ring();
            println!("ringer: rung");
        });
        sleeper.await.expect("the sleeper does not panic");
        ringer.await.expect("the ringer does not panic");
    });
}

// Prints:
// sleeper: not yet
// ringer: 1
// ringer: 2
// ringer: 3
// ringer: rung
// sleeper: it rings
