//! Classes of queues: the urgent go first, and nobody starves.
//!
//! Run it: `cargo run --example 06_classes_tasks`
//! Step both twins: `cargo run -- step 06`
//!
//! Predict: three tasks give way 41 times each, one of each class. When does the
//! background task run for the first time?
//!   a) when the two others are complete
//!   b) at once, in its turn
//!   c) when it has been passed over so often that the rule lets it go first
//! Answer: c. More urgent tasks go first, but not for ever: a class that was
//! passed over often enough is next, whoever else is ready.
//!
//! Change: the urgent task's class, to `Class::Normal`. Two tasks of one class
//! take turns.
//!
//! Book: chapter 7. Twin: `06_classes_threads.rs`.

use runtime::{Builder, Class, Clock, EventLoop, yield_now};

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: classes
        let classes = [
            ("background", Class::Background),
            ("normal", Class::Normal),
            ("urgent", Class::Urgent),
        ];
        let tasks = classes.map(|(name, class)| {
            Builder::new().name(name).class(class).spawn(async move {
                for n in 0..=40 {
                    if n % 10 == 0 {
                        println!("{name}: {n}");
                    }
                    yield_now().await; // to the tail of its own class's queue
                }
            })
        });
        // ANCHOR_END: classes
        for task in tasks {
            task.await.expect("no task panics");
        }
    });
}

// Prints:
// urgent: 0
// urgent: 10
// normal: 0
// background: 0
// urgent: 20
// urgent: 30
// urgent: 40
// normal: 10
// normal: 20
// normal: 30
// normal: 40
// background: 10
// background: 20
// background: 30
// background: 40
