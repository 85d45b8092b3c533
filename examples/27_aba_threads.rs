//! ABA: it is the same as before, and everything has changed meanwhile.
//!
//! Run it: `cargo run --example 27_aba_threads`
//! Step both twins: `cargo run -- step 27`
//!
//! Predict: a stack without a lock. To pop, one looks who is on top and who comes next,
//! and makes the next one the top, in one step, if the top is still the same. Is it?
//!   a) it is right: if the top has not changed, nothing has
//!   b) a node can come to two owners
//! Answer: b. Between the look and the step another thread pops two nodes and pushes the
//! first again. The top is the same; who comes next is not. The step succeeds, and puts a
//! node on top that somebody has. The repair counts the changes, beside the top.
//!
//! Change: let the second thread push nothing: nobody comes back, and nothing fails.
//!
//! Book: chapter 19. Twin: `27_aba_tasks.rs`.

use scheduler::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use scheduler::{Preemption, Scheduler, Shared, explore, policy::RoundRobin, spawn};
use std::{sync::Arc, time::Duration};

/// The top, a node from 1, or 0; and 4 for each change. Who comes after each node.
type Stack = (AtomicUsize, [Shared<usize>; 3]);

/// Makes the top what `next` says, and tries again if it is another one meanwhile. With
/// `counts` it is another one, too, if it was changed and is back.
fn change(top: &AtomicUsize, counts: bool, next: impl Fn(usize) -> usize) -> usize {
    loop {
        let old = top.load(SeqCst);
        let new = next(old % 4) + if counts { old / 4 * 4 + 4 } else { 0 };
        if top.compare_exchange(old, new, SeqCst, SeqCst).is_ok() {
            return old % 4;
        }
    }
}

/// Takes the top node off; 0 if there is none.
fn pop((top, after): &Stack, counts: bool) -> usize {
    change(top, counts, |top| after[top].load())
}

/// Puts `node` on top.
fn push((top, after): &Stack, node: usize, counts: bool) {
    change(top, counts, |top| {
        after[node].store(top);
        node
    });
}

/// One thread pops; another pops two, and pushes the first of them again.
fn meet(counts: bool) {
    let after = [0, 2, 0].map(|next| Shared::new("after", next)); // 1 on top of 2
    let stack = Arc::new((AtomicUsize::new(1), after));
    let [for_one, for_two] = [(); 2].map(|()| Arc::clone(&stack));
    let one = spawn(move || pop(&for_one, counts));
    let two = spawn(move || {
        let [first, second] = [(); 2].map(|()| pop(&for_two, counts));
        if first != 0 {
            push(&for_two, first, counts);
        }
        second
    });
    let owned = [one, two].map(|thread| thread.join().expect("nobody panics"));
    let left = pop(&stack, counts);
    assert!(
        left == 0 || !owned.contains(&left),
        "node {left} has two owners"
    );
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(modes[usize::from(real)], policy).run(|| meet(false));
    once.expect("nobody waits for ever");
    println!("broken: {}", explore(|| meet(false)));
    println!("repaired: {}", explore(|| meet(true)));
}

// Prints:
// broken: tried 55 schedules, one of each kind, for all 9,355
//   54 times: fine
//   1 time: panic: node 2 has two owners
// fails with 1 preemption: SCHEDULE=v1,6:2/25
//   thread 0 panicked at examples/27_aba_threads.rs:65: node 2 has two owners
// repaired: tried 55 schedules, one of each kind, for all 9,355
//   55 times: fine
