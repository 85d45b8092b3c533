//! A letter and a flag among tasks: first the letter, then the flag, and that is all.
//!
//! Run it: `cargo run --example 32_message_passing_tasks`
//! Step both twins: `cargo run -- step 32`
//!
//! Predict: one task writes a letter, gives way, and raises a flag. Another looks at the
//! flag, and if it is up, reads the letter. Letter and flag are a `Cell` each. Can it find
//! the flag up and the box empty?
//!   a) yes, in some order of the tasks
//!   b) no
//! Answer: b. The flag goes up behind the letter, and what is done on one thread is seen
//! there in the order in which it was done. In `broken` the flag goes up first, and then
//! there is an order in which the reader comes in between. The twin has the lines in the
//! right order, and reads an empty box: among threads it needs `Release` and `Acquire`.
//!
//! Change: remove the `.await` of `broken`. Nobody comes in between, and it is right, too.
//!
//! Book: chapter 21. Twin: `32_message_passing_threads.rs`.

use runtime::{Clock, EventLoop, explore, spawn, yield_now};
use std::{cell::Cell, rc::Rc};

/// The letter, and whether it is there.
type Post = (Cell<u32>, Cell<bool>);

/// Raises the flag, gives way, and writes the letter.
async fn broken(post: Rc<Post>) {
    post.1.set(true);
    yield_now().await;
    post.0.set(42);
}

// ANCHOR: repaired
/// Writes the letter, gives way, and raises the flag.
async fn repaired(post: Rc<Post>) {
    post.0.set(42);
    yield_now().await;
    post.1.set(true);
}

/// Looks at the flag, and reads what is there.
fn read(post: &Post) -> Option<u32> {
    post.1.get().then(|| post.0.get())
}
// ANCHOR_END: repaired

/// One writes, and the other reads.
async fn two<F: Future<Output = ()> + 'static>(write: fn(Rc<Post>) -> F) {
    let post = Rc::new(Post::default());
    let writer = spawn(write(Rc::clone(&post)));
    yield_now().await; // the reader comes a little later
    let reader = spawn(async move { read(&post) });
    writer.await.expect("nobody panics");
    let letter = reader.await.expect("nobody panics");
    assert!(letter != Some(0), "the box is empty");
}

fn main() {
    env_logger::init();
    let clock = [Clock::Virtual, Clock::Real][usize::from(sidestep::real())];
    EventLoop::new(clock).block_on(two(broken));
    println!("broken, once: fine");
    println!("broken: {}", explore(|| two(broken)));
    println!("repaired: {}", explore(|| two(repaired)));
}

// Prints:
// broken, once: fine
// broken: tried 8 orders, one of each kind
//   6 times: fine
//   2 times: panic: the box is empty
// fails with 1 deviation: SCHEDULE=t1,3:2/6
//   task 0 panicked at examples/32_message_passing_tasks.rs:55: the box is empty
// repaired: tried 8 orders, one of each kind
//   8 times: fine
