//! The bounded buffer among tasks, with one `Notify`: the same mistake, the same end.
//!
//! Run it: `cargo run --example 25_bounded_buffer_tasks`
//! Step both twins: `cargo run -- step 25`
//!
//! Predict: a buffer has room for one item; two tasks put one in, two take one out, and
//! all wait at one `Notify`. Nobody is interrupted in the middle of anything. Each who
//! is done notifies one. Do all come to their end?
//!   a) yes: there are no races without preemption
//!   b) no: a notification can reach the wrong one here, too
//! Answer: b. Waiting is an `.await`, so control moves there, and only there; and that is
//! all that this mistake needs. What cannot happen is the other half of it: that somebody
//! slips in between a look and its wait. There is no mutex here, and none is missed.
//!
//! Change: the order in which the four are spawned, to take, put, take, put. Nobody who
//! is told is the wrong one then, and all come to their end.
//!
//! Book: chapter 19. Twin: `25_bounded_buffer_threads.rs`.

use runtime::{Clock, EventLoop, sync::Notify, timeout};
use std::time::Duration;
use std::{cell::Cell, rc::Rc};

/// How those who wait are told.
type Tell = fn(&Notify);

/// Waits as long as the buffer is as full as this, and then changes that.
async fn change(buffer: Rc<(Cell<bool>, Notify)>, from: bool, tell: Tell) {
    while buffer.0.get() != from {
        buffer.1.notified().await;
    }
    buffer.0.set(!from);
    tell(&buffer.1);
}

/// Two take, two put, and whether all came to their end within a second.
async fn meet(tell: Tell) -> bool {
    let buffer = Rc::new((Cell::new(false), Notify::new()));
    let [one, two] = [(); 2].map(|()| runtime::spawn(change(Rc::clone(&buffer), true, tell)));
    let [three, four] = [(); 2].map(|()| runtime::spawn(change(Rc::clone(&buffer), false, tell)));
    let all = async {
        for task in [one, two, three, four] {
            task.await.expect("no task panics");
        }
    };
    timeout(Duration::from_secs(1), all).await.is_ok()
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        println!("one is told: all done: {}", meet(Notify::notify_one).await);
        println!("all are told: all done: {}", meet(Notify::notify_all).await);
    });
}

// Prints:
// one is told: all done: false
// all are told: all done: true
