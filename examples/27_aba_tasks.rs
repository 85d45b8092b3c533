//! ABA among tasks: a plain stack, and nothing to compare.
//!
//! Run it: `cargo run --example 27_aba_tasks`
//! Step both twins: `cargo run -- step 27`
//!
//! Predict: one task pops from a stack, another pops two and pushes the first again. The
//! stack is a top and, for each node, who comes next: no lock, no atomic. Can a node come
//! to two owners, in the one order of the tasks or in the other?
//!   a) no
//!   b) yes: the other one can come between the look and the step
//! Answer: a. There is no `.await` in `pop`, so a look and a step are one. Nobody has to
//! ask whether anything has changed since: nothing can have.
//!
//! Change: make `pop` async, with a `yield_now().await` after `let next`. Then node 2 has
//! two owners, without any thread.
//!
//! Book: chapter 19. Twin: `27_aba_threads.rs`.

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::{cell::Cell, rc::Rc};

/// The top, a node from 1, or 0; and who comes after each node.
type Stack = (Cell<usize>, [Cell<usize>; 3]);

/// Takes the top node off; 0 if there is none.
fn pop(stack: &Stack) -> usize {
    let top = stack.0.get();
    let next = stack.1[top].get();
    stack.0.set(next); // nobody was here since the first line
    top
}

/// Puts `node` on top.
fn push(stack: &Stack, node: usize) {
    stack.1[node].set(stack.0.get());
    stack.0.set(node);
}

/// One pops; after a while the other pops two, and pushes the first again.
async fn meet(one_waits: bool) {
    let stack: Rc<Stack> = Rc::new((Cell::new(1), [0, 2, 0].map(Cell::new)));
    let [for_one, for_two] = [(); 2].map(|()| Rc::clone(&stack));
    let one = spawn(async move {
        if one_waits {
            yield_now().await;
        }
        pop(&for_one)
    });
    let two = spawn(async move {
        let [first, second] = [(); 2].map(|()| pop(&for_two));
        push(&for_two, first);
        second
    });
    let owned = [one.await, two.await].map(|it| it.expect("nobody panics"));
    println!("owned: {owned:?}, left: {}", pop(&stack));
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        meet(false).await;
        meet(true).await;
    });
}

// Prints:
// owned: [1, 0], left: 2
// owned: [1, 2], left: 0
