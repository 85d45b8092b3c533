//! Made when first needed, among tasks: one look, no lock.
//!
//! Run it: `cargo run --example 28_double_checked_tasks`
//! Step both twins: `cargo run -- step 28`
//!
//! Predict: three tasks want a value that is made when somebody first needs it. To make
//! it takes no `.await`; or it takes one. Each looks whether it is there, and makes it if
//! it is not. How often is it made?
//!   a) once, and once
//!   b) once, and three times
//!   c) three times, and three times
//! Answer: b. Without an `.await` the first one is through before the second one looks.
//! With one, all look before anybody is through. Nobody gets a wrong value either way.
//!
//! Change: a `runtime::sync::Mutex` around the second one, locked before the look. Then
//! it is made once: a lock across an `.await` is what locks are for among tasks.
//!
//! Book: chapter 19. Twin: `28_double_checked_threads.rs`.

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::{cell::Cell, rc::Rc};

/// The value, and how often it was made.
type Lazy = (Cell<Option<u32>>, Cell<u32>);

/// The value, which is made if it has to be.
async fn get(lazy: Rc<Lazy>, is_far: bool) -> u32 {
    if let Some(value) = lazy.0.get() {
        return value;
    }
    if is_far {
        yield_now().await; // it comes from elsewhere
    }
    lazy.0.set(Some(42));
    lazy.1.set(lazy.1.get() + 1);
    42
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        for (name, is_far) in [("no", false), ("an", true)] {
            let lazy = Rc::new(Lazy::default());
            let tasks = [(); 3].map(|()| spawn(get(Rc::clone(&lazy), is_far)));
            for task in tasks {
                assert_eq!(task.await.expect("no task panics"), 42);
            }
            println!("times made, {name} await: {}", lazy.1.get());
        }
    });
}

// Prints:
// times made, no await: 1
// times made, an await: 3
